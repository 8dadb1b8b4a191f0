//! Why programs are built, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::human::counted;
use crate::ledger::Decision;
use crate::printable::printable;

/// So many reasons are told of an artifact.
const TOLD: usize = 5;

/// Why artifacts are built, those with the same reasons together; nothing where none is.
#[must_use]
pub fn reasons(decision: &Decision) -> String {
    let mut together: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for (artifact, reasons) in &decision.reasons {
        let words = reasons.iter().map(|reason| printable(&reason.to_string()));
        let artifacts = together.entry(words.collect()).or_default();
        artifacts.push(artifact.as_str());
    }
    let mut text = String::new();
    // Writing to a String can't fail.
    for (reasons, artifacts) in together {
        let _ = writeln!(text, "{}", artifacts.join(", "));
        for reason in reasons.iter().take(TOLD) {
            let _ = writeln!(text, "  is built because {reason}");
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
