//! A binary that a symptom or a log is held against: predicted and observed.

use serde::Serialize;

use crate::explain::{Cause, meant};
use crate::report::Inspection;
use crate::report::inspection::subjects;
use crate::verify::{Finding, RuleId, Severity, Verdict};

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
            match meant(&found, cause, [message]) {
                meant if meant.is_empty() => Confirmation::Others(subjects(found.into_iter())),
                meant => Confirmation::Confirmed(subjects(meant.into_iter())),
            }
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
