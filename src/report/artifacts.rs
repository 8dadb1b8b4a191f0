//! `artifacts.json`: what lies in the output folder, the same on every machine.

use std::collections::BTreeSet;

use serde::Serialize;

use super::fate::{Made, made};
use crate::delivery::SCHEMA;
use crate::digest::Sha256Hex;
use crate::exec::{Outcomes, Placed};
use crate::inspect::LinkedModules;
use crate::plan::{Artifact, ArtifactPath, Plan};
use crate::smoke;
use crate::target::{BuildMode, Cgo, Target};
use crate::verify::{Embedded, Finding, PolicyName, RuleId, Verdict};

/// The whole file.
#[derive(Clone, Debug, Serialize)]
pub struct ArtifactsFile<'a> {
    schema: u32,
    project: String,
    version: String,
    artifacts: &'a [ArtifactRecord],
}

impl<'a> ArtifactsFile<'a> {
    /// The file for a plan and what came of it.
    #[must_use]
    pub fn new(plan: &Plan, artifacts: &'a [ArtifactRecord]) -> Self {
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
    /// The digest of its bytes.
    pub sha256: Sha256Hex,
    /// The dynamic loader that starts it.
    pub interpreter: Option<String>,
    /// The libraries that it needs.
    pub needed: Vec<String>,
    /// What was proven; `checked` says of what.
    pub verdict: Verdict,
    /// What the verdict says nothing about, because it doesn't show.
    pub not_known: Vec<String>,
    /// The policy of the gate.
    pub policy: PolicyName,
    /// The rules whose findings fail wherever they lower the verdict.
    pub denied: BTreeSet<RuleId>,
    /// The rules that were checked.
    pub checked: Vec<RuleId>,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// The kind of file.
    pub buildmode: BuildMode,
    /// The import path of its main package.
    pub package: String,
    /// The modules that it is linked from; nothing where it has no build information.
    pub modules: Option<LinkedModules>,
    /// The C header of a library that exports something to C.
    pub header: Option<HeaderRecord>,
    /// What the manifest had compiled in.
    pub embedded: BTreeSet<Embedded>,
    /// What a packer did. Size and digest are those of the packed file; everything else was read
    /// from the file before.
    pub packed: Option<Packed>,
    /// True where a second build, elsewhere, made the same bytes before any packing; nothing where that
    /// wasn't asked. What differs isn't placed.
    pub reproduced: Option<bool>,
    /// Whether it ran on a blank system; nothing where that wasn't asked.
    pub smoke: Option<SmokeVerdict>,
}

/// What a packer did.
#[derive(Clone, Debug, Serialize)]
pub struct Packed {
    /// Bytes of the unpacked file.
    pub size_before: u64,
    /// The packer with its version.
    pub tool: String,
}

/// What came of a smoke test, as far as it isn't of one machine alone: `report.json` has the rest.
#[derive(Clone, Debug, Serialize)]
pub struct SmokeVerdict {
    /// Pass, or not run; what failed isn't placed.
    pub verdict: smoke::Verdict,
}

/// The C header that lies beside a library.
#[derive(Clone, Debug, Serialize)]
pub struct HeaderRecord {
    /// Where it lies, relative to the file.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Sha256Hex,
}

/// The artifacts that were placed, sorted by path.
#[must_use]
pub fn artifact_records(plan: &Plan, outcomes: &Outcomes) -> Vec<ArtifactRecord> {
    plan.artifacts
        .iter()
        .filter_map(|artifact| record(artifact, outcomes))
        .collect()
}

/// The paths of the files that are in their places.
#[must_use]
pub fn placed(plan: &Plan, outcomes: &Outcomes) -> BTreeSet<ArtifactPath> {
    let files = |artifact: &Artifact| {
        let made = made(artifact, outcomes)?;
        let header = artifact.header.clone();
        let header = header.filter(|_| made.placed.header.is_some());
        Some(std::iter::once(artifact.path.clone()).chain(header))
    };
    plan.artifacts.iter().filter_map(files).flatten().collect()
}

fn record(artifact: &Artifact, outcomes: &Outcomes) -> Option<ArtifactRecord> {
    let Made {
        verified,
        is_reproduced,
        packed,
        smoked,
        placed,
    } = made(artifact, outcomes)?;
    Some(ArtifactRecord {
        binary: artifact.binary.clone(),
        target: artifact.target.clone(),
        cgo: artifact.cgo,
        toolchain: artifact.toolchain.as_ref().map(ToString::to_string),
        go: verified.go.clone(),
        path: artifact.path.to_string(),
        size: placed.file.size,
        sha256: placed.file.sha256.clone(),
        interpreter: verified.interpreter.clone(),
        needed: verified.needed.clone(),
        verdict: verified.verification.verdict,
        not_known: verified.verification.not_known(),
        policy: verified.verification.policy,
        denied: verified.denied.clone(),
        checked: verified.verification.checked.clone(),
        findings: verified.verification.findings.clone(),
        buildmode: artifact.buildmode,
        package: artifact.package.clone(),
        modules: verified.modules.clone(),
        header: header(artifact, placed),
        embedded: artifact.embedded.clone(),
        packed: packed.map(|packed| Packed {
            size_before: packed.size_before,
            tool: packed.tool.clone(),
        }),
        reproduced: is_reproduced.then_some(true),
        smoke: smoked.map(|smoked| SmokeVerdict {
            verdict: smoked.verdict(),
        }),
    })
}

fn header(artifact: &Artifact, placed: &Placed) -> Option<HeaderRecord> {
    let (path, digest) = artifact.header.as_ref().zip(placed.header.as_ref())?;
    Some(HeaderRecord {
        path: path.to_string(),
        size: digest.size,
        sha256: digest.sha256.clone(),
    })
}
