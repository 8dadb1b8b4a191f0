//! A binary that a symptom or a log is held against: predicted and observed.

use serde::Serialize;

use crate::explain::Cause;
use crate::report::Inspection;
use crate::report::inspection::subjects;
use crate::verify::{Finding, Need, RuleId, Severity, Verdict};

/// What the rules say of a binary.
#[derive(Clone, Debug)]
pub struct Binary {
    pub(super) path: String,
    pub(super) verdict: Verdict,
    checked: Vec<RuleId>,
    findings: Vec<Finding>,
}

/// What a binary says to a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "is", content = "subjects")]
pub enum Confirmation {
    /// The rule finds it there: in these.
    Confirmed(String),
    /// The rule finds others there, and not what the message names.
    Others(String),
    /// The rule looked, and doesn't find it.
    Absent,
    /// The rule says nothing about this file.
    Unchecked,
}

impl Confirmation {
    /// It as a sentence.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Confirmed(subjects) if subjects.is_empty() => "confirmed".to_owned(),
            Self::Confirmed(subjects) => format!("confirmed: {subjects}"),
            Self::Others(subjects) => format!(
                "not confirmed: the program has that, but the rule names others: {subjects}"
            ),
            Self::Absent => "not confirmed: the rule looked, and found nothing".to_owned(),
            Self::Unchecked => "unknown: the rule says nothing about this file".to_owned(),
        }
    }
}

impl From<Inspection> for Binary {
    fn from(inspection: Inspection) -> Self {
        Self {
            path: inspection.path,
            verdict: inspection.verification.verdict,
            checked: inspection.verification.checked,
            findings: inspection.verification.findings,
        }
    }
}

impl Binary {
    /// What it says to a cause of a message; none for what is not in any binary.
    pub(super) fn standing(&self, cause: Cause, message: &str) -> Option<Confirmation> {
        let rule = cause.rule()?.id;
        let found: Vec<_> = self
            .findings
            .iter()
            .filter(|one| one.rule == rule)
            .collect();
        Some(if !found.is_empty() {
            confirmation(&found, &cause.naming(message))
        } else if self.checked.contains(&rule) {
            Confirmation::Absent
        } else {
            Confirmation::Unchecked
        })
    }

    /// The rules that found something worth a warning which isn't among what was seen.
    pub(super) fn unseen(&self, seen: impl Iterator<Item = Cause>) -> Vec<RuleId> {
        let seen: Vec<_> = seen.filter_map(Cause::rule).map(|rule| rule.id).collect();
        let findings = self.findings.iter();
        let findings = findings.filter(|one| one.severity > Severity::Info);
        let mut unseen: Vec<_> = findings.map(|one| one.rule).collect();
        unseen.dedup();
        unseen.retain(|rule| !seen.contains(rule));
        unseen
    }
}

/// What findings say to parts of a message that name something, if any do: those that are named
/// there, else those whose names don't show.
fn confirmation(found: &[&Finding], naming: &[String]) -> Confirmation {
    let all = || found.iter().copied();
    if naming.is_empty() {
        return Confirmation::Confirmed(subjects(all()));
    }
    let is_named = |one: &&Finding| {
        let mut naming = naming.iter();
        Name::of(one).is_some_and(|name| naming.any(|part| name.stands_in(part)))
    };
    let named: Vec<_> = all().filter(is_named).collect();
    // What goes wrong with a library may be told without its name.
    let is_unsaid =
        |one: &&Finding| Name::of(one).is_none() || matches!(one.need, Some(Need::Library(_)));
    let unnamed: Vec<_> = all().filter(is_unsaid).collect();
    match (named.is_empty(), unnamed.is_empty()) {
        (false, _) => Confirmation::Confirmed(subjects(named.into_iter())),
        (true, false) => Confirmation::Confirmed(subjects(unnamed.into_iter())),
        (true, true) => Confirmation::Others(subjects(all())),
    }
}

/// A name by which messages speak of a finding.
#[derive(Clone, Copy, Debug)]
enum Name<'a> {
    /// As it is.
    Whole(&'a str),
    /// Of a program, which may be told with its folder.
    Base(&'a str),
    /// Of a folder, of which a file may be told.
    Folder(&'a str),
}

impl<'a> Name<'a> {
    /// The name of what a finding is about; none where it doesn't show.
    fn of(finding: &'a Finding) -> Option<Self> {
        match finding.need.as_ref()? {
            Need::Program(Some(name)) => Some(Self::Base(name)),
            Need::File(path) | Need::TmpFile(path) | Need::Socket(path) | Need::Library(path) => {
                Some(Self::Whole(path))
            }
            Need::Folder(path) | Need::Files(path) => Some(Self::Folder(path)),
            Need::ZoneInfo => finding.subject.name().map(Self::Whole),
            _ => None,
        }
    }

    /// Whether it stands in a part of a message, as a whole word.
    fn stands_in(self, part: &str) -> bool {
        let (Self::Whole(name) | Self::Base(name) | Self::Folder(name)) = self;
        let name = name.to_ascii_lowercase();
        let goes_on = |c: char| c.is_ascii_alphanumeric() || "_-+".contains(c);
        let is_start = |before: &str| match before.chars().next_back() {
            Some('/' | '\\') => matches!(self, Self::Base(_)),
            last => !last.is_some_and(|c| goes_on(c) || c == '.'),
        };
        let is_end = |after: &str| match after.chars().next() {
            Some('/' | '\\') => matches!(self, Self::Folder(_)),
            Some('.') => !after.chars().nth(1).is_some_and(goes_on),
            next => !next.is_some_and(goes_on),
        };
        let mut places = part.match_indices(&name);
        places.any(|(at, _)| {
            let (before, after) = (part.get(..at), part.get(at + name.len()..));
            before.is_some_and(is_start) && after.is_some_and(is_end)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_in_a_message_as_a_whole() {
        for (name, part, stands) in [
            (
                Name::Whole("Europe/Paris"),
                "unknown time zone europe/paris",
                true,
            ),
            (
                Name::Whole("Europe/Paris"),
                "unknown time zone europe/berlin",
                false,
            ),
            (
                Name::Base("git"),
                "exec: 'git': executable file not found",
                true,
            ),
            (
                Name::Base("git"),
                "fork/exec /usr/bin/git: no such file",
                true,
            ),
            (
                Name::Base("git"),
                "exec: 'git-lfs': executable file not found",
                false,
            ),
            (
                Name::Whole("/tmp/a.lock"),
                "open /tmp/a.lock: file exists",
                true,
            ),
            (
                Name::Whole("/tmp/a"),
                "open /tmp/a.lock: file exists",
                false,
            ),
            (
                Name::Whole("app.yaml"),
                "open config/app.yaml: no such file",
                false,
            ),
            (
                Name::Folder("/var/log"),
                "open /var/log/app.log: no such file",
                true,
            ),
            (
                Name::Whole("/var/log"),
                "open /var/log/app.log: no such file",
                false,
            ),
        ] {
            assert_eq!(name.stands_in(part), stands, "{name:?} in {part}");
        }
    }
}
