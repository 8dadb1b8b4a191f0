//! Whether the build is locked: what go says of go.mod, go.sum, vendor and the module cache. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Answer, Check, Question};
use super::finding::Finding;
use super::module::{AuditedModule, Newest};
use super::rating::instead;
use super::rule::AuditRule;
use super::version::{ModuleVersion, VersionKind};
use crate::tools::go::ListedModule;

/// What go says of one module of the project.
#[derive(Clone, Debug)]
pub struct LockFacts {
    /// Its folder below the root, `.` for the root itself.
    pub dir: String,
    /// What `go mod tidy` would change, as a diff.
    pub tidy: Answer<String>,
    /// Modules of the cache that are others than go.sum has, a line each.
    pub altered: Answer<Vec<String>>,
    /// Files of `vendor` that are others than `go mod vendor` makes; none where there is no such folder.
    pub vendor: Option<Answer<Vec<String>>>,
    /// What go misses in go.sum, a sentence each.
    pub unlocked: BTreeSet<String>,
    /// The modules in whose place folders are compiled.
    pub from_folders: Vec<FromFolder>,
    /// The toolchain that go.mod names, and those that build.
    pub toolchain: Option<(String, Vec<String>)>,
}

/// A module in whose place a folder is compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromFolder {
    /// Its path.
    pub module: String,
    /// The version that go.mod selects.
    pub version: String,
    /// The folder, as go.mod names it.
    pub folder: String,
}

impl FromFolder {
    /// Where go says so of a module.
    #[must_use]
    pub fn of(listed: &ListedModule) -> Option<Self> {
        let replace = listed.replace.as_ref()?;
        replace.version.is_empty().then(|| Self {
            module: listed.path.clone(),
            version: listed.version.clone(),
            folder: replace.path.clone(),
        })
    }

    fn finding(&self) -> Finding {
        let says = format!("the folder `{}` is compiled in its place", self.folder);
        Finding::of(AuditRule::LocalReplace, &self.module)
            .at(&self.version)
            .saying(says)
            .mended_by(format!("go mod edit -dropreplace={}", self.module))
    }
}

/// More lines of a list than this are counted.
const MOST: usize = 3;

impl LockFacts {
    /// What breaks a rule.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let command = |command: &str| command_in(&self.dir, command);
        if let Ok(diff) = &self.tidy
            && !diff.is_empty()
        {
            let files = changed(diff);
            let finding = Finding::of_all(AuditRule::Untidy);
            let says = format!("{} in {}", files.join(" and "), self.place());
            findings.push(finding.saying(says).mended_by(command("go mod tidy")));
        }
        for line in self.altered.iter().flatten() {
            let module = line.split(':').next().unwrap_or(line);
            let (path, version) = module.split_once(' ').unwrap_or((module, ""));
            let says = "its files in the module cache were changed after they were fetched";
            let finding = Finding::of(AuditRule::Altered, path).at(version);
            findings.push(finding.saying(says).mended_by("go clean -modcache"));
        }
        for text in &self.unlocked {
            let finding = Finding::of_all(AuditRule::Unlocked).saying(text.clone());
            findings.push(finding.mended_by(command("go mod tidy")));
        }
        if let Some(Ok(files)) = &self.vendor
            && !files.is_empty()
        {
            let says = format!("{} in `vendor` of {}", some(files), self.place());
            let finding = Finding::of_all(AuditRule::VendorDrift).saying(says);
            findings.push(finding.mended_by(command("go mod vendor")));
        }
        for module in &self.from_folders {
            let mut finding = module.finding();
            finding.fix = finding.fix.map(|fix| command(&fix));
            findings.push(finding);
        }
        if let Some((named, builds)) = &self.toolchain
            && builds.iter().any(|builds| builds != named)
        {
            let (all, verb, fix) = match builds.as_slice() {
                [one] => (
                    one.clone(),
                    "builds",
                    format!("go mod edit -toolchain={one}"),
                ),
                // The manifest says which build.
                all => (
                    all.join(" and "),
                    "build",
                    "go mod edit -toolchain=none".to_owned(),
                ),
            };
            let place = self.place();
            let says = format!("go.mod of {place} names {named}, and {all} {verb}");
            let finding = Finding::of_all(AuditRule::Toolchain).saying(says);
            findings.push(finding.mended_by(command(&fix)));
        }
        for finding in &mut findings {
            finding.folder = Some(self.dir.clone());
        }
        findings
    }

    fn place(&self) -> String {
        match self.dir.as_str() {
            "." => "the project's folder".to_owned(),
            dir => format!("`{dir}`"),
        }
    }
}

/// A command that is to be run in a folder of the project.
pub(super) fn command_in(dir: &str, command: &str) -> String {
    match dir {
        "." => command.to_owned(),
        dir => format!("cd {dir} && {command}"),
    }
}

/// The lines of a go.mod that require modules, by the modules' paths; the first line is 1.
///
/// Source: the Go modules reference, "Grammar" of go.mod files (<https://go.dev/ref/mod#go-mod-file-grammar>).
pub(super) fn requiring(text: &str) -> BTreeMap<String, usize> {
    let is_version =
        |path: &str, version: &str| !path.starts_with("//") && version.starts_with('v');
    let mut lines = BTreeMap::new();
    let mut is_block = false;
    for (at, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["require", "("] | ["require("] => is_block = true,
            [")", ..] => is_block = false,
            ["require", path, ..] => {
                lines.insert((*path).to_owned(), at + 1);
            }
            [path, version, ..] if is_block && is_version(path, version) => {
                lines.insert((*path).to_owned(), at + 1);
            }
            _ => {}
        }
    }
    lines
}

/// What of several modules' questions was answered.
#[must_use]
pub fn checks(facts: &[LockFacts]) -> Vec<Check> {
    let of = |question, answers: Vec<Option<&String>>| {
        let all = answers.len();
        let reasons = answers.into_iter().flatten().map(String::as_str);
        Check::by_reasons(question, reasons, all)
    };
    let tidy = facts.iter().map(|facts| facts.tidy.as_ref().err());
    let sums = facts.iter().map(|facts| facts.altered.as_ref().err());
    let vendor = facts.iter().filter_map(|facts| facts.vendor.as_ref());
    let vendor: Vec<_> = vendor.map(|answer| answer.as_ref().err()).collect();
    let mut checks = vec![
        of(Question::Tidy, tidy.collect()),
        of(Question::Sums, sums.collect()),
    ];
    if !vendor.is_empty() {
        checks.push(of(Question::Vendor, vendor));
    }
    checks
}

/// What of the linked modules is no release, or comes from a folder.
#[must_use]
pub fn of_modules(modules: &[AuditedModule]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for module in modules {
        let of = |rule| Finding::of(rule, &module.path).at(&module.version);
        if let Some(folder) = module.replaced_by.as_ref().filter(|by| !by.contains('@')) {
            let from_folder = FromFolder {
                module: module.path.clone(),
                version: module.version.clone(),
                folder: folder.clone(),
            };
            findings.push(from_folder.finding());
        }
        let Ok(version) = module.real_version().parse::<ModuleVersion>() else {
            continue;
        };
        if let VersionKind::Pseudo(pseudo) = version.kind() {
            let says = format!("it is the commit {}, which nobody released", pseudo.commit);
            let fix = format!("go get {}@latest", module.path);
            findings.push(of(AuditRule::PseudoVersion).saying(says).mended_by(fix));
        }
        if version.is_incompatible() {
            let says = "it has no go.mod for this major version";
            let fix = instead(&module.path).unwrap_or_else(|| match &module.newest {
                // Its author went back to the versions before.
                Newest::Other { version, .. } if !version.ends_with("+incompatible") => {
                    format!("go get {}@{version}", module.path)
                }
                _ => format!("look for a path with /v{}, or a successor", version.major()),
            });
            findings.push(of(AuditRule::Incompatible).saying(says).mended_by(fix));
        }
    }
    findings
}

/// The files that a diff of `go mod tidy` changes.
fn changed(diff: &str) -> Vec<String> {
    let lines = diff
        .lines()
        .filter_map(|line| line.strip_prefix("+++ tidy/"));
    let mut files: Vec<String> = lines
        .map(|file| format!("it would change {file}"))
        .collect();
    if files.is_empty() {
        files.push("it would change something".to_owned());
    }
    files
}

/// Some files, and how many more there are.
fn some(files: &[String]) -> String {
    let shown: Vec<String> = files
        .iter()
        .take(MOST)
        .map(|file| format!("`{file}`"))
        .collect();
    let more = files.len().saturating_sub(MOST);
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> LockFacts {
        LockFacts {
            dir: ".".to_owned(),
            tidy: Ok(String::new()),
            altered: Ok(Vec::new()),
            vendor: None,
            unlocked: BTreeSet::new(),
            from_folders: Vec::new(),
            toolchain: None,
        }
    }

    #[test]
    fn a_locked_module_breaks_no_rule() {
        assert_eq!(facts().findings(), []);
        assert!(checks(&[facts()]).iter().all(|check| check.gap().is_none()));
    }

    #[test]
    fn each_fault_names_what_mends_it() {
        let faulty = LockFacts {
            dir: "tools".to_owned(),
            tidy: Ok(
                "diff current/go.sum tidy/go.sum\n--- current/go.sum\n+++ tidy/go.sum\n".to_owned(),
            ),
            altered: Ok(vec![
                "example.com/x v1.0.0: dir has been modified (/x)".to_owned(),
            ]),
            vendor: Some(Ok(vec!["a/b.go".to_owned()])),
            unlocked: BTreeSet::from(["missing go.sum entry".to_owned()]),
            from_folders: vec![FromFolder {
                module: "example.com/y".to_owned(),
                version: "v1.2.0".to_owned(),
                folder: "../y".to_owned(),
            }],
            toolchain: Some(("go1.26.9".to_owned(), vec!["go1.26.8".to_owned()])),
        };
        let findings = faulty.findings();
        let rules: Vec<AuditRule> = findings.iter().map(|one| one.rule).collect();
        assert_eq!(
            rules,
            [
                AuditRule::Untidy,
                AuditRule::Altered,
                AuditRule::Unlocked,
                AuditRule::VendorDrift,
                AuditRule::LocalReplace,
                AuditRule::Toolchain
            ]
        );
        assert_eq!(findings[0].fix.as_deref(), Some("cd tools && go mod tidy"));
        assert_eq!(findings[0].says, "it would change go.sum in `tools`");
        assert_eq!(findings[1].subject(), "example.com/x@v1.0.0");
        let fix = "cd tools && go mod edit -dropreplace=example.com/y";
        assert_eq!(findings[4].fix.as_deref(), Some(fix));
    }

    #[test]
    fn what_go_could_not_tell_is_no_finding_and_not_clean() {
        let unknown = LockFacts {
            tidy: Err("no network".to_owned()),
            ..facts()
        };
        assert_eq!(unknown.findings(), []);
        assert_eq!(checks(&[unknown])[0].gap(), Some("no network"));
    }

    #[test]
    fn the_line_that_requires_a_module_is_found_in_blocks_and_out_of_them() {
        let text = "module m\n\ngo 1.24\n\nrequire a.b/c v1.0.0 // indirect\n\nrequire (\n\td.e/f v1.2.0\n\t// no module v1\n)\n\n\
            replace (\n\tg.h/i v1.0.0 => ./i\n)\n";
        let lines = BTreeMap::from([("a.b/c".to_owned(), 5), ("d.e/f".to_owned(), 8)]);
        assert_eq!(requiring(text), lines);
    }
}
