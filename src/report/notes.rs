//! What a reader might take for done and isn't: files that stay unpacked, and packed files that
//! were not started.

use super::fate::{Fate, fate};
use crate::exec::{Outcomes, Tried};
use crate::plan::{Plan, left_unpacked, notes};

/// Which files stay unpacked, which packed files were not started, and why.
#[must_use]
pub(super) fn run_notes(plan: &Plan, outcomes: &Outcomes) -> Vec<String> {
    let not_started = plan.artifacts.iter().filter_map(|artifact| {
        let Fate::Made(made) = fate(artifact, outcomes) else {
            return None;
        };
        match &made.packed?.tried {
            Tried::NotStarted(because) => Some((because.clone(), artifact)),
            Tried::Started { .. } => None,
        }
    });
    let mut all = left_unpacked(plan);
    all.extend(notes("packed, but not started", not_started, plan));
    all
}
