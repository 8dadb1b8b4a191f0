//! Whether a version of a module has a vulnerability, and which version has it no more.

use super::entry::{Advisory, AffectedImport, AffectedModule};
use crate::audit::ModuleVersion;
use crate::target::Target;

/// What an advisory says of a version of a module that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected<'a> {
    /// The path of the module, as the advisory has it.
    pub module: &'a str,
    /// The least version behind it that is fixed.
    pub fixed: Option<ModuleVersion>,
    /// The packages that are vulnerable; all of the module, where none is named.
    pub imports: Vec<&'a AffectedImport>,
}

impl Affected<'_> {
    /// Whether something of it is vulnerable on this platform.
    #[must_use]
    pub fn is_for(&self, target: &Target) -> bool {
        self.imports.is_empty() || self.imports.iter().any(|import| import.is_for(target))
    }
}

impl Advisory {
    /// What it says of a version of a module; none where it isn't about that, or was withdrawn.
    #[must_use]
    pub fn affects(&self, module: &str, version: &ModuleVersion) -> Option<Affected<'_>> {
        if self.withdrawn.is_some() {
            return None;
        }
        let of_module = || self.modules.iter().filter(|it| it.path == module);
        let holding: Vec<&AffectedModule> =
            of_module().filter(|it| it.ranges.hold(version)).collect();
        let first = holding.first()?;
        // A version that ends one range may be in another.
        let fixes = holding.iter().flat_map(|it| it.ranges.fixes(version));
        let fixes = fixes.filter(|fixed| !of_module().any(|it| it.ranges.hold(fixed)));
        let whole = holding.iter().any(|it| it.imports.is_empty());
        let imports = holding.iter().flat_map(|it| &it.imports);
        Some(Affected {
            module: &first.path,
            fixed: fixes.min().cloned(),
            imports: imports.filter(|_| !whole).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn advisory(affected: &Value) -> Advisory {
        Advisory::of_json(json!({"id": "GO-2024-0001", "affected": affected})).unwrap()
    }

    fn module(path: &str, events: &[(&str, &str)], packages: &[&str]) -> Value {
        let events: Vec<Value> = events
            .iter()
            .map(|(what, version)| json!({*what: version}))
            .collect();
        let imports: Vec<Value> = packages.iter().map(|path| json!({"path": path})).collect();
        json!({
            "package": {"name": path, "ecosystem": "Go"},
            "ranges": [{"type": "SEMVER", "events": events}],
            "ecosystem_specific": {"imports": imports},
        })
    }

    /// The version that fixes another, if that needs one: `-` where there is none.
    fn fix(advisory: &Advisory, version: &str) -> Option<String> {
        let affected = advisory.affects("m", &version.parse().unwrap())?;
        let fixed = affected.fixed;
        Some(fixed.map_or("-".to_owned(), |fixed| fixed.to_string()))
    }

    #[test]
    fn each_line_of_versions_has_its_own_fix() {
        let lines = [
            ("introduced", "0"),
            ("fixed", "1.4.2"),
            ("introduced", "1.5.0"),
            ("fixed", "1.5.1"),
            ("introduced", "2.0.0"),
        ];
        let advisory = advisory(&json!([module("m", &lines, &[])]));
        assert_eq!(fix(&advisory, "v1.0.0").as_deref(), Some("v1.4.2"));
        assert_eq!(fix(&advisory, "v1.5.0").as_deref(), Some("v1.5.1"));
        assert_eq!(fix(&advisory, "v2.3.0").as_deref(), Some("-"));
        assert_eq!(fix(&advisory, "v1.4.2"), None);
        assert_eq!(fix(&advisory, "v1.5.1"), None);
        assert_eq!(advisory.affects("other", &"v1.0.0".parse().unwrap()), None);
    }

    #[test]
    fn a_fix_that_another_range_still_holds_is_none() {
        let advisory = advisory(&json!([
            module("m", &[("introduced", "0"), ("fixed", "1.2.0")], &["m/a"]),
            module(
                "m",
                &[("introduced", "1.1.0"), ("fixed", "1.3.0")],
                &["m/b"]
            ),
        ]));
        assert_eq!(fix(&advisory, "v1.1.5").as_deref(), Some("v1.3.0"));
        let version = "v1.1.5".parse().unwrap();
        let imports = advisory.affects("m", &version).unwrap().imports;
        let paths: Vec<&str> = imports.iter().map(|import| import.path.as_str()).collect();
        assert_eq!(paths, ["m/a", "m/b"]);
        assert_eq!(
            advisory
                .affects("m", &"v1.2.5".parse().unwrap())
                .unwrap()
                .imports
                .len(),
            1
        );
    }

    #[test]
    fn a_module_without_packages_is_vulnerable_as_a_whole() {
        let all = [("introduced", "0")];
        let advisory = advisory(&json!([
            module("m", &all, &["m/a"]),
            module("m", &all, &[])
        ]));
        let affected = advisory.affects("m", &"v1.0.0".parse().unwrap()).unwrap();
        assert_eq!(affected.imports, Vec::<&AffectedImport>::new());
    }

    #[test]
    fn what_is_vulnerable_elsewhere_is_nothing_here() {
        let mut entry = module("m", &[("introduced", "0")], &["m/a", "m/b"]);
        entry["ecosystem_specific"]["imports"][0]["goos"] = json!(["windows"]);
        let is_for = |entry: &Value, target: &str| {
            let advisory = advisory(&json!([entry]));
            let affected = advisory.affects("m", &"v1.0.0".parse().unwrap());
            affected.unwrap().is_for(&target.parse().unwrap())
        };
        assert!(is_for(&entry, "linux/amd64"));
        entry["ecosystem_specific"]["imports"][1]["goos"] = json!(["windows"]);
        assert!(!is_for(&entry, "linux/amd64"));
        assert!(is_for(&entry, "windows/amd64"));
        let whole = module("m", &[("introduced", "0")], &[]);
        assert!(is_for(&whole, "linux/amd64"));
    }

    #[test]
    fn what_was_withdrawn_affects_nothing() {
        let entry = json!({
            "id": "GO-2024-0001",
            "withdrawn": "2024-05-01T00:00:00Z",
            "affected": [module("m", &[("introduced", "0")], &[])],
        });
        let advisory = Advisory::of_json(entry).unwrap();
        assert_eq!(fix(&advisory, "v1.0.0"), None);
    }
}
