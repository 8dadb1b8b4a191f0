//! What a verdict leaves open: what it hangs on, why nothing is proven, and what it says nothing about.

use std::fmt::{self, Write as _};

use super::inspection::{opacity, subjects};
use crate::printable::printable;
use crate::verify::{Finding, Verdict, Verification};

/// One thing that a reader of a verdict has to know besides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Caveat {
    pub(super) kind: CaveatKind,
    /// What for, in words that may be printed.
    pub(super) why: String,
}

/// What a caveat says of the verdict, in the order in which that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CaveatKind {
    /// It hangs on something.
    Conditional,
    /// It says nothing about something.
    NotKnown,
    /// Nothing is proven.
    Unproven,
}

impl CaveatKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Conditional => Verdict::Conditional.as_str(),
            Self::NotKnown => "not known",
            Self::Unproven => Verdict::Unproven.as_str(),
        }
    }
}

impl fmt::Display for CaveatKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the verdict leaves open.
pub(super) fn caveats(verification: &Verification) -> impl Iterator<Item = Caveat> {
    let findings = &verification.findings;
    let no_better = match verification.verdict {
        Verdict::Proven => None,
        Verdict::Conditional => Some((CaveatKind::Conditional, conditions(findings))),
        Verdict::Unproven => Some((CaveatKind::Unproven, opacity(findings))),
    };
    let not_known = Some(subjects(verification.unnamed())).filter(|names| !names.is_empty());
    let not_known = not_known.map(|names| (CaveatKind::NotKnown, names));
    no_better
        .into_iter()
        .chain(not_known)
        .map(|(kind, why)| Caveat {
            kind,
            why: printable(&why),
        })
}

/// More reasons than these are counted.
const REASONS: usize = 2;

/// What a conditional verdict hangs on, and why that is allowed.
fn conditions(findings: &[Finding]) -> String {
    let conditions = findings.iter().filter(|finding| finding.is_condition());
    let mut reasons: Vec<&str> = Vec::new();
    for reason in conditions.clone().filter_map(Finding::allowed) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let mut text = format!("on {}", subjects(conditions));
    let more = reasons.len().saturating_sub(REASONS);
    reasons.truncate(REASONS);
    if !reasons.is_empty() {
        let _ = write!(text, "; allowed: {}", reasons.join("; "));
    }
    match more {
        0 => {}
        1 => text.push_str(" and for one more reason"),
        _ => {
            let _ = write!(text, " and for {more} more reasons");
        }
    }
    text
}
