//! Go sources that are made for a build, and the packages that go sees them in.
//!
//! Nothing is written beside the user's sources: go's `-overlay` file tells where else to read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::command::{Base, Place};
use super::group::Group;
use crate::digest::hex;
use crate::embed::{FILE, Pin, Root, RootSet, RootSets, source};
use crate::go_version::GoVersion;
use crate::human::counted;
use crate::manifest::CaRoots;

/// A Go source that is made for the build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GeneratedSource {
    /// Where it is written, under a name that tells its contents.
    pub file: Place,
    /// What is in it, for people.
    pub what: String,
    /// SHA-256 in lower-case hexadecimal digits.
    pub sha256: String,
    /// Certificates that it can't hold, for people; none is the rule.
    pub left_out: Option<String>,
    /// The whole text, in ASCII.
    #[serde(skip)]
    pub text: String,
}

/// The sources for the sets of certificates that a manifest asks for.
pub type RootSources = BTreeMap<CaRoots, GeneratedSource>;

/// The sources for sets of certificates, as a release of Go can compile them.
#[must_use]
pub fn root_sources(sets: &RootSets, toolchain: &str) -> RootSources {
    let sources = sets.iter();
    let sources = sources.map(|(of, set)| (of.clone(), root_source(of, set, toolchain)));
    sources.collect()
}

fn root_source(of: &CaRoots, set: &RootSet, toolchain: &str) -> GeneratedSource {
    // CertPool.AddCertWithConstraint is new in Go 1.22.
    let go = GoVersion::of_toolchain(toolchain);
    let constrains = go.is_none_or(|go| go.is_at_least(1, 22));
    let holds = |root: &&Root| root.distrust_after.is_none() || constrains;
    let roots: Vec<Root> = set.roots.iter().filter(holds).cloned().collect();
    let certificates = |count| counted(count, "CA certificate", "CA certificates");
    let what = match (of, &set.pin) {
        (CaRoots::File(path), _) => format!("{} of {path}", certificates(roots.len())),
        (CaRoots::Mozilla, Pin::Module(pin)) => {
            format!("{} of Mozilla, {}", certificates(roots.len()), pin.version)
        }
        (CaRoots::Mozilla, Pin::File(_)) => certificates(roots.len()),
    };
    let left_out = set
        .roots
        .len()
        .checked_sub(roots.len())
        .filter(|count| *count > 0);
    let text = source(&roots);
    let sha256 = hex(&Sha256::digest(&text));
    let name = sha256.get(..16).unwrap_or(&sha256);
    GeneratedSource {
        file: Place::new(Base::Temporary, format!("embed/{name}.go")),
        what,
        left_out: left_out.map(|count| {
            format!(
                "{}, which count only for what they signed until some day: {toolchain} can't tell",
                certificates(count)
            )
        }),
        sha256,
        text,
    }
}

/// What go is told to see beside the files of the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overlay {
    /// The file that go reads this from.
    pub file: Place,
    /// Where the contents of each added file lie. Its path starts at the folder that go runs in,
    /// as in go's own arguments: absolute, it would differ where links lead to that folder.
    pub adds: BTreeMap<String, Place>,
}

impl Overlay {
    /// What the binaries of a group need; none if that is nothing.
    pub(super) fn of(group: &Group, sources: &RootSources, slug: &str) -> Option<Self> {
        let adds: BTreeMap<String, Place> = group
            .units
            .iter()
            .filter_map(|unit| {
                let source = sources.get(unit.ca_roots.compiled()?)?;
                let package = unit.package.trim_start_matches("./");
                let path = match package {
                    "." | "" => FILE.to_owned(),
                    package => format!("{package}/{FILE}"),
                };
                Some((path, source.file.clone()))
            })
            .collect();
        (!adds.is_empty()).then(|| Self {
            file: Place::new(Base::Temporary, format!("embed/{slug}.json")),
            adds,
        })
    }

    /// The text of the file, where `path` tells what places stand for; none where a path of the
    /// machine is no text.
    pub fn text(&self, path: impl Fn(&Place) -> PathBuf) -> Option<String> {
        let mut replace = BTreeMap::new();
        for (added, from) in &self.adds {
            replace.insert(added, path(from).to_str()?.to_owned());
        }
        Some(json!({ "Replace": replace }).to_string())
    }
}

/// The CA certificates of a binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BinaryRoots {
    /// Those of the system only.
    Unasked,
    /// The manifest asks for some, and the binary never looks at a certificate.
    Unused,
    /// These, where the system has none.
    Compiled(CaRoots),
}

impl BinaryRoots {
    pub(super) fn compiled(&self) -> Option<&CaRoots> {
        match self {
            Self::Compiled(roots) => Some(roots),
            Self::Unasked | Self::Unused => None,
        }
    }
}

/// The sources that are needed, each once, in the order of their places.
pub(super) fn needed<'a>(
    wanted: impl Iterator<Item = &'a GeneratedSource>,
) -> Vec<GeneratedSource> {
    let mut needed: Vec<&GeneratedSource> = wanted.collect();
    needed.sort_by(|a, b| a.file.cmp(&b.file));
    needed.dedup_by(|a, b| a.file == b.file);
    needed.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::{Certificate, ModulePin};

    fn sets() -> RootSets {
        let certificate = Certificate::of_tests();
        let root = |distrust_after| Root {
            name: String::new(),
            certificate: certificate.clone(),
            distrust_after,
        };
        let pin = Pin::Module(ModulePin {
            version: "v0.0.1".to_owned(),
            sum: "h1:".to_owned(),
        });
        let roots = vec![root(None), root(Some(1))];
        [(CaRoots::Mozilla, RootSet { pin, roots })].into()
    }

    #[test]
    fn what_an_older_go_can_not_hold_is_left_out_and_told_of() {
        let of = |toolchain| root_sources(&sets(), toolchain).remove(&CaRoots::Mozilla);
        let new = of("go1.22.0").unwrap();
        assert_eq!(new.what, "2 CA certificates of Mozilla, v0.0.1");
        assert_eq!(new.left_out, None);
        let old = of("go1.21.13").unwrap();
        assert_eq!(old.what, "1 CA certificate of Mozilla, v0.0.1");
        assert!(old.left_out.unwrap().starts_with("1 CA certificate, which"));
        assert_ne!(old.file, new.file);
        // A toolchain of somebody's own is taken for a new one.
        assert_eq!(of("devel").unwrap(), new);
    }

    #[test]
    fn the_file_for_go_has_paths_of_any_kind_as_json() {
        let source = Place::new(Base::Work, "embed/x.go");
        let overlay = Overlay {
            file: Place::new(Base::Work, "embed/x.json"),
            adds: [("cmd/a/x.go".to_owned(), source)].into(),
        };
        let text = overlay.text(|place| place.below("/a \"b\\".as_ref()));
        let written = r#"{"Replace":{"cmd/a/x.go":"/a \"b\\/embed/x.go"}}"#;
        assert_eq!(text.as_deref(), Some(written));
    }
}
