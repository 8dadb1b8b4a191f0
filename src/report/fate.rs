//! What became of each artifact: its steps and their outcomes, joined in one place.

use crate::exec::{Done, End, Outcomes, PackedFile, Placed, Verified};
use crate::plan::{Artifact, StepId};

/// What became of an artifact.
pub(super) enum Fate<'a> {
    /// It is in its place.
    Made(Made<'a>),
    /// One of its steps failed.
    Failed(Stage),
    /// None of its steps failed, and it isn't there.
    NotBuilt,
}

/// What its steps brought.
pub(super) struct Made<'a> {
    pub(super) verified: &'a Verified,
    pub(super) packed: Option<&'a PackedFile>,
    pub(super) placed: &'a Placed,
}

/// Where an artifact can be lost, in the order of its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Compile,
    Verify,
    Pack,
    Place,
}

/// Joins the steps of an artifact with what came of them.
pub(super) fn fate<'a>(artifact: &Artifact, outcomes: &'a Outcomes) -> Fate<'a> {
    let steps = &artifact.steps;
    let done = |step: &StepId| match &outcomes.get(step)?.end {
        End::Done(done) => Some(done),
        End::Failed(_) | End::Skipped { .. } | End::Stopped => None,
    };
    if let (Some(Done::Verified(verified)), Some(Done::Placed(placed))) =
        (done(&steps.verify), done(&steps.place))
    {
        let packed = match steps.compress.as_ref().and_then(done) {
            Some(Done::Packed(packed)) => Some(packed),
            _ => None,
        };
        return Fate::Made(Made {
            verified,
            packed,
            placed,
        });
    }
    let chain = [
        (Some(&steps.compile), Stage::Compile),
        (Some(&steps.verify), Stage::Verify),
        (steps.compress.as_ref(), Stage::Pack),
        (Some(&steps.place), Stage::Place),
    ];
    let failed = |step: Option<&StepId>| {
        let outcome = step.and_then(|step| outcomes.get(step));
        outcome.is_some_and(|outcome| matches!(outcome.end, End::Failed(_)))
    };
    match chain.into_iter().find(|(step, _)| failed(*step)) {
        Some((_, stage)) => Fate::Failed(stage),
        None => Fate::NotBuilt,
    }
}
