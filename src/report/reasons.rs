//! Why programs are built, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::human::counted;
use crate::ledger::{Decision, Reason};
use crate::printable::printable;

/// So many reasons are told of an artifact.
const TOLD: usize = 5;

fn words(reason: &Reason) -> String {
    match reason {
        Reason::Step(step, reason) => {
            let kind = step.kind();
            format!("its {} step runs again because {reason}", kind.as_str())
        }
        reason => format!("is built because {reason}"),
    }
}

/// Why artifacts are built, those with the same reasons together; nothing where none is.
#[must_use]
pub fn reasons(decision: &Decision) -> String {
    let mut together: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for (artifact, reasons) in &decision.reasons {
        let words = reasons.iter().map(|reason| printable(&words(reason)));
        let artifacts = together.entry(words.collect()).or_default();
        artifacts.push(artifact.as_str());
    }
    let mut text = String::new();
    // Writing to a String can't fail.
    for (reasons, artifacts) in together {
        let _ = writeln!(text, "{}", artifacts.join(", "));
        for reason in reasons.iter().take(TOLD) {
            let _ = writeln!(text, "  {reason}");
        }
        if let Some(more) = reasons.len().checked_sub(TOLD).filter(|more| *more > 0) {
            let _ = writeln!(
                text,
                "  and of {}",
                counted(more, "reason more", "reasons more")
            );
        }
    }
    text
}
