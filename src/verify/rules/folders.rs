//! The folders that files are made in: they have to be there before.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::addresses::TAKERS;
use super::operations::{error, names_folder};
use super::paths::{Folders, Paths};
use super::realm::Realm;
use super::runtime::called;
use crate::target::Goos;
use crate::verify::uses::{Call, Calls, Uses};
use crate::verify::{Evidence, Finding, Fix, Need, Rule, Severity, Subject};

/// What is found of folders that the program makes files in, or opens files in.
pub(super) fn findings(
    rule: &Rule,
    evidence: &Evidence<'_>,
    uses: Uses<'_>,
    paths: &Paths<'_>,
) -> Vec<Finding> {
    let made = Made::of(evidence.goos(), &paths.folders);
    let mut findings = lacking(rule, uses, paths, &made);
    findings.extend(read(rule, uses, paths, &made));
    findings
}

/// The folders that the program makes files in without making the folder itself.
fn lacking(rule: &Rule, uses: Uses<'_>, paths: &Paths<'_>, made: &Made<'_>) -> Vec<Finding> {
    let goos = made.goos;
    // The files of each folder.
    let mut lacking: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let named = paths.made.texts.iter().chain(&paths.either.texts);
    let named = named.filter_map(|(path, call)| {
        let folder = folder(goos, path)?;
        Some((folder, Cow::Borrowed(*path), *call))
    });
    let filled = paths.filled.texts.iter().filter_map(|(path, call)| {
        let folder = itself(goos, path)?;
        let file = if names_folder(uses.called(*call)) {
            Cow::Borrowed(folder)
        } else {
            Cow::Owned(format!("{folder}/…"))
        };
        Some((folder, file, *call))
    });
    for (folder, path, call) in named.chain(filled) {
        let realms = [Realm::of(goos, &path), Realm::of(goos, folder)];
        let is_plain = realms == [Realm::Absolute; 2] || realms == [Realm::Relative; 2];
        if is_plain && !made.has(folder) {
            let [realm, _] = realms;
            let files = lacking.entry((realm, folder)).or_default();
            files.push((path, call));
        }
    }
    let unread = uses.that_make(&makers(&paths.folders));
    let findings = lacking.into_iter().filter_map(|((_, folder), files)| {
        let started = uses.that_make(&makers_below(goos, &paths.folders, folder));
        let is_unsettled = |call: Call| call.passes_any(&unread) || call.passes_any(&started);
        let calls = files.iter().map(|(_, call)| *call);
        let sure: Vec<_> = calls.clone().filter(|call| !is_unsettled(*call)).collect();
        let severity = if sure.is_empty() {
            Severity::Info
        } else {
            rule.severity
        };
        let call = uses
            .likeliest_call(sure)
            .or_else(|| uses.likeliest_call(calls))?;
        let (path, _) = files.iter().find(|(_, one)| *one == call)?;
        let subject = Subject::named("folder", folder);
        let mut finding = called(rule, uses, call, subject, Need::Folder(folder.to_owned()));
        finding.severity = severity;
        finding.symptom = symptom(goos, uses.called(call), path);
        finding.fixes = vec![
            Fix::source("os.MkdirAll for the folder, before the file is made"),
            Fix::image("make the folder, or mount a volume there"),
        ];
        Some(finding)
    });
    findings.collect()
}

/// The folders of files that the program opens by names that aren't constant, where it doesn't make
/// files there itself.
fn read(rule: &Rule, uses: Uses<'_>, paths: &Paths<'_>, made: &Made<'_>) -> Vec<Finding> {
    let goos = made.goos;
    let files = paths.made.texts.keys();
    let filled = paths.filled.texts.keys();
    let files = files.filter_map(|path| folder(goos, path));
    let filled = filled.filter_map(|folder| itself(goos, folder));
    let its_own: BTreeSet<_> = files.chain(filled).collect();
    let is_its = |folder: &str| its_own.contains(folder) || made.has(folder);
    let mut folders = BTreeMap::new();
    for (folder, call) in paths.read_folders() {
        if let Some(folder) = itself(goos, folder).filter(|folder| !is_its(folder)) {
            let calls: &mut Vec<_> = folders.entry(folder).or_default();
            calls.push(call);
        }
    }
    let is_plain = |folder: &str| {
        let realm = Realm::of(goos, folder);
        matches!(realm, Realm::Relative | Realm::Absolute)
    };
    let folders = folders.into_iter().filter(|(folder, _)| is_plain(folder));
    let findings = folders.filter_map(|(folder, calls)| {
        let call = uses.likeliest_call(calls)?;
        let subject = Subject::named("files below", folder);
        let mut finding = called(rule, uses, call, subject, Need::Files(folder.to_owned()));
        finding.symptom = symptom(goos, uses.called(call), &format!("{folder}/…"));
        Some(finding)
    });
    findings.collect()
}

/// The folders that the program makes, as its system writes them.
struct Made<'a> {
    goos: Option<Goos>,
    /// With all those that they lie in.
    with_parents: BTreeSet<&'a str>,
    alone: BTreeSet<&'a str>,
}

impl<'a> Made<'a> {
    fn of(goos: Option<Goos>, folders: &Folders<'a>) -> Self {
        let made = |calls: &Calls<'a>| -> BTreeSet<&'a str> {
            let folders = calls.texts.keys();
            folders.map(|text| without_end(goos, text)).collect()
        };
        let mut with_parents = made(&folders.with_parents);
        let below = folders.with_parents.below.keys();
        with_parents.extend(below.map(|folder| without_end(goos, folder)));
        Self {
            goos,
            with_parents,
            alone: made(&folders.alone),
        }
    }

    fn has(&self, folder: &str) -> bool {
        self.alone.contains(folder) || is_within(self.goos, &self.with_parents, folder)
    }
}

/// The calls that make a folder of which only the start is constant, where it may be this one.
fn makers_below(goos: Option<Goos>, folders: &Folders<'_>, folder: &str) -> BTreeSet<Call> {
    let both = [&folders.with_parents, &folders.alone];
    let starts = both.into_iter().flat_map(|calls| &calls.below);
    let above = starts.filter(|(start, _)| {
        let rest = folder.strip_prefix(without_end(goos, start));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(is_separator(goos)))
    });
    above.map(|(_, call)| *call).collect()
}

/// The calls that make a folder which isn't constant, and of which not even the start is.
fn makers(folders: &Folders<'_>) -> BTreeSet<Call> {
    let both = [&folders.with_parents, &folders.alone];
    let unknown = both.into_iter().flat_map(|calls| {
        let elsewhere: BTreeSet<_> = calls.below.values().copied().collect();
        &calls.unknown - &elsewhere
    });
    unknown.collect()
}

/// Whether something is a separator in paths of a system.
fn is_separator(goos: Option<Goos>) -> impl Fn(char) -> bool + Copy {
    move |letter| letter == '/' || (letter == '\\' && goos == Some(Goos::Windows))
}

fn without_end(goos: Option<Goos>, path: &str) -> &str {
    let path = path.trim_end_matches(is_separator(goos));
    path.strip_prefix("./").unwrap_or(path)
}

/// The folder that a path lies in, where that isn't one that is always there: the current one, or
/// the root.
pub(super) fn folder(goos: Option<Goos>, path: &str) -> Option<&str> {
    let (folder, _) = without_end(goos, path).rsplit_once(is_separator(goos))?;
    itself(goos, folder)
}

/// A folder, where it isn't one that is always there.
fn itself(goos: Option<Goos>, folder: &str) -> Option<&str> {
    let folder = without_end(goos, folder);
    let last = folder.rsplit(is_separator(goos)).next()?;
    let is_drive = goos == Some(Goos::Windows) && folder.ends_with(':');
    (!is_drive && !matches!(last, "" | "." | "..")).then_some(folder)
}

/// Whether any of some paths is a folder, or lies in it.
fn is_within(goos: Option<Goos>, paths: &BTreeSet<&str>, folder: &str) -> bool {
    let separators = ['/', '\\']
        .into_iter()
        .filter(|one| is_separator(goos)(*one));
    let lies_in_it = |separator: char| {
        let below = format!("{folder}{separator}");
        let mut behind = paths.range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded));
        behind.next().is_some_and(|path| path.starts_with(&below))
    };
    paths.contains(folder) || separators.into_iter().any(lies_in_it)
}

/// What is seen where the folder of a file is not there.
fn symptom(goos: Option<Goos>, function: &str, path: &str) -> String {
    let lacking = match goos {
        Some(Goos::Windows) => "The system cannot find the path specified.",
        _ => "no such file or directory",
    };
    let is_address = TAKERS.iter().any(|(taker, _)| *taker == function);
    if is_address {
        format!("listen unix {path}: bind: {lacking}")
    } else {
        error(goos, Some(function), path, lacking)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_in_the_folder_before_its_name() {
        let linux = Some(Goos::Linux);
        for (path, lies_in) in [
            ("/var/log/app.log", Some("/var/log")),
            ("/var/lib/app/", Some("/var/lib")),
            ("/var/log//app.log", Some("/var/log")),
            ("logs/app.log", Some("logs")),
            ("./logs/app.log", Some("logs")),
            ("../data/a", Some("../data")),
            ("/app.log", None),
            ("./app.log", None),
            ("../app.log", None),
            ("app.log", None),
            ("C:\\app\\log", None),
        ] {
            assert_eq!(folder(linux, path), lies_in, "{path}");
        }
    }

    #[test]
    fn windows_has_two_separators_and_drives() {
        let windows = Some(Goos::Windows);
        for (path, lies_in) in [
            ("C:\\ProgramData\\app\\log", Some("C:\\ProgramData\\app")),
            ("logs\\app.log", Some("logs")),
            ("logs/app.log", Some("logs")),
            ("C:\\app.log", None),
        ] {
            assert_eq!(folder(windows, path), lies_in, "{path}");
        }
    }

    #[test]
    fn a_folder_is_made_with_those_below_it() {
        let linux = Some(Goos::Linux);
        let is_within = |path, folder| {
            let paths = BTreeSet::from([without_end(linux, path), "/a", "/z"]);
            is_within(linux, &paths, folder)
        };
        assert!(is_within("/var/lib/app/data", "/var/lib/app"));
        assert!(is_within("./logs/", "logs"));
        assert!(!is_within("/var/lib/apps", "/var/lib/app"));
        assert!(!is_within("/var/lib", "/var/lib/app"));
    }

    #[test]
    fn what_is_seen_tells_what_was_to_be_made() {
        let linux = Some(Goos::Linux);
        let seen = "open /a/b: no such file or directory";
        assert_eq!(symptom(linux, "os.WriteFile", "/a/b"), seen);
        let seen = "listen unix /a/b: bind: no such file or directory";
        assert_eq!(symptom(linux, "net.Listen", "/a/b"), seen);
        let seen = "open a\\b: The system cannot find the path specified.";
        assert_eq!(symptom(Some(Goos::Windows), "os.OpenFile", "a\\b"), seen);
    }
}
