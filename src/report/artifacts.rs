//! `artifacts.json`: what lies in the output folder, the same on every machine.

use serde::Serialize;

use super::SCHEMA;
use crate::exec::{Done, End, Outcomes};
use crate::plan::{Action, Artifact, Plan};
use crate::target::{Cgo, Target};
use crate::verify::{Finding, RuleId, Verdict};

/// The whole file.
#[derive(Clone, Debug, Serialize)]
pub struct ArtifactsFile {
    schema: u32,
    project: String,
    version: String,
    artifacts: Vec<ArtifactRecord>,
}

impl ArtifactsFile {
    /// The file for a plan and what came of it.
    #[must_use]
    pub fn new(plan: &Plan, artifacts: Vec<ArtifactRecord>) -> Self {
        Self {
            schema: SCHEMA,
            project: plan.release.project.clone(),
            version: plan.release.version.clone(),
            artifacts,
        }
    }
}

/// One artifact that is in its place.
#[derive(Clone, Debug, Serialize)]
pub struct ArtifactRecord {
    /// The binary's name.
    pub binary: String,
    /// What it was built for.
    pub target: Target,
    /// Whether C is in it.
    pub cgo: Cgo,
    /// The C toolchain.
    pub toolchain: Option<String>,
    /// The version of Go that its build information names.
    pub go: Option<String>,
    /// Where it lies, relative to the file.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in lower-case hexadecimal digits.
    pub sha256: String,
    /// What was proven; `checked` says of what.
    pub verdict: Verdict,
    /// The policy of the gate.
    pub policy: &'static str,
    /// The rules that were checked.
    pub checked: Vec<RuleId>,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// What a packer did; nothing yet.
    pub packed: Option<()>,
    /// What a smoke test found; nothing yet.
    pub smoke: Option<()>,
}

/// The artifacts that were placed, sorted by path.
#[must_use]
pub fn artifact_records(plan: &Plan, outcomes: &Outcomes) -> Vec<ArtifactRecord> {
    plan.artifacts
        .iter()
        .filter_map(|artifact| record(artifact, plan, outcomes))
        .collect()
}

fn record(artifact: &Artifact, plan: &Plan, outcomes: &Outcomes) -> Option<ArtifactRecord> {
    let mut verified = None;
    let mut placed = None;
    for step in &plan.steps {
        let of_artifact = match &step.action {
            Action::Verify(verify) => verify.artifact == artifact.path,
            Action::Place(place) => place.artifact == artifact.path,
            Action::Compile(_) => false,
        };
        if !of_artifact {
            continue;
        }
        match outcomes.get(&step.id).map(|outcome| &outcome.end) {
            Some(End::Done(Done::Verified(done))) => verified = Some(done),
            Some(End::Done(Done::Placed(done))) => placed = Some(done),
            _ => {}
        }
    }
    let (verified, placed) = (verified?, placed?);
    Some(ArtifactRecord {
        binary: artifact.binary.clone(),
        target: artifact.target.clone(),
        cgo: artifact.cgo,
        toolchain: artifact.toolchain.clone(),
        go: verified.go.clone(),
        path: artifact.path.to_string(),
        size: placed.size,
        sha256: placed.sha256.clone(),
        verdict: verified.verification.verdict,
        policy: "static",
        checked: verified.verification.checked.clone(),
        findings: verified.verification.findings.clone(),
        packed: None,
        smoke: None,
    })
}
