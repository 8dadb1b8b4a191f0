//! What a manifest asks for, held against what the records name.

use std::collections::BTreeSet;

use super::records::{RecordedArtifact, Records};
use crate::go_package::{default_binary_name, is_major_version};
use crate::manifest::{Binary, Cell, Manifest};
use crate::target::Cgo;

/// What has to be there.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The manifest, which says what may be there at all.
    pub manifest: &'a Manifest,
    /// The cells that are asked for.
    pub cells: &'a [Cell],
    /// The binaries that are asked for; none for all.
    pub binaries: &'a [String],
}

/// What is there that isn't asked for, and the other way round. In words, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// What the manifest asks for, and no record names.
    pub missing: Vec<String>,
    /// What is recorded, and the manifest doesn't ask for.
    pub foreign: Vec<String>,
    /// What is missing where only go can tell whether it should be there.
    pub open: Vec<String>,
}

impl Coverage {
    /// Holds records against what has to be there.
    #[must_use]
    pub fn of(records: &Records, expected: &Expected<'_>) -> Self {
        let manifest = expected.manifest;
        let names = names(records);
        let wanted = Wanted::all(manifest, &names, expected.binaries);
        let mut coverage = Self::default();
        for cell in expected.cells {
            let is_lacking = |one: &&Wanted<'_>| one.builds_for(cell) && !one.is_in(records, cell);
            let lacking: Vec<&Wanted<'_>> = wanted.iter().filter(is_lacking).collect();
            let built = records.artifacts.iter().filter(|artifact| {
                is_of(artifact, cell) && wanted.iter().any(|one| one.claims(artifact, cell))
            });
            let once = built.filter(|artifact| {
                manifest.is_reproduced(&artifact.binary, cell) && artifact.reproduced != Some(true)
            });
            let once: Vec<&str> = once.map(|artifact| artifact.binary.as_str()).collect();
            let cell = words(cell, &manifest.cells);
            for binary in once {
                let second = format!("a second build of {binary} for {cell}");
                coverage.missing.push(second);
            }
            if lacking.len() == wanted.len() && lacking.iter().all(|one| one.is_open()) {
                coverage.missing.push(format!("programs for {cell}"));
                continue;
            }
            for one in lacking {
                let list = match one.certainty {
                    Certainty::Asked => &mut coverage.missing,
                    Certainty::Open => &mut coverage.open,
                };
                list.push(format!("{} for {cell}", one.words));
            }
        }
        let all = Wanted::all(manifest, &names, &[]);
        let is_asked = |artifact: &RecordedArtifact| {
            let mut cells = manifest.cells.iter();
            let cell = cells.find(|cell| is_of(artifact, cell));
            cell.is_some_and(|cell| all.iter().any(|one| one.claims(artifact, cell)))
        };
        let foreign = records.artifacts.iter().filter(|one| !is_asked(one));
        coverage.foreign = foreign.map(|artifact| artifact.path.clone()).collect();
        coverage.missing.sort();
        coverage.open.sort();
        coverage
    }
}

/// How sure it is that something has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certainty {
    /// The manifest or the command line says so.
    Asked,
    /// It is one of the main packages of the module, which may leave a system out.
    Open,
}

/// A binary that has to be there, in the cells that it is built for.
struct Wanted<'a> {
    /// How it is told of.
    words: &'a str,
    /// The names that it may have been recorded under.
    names: Vec<&'a str>,
    section: Option<&'a Binary>,
    certainty: Certainty,
}

impl<'a> Wanted<'a> {
    fn all(manifest: &'a Manifest, recorded: &BTreeSet<&'a str>, only: &'a [String]) -> Vec<Self> {
        let of_module = |name: &'a str, certainty| Self {
            words: name,
            names: vec![name],
            section: None,
            certainty,
        };
        if manifest.binaries.is_empty() {
            return if only.is_empty() {
                let names = recorded.iter();
                names.map(|name| of_module(name, Certainty::Open)).collect()
            } else {
                let names = only.iter();
                names
                    .map(|name| of_module(name, Certainty::Asked))
                    .collect()
            };
        }
        let sections = manifest.binaries.iter();
        let claimed: BTreeSet<&str> = sections.clone().filter_map(name_of).collect();
        let sections = sections.map(|section| Self {
            words: name_of(section).unwrap_or(&section.package.value),
            names: match name_of(section) {
                Some(name) => vec![name],
                None => recorded.difference(&claimed).copied().collect(),
            },
            section: Some(section),
            certainty: Certainty::Asked,
        });
        let is_wanted = |one: &Self| {
            only.is_empty()
                || one
                    .names
                    .iter()
                    .any(|name| only.iter().any(|own| own == name))
        };
        sections.filter(is_wanted).collect()
    }

    fn is_open(&self) -> bool {
        self.certainty == Certainty::Open
    }

    fn builds_for(&self, cell: &Cell) -> bool {
        self.section
            .is_none_or(|section| section.builds_for(&cell.target))
    }

    /// Whether a record is about it.
    fn claims(&self, artifact: &RecordedArtifact, cell: &Cell) -> bool {
        self.names.contains(&artifact.binary.as_str())
            && self.builds_for(cell)
            && self.is_package_of(artifact)
    }

    /// Whether a record may be about its package, as far as that is known: which module it is in only
    /// go.mod says.
    fn is_package_of(&self, artifact: &RecordedArtifact) -> bool {
        let section = self.section.map(|section| section.package.value.as_str());
        let folder = section.and_then(|package| package.strip_prefix("./"));
        folder
            .zip(artifact.package.as_deref())
            .is_none_or(|(folder, package)| {
                let module = package.strip_suffix(folder);
                module.is_some_and(|module| module.ends_with('/'))
            })
    }

    fn is_in(&self, records: &Records, cell: &Cell) -> bool {
        let mut artifacts = records.artifacts.iter();
        artifacts.any(|artifact| is_of(artifact, cell) && self.claims(artifact, cell))
    }
}

/// The name that a section gives; none where it is that of the module, which go.mod names.
fn name_of(section: &Binary) -> Option<&str> {
    if let Some(name) = &section.name {
        return Some(&name.value);
    }
    let folder = section.package.value.strip_prefix("./")?;
    (!is_major_version(folder)).then(|| default_binary_name(folder))
}

fn names(records: &Records) -> BTreeSet<&str> {
    let artifacts = records.artifacts.iter();
    artifacts.map(|artifact| artifact.binary.as_str()).collect()
}

fn is_of(artifact: &RecordedArtifact, cell: &Cell) -> bool {
    let recorded = artifact.toolchain.as_deref();
    let is_meant = match cell.toolchain_name() {
        // Whichever was the best where it was built.
        None => recorded.is_some() == (cell.cgo == Cgo::Enabled),
        Some(name) => recorded.is_some_and(|recorded| name.covers(recorded)),
    };
    // What names no release may be of any.
    let built_by = artifact.release();
    let is_built_by = cell.release().is_none_or(|release| {
        let mut named = built_by.iter();
        named.all(|named| named == release)
    });
    (&artifact.target, artifact.cgo()) == (&cell.target, cell.cgo) && is_meant && is_built_by
}

/// A cell in words: its target, and what tells it from others with that.
fn words(cell: &Cell, cells: &[Cell]) -> String {
    let same = cells.iter().filter(|one| one.target == cell.target);
    let same: Vec<&Cell> = same.collect();
    let c = |cell: &Cell| (cell.cgo, cell.toolchain_name().cloned());
    let twice = same.iter().any(|one| c(one) != c(cell));
    let c = match (cell.toolchain_name(), twice) {
        (Some(toolchain), true) => format!(" with C by {toolchain}"),
        (None, true) if cell.cgo == Cgo::Enabled => " with C".to_owned(),
        (None, true) => " without C".to_owned(),
        (_, false) => String::new(),
    };
    let differs = same.iter().any(|one| one.release() != cell.release());
    let release = cell.release().filter(|_| differs);
    let go = release.map(|release| format!(" by Go {release}"));
    format!("{}{c}{}", cell.target, go.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::recorded;
    use super::*;
    use crate::manifest::parse;

    const TWO: &str = "[matrix]\ngoos = [\"linux\", \"windows\"]\ngoarch = [\"amd64\"]\n";

    fn records(artifacts: &[(&str, &str)]) -> Records {
        let artifacts: Vec<_> = artifacts
            .iter()
            .map(|(binary, target)| {
                let path = format!("{binary}/{target}");
                recorded(&json!({ "binary": binary, "target": target, "path": path }))
            })
            .collect();
        let file = json!({ "schema": 1, "project": "", "version": "", "artifacts": artifacts });
        Records::parse(&file.to_string()).unwrap()
    }

    /// What is missing, foreign and open.
    fn coverage(manifest: &str, only: &[&str], artifacts: &[(&str, &str)]) -> [Vec<String>; 3] {
        let manifest = parse(None, manifest).unwrap();
        let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
        let expected = Expected {
            manifest: &manifest,
            cells: &manifest.cells,
            binaries: &only,
        };
        let found = Coverage::of(&records(artifacts), &expected);
        [found.missing, found.foreign, found.open]
    }

    fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
        texts.map(str::to_owned).into()
    }

    #[test]
    fn what_is_all_there_is_neither_missing_nor_foreign() {
        let all = [("a", "linux/amd64/v1"), ("a", "windows/amd64/v1")];
        assert!(coverage(TWO, &[], &all).iter().all(Vec::is_empty));
    }

    #[test]
    fn a_binary_that_is_to_be_built_twice_is_recorded_so() {
        let text =
            "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n\n[verify]\nreproducible = true\n";
        let manifest = parse(None, text).unwrap();
        let expected = Expected {
            manifest: &manifest,
            cells: &manifest.cells,
            binaries: &[],
        };
        let missing = |reproduced: Option<bool>| {
            let artifact = recorded(&json!({ "reproduced": reproduced }));
            let file =
                json!({ "schema": 1, "project": "", "version": "", "artifacts": [artifact] });
            Coverage::of(&Records::parse(&file.to_string()).unwrap(), &expected).missing
        };
        assert_eq!(missing(Some(true)), texts([]));
        let second = texts(["a second build of a for linux/amd64/v1"]);
        assert_eq!(missing(None), second);
        assert_eq!(missing(Some(false)), second);
    }

    #[test]
    fn what_another_release_of_go_built_is_foreign() {
        let text =
            "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ngo = [\"1.25.14\", \"1.26.8\"]\n";
        let manifest = parse(None, text).unwrap();
        let expected = Expected {
            manifest: &manifest,
            cells: &manifest.cells,
            binaries: &[],
        };
        let built_by = |releases: &[&str]| {
            let built = releases.iter();
            let artifacts: Vec<_> = built
                .map(|go| recorded(&json!({ "go": go, "path": go })))
                .collect();
            let file = json!({ "schema": 1, "project": "", "version": "", "artifacts": artifacts });
            Coverage::of(&Records::parse(&file.to_string()).unwrap(), &expected)
        };
        let both = built_by(&["go1.25.14", "go1.26.8-X:jsonv2"]);
        assert_eq!(both, Coverage::default());
        let found = built_by(&["go1.25.13", "go1.26.8"]);
        let missing = texts(["programs for linux/amd64/v1 by Go 1.25.14"]);
        assert_eq!(
            (found.missing, found.foreign),
            (missing, texts(["go1.25.13"]))
        );
    }

    #[test]
    fn a_target_without_any_program_is_missing() {
        let [missing, foreign, open] = coverage(TWO, &[], &[("a", "linux/amd64/v1")]);
        assert_eq!(missing, texts(["programs for windows/amd64/v1"]));
        assert_eq!((foreign, open), (vec![], vec![]));
    }

    #[test]
    fn a_target_that_the_manifest_has_not_is_foreign() {
        let more = [
            ("a", "darwin/arm64/v8.0"),
            ("a", "linux/amd64/v1"),
            ("a", "windows/amd64/v1"),
        ];
        let [missing, foreign, _] = coverage(TWO, &[], &more);
        assert_eq!((missing, foreign), (vec![], texts(["a/darwin/arm64/v8.0"])));
    }

    #[test]
    fn one_of_the_main_packages_may_leave_a_system_out() {
        let some = [
            ("a", "linux/amd64/v1"),
            ("a", "windows/amd64/v1"),
            ("b", "linux/amd64/v1"),
        ];
        let [missing, foreign, open] = coverage(TWO, &[], &some);
        assert_eq!((missing, foreign), (vec![], vec![]));
        assert_eq!(open, texts(["b for windows/amd64/v1"]));
        // Who names it wants it everywhere.
        let [missing, ..] = coverage(TWO, &["b"], &some);
        assert_eq!(missing, texts(["b for windows/amd64/v1"]));
    }

    #[test]
    fn binaries_of_the_manifest_are_missing_and_foreign_by_name() {
        let manifest = format!(
            "{TWO}[[binary]]\nname = \"a\"\npackage = \"./cmd/x\"\n\n\
             [[binary]]\npackage = \"./cmd/b\"\ntargets = [\"linux\"]\n"
        );
        let some = [("a", "linux/amd64/v1"), ("b", "windows/amd64/v1")];
        let [missing, foreign, open] = coverage(&manifest, &[], &some);
        let wanted = texts(["a for windows/amd64/v1", "b for linux/amd64/v1"]);
        assert_eq!((missing, open), (wanted, vec![]));
        assert_eq!(foreign, texts(["b/windows/amd64/v1"]));
        let [missing, ..] = coverage(&manifest, &["b"], &some);
        assert_eq!(missing, texts(["b for linux/amd64/v1"]));
    }

    #[test]
    fn a_binary_of_another_package_is_foreign_whatever_it_is_called() {
        let manifest = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n\n\
            [[binary]]\nname = \"a\"\npackage = \"./cmd/x\"\n";
        let manifest = parse(None, manifest).unwrap();
        let expected = Expected {
            manifest: &manifest,
            cells: &manifest.cells,
            binaries: &[],
        };
        let of_package = |package: &str| {
            let artifact = recorded(&json!({ "binary": "a", "path": "a", "package": package }));
            let file =
                json!({ "schema": 1, "project": "", "version": "", "artifacts": [artifact] });
            Coverage::of(&Records::parse(&file.to_string()).unwrap(), &expected)
        };
        assert_eq!(of_package("example.com/m/cmd/x"), Coverage::default());
        for package in ["example.com/m/cmd/y", "example.com/m/acmd/x"] {
            let found = of_package(package);
            assert_eq!(found.missing, texts(["a for linux/amd64/v1"]), "{package}");
            assert_eq!(found.foreign, texts(["a"]), "{package}");
        }
    }

    #[test]
    fn the_program_of_a_module_has_whatever_name_nothing_else_has() {
        let manifest =
            format!("{TWO}[[binary]]\n\n[[binary]]\nname = \"b\"\npackage = \"./cmd/b\"\n");
        let all = ["a", "b"].map(|name| (name, "linux/amd64/v1"));
        let [missing, foreign, _] = coverage(&manifest, &[], &all);
        let windows = texts([". for windows/amd64/v1", "b for windows/amd64/v1"]);
        assert_eq!((missing, foreign), (windows, vec![]));
    }
}
