//! `report.json`: how the run went, with everything that is of this machine.

use serde::Serialize;

use super::notes::run_notes;
use super::planned::{PlannedRecord, planned_records};
use super::{ArtifactRecord, AuditReport, SmokeRecord, artifact_records, describe};
use crate::delivery::SCHEMA;
use crate::exec::{
    Done, End, Killed, Origin, Outcome, Outcomes, SmokeFailure, Startup, StepFailure, Tried, Unlike,
};
use crate::ledger::Decision;
use crate::plan::{Action, Plan, Step, StepId};
use crate::process::Footprint;
use crate::secret::redacted;
use crate::target::Target;
use crate::verify::{Finding, Verification, Weight};

/// The whole file; also the summary that ends the stream of events.
#[derive(Clone, Debug, Serialize)]
pub struct RunReport {
    pub(super) schema: u32,
    /// The project.
    pub project: String,
    /// Its version.
    pub version: String,
    /// The digest of the plan.
    pub plan: String,
    /// The exit code.
    pub exit: u8,
    /// Milliseconds from the first step to the end.
    pub duration_ms: u64,
    /// Cores that compilations shared.
    pub cores: u32,
    /// Bytes of memory that they shared; none without a limit.
    pub memory: Option<u64>,
    /// What was to be made.
    pub planned: Vec<PlannedRecord>,
    /// What is in the output folder.
    pub artifacts: Vec<ArtifactRecord>,
    /// Artifacts of earlier runs that this one doesn't make, and that were removed.
    pub removed: Vec<String>,
    /// The hooks of the whole run that were run.
    pub hooks: Vec<HookReport>,
    /// What a reader might take for done and isn't.
    pub notes: Vec<String>,
    /// What the dependencies are like, where they were audited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditReport>,
    /// Every step.
    pub steps: Vec<StepReport>,
}

/// How a step or a hook ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StepOutcome {
    /// It did what it should.
    Done,
    /// It did that in an earlier run, and nothing that decides it has changed.
    Kept,
    /// It failed.
    Failed,
    /// It was never started: a step that it needs failed.
    Skipped,
    /// It was not started, or was ended, because the run stopped.
    Stopped,
}

/// How one step ended.
#[derive(Clone, Debug, Serialize)]
pub struct StepReport {
    /// Its name.
    pub id: StepId,
    /// What it is for.
    pub target: Target,
    /// How it ended.
    pub outcome: StepOutcome,
    /// What there is to say about one that isn't done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What the gate found in a file that it refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Where the bytes of a verified file go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// What tells two builds apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Unlike>,
    /// How a packed file was started, or why it wasn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial: Option<TrialReport>,
    /// What was seen of a program on a blank system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smoke: Option<SmokeRecord>,
    /// Milliseconds from the first step to its start.
    pub started_ms: u64,
    /// How long it took.
    pub duration_ms: u64,
    /// How much memory go took with all that it started, where that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Footprint>,
    /// What was killed before it was done again, alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub killed: Option<Killed>,
}

/// How a packed file was started, or why it wasn't.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum TrialReport {
    /// It was started.
    Started {
        /// `natively`, or with which emulator.
        how: String,
        /// How it ended.
        ending: String,
        /// How long both files take to start, where that was measured.
        #[serde(skip_serializing_if = "Option::is_none")]
        startup: Option<Startup>,
    },
    /// It wasn't.
    NotStarted {
        /// Why.
        not_started: String,
    },
}

/// How one hook of the whole run ended.
#[derive(Clone, Debug, Serialize)]
pub struct HookReport {
    /// Its name.
    pub id: String,
    /// How it ended.
    pub outcome: StepOutcome,
    /// What there is to say about one that isn't done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How long it took.
    pub duration_ms: u64,
}

impl HookReport {
    /// The report of a hook.
    #[must_use]
    pub fn new(id: &StepId, outcome: &Outcome) -> Self {
        Self {
            id: id.to_string(),
            outcome: StepOutcome::from(outcome),
            message: message(&outcome.end),
            duration_ms: outcome.duration_ms,
        }
    }
}

impl RunReport {
    /// The report of a run.
    #[must_use]
    pub fn new(plan: &Plan, outcomes: &Outcomes, cores: u32, exit: u8, duration_ms: u64) -> Self {
        Self {
            schema: SCHEMA,
            project: plan.release.project.clone(),
            version: plan.release.version.clone(),
            plan: plan.digest().to_string(),
            exit,
            duration_ms,
            cores,
            memory: plan.tuning.memory,
            planned: planned_records(plan, outcomes),
            artifacts: artifact_records(plan, outcomes),
            removed: Vec::new(),
            hooks: Vec::new(),
            notes: run_notes(plan, outcomes),
            audit: None,
            steps: plan
                .steps
                .iter()
                .filter_map(|step| {
                    let outcome = outcomes.get(&step.id)?;
                    Some(StepReport {
                        id: step.id.clone(),
                        target: step.target.clone(),
                        outcome: StepOutcome::from(outcome),
                        message: message(&outcome.end),
                        findings: findings(&outcome.end),
                        weight: weight(&outcome.end),
                        difference: difference(&outcome.end),
                        trial: trial(&outcome.end),
                        smoke: smoke(step, &outcome.end),
                        started_ms: outcome.started_ms,
                        duration_ms: outcome.duration_ms,
                        memory: memory(&outcome.end),
                        killed: outcome.killed.clone(),
                    })
                })
                .collect(),
        }
    }
}

impl RunReport {
    /// Adds why artifacts are built.
    #[must_use]
    pub fn with_reasons(mut self, decision: &Decision) -> Self {
        for planned in &mut self.planned {
            let reasons = decision.reasons.iter();
            let mut reasons = reasons.filter(|(path, _)| path.as_str() == planned.path);
            let reasons = reasons.next().map(|(_, reasons)| reasons.iter());
            planned.reasons = reasons
                .into_iter()
                .flatten()
                .map(ToString::to_string)
                .collect();
        }
        self
    }
}

/// What the gate said about a file, whether it let it through or not.
pub(super) fn verification(end: &End) -> Option<&Verification> {
    match end {
        End::Done(Done::Verified(verified)) => Some(&verified.verification),
        End::Failed(failure) => match failure.as_ref() {
            StepFailure::Gate { verification, .. } => Some(verification),
            _ => None,
        },
        End::Done(_) | End::Skipped { .. } | End::Stopped => None,
    }
}

impl From<&Outcome> for StepOutcome {
    fn from(outcome: &Outcome) -> Self {
        match (&outcome.end, outcome.origin) {
            (End::Done(_), Origin::Run) => Self::Done,
            (End::Done(_), Origin::Kept) => Self::Kept,
            (End::Failed(_), _) => Self::Failed,
            (End::Skipped { .. }, _) => Self::Skipped,
            (End::Stopped, _) => Self::Stopped,
        }
    }
}

impl StepOutcome {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Kept => "kept",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Stopped => "stopped",
        }
    }
}

fn findings(end: &End) -> Vec<Finding> {
    match end {
        End::Failed(failure) => match failure.as_ref() {
            StepFailure::Gate { verification, .. } => verification.findings.clone(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn memory(end: &End) -> Option<Footprint> {
    match end {
        End::Done(Done::Compiled(compiled)) => compiled.memory,
        End::Done(_) | End::Failed(_) | End::Skipped { .. } | End::Stopped => None,
    }
}

fn weight(end: &End) -> Option<Weight> {
    match end {
        End::Done(Done::Verified(verified)) => verified.weight.clone(),
        End::Done(_) | End::Failed(_) | End::Skipped { .. } | End::Stopped => None,
    }
}

fn difference(end: &End) -> Option<Unlike> {
    match end {
        End::Failed(failure) => match failure.as_ref() {
            StepFailure::Differs { unlike, .. } => Some(unlike.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn trial(end: &End) -> Option<TrialReport> {
    let End::Done(Done::Packed(packed)) = end else {
        return None;
    };
    Some(match &packed.tried {
        Tried::Started {
            how,
            ending,
            startup,
        } => TrialReport::Started {
            how: how.clone(),
            ending: ending.to_string(),
            startup: *startup,
        },
        Tried::NotStarted(because) => TrialReport::NotStarted {
            not_started: because.clone(),
        },
    })
}

/// The record of a smoke test, also of one that failed.
fn smoke(step: &Step, end: &End) -> Option<SmokeRecord> {
    let Action::Smoke(file) = &step.action else {
        return None;
    };
    let (path, target) = (file.artifact.to_string(), Some(step.target.clone()));
    match end {
        End::Done(Done::Smoked(smoked)) => Some(SmokeRecord::of(path, target, smoked)),
        End::Failed(failure) => match failure.as_ref() {
            StepFailure::Smoke { reason, .. } => Some(match reason {
                SmokeFailure::Failed(judged) => SmokeRecord::ran(path, target, judged),
                other => SmokeRecord::not_run(path, target, other.to_string()),
            }),
            _ => None,
        },
        End::Done(_) | End::Skipped { .. } | End::Stopped => None,
    }
}

/// What there is to say about a step that isn't done, without secrets that tools have printed.
#[must_use]
pub fn message(end: &End) -> Option<String> {
    match end {
        End::Failed(failure) => Some(redacted(&describe(failure)).into_owned()),
        End::Skipped { because } => Some(format!("{because} failed")),
        End::Done(_) | End::Stopped => None,
    }
}
