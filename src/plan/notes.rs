//! Notes on artifacts, one for each reason.

use std::collections::BTreeMap;

use super::{Artifact, Plan};

/// What a reader might take for done: artifacts that stay as they are although whatever can be
/// packed is packed, and what is not compiled into them, each with the reason.
#[must_use]
pub fn artifact_notes(plan: &Plan) -> Vec<String> {
    let unused = plan.artifacts.iter();
    let unused = unused
        .filter(|artifact| artifact.ca_roots_unused)
        .map(|artifact| {
            (
                "the program never looks at a certificate".to_owned(),
                artifact,
            )
        });
    let sources = plan.sources.iter();
    let left_out = sources.filter_map(|source| {
        let left_out = source.left_out.as_ref()?;
        Some(format!("not compiled in: {left_out}"))
    });
    let mut all = notes("no CA certificates compiled in", unused, plan);
    all.extend(left_out);
    all.extend(left_unpacked(plan));
    all
}

fn left_unpacked(plan: &Plan) -> Vec<String> {
    let left = plan.artifacts.iter();
    let left = left.filter_map(|artifact| Some((artifact.left_unpacked?.to_string(), artifact)));
    notes("not packed", left, plan)
}

/// A note for each reason, with the artifacts that it holds for.
#[must_use]
pub fn notes<'a>(
    what: &str,
    artifacts: impl Iterator<Item = (String, &'a Artifact)>,
    plan: &Plan,
) -> Vec<String> {
    let mut reasons: BTreeMap<String, Vec<&Artifact>> = BTreeMap::new();
    for (reason, artifact) in artifacts {
        reasons.entry(reason).or_default().push(artifact);
    }
    reasons
        .iter()
        .map(|(reason, artifacts)| format!("{what}: {} ({reason})", named(artifacts, plan)))
        .collect()
}

/// The targets where it is all artifacts of a target, else the artifacts.
fn named(artifacts: &[&Artifact], plan: &Plan) -> String {
    let of = |label: &str| {
        let same = |artifact: &&Artifact| artifact.label() == label;
        let here = artifacts.iter().copied().filter(same).count();
        here == plan.artifacts.iter().filter(same).count()
    };
    let mut names: Vec<String> = artifacts
        .iter()
        .map(|artifact| match artifact.label() {
            label if of(&label) => label,
            _ => artifact.path.folder().to_owned(),
        })
        .collect();
    names.sort();
    names.dedup();
    names.join(", ")
}
