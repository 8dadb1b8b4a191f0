//! The gates between a source and a place in the output folder, and how an artifact passed each.

use super::mark::{Mark, Tone};
use super::steps::Steps;
use crate::report::run::{StepOutcome, StepReport, TrialReport};
use crate::report::summary::{Linking, proof_words};
use crate::report::{ArtifactRecord, PlannedRecord};
use crate::smoke;
use crate::verify::{self, Verdict};

/// How an artifact passed the gates, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gates(pub(super) [Mark; 5]);

impl Gates {
    /// What the gates are called.
    pub(super) const NAMES: [&'static str; 5] = [
        "Compiled",
        "Verified",
        "Packed",
        "Run on a blank system",
        "Placed",
    ];

    pub(super) fn of(
        planned: &PlannedRecord,
        record: Option<&ArtifactRecord>,
        steps: &Steps<'_>,
    ) -> Self {
        let ids = &planned.steps;
        Self([
            mark(steps.get(&ids.compile), "doesn't compile", |_| {
                Mark::good("compiled")
            }),
            mark(steps.get(&ids.verify), refusal(planned), |_| {
                proof(planned, record)
            }),
            asked(ids.compress.as_ref(), |id| {
                mark(steps.get(id), "not packable", packed)
            }),
            asked(ids.smoke.as_ref(), |id| mark(steps.get(id), "fail", smoked)),
            mark(steps.get(&ids.place), "failed", |_| Mark::good("placed")),
        ])
    }
}

impl Gates {
    /// The few words that tell artifacts apart: what is proven, what packing and a blank system made of it,
    /// and what it failed at.
    pub(super) fn brief(&self) -> Vec<Mark> {
        let [compiled, verified, packed, smoked, placed] = self.0.clone();
        let smoked = Mark {
            word: format!("blank system: {}", smoked.word).into(),
            ..smoked
        };
        let failed = [compiled, placed]
            .into_iter()
            .filter(|mark| mark.tone == Tone::Bad);
        let telling = [verified, packed, smoked].into_iter();
        let telling = telling.filter(|mark| mark.tone != Tone::Unknown);
        telling.chain(failed).collect()
    }
}

fn asked<T>(step: Option<T>, mark: impl FnOnce(T) -> Mark) -> Mark {
    step.map_or_else(|| Mark::unknown("not asked"), mark)
}

fn mark(
    step: Option<&StepReport>,
    failed: &'static str,
    done: impl FnOnce(&StepReport) -> Mark,
) -> Mark {
    match step.map(|step| (step, step.outcome)) {
        Some((step, StepOutcome::Done | StepOutcome::Kept)) => done(step),
        Some((_, StepOutcome::Failed)) => Mark::bad(failed),
        Some((_, StepOutcome::Stopped)) => Mark::unknown("stopped"),
        Some((_, StepOutcome::Skipped)) | None => Mark::unknown("not reached"),
    }
}

/// The gate refuses what it has read; what it can't read only fails.
fn refusal(planned: &PlannedRecord) -> &'static str {
    match &planned.lost {
        Some(lost) if lost.outcome == verify::Outcome::Failed => "refused",
        _ => "failed",
    }
}

fn proof(planned: &PlannedRecord, record: Option<&ArtifactRecord>) -> Mark {
    let (verdict, words) = match (record, &planned.lost) {
        (Some(record), _) => {
            let linking = Linking::of(record.interpreter.as_deref(), &record.needed);
            let words = proof_words(record.verdict, record.policy, linking);
            (record.verdict, words)
        }
        (None, Some(lost)) => (lost.verdict, lost.verdict.as_str().to_owned()),
        (None, None) => return Mark::unknown("not known"),
    };
    match verdict {
        Verdict::Proven => Mark::good(words),
        Verdict::Conditional => Mark::caution(words),
        Verdict::Unproven => Mark::unknown(words),
    }
}

fn packed(step: &StepReport) -> Mark {
    match &step.trial {
        Some(TrialReport::Started { .. }) => Mark::good("packed, starts"),
        Some(TrialReport::NotStarted { .. }) | None => Mark::caution("packed, not started"),
    }
}

fn smoked(step: &StepReport) -> Mark {
    match step.smoke.as_ref().map(|smoke| smoke.verdict) {
        Some(smoke::Verdict::Pass) => Mark::good("pass"),
        Some(smoke::Verdict::Fail) => Mark::bad("fail"),
        Some(smoke::Verdict::NotRun) | None => Mark::unknown("not run"),
    }
}
