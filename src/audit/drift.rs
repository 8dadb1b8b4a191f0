//! Whether programs that were built are what the lock files and the commit say. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::finding::Finding;
use super::program::{AuditedProgram, Known, LinkedModule};
use super::rule::AuditRule;
use crate::tools::go::ListedModule;

/// What a build from here would be made of.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    /// What go.mod selects, by path: several modules of a project may select several versions.
    pub selected: BTreeMap<String, BTreeSet<Selected>>,
    /// The checksums of go.sum, by path and version.
    pub sums: BTreeMap<(String, String), String>,
    /// The current commit, and whether sources differ from it.
    pub commit: Option<(String, bool)>,
    /// The tag of the current commit.
    pub tag: Option<String>,
}

/// A version, and what is compiled in its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selected {
    /// The version.
    pub version: String,
    /// A path with a version, or a folder without.
    pub replaced_by: Option<(String, String)>,
}

impl Selected {
    /// What go selects of a module.
    #[must_use]
    pub fn of(listed: &ListedModule) -> Self {
        let replace = listed.replace.as_ref();
        Self {
            version: listed.version.clone(),
            replaced_by: replace.map(|it| (it.path.clone(), it.version.clone())),
        }
    }

    /// What a program has of it.
    #[must_use]
    pub fn in_program(module: &LinkedModule) -> Self {
        Self {
            version: module.version.clone(),
            replaced_by: module.replaced_by.clone(),
        }
    }
}

impl fmt::Display for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.version)?;
        match &self.replaced_by {
            None => Ok(()),
            Some((folder, version)) if version.is_empty() => write!(f, " => {folder}"),
            Some((path, version)) => write!(f, " => {path}@{version}"),
        }
    }
}

/// The checksums of modules in a go.sum; those of their go.mod files are left out.
///
/// Source: the Go modules reference, "go.sum files" (<https://go.dev/ref/mod#go-sum-files>).
#[must_use]
pub fn sums(text: &str) -> BTreeMap<(String, String), String> {
    let lines = text.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        let (path, version, sum) = (fields.next()?, fields.next()?, fields.next()?);
        let is_module = !version.ends_with("/go.mod");
        is_module.then(|| ((path.to_owned(), version.to_owned()), sum.to_owned()))
    });
    lines.collect()
}

/// What builds it anew.
const AGAIN: &str = "gobuildx build --matrix";

/// The first digits of a commit.
fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

impl Lock {
    /// What of the built programs is another than a build from here would be.
    #[must_use]
    pub fn findings(&self, programs: &[AuditedProgram]) -> Vec<Finding> {
        let built = programs
            .iter()
            .filter(|program| matches!(program.known, Known::File { .. }));
        built.flat_map(|program| self.of_program(program)).collect()
    }

    fn of_program(&self, program: &AuditedProgram) -> Vec<Finding> {
        let about = |rule, module: Option<&str>| Finding {
            programs: vec![program.name.clone()],
            module: module.map(str::to_owned),
            ..Finding::of_all(rule)
        };
        let mut findings = Vec::new();
        for module in &program.modules {
            let selected = self.selected.get(&module.path);
            let built = Selected::in_program(module);
            let finding = match selected {
                None => Some("the program has it, and go.mod selects none".to_owned()),
                Some(selected) if !selected.contains(&built) => {
                    let selected: Vec<String> = selected.iter().map(Selected::to_string).collect();
                    let selected = selected.join(" and ");
                    Some(format!(
                        "the program has {built}, and go.mod selects {selected}"
                    ))
                }
                Some(_) => None,
            };
            if let Some(says) = finding {
                let about = about(AuditRule::OtherVersion, Some(&module.path));
                findings.push(about.saying(says).mended_by(AGAIN));
            }
            let (path, version) = module.real();
            let locked = self.sums.get(&(path.to_owned(), version.to_owned()));
            if let (Some(sum), Some(locked)) = (&module.sum, locked)
                && sum != locked
            {
                let says = format!("the program has {sum}, and go.sum {locked}");
                let about = about(AuditRule::OtherSum, Some(&module.path)).at(&module.version);
                findings.push(about.saying(says).mended_by(AGAIN));
            }
        }
        findings.extend(self.of_build(program, about));
        findings
    }

    /// What differs in what it was built by, and from.
    fn of_build(
        &self,
        program: &AuditedProgram,
        about: impl Fn(AuditRule, Option<&str>) -> Finding,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let Some(build) = &program.build else {
            return findings;
        };
        if build.go != program.go {
            let says = format!("{} built it, and {} builds now", build.go, program.go);
            findings.push(
                about(AuditRule::OtherGo, None)
                    .saying(says)
                    .mended_by(AGAIN),
            );
        }
        if build.modified == Some(true) {
            let says = "it was built from sources that differ from their commit";
            let fix = "commit, then build again";
            findings.push(about(AuditRule::Dirty, None).saying(says).mended_by(fix));
        }
        if let (Some(built), Some((head, _))) = (&build.commit, &self.commit)
            && built != head
        {
            let here = match &self.tag {
                Some(tag) => format!("{} ({tag})", short(head)),
                None => short(head).to_owned(),
            };
            let says = format!("it was built from {}, and this is {here}", short(built));
            findings.push(
                about(AuditRule::OtherCommit, None)
                    .saying(says)
                    .mended_by(AGAIN),
            );
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::program::Build;

    fn program() -> AuditedProgram {
        AuditedProgram {
            name: "p linux/amd64".to_owned(),
            target: "linux/amd64".parse().unwrap(),
            folder: ".".to_owned(),
            go: "go1.26.8".to_owned(),
            known: Known::File {
                path: "p/p".to_owned(),
                unpacked_by: None,
            },
            modules: vec![LinkedModule {
                path: "example.com/x".to_owned(),
                version: "v1.0.0".to_owned(),
                replaced_by: None,
                sum: Some("h1:a=".to_owned()),
                packages: None,
                code: None,
            }],
            build: Some(Build {
                go: "go1.26.8".to_owned(),
                commit: Some("0123456789abcdef".to_owned()),
                modified: Some(false),
            }),
            packages: std::collections::BTreeSet::new(),
        }
    }

    fn selected(
        version: &str,
        replaced_by: Option<(&str, &str)>,
    ) -> BTreeMap<String, BTreeSet<Selected>> {
        let selected = Selected {
            version: version.to_owned(),
            replaced_by: replaced_by.map(|(path, version)| (path.to_owned(), version.to_owned())),
        };
        BTreeMap::from([("example.com/x".to_owned(), BTreeSet::from([selected]))])
    }

    fn lock() -> Lock {
        Lock {
            selected: selected("v1.0.0", None),
            sums: sums("example.com/x v1.0.0 h1:a=\nexample.com/x v1.0.0/go.mod h1:b=\n"),
            commit: Some(("0123456789abcdef".to_owned(), false)),
            tag: None,
        }
    }

    fn rules(lock: &Lock, program: AuditedProgram) -> Vec<AuditRule> {
        let findings = lock.findings(&[program]);
        findings.iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_program_of_this_commit_agrees() {
        assert_eq!(rules(&lock(), program()), []);
    }

    #[test]
    fn whatever_differs_is_told() {
        let newer = Lock {
            selected: selected("v1.1.0", None),
            ..lock()
        };
        assert_eq!(rules(&newer, program()), [AuditRule::OtherVersion]);
        let other = Lock {
            sums: sums("example.com/x v1.0.0 h1:c=\n"),
            ..lock()
        };
        assert_eq!(rules(&other, program()), [AuditRule::OtherSum]);
        let later = Lock {
            commit: Some(("fedcba9876543210".to_owned(), false)),
            tag: Some("v1.2.0".to_owned()),
            ..lock()
        };
        let by_another = AuditedProgram {
            go: "go1.26.9".to_owned(),
            ..program()
        };
        assert_eq!(
            rules(&later, by_another),
            [AuditRule::OtherGo, AuditRule::OtherCommit]
        );
        let mut dirty = program();
        dirty.build.as_mut().unwrap().modified = Some(true);
        assert_eq!(rules(&lock(), dirty), [AuditRule::Dirty]);
    }

    #[test]
    fn what_go_mod_replaces_by_now_is_told_of_a_program_that_has_the_module_itself() {
        for (by, told) in [
            (("./x", ""), "v1.0.0 => ./x"),
            (
                ("example.com/fork", "v1.0.1"),
                "v1.0.0 => example.com/fork@v1.0.1",
            ),
        ] {
            let replacing = Lock {
                selected: selected("v1.0.0", Some(by)),
                ..lock()
            };
            let findings = replacing.findings(&[program()]);
            let says = format!("the program has v1.0.0, and go.mod selects {told}");
            assert_eq!(findings[0].rule, AuditRule::OtherVersion);
            assert_eq!(findings[0].says, says);
            let mut same = program();
            same.modules[0].replaced_by = Some((by.0.to_owned(), by.1.to_owned()));
            assert_eq!(rules(&replacing, same), []);
        }
    }

    #[test]
    fn what_is_only_listed_can_not_differ() {
        let listed = AuditedProgram {
            known: Known::Listed {
                why: "not built".to_owned(),
            },
            ..program()
        };
        assert_eq!(rules(&Lock::default(), listed), []);
    }
}
