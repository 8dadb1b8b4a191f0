//! What the build of a release says about its stages.

use std::collections::BTreeMap;

use crate::exec::{Done, End, Outcomes};
use crate::human::counted;
use crate::plan::{Plan, StepKind};
use crate::release::{Stage, StageEnd};
use crate::smoke::Smoked;

/// How a stage ended that is steps of the plan; none where it is none.
pub(super) fn end(stage: Stage, plan: &Plan, outcomes: &Outcomes) -> Option<StageEnd> {
    match stage {
        Stage::Build => Some(build(plan, outcomes)),
        Stage::Verify => Some(verify(plan, outcomes)),
        Stage::Smoke => Some(smoke(plan, outcomes)),
        Stage::Tests
        | Stage::Audit
        | Stage::Package
        | Stage::Sign
        | Stage::Push
        | Stage::Gitops => None,
    }
}

/// The ends of the steps of some kinds.
fn ends<'a>(
    plan: &'a Plan,
    outcomes: &'a Outcomes,
    is_meant: impl Fn(StepKind) -> bool + 'a,
) -> impl Iterator<Item = &'a End> {
    let steps = plan
        .steps
        .iter()
        .filter(move |step| is_meant(step.id.kind()));
    steps.filter_map(|step| outcomes.get(&step.id).map(|outcome| &outcome.end))
}

/// Why not all of it is done; none where it is.
fn unfinished<'a>(ends: impl Iterator<Item = &'a End>) -> Option<StageEnd> {
    let (mut failed, mut left) = (0_usize, 0_usize);
    for end in ends {
        match end {
            End::Done(_) => {}
            End::Failed(_) => failed += 1,
            End::Skipped { .. } | End::Stopped => left += 1,
        }
    }
    match (failed, left) {
        (0, 0) => None,
        (0, left) => Some(StageEnd::NotRun(format!(
            "{} not begun or not finished",
            counted(left, "step", "steps")
        ))),
        (failed, _) => Some(StageEnd::Failed(format!(
            "{} failed",
            counted(failed, "step", "steps")
        ))),
    }
}

fn build(plan: &Plan, outcomes: &Outcomes) -> StageEnd {
    let is_meant = |kind| !matches!(kind, StepKind::Verify | StepKind::Smoke);
    let unfinished = unfinished(ends(plan, outcomes, is_meant));
    unfinished
        .unwrap_or_else(|| StageEnd::Done(counted(plan.artifacts.len(), "artifact", "artifacts")))
}

fn verify(plan: &Plan, outcomes: &Outcomes) -> StageEnd {
    let all = || ends(plan, outcomes, |kind| kind == StepKind::Verify);
    if let Some(unfinished) = unfinished(all()) {
        return unfinished;
    }
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for end in all() {
        if let End::Done(Done::Verified(verified)) = end {
            *verdicts
                .entry(verified.verification.verdict.as_str())
                .or_default() += 1;
        }
    }
    let words: Vec<String> = verdicts
        .iter()
        .map(|(verdict, number)| format!("{number} {verdict}"))
        .collect();
    StageEnd::Done(words.join(", "))
}

fn smoke(plan: &Plan, outcomes: &Outcomes) -> StageEnd {
    let all = || ends(plan, outcomes, |kind| kind == StepKind::Smoke);
    if let Some(unfinished) = unfinished(all()) {
        return unfinished;
    }
    let is_left = |end: &&End| matches!(end, End::Done(Done::Smoked(Smoked::NotRun(_))));
    let left = all().filter(is_left).count();
    match (all().count() - left, left) {
        (0, left) => StageEnd::NotRun(format!("none of {left} can be started here")),
        (ran, 0) => StageEnd::Done(format!("{ran} ran on a blank system")),
        (ran, left) => StageEnd::Done(format!(
            "{ran} ran on a blank system, {left} can't be started here"
        )),
    }
}
