//! Manifest, request and facts → plan. Pure: nothing is run, read or written here.

use std::collections::BTreeMap;

use super::Plan;
use super::budget::shares;
use super::chain::GroupSteps;
use super::group::{Unit, group};
use super::hooks::{self, RunHooks};
use super::inputs::Inputs;
use super::name::{Clash, find_clash};
use super::overlay::needed;
use super::sharing::Sharing;
use super::step::Step;
use super::units::units;
use crate::failure::{Exit, Failure};
use crate::manifest::{Packing, Rejected};

/// Makes the plan.
///
/// # Errors
/// When a cell, a package or a name of the manifest can't be built as it is written.
pub fn plan(inputs: &Inputs<'_>) -> Result<Plan, PlanError> {
    let mut units = units(inputs).map_err(|diagnostics| Rejected {
        source: inputs.manifest.source.clone(),
        diagnostics,
    })?;
    let owners = units
        .iter()
        .map(|unit| (unit.artifact_path(inputs), unit.import_path.as_str()));
    if let Some(clash) = find_clash(owners) {
        return Err(PlanError::Clash(clash));
    }
    keep_wanted(inputs, &mut units)?;
    let wanted = |unit: &Unit| unit.packing(inputs.manifest) == Packing::Wanted;
    if inputs.packer.is_none() && units.iter().any(wanted) {
        return Err(PlanError::NoPacker);
    }
    let sources = units.iter().filter_map(|unit| {
        let roots = inputs.roots.of(&unit.cell);
        roots.get(unit.ca_roots.compiled()?)
    });
    let sources = needed(sources);
    let groups = group(units);
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    let numbered = groups.iter().map(|group| {
        let number = numbers.entry(group.key.cell_index).or_default();
        *number += 1;
        GroupSteps::new(inputs, group, *number)
    });
    let groups: Vec<GroupSteps<'_>> = numbered.collect();
    let mut plan = Plan {
        release: inputs.release.clone(),
        artifacts: Vec::new(),
        sources,
        steps: Vec::new(),
        hooks: RunHooks::default(),
        tuning: Sharing::default(),
    };
    add_builds(&mut plan, inputs, &groups);
    plan.artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    hooks::weave(inputs, &plan.artifacts, &mut plan.steps);
    plan.hooks = RunHooks {
        before: hooks::hooks_before(inputs.manifest, inputs.release),
        after: hooks::hooks_after(inputs, &plan.artifacts),
    };
    plan.tuning = Sharing::new(&plan.steps, inputs.machine(), inputs.measures);
    Ok(plan)
}

/// Adds all first builds and then all second ones, each with its share of the machine.
fn add_builds(plan: &mut Plan, inputs: &Inputs<'_>, groups: &[GroupSteps<'_>]) {
    let measured: Vec<_> = groups
        .iter()
        .map(|group| inputs.measures.of(&group.compile(1)))
        .collect();
    for (steps, cpu) in groups.iter().zip(shares(&measured, inputs.machine())) {
        plan.artifacts.extend(steps.artifacts());
        // Several groups may be built again from one copy.
        let copy = steps.copy();
        let is_known = |copy: &Step| plan.steps.iter().any(|step| step.id == copy.id);
        plan.steps.extend(copy.filter(|copy| !is_known(copy)));
        plan.steps.extend(steps.steps(cpu));
    }
    // What doesn't compile, or what the gate refuses, is known before anything is compiled twice.
    let (second_builds, measured): (Vec<_>, Vec<_>) = groups
        .iter()
        .filter_map(|group| {
            let recompile = group.recompile(group.again.as_ref()?, 1);
            Some((group, inputs.measures.of(&recompile)))
        })
        .unzip();
    let cpu = shares(&measured, inputs.machine());
    let second_builds = second_builds.into_iter().zip(cpu);
    let steps = second_builds.flat_map(|(steps, cpu)| steps.steps_again(cpu));
    plan.steps.extend(steps);
}

/// Drops the binaries that were not asked for.
fn keep_wanted(inputs: &Inputs<'_>, units: &mut Vec<Unit>) -> Result<(), PlanError> {
    let wanted = &inputs.request.binaries;
    let mut known: Vec<&str> = units.iter().map(|unit| unit.binary.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    if known.is_empty() {
        // Only `targets` of a [[binary]] can leave out one that the manifest names.
        return Err(if inputs.manifest.binaries.is_empty() {
            PlanError::NoBinaries
        } else {
            PlanError::NotForTargets
        });
    }
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(PlanError::UnknownBinary {
            name: unknown.clone(),
            known: known.join(", "),
        });
    }
    units.retain(|unit| wanted.is_empty() || wanted.contains(&unit.binary));
    Ok(())
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The manifest asks for what can't be built.
    #[error(transparent)]
    Faulty(#[from] Rejected),
    /// Two packages want one name.
    #[error("failed to plan: the packages {} and {} would both be {}", .0.first, .0.second, .0.path)]
    Clash(Clash),
    /// A name of the command line that no binary has.
    #[error("failed to find a binary `{name}` for these targets; there are {known}")]
    UnknownBinary {
        /// The name as it was written.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Something is to be packed, and nothing was looked for that packs.
    #[error("failed to plan: [compress] needs a packer, and none was looked for")]
    NoPacker,
    /// Nothing to build.
    #[error("failed to find a main package that can be built for these targets")]
    NoBinaries,
    /// Every binary is for other targets.
    #[error(
        "failed to find a binary that is for these targets: each has `targets` that leave them out"
    )]
    NotForTargets,
}

impl Failure for PlanError {
    fn exit(&self) -> Exit {
        match self {
            Self::Faulty(rejected) => rejected.exit(),
            Self::Clash(_) | Self::NoBinaries | Self::NotForTargets => Exit::Manifest,
            Self::UnknownBinary { .. } => Exit::Usage,
            Self::NoPacker => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Clash(_) => Some(
                "give them names in the manifest: a [[binary]] section each, with `name` and \
                 `package`; names that differ only in case can't lie in one folder everywhere"
                    .to_owned(),
            ),
            Self::NotForTargets => Some(
                "add them to `targets` of a [[binary]], or select others with --target".to_owned(),
            ),
            Self::NoBinaries => Some(
                "gobuildx builds packages with `package main`; where each file of one has `import \"C\"`, that takes \
                 `cgo = [true]` in [matrix]"
                    .to_owned(),
            ),
            Self::Faulty(_) | Self::UnknownBinary { .. } | Self::NoPacker => None,
        }
    }

    fn rendered(&self, colored: bool) -> Option<String> {
        match self {
            Self::Faulty(rejected) => rejected.rendered(colored),
            Self::Clash(_)
            | Self::UnknownBinary { .. }
            | Self::NoPacker
            | Self::NoBinaries
            | Self::NotForTargets => None,
        }
    }
}
