//! A main package as `init` found it.

use std::collections::BTreeSet;

use super::shipping;
use crate::target::Target;

/// A main package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The module's folder below the manifest's, `.` for the same.
    pub module: String,
    /// The package's folder below the module's, written `.` or `./…`.
    pub package: String,
    /// The import path.
    pub import_path: String,
    /// The default targets that it has Go files for, without cgo.
    pub targets: BTreeSet<Target>,
    /// What of it is C.
    pub c_parts: CParts,
    /// The variables that its version can be written to.
    pub stamps: Vec<Stamp>,
}

/// What of a program is C, besides the standard library's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CParts {
    /// Nothing.
    None,
    /// These packages, which are left out or replaced by Go when it is built without cgo.
    LeftOut(Vec<String>),
    /// These packages, and without cgo it can't be built for any target.
    Needed(Vec<String>),
}

/// A string variable in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceVariable {
    /// Its name.
    pub name: String,
    /// The file, below the manifest's folder.
    pub file: String,
}

/// A variable, and the template whose value it is meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The variable.
    pub variable: SourceVariable,
    /// Such as `{version}`.
    pub template: &'static str,
}

/// The names that variables have that a release writes to, in lower case and without `_`.
const NAMES: &[(&str, &[&str])] = &[
    ("{version}", &["version", "appversion", "buildversion"]),
    (
        "{commit}",
        &[
            "buildcommit",
            "commit",
            "commithash",
            "commitsha",
            "gitcommit",
            "githash",
            "gitrevision",
            "gitsha",
            "revision",
        ],
    ),
    ("{date}", &["builddate", "buildtime", "date"]),
];

impl Stamp {
    /// What a variable is meant for, as far as its name says it.
    #[must_use]
    pub fn of(variable: SourceVariable) -> Option<Self> {
        let name = variable.name.to_ascii_lowercase().replace('_', "");
        let known = |(_, names): &&(&str, &[&str])| names.contains(&name.as_str());
        let (template, _) = NAMES.iter().find(known)?;
        Some(Self { variable, template })
    }
}

impl Program {
    /// The package's folder below the manifest's; `.` for the same.
    #[must_use]
    pub fn path(&self) -> String {
        let below = self.package.trim_start_matches("./");
        match (self.module.as_str(), below) {
            (module, "." | "") => module.to_owned(),
            (".", below) => below.to_owned(),
            (module, below) => format!("{module}/{below}"),
        }
    }

    /// Whether its place says that it is for users, not for the project itself.
    #[must_use]
    pub fn is_shipped(&self) -> bool {
        shipping::reason_not_to_ship(&self.path()).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(name: &str) -> Option<&'static str> {
        Stamp::of(SourceVariable {
            name: name.to_owned(),
            file: String::new(),
        })
        .map(|stamp| stamp.template)
    }

    #[test]
    fn names_say_what_variables_are_for() {
        assert_eq!(template("Version"), Some("{version}"));
        assert_eq!(template("git_commit"), Some("{commit}"));
        assert_eq!(template("BuildDate"), Some("{date}"));
        assert_eq!(template("versionTemplate"), None);
        assert_eq!(template("update"), None);
    }
}
