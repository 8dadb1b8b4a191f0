//! What became of each artifact: its steps and their outcomes, joined in one place.

use crate::exec::{Done, End, Outcomes, PackedFile, Placed, Verified};
use crate::plan::{Artifact, StepId};
use crate::smoke::Smoked;

/// What its steps brought.
pub(super) struct Made<'a> {
    pub(super) verified: &'a Verified,
    /// Whether a second build made the same bytes.
    pub(super) is_reproduced: bool,
    pub(super) packed: Option<&'a PackedFile>,
    pub(super) smoked: Option<&'a Smoked>,
    pub(super) placed: &'a Placed,
}

/// Where an artifact can be lost, in the order of its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Compile,
    Verify,
    Recompile,
    Compare,
    Pack,
    Smoke,
    Place,
}

/// What came of an artifact that is in its place.
pub(super) fn made<'a>(artifact: &Artifact, outcomes: &'a Outcomes) -> Option<Made<'a>> {
    let steps = &artifact.steps;
    let done = |step: &StepId| match &outcomes.get(step)?.end {
        End::Done(done) => Some(done),
        End::Failed(_) | End::Skipped { .. } | End::Stopped => None,
    };
    let (Done::Verified(verified), Done::Placed(placed)) =
        (done(&steps.verify)?, done(&steps.place)?)
    else {
        return None;
    };
    let compare = steps.reproduce.as_ref().map(|steps| &steps.compare);
    let is_reproduced = matches!(compare.and_then(done), Some(Done::Reproduced));
    let packed = match steps.compress.as_ref().and_then(done) {
        Some(Done::Packed(packed)) => Some(packed),
        _ => None,
    };
    let smoked = match steps.smoke.as_ref().and_then(done) {
        Some(Done::Smoked(smoked)) => Some(smoked),
        _ => None,
    };
    Some(Made {
        verified,
        is_reproduced,
        packed,
        smoked,
        placed,
    })
}

/// The first of an artifact's steps that failed.
pub(super) fn failed_at(artifact: &Artifact, outcomes: &Outcomes) -> Option<Stage> {
    let steps = &artifact.steps;
    let again = steps.reproduce.as_ref();
    let chain = [
        (Some(&steps.compile), Stage::Compile),
        (Some(&steps.verify), Stage::Verify),
        (again.map(|steps| &steps.copy), Stage::Recompile),
        (again.map(|steps| &steps.recompile), Stage::Recompile),
        (again.map(|steps| &steps.compare), Stage::Compare),
        (steps.compress.as_ref(), Stage::Pack),
        (steps.smoke.as_ref(), Stage::Smoke),
        (Some(&steps.place), Stage::Place),
    ];
    let failed = |step: Option<&StepId>| {
        let outcome = step.and_then(|step| outcomes.get(step));
        outcome.is_some_and(|outcome| matches!(outcome.end, End::Failed(_)))
    };
    let first = chain.into_iter().find(|(step, _)| failed(*step));
    first.map(|(_, stage)| stage)
}
