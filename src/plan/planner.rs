//! Manifest, request and facts → plan. Pure: nothing is run, read or written here.

use std::collections::{BTreeMap, BTreeSet};

use super::Plan;
use super::budget::shares;
use super::command::{Base, Place};
use super::compile;
use super::group::{Group, Unit, group};
use super::hooks::{self, RunHooks};
use super::inputs::Inputs;
use super::name::{
    ArtifactPath, Clash, artifact_name, cell_slug, find_clash, header_name, staged_name,
};
use super::overlay::{BinaryRoots, Overlay, needed};
use super::pack::pack_file;
use super::step::{
    Action, Artifact, ArtifactSteps, Compile, HeaderFile, PlaceFile, Step, StepId, StepKind,
    VerifyFile, label,
};
use super::units::units;
use crate::atomic::Mode;
use crate::failure::{Exit, Failure};
use crate::manifest::{Packing, Rebuild, Rejected};
use crate::verify::{Embedded, Expectation};

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
    if inputs.packers.is_none() && units.iter().any(wanted) {
        return Err(PlanError::NoPacker);
    }
    let wanted = units.iter().filter_map(|unit| unit.ca_roots.compiled());
    let sources = needed(inputs.roots, wanted);
    let groups = group(units);
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    let mut plan = Plan {
        release: inputs.release.clone(),
        artifacts: Vec::new(),
        sources,
        steps: Vec::new(),
        hooks: RunHooks::default(),
    };
    for (group, cpu) in groups.iter().zip(shares(groups.len(), inputs.cores)) {
        let number = numbers.entry(group.key.cell_index).or_default();
        *number += 1;
        let steps = GroupSteps::new(inputs, group, *number);
        plan.artifacts.extend(steps.artifacts());
        plan.steps.extend(steps.steps(cpu));
    }
    plan.artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    hooks::weave(inputs, &plan.artifacts, &mut plan.steps);
    plan.hooks = RunHooks {
        before: hooks::hooks_before(inputs.manifest, inputs.release),
        after: hooks::hooks_after(inputs, &plan.artifacts),
    };
    Ok(plan)
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

impl Unit {
    fn artifact_path(&self, inputs: &Inputs<'_>) -> ArtifactPath {
        let matrix = &inputs.manifest.cells;
        ArtifactPath::new(&self.binary, self.key.buildmode, &self.cell, matrix)
    }

    /// Where its C header will be, if it is a library that may have one.
    fn header_path(&self, inputs: &Inputs<'_>) -> Option<ArtifactPath> {
        let mode = self.key.buildmode;
        mode.has_header(&self.cell.target).then(|| {
            self.artifact_path(inputs)
                .beside(&header_name(&self.binary))
        })
    }

    /// What the binary's build information must say.
    fn expectation(&self, inputs: &Inputs<'_>) -> Expectation {
        let key = &self.key;
        Expectation {
            target: self.cell.target.clone(),
            cgo: self.cell.cgo,
            buildmode: key.buildmode,
            go_version: inputs.project.toolchain.version.clone(),
            trimpath: Some(key.trimpath.into()),
            vcs: Some(key.stamp.clone()),
            package: self.import_path.clone(),
            embedded: self.embedded(),
            variables: self.variables.clone(),
        }
    }

    /// What is compiled in besides its own source.
    fn embedded(&self) -> BTreeSet<Embedded> {
        let roots = self.ca_roots.compiled().map(|_| Embedded::CaRoots);
        let tzdata = self.tzdata.then_some(Embedded::Tzdata);
        roots.into_iter().chain(tzdata).collect()
    }
}

/// Makes the steps of one group.
struct GroupSteps<'a> {
    inputs: &'a Inputs<'a>,
    group: &'a Group,
    id: StepId,
    /// A name for files of this group alone.
    slug: String,
    stage: Place,
}

impl<'a> GroupSteps<'a> {
    /// `number` counts the groups of a cell from 1.
    fn new(inputs: &'a Inputs<'a>, group: &'a Group, number: usize) -> Self {
        let nth = |mark: &str| match number {
            1 => String::new(),
            number => format!("{mark}{number}"),
        };
        let slug = cell_slug(&group.cell, &inputs.manifest.cells);
        let slug = format!("{slug}{}", nth("_"));
        let subject = format!(
            "{}{}",
            label(&group.cell.target, group.cell.toolchain.as_deref()),
            nth("#")
        );
        Self {
            inputs,
            group,
            id: StepId::new(StepKind::Compile, subject),
            stage: Place::new(Base::Work, format!("stage/{slug}")),
            slug,
        }
    }

    fn artifacts(&self) -> impl Iterator<Item = Artifact> {
        self.group.units.iter().map(|unit| Artifact {
            path: unit.artifact_path(self.inputs),
            binary: unit.binary.clone(),
            target: unit.cell.target.clone(),
            cgo: unit.cell.cgo,
            toolchain: unit.cell.toolchain.clone(),
            package: unit.import_path.clone(),
            buildmode: unit.key.buildmode,
            header: unit.header_path(self.inputs),
            embedded: unit.embedded(),
            ca_roots_unused: unit.ca_roots == BinaryRoots::Unused,
            left_unpacked: match unit.packing(self.inputs.manifest) {
                Packing::Left(refusal) => Some(refusal),
                _ => None,
            },
            steps: ArtifactSteps {
                compile: self.id.clone(),
                verify: self.step_id(StepKind::Verify, unit),
                compress: self
                    .compress(unit, self.staged(unit))
                    .map(|(step, _)| step.id),
                smoke: unit
                    .smoke
                    .as_ref()
                    .map(|_| self.step_id(StepKind::Smoke, unit)),
                place: self.step_id(StepKind::Place, unit),
            },
        })
    }

    fn steps(&self, cpu: u32) -> Vec<Step> {
        let chains = self.group.units.iter().flat_map(|unit| self.chain(unit));
        std::iter::once(self.compile(cpu)).chain(chains).collect()
    }

    /// What happens to one binary once it is compiled: each step works on the file that the one
    /// before it left.
    fn chain(&self, unit: &Unit) -> Vec<Step> {
        let built = self.staged(unit);
        let verify = self.verify(unit, built.clone());
        let compress = self.compress(unit, built.clone());
        let (from, after) = match &compress {
            Some((step, packed)) => (packed.clone(), step.id.clone()),
            None => (built.clone(), verify.id.clone()),
        };
        let smoke = self.smoke(unit, (from.clone(), built), after.clone());
        let after = smoke.as_ref().map_or(after, |smoke| smoke.id.clone());
        let place = self.place(unit, from, after);
        let compress = compress.map(|(step, _)| step);
        std::iter::once(verify)
            .chain(compress)
            .chain(smoke)
            .chain([place])
            .collect()
    }

    fn step_id(&self, kind: StepKind, unit: &Unit) -> StepId {
        StepId::new(kind, unit.artifact_path(self.inputs).folder())
    }

    fn step(&self, id: StepId, action: Action, outputs: Vec<Place>, needs: Vec<StepId>) -> Step {
        Step {
            id,
            target: self.group.cell.target.clone(),
            action,
            outputs,
            needs,
        }
    }

    fn compile(&self, cpu: u32) -> Step {
        let output = self.output();
        let overlay = Overlay::of(self.group, self.inputs.roots, &self.slug);
        let command = compile::command(self.inputs, self.group, (&output, overlay.as_ref()), cpu);
        let listing = (self.group.key.rebuild == Rebuild::All)
            .then(|| compile::listing(&command, self.group));
        let compile = Compile {
            command,
            stage: self.stage.clone(),
            artifacts: self
                .group
                .units
                .iter()
                .map(|unit| unit.artifact_path(self.inputs))
                .collect(),
            overlay,
            listing,
            cpu,
        };
        let outputs = self
            .group
            .units
            .iter()
            .map(|unit| self.staged(unit))
            .collect();
        self.step(
            self.id.clone(),
            Action::Compile(Box::new(compile)),
            outputs,
            Vec::new(),
        )
    }

    /// What go is told to write: the folder, into which it puts a program a package; or the file,
    /// since a library bears its name in it, and its header is named after it.
    fn output(&self) -> Place {
        match self.group.units.as_slice() {
            [unit] if unit.key.buildmode.is_library() => self.staged(unit),
            _ => self.stage.clone(),
        }
    }

    /// The file as go makes it.
    fn staged(&self, unit: &Unit) -> Place {
        let (mode, target) = (unit.key.buildmode, &self.group.cell.target);
        self.stage.join(&if mode.is_library() {
            artifact_name(&unit.binary, mode, target)
        } else {
            staged_name(&unit.default_name, target)
        })
    }

    fn verify(&self, unit: &Unit, file: Place) -> Step {
        let artifact = unit.artifact_path(self.inputs);
        let verify = VerifyFile {
            file,
            rejected: Place::new(Base::Out, format!(".gobuildx/rejected/{artifact}")),
            expectation: unit.expectation(self.inputs),
            policy: unit.policy.clone(),
            artifact: artifact.clone(),
        };
        let id = self.step_id(StepKind::Verify, unit);
        self.step(
            id,
            Action::Verify(Box::new(verify)),
            Vec::new(),
            vec![self.id.clone()],
        )
    }

    /// The step that packs a verified file, and the file that it makes.
    fn compress(&self, unit: &Unit, from: Place) -> Option<(Step, Place)> {
        let compress = self.inputs.manifest.compress.as_ref()?;
        let packers = self.inputs.packers?;
        if unit.packing(self.inputs.manifest) != Packing::Wanted {
            return None;
        }
        let artifact = unit.artifact_path(self.inputs);
        let target = &unit.cell.target;
        let pack = pack_file(self.inputs, (compress, packers), target, (artifact, from));
        let packed = pack.to.clone();
        let step = self.step(
            self.step_id(StepKind::Compress, unit),
            Action::Pack(Box::new(pack)),
            vec![packed.clone()],
            vec![self.step_id(StepKind::Verify, unit)],
        );
        Some((step, packed))
    }

    /// The step that runs a file on a blank system.
    fn smoke(&self, unit: &Unit, files: (Place, Place), after: StepId) -> Option<Step> {
        let asked = unit.smoke.as_ref()?;
        let artifact = unit.artifact_path(self.inputs);
        let file = asked.file(self.inputs, &unit.cell.target, artifact, files);
        let id = self.step_id(StepKind::Smoke, unit);
        let action = Action::Smoke(Box::new(file));
        Some(self.step(id, action, Vec::new(), vec![after]))
    }

    fn place(&self, unit: &Unit, from: Place, after: StepId) -> Step {
        let artifact = unit.artifact_path(self.inputs);
        let to = Place::new(Base::Out, artifact.as_str());
        let id = self.step_id(StepKind::Place, unit);
        let header = unit.header_path(self.inputs).map(|path| HeaderFile {
            from: self.stage.join(&header_name(&unit.binary)),
            to: Place::new(Base::Out, path.as_str()),
            path,
        });
        let place = PlaceFile {
            from,
            to: to.clone(),
            // As go itself leaves them.
            mode: if unit.key.buildmode.is_library() {
                Mode::Record
            } else {
                Mode::Executable
            },
            artifact,
            header,
        };
        self.step(id, Action::Place(place), vec![to], vec![after])
    }
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
            Self::NoBinaries => Some("gobuildx builds packages with `package main`".to_owned()),
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
