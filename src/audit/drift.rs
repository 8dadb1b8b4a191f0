//! Whether programs that were built are what the lock files and the commit say. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::check::Answer;
use super::finding::Finding;
use super::locked::command_in;
use super::program::{AuditedProgram, Build, LinkedModule};
use super::rule::AuditRule;
use crate::tools::go::ListedModule;

/// What a build from here would be made of.
#[derive(Clone, Debug)]
pub struct Lock {
    /// What go.mod selects, by path: several modules of a project may select several versions.
    pub selected: Answer<BTreeMap<String, BTreeSet<Selected>>>,
    /// The lines of go.sum that count for the modules of the project, by their folders.
    pub sums: BTreeMap<String, Sums>,
    /// The folders of those that are compiled from `vendor`.
    pub vendored: BTreeSet<String>,
    /// The current commit.
    pub commit: Option<String>,
    /// The commits of tags.
    pub tags: BTreeMap<String, String>,
    /// The last tag that looks like a version; it may be one of an earlier commit.
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

/// The lines of a go.sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<(String, String), String>);

impl Sums {
    /// Reads a go.sum.
    ///
    /// Source: the Go modules reference, "go.sum files" (<https://go.dev/ref/mod#go-sum-files>).
    #[must_use]
    pub fn of(text: &str) -> Self {
        let lines = text.lines().filter_map(|line| {
            let mut fields = line.split_whitespace();
            let (path, version, sum) = (fields.next()?, fields.next()?, fields.next()?);
            Some(((path.to_owned(), version.to_owned()), sum.to_owned()))
        });
        Self(lines.collect())
    }

    /// The checksum of a module.
    #[must_use]
    pub fn of_module(&self, (path, version): (&str, &str)) -> Option<&str> {
        let key = (path.to_owned(), version.to_owned());
        self.0.get(&key).map(String::as_str)
    }

    /// What it lacks of a module: each has a line, and its go.mod file another one.
    #[must_use]
    fn lacking(&self, (path, version): (&str, &str)) -> Option<&'static str> {
        let of_file = format!("{version}/go.mod");
        match (
            self.of_module((path, version)),
            self.of_module((path, &of_file)),
        ) {
            (None, _) => Some("checksum"),
            (Some(_), None) => Some("checksum of its go.mod file"),
            (Some(_), Some(_)) => None,
        }
    }
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
        let built = programs.iter().filter(|program| program.is_file());
        built.flat_map(|program| self.of_program(program)).collect()
    }

    /// Whether go.mod selects what a program has; none where that isn't known.
    fn selects(&self, module: &LinkedModule) -> Option<bool> {
        let selected = self.selected.as_ref().ok()?;
        let of_path = selected.get(&module.path);
        Some(of_path.is_some_and(|of_path| of_path.contains(&Selected::in_program(module))))
    }

    /// Why it isn't known whether the modules in a program are those that go.sum has.
    #[must_use]
    pub fn uncompared(&self, program: &AuditedProgram) -> Option<&'static str> {
        let sums = self.sums.get(&program.folder);
        let mut modules = program.modules.iter().filter(|module| module.has_version());
        modules.find_map(|module| {
            if module.sum.is_none() {
                return Some("its file has no checksums of modules, as where `vendor` is compiled");
            }
            let is_locked = sums.is_some_and(|sums| sums.of_module(module.real()).is_some());
            (!is_locked).then_some("go.sum has no checksum of what it has")
        })
    }

    fn of_program(&self, program: &AuditedProgram) -> Vec<Finding> {
        let about = |rule, module: Option<&str>| Finding {
            programs: vec![program.name.clone()],
            module: module.map(str::to_owned),
            ..Finding::of_all(rule)
        };
        let mut findings = Vec::new();
        for module in &program.modules {
            if self.selects(module) == Some(false) {
                let about = about(AuditRule::OtherVersion, Some(&module.path));
                findings.push(about.saying(self.other(module)).mended_by(AGAIN));
            }
            let about = |rule| about(rule, Some(&module.path)).at(&module.version);
            findings.extend(self.of_sums(program, module, about));
        }
        findings.extend(self.of_build(program, about));
        findings
    }

    /// How a module differs from what go.mod selects.
    fn other(&self, module: &LinkedModule) -> String {
        let built = Selected::in_program(module);
        let selected = self
            .selected
            .iter()
            .filter_map(|selected| selected.get(&module.path));
        let selected: Vec<String> = selected.flatten().map(Selected::to_string).collect();
        match selected.as_slice() {
            [] => "the program has it, and go.mod selects none".to_owned(),
            selected => {
                let selected = selected.join(" and ");
                format!("the program has {built}, and go.mod selects {selected}")
            }
        }
    }

    /// What go.sum says of a module, or doesn't say though go.mod selects it.
    fn of_sums(
        &self,
        program: &AuditedProgram,
        module: &LinkedModule,
        about: impl Fn(AuditRule) -> Finding,
    ) -> Option<Finding> {
        let sums = self.sums.get(&program.folder)?;
        let real = module.real();
        if let (Some(sum), Some(locked)) = (&module.sum, sums.of_module(real))
            && sum != locked
        {
            let says = format!("the program has {sum}, and go.sum {locked}");
            return Some(about(AuditRule::OtherSum).saying(says).mended_by(AGAIN));
        }
        let is_locked_by_it = module.has_version()
            && self.selects(module) == Some(true)
            && !self.vendored.contains(&program.folder);
        let lacking = sums.lacking(real).filter(|_| is_locked_by_it)?;
        let (path, version) = real;
        let says = format!("go.sum has no {lacking}: {path} {version}");
        let fix = command_in(&program.folder, "go mod tidy");
        Some(about(AuditRule::Unlocked).saying(says).mended_by(fix))
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
        if let Some(says) = self.other_commit(build) {
            findings.push(
                about(AuditRule::OtherCommit, None)
                    .saying(says)
                    .mended_by(AGAIN),
            );
        }
        findings
    }

    /// How the commit of a program differs from the one that its version names, or from the current one.
    fn other_commit(&self, build: &Build) -> Option<String> {
        let commit = build.commit.as_ref()?;
        let version = build.version.as_ref();
        let tagged = version.and_then(|version| Some((version, self.tags.get(version)?)));
        if let Some((version, tagged)) = tagged.filter(|(_, tagged)| *tagged != commit) {
            let (commit, tagged) = (short(commit), short(tagged));
            return Some(format!(
                "it was built from {commit}, and its version {version} is {tagged}"
            ));
        }
        let head = self.commit.as_ref().filter(|head| *head != commit)?;
        let here = self
            .tag
            .as_ref()
            .filter(|tag| self.tags.get(*tag) == Some(head));
        let here = here.map_or_else(String::new, |tag| format!(" ({tag})"));
        let (commit, head) = (short(commit), short(head));
        Some(format!(
            "it was built from {commit}, and this is {head}{here}"
        ))
    }
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;
