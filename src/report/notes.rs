//! What a reader might take for done and isn't: verdicts that are no proof, variables that are not set,
//! exceptions that allow nothing, files that stay unpacked, packed files that were not started, and programs
//! that were not run, or had less than usual.

use std::collections::{BTreeMap, BTreeSet};

use super::caveat::{CaveatKind, caveats};
use super::fate::made;
use crate::exec::{Done, End, Outcomes, Tried};
use crate::plan::{Action, Artifact, Plan, artifact_notes, notes};
use crate::printable::printable;
use crate::smoke::Smoked;
use crate::verify::{Exception, RuleId};

/// Why verdicts are no better, which files stay unpacked, which packed files were not started, and why.
#[must_use]
pub(super) fn run_notes(plan: &Plan, outcomes: &Outcomes) -> Vec<String> {
    let not_started = plan.artifacts.iter().filter_map(|artifact| {
        match &made(artifact, outcomes)?.packed?.tried {
            Tried::NotStarted(because) => Some((because.clone(), artifact)),
            Tried::Started { .. } => None,
        }
    });
    let mut all = killed(outcomes);
    all.extend(verdicts(plan, outcomes));
    all.extend(resolvers(plan, outcomes));
    all.extend(unset(plan, outcomes));
    all.extend(unused(plan, outcomes));
    all.extend(artifact_notes(plan));
    all.extend(notes("packed, but not started", not_started, plan));
    let not_run =
        plan.artifacts
            .iter()
            .filter_map(|artifact| match made(artifact, outcomes)?.smoked? {
                Smoked::NotRun(because) => Some((because.clone(), artifact)),
                Smoked::Ran(_) => None,
            });
    all.extend(notes("not run on a blank system", not_run, plan));
    let limited =
        plan.artifacts
            .iter()
            .filter_map(|artifact| match made(artifact, outcomes)?.smoked? {
                Smoked::Ran(judged) if !judged.stricter.is_empty() => {
                    Some((judged.stricter.join(", "), artifact))
                }
                Smoked::Ran(_) | Smoked::NotRun(_) => None,
            });
    all.extend(notes(
        "run on a blank system under limits of the caller",
        limited,
        plan,
    ));
    all
}

/// What was done once more, since something was killed.
fn killed(outcomes: &Outcomes) -> Vec<String> {
    let again = outcomes.iter().filter_map(|(step, outcome)| {
        let killed = outcome.killed.as_ref()?;
        Some(printable(&format!(
            "{killed}: {step} was done again, alone"
        )))
    });
    again.collect()
}

/// What verdicts leave open.
fn verdicts(plan: &Plan, outcomes: &Outcomes) -> Vec<String> {
    let mut artifacts: BTreeMap<CaveatKind, Vec<(String, &Artifact)>> = BTreeMap::new();
    for artifact in &plan.artifacts {
        let made = made(artifact, outcomes);
        for caveat in made
            .iter()
            .flat_map(|made| caveats(&made.verified.verification))
        {
            let why = (caveat.why, artifact);
            artifacts.entry(caveat.kind).or_default().push(why);
        }
    }
    artifacts
        .into_iter()
        .flat_map(|(kind, artifacts)| notes(kind.as_str(), artifacts.into_iter(), plan))
        .collect()
}

/// Static programs with glibc's resolver in them, of which Go's linker gives no warning, and what settles that.
fn resolvers(plan: &Plan, outcomes: &Outcomes) -> Vec<String> {
    let artifacts = plan.artifacts.iter().flat_map(|artifact| {
        let findings = made(artifact, outcomes).map(|made| &made.verified.verification.findings);
        let findings = findings.into_iter().flatten();
        let conditions = findings.filter(|finding| finding.is_condition());
        let nss = conditions.filter(|finding| finding.rule == RuleId::STATIC_NSS);
        nss.map(move |finding| {
            let fixes: Vec<&str> = finding.fixes.iter().map(|fix| fix.text.as_ref()).collect();
            (printable(&fixes.join("; or ")), artifact)
        })
    });
    notes(
        "static, and glibc loads its modules for names",
        artifacts,
        plan,
    )
}

/// Variables that the linker was told to set and didn't, which it doesn't tell.
fn unset(plan: &Plan, outcomes: &Outcomes) -> Vec<String> {
    let artifacts = plan.artifacts.iter().flat_map(|artifact| {
        let findings = made(artifact, outcomes).map(|made| &made.verified.verification.findings);
        let findings = findings.into_iter().flatten();
        let unset = findings.filter(|finding| finding.rule == RuleId::BUILD_X);
        unset.map(move |finding| (printable(finding.subject.as_str()), artifact))
    });
    notes("not set by -X", artifacts, plan)
}

/// Exceptions of the manifest that allowed nothing of what was found in any artifact that they hold
/// for.
fn unused(plan: &Plan, outcomes: &Outcomes) -> Option<String> {
    let mut useless: Option<BTreeSet<Exception>> = None;
    let mut used: BTreeSet<Exception> = BTreeSet::new();
    for step in &plan.steps {
        let Action::Verify(file) = &step.action else {
            continue;
        };
        let Some(End::Done(Done::Verified(verified))) =
            outcomes.get(&step.id).map(|outcome| &outcome.end)
        else {
            continue;
        };
        let unused: BTreeSet<Exception> = file
            .policy
            .unused(&verified.verification)
            .into_iter()
            .collect();
        used.extend(file.policy.exceptions().filter(|one| !unused.contains(one)));
        useless.get_or_insert_default().extend(unused);
    }
    let useless = useless?;
    let names: Vec<String> = useless
        .difference(&used)
        .map(|one| printable(&one.to_string()))
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "`allow` in the manifest allows nothing that was found: {}",
            names.join(", ")
        )
    })
}
