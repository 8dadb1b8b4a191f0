//! Every artifact of a plan, whatever became of it.

use serde::Serialize;

use super::fate::made;
use super::run::verification;
use crate::exec::Outcomes;
use crate::go_version::GoVersion;
use crate::plan::{Artifact, ArtifactSteps, Plan};
use crate::target::Target;
use crate::verify::Verification;

/// An artifact that the plan has.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedRecord {
    /// Where it lies, or would lie.
    pub path: String,
    /// The binary's name.
    pub binary: String,
    /// What it is built for.
    pub target: Target,
    /// The C toolchain.
    pub toolchain: Option<String>,
    /// The release of Go, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub go: Option<String>,
    /// The steps that make it.
    pub steps: ArtifactSteps,
    /// Why it is built; nothing where it was as an earlier run had left it.
    pub reasons: Vec<String>,
    /// What the gate found, where the file isn't among the artifacts all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Verification>,
}

/// The artifacts of a plan, in its order.
pub(super) fn planned_records(plan: &Plan, outcomes: &Outcomes) -> Vec<PlannedRecord> {
    let artifacts = plan.artifacts.iter();
    artifacts
        .map(|artifact| PlannedRecord {
            path: artifact.path.to_string(),
            binary: artifact.binary.clone(),
            target: artifact.target.clone(),
            toolchain: artifact.toolchain.as_ref().map(ToString::to_string),
            go: artifact.go.as_ref().map(GoVersion::toolchain),
            steps: artifact.steps.clone(),
            reasons: Vec::new(),
            lost: lost(artifact, outcomes),
        })
        .collect()
}

fn lost(artifact: &Artifact, outcomes: &Outcomes) -> Option<Verification> {
    if made(artifact, outcomes).is_some() {
        return None;
    }
    verification(&outcomes.get(&artifact.steps.verify)?.end).cloned()
}
