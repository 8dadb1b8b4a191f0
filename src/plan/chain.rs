//! The steps of one group: what compiles its binaries, and the chain of what happens to each after that.

use std::collections::BTreeSet;

use super::again::{Again, Builds, CompareFiles};
use super::command::{Base, CommandLine, Place};
use super::compile::{self, Compile, Program};
use super::group::{Group, Unit};
use super::inputs::Inputs;
use super::name::{ArtifactPath, artifact_name, cell_slug, header_name, staged_name};
use super::overlay::{BinaryRoots, Overlay, RootSources};
use super::pack::pack_file;
use super::step::{
    Action, Artifact, ArtifactSteps, HeaderFile, PlaceFile, ReproduceSteps, Step, StepId, StepKind,
    VerifyFile,
};
use super::toolchain::ToolchainIdentity;
use crate::atomic::Mode;
use crate::manifest::Packing;
use crate::verify::{Embedded, Expectation};

impl Unit {
    pub(super) fn artifact_path(&self, inputs: &Inputs<'_>) -> ArtifactPath {
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
            go_version: inputs.project_of(&self.cell).toolchain.version.clone(),
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
pub(super) struct GroupSteps<'a> {
    inputs: &'a Inputs<'a>,
    group: &'a Group,
    id: StepId,
    /// A name for files of this group alone.
    slug: String,
    stage: Place,
    /// The second build; none where no binary is compared.
    pub(super) again: Option<SecondBuild>,
}

/// What the second build of a group needs of the planner.
pub(super) struct SecondBuild {
    again: Again,
    copy: StepId,
    recompile: StepId,
    stage: Place,
}

impl SecondBuild {
    fn of(inputs: &Inputs<'_>, group: &Group, (slug, subject): (&str, &str)) -> Option<Self> {
        if !group.units.iter().any(|unit| unit.reproducible) {
            return None;
        }
        // Hooks before a target may make sources for it alone.
        let mut overrides = inputs.manifest.overrides.iter();
        let is_shared = overrides.all(|setting| setting.hooks.before.is_empty());
        let cell = &group.cell;
        let (copy, copied) = if is_shared {
            ("all".to_owned(), "sources".to_owned())
        } else {
            (cell_slug(cell, &inputs.manifest.cells), group.label())
        };
        Some(Self {
            again: Again::new(inputs.project_of(cell), slug, &copy),
            copy: StepId::new(StepKind::Copy, copied),
            recompile: StepId::new(StepKind::Recompile, subject),
            stage: Place::new(Base::Work, format!("again/stage/{slug}")),
        })
    }
}

impl<'a> GroupSteps<'a> {
    /// `number` counts the groups of a cell from 1.
    pub(super) fn new(inputs: &'a Inputs<'a>, group: &'a Group, number: usize) -> Self {
        let nth = |mark: &str| match number {
            1 => String::new(),
            number => format!("{mark}{number}"),
        };
        let slug = cell_slug(&group.cell, &inputs.manifest.cells);
        let slug = format!("{slug}{}", nth("_"));
        let subject = format!("{}{}", group.label(), nth("#"));
        Self {
            inputs,
            group,
            again: SecondBuild::of(inputs, group, (&slug, &subject)),
            id: StepId::new(StepKind::Compile, subject),
            stage: Place::new(Base::Work, format!("stage/{slug}")),
            slug,
        }
    }

    pub(super) fn artifacts(&self) -> impl Iterator<Item = Artifact> {
        self.group.units.iter().map(|unit| Artifact {
            path: unit.artifact_path(self.inputs),
            binary: unit.binary.clone(),
            target: unit.cell.target.clone(),
            cgo: unit.cell.cgo,
            toolchain: unit.key.toolchain.clone(),
            go: unit.go.clone(),
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
                reproduce: self.compared(unit).map(|second| ReproduceSteps {
                    copy: second.copy.clone(),
                    recompile: second.recompile.clone(),
                    compare: self.step_id(StepKind::Compare, unit),
                }),
                compress: self
                    .compress(unit, self.staged(unit), self.id.clone())
                    .map(|(step, _)| step.id),
                smoke: unit
                    .smoke
                    .as_ref()
                    .map(|_| self.step_id(StepKind::Smoke, unit)),
                place: self.step_id(StepKind::Place, unit),
            },
        })
    }

    /// The first build, and all of what is built once.
    pub(super) fn steps(&self, cpu: u32) -> Vec<Step> {
        let chains = self.group.units.iter().flat_map(|unit| {
            let verify = self.verify(unit, self.staged(unit));
            let after = verify.id.clone();
            let chain = match self.compared(unit) {
                Some(_) => Vec::new(),
                None => self.chain(unit, after),
            };
            std::iter::once(verify).chain(chain)
        });
        std::iter::once(self.compile(cpu)).chain(chains).collect()
    }

    /// The second build, and what comes after it.
    pub(super) fn steps_again(&self, cpu: u32) -> Vec<Step> {
        let Some(second) = &self.again else {
            return Vec::new();
        };
        let chains = self.group.units.iter().filter_map(|unit| {
            let compare = self.compare(unit)?;
            let after = compare.id.clone();
            Some(std::iter::once(compare).chain(self.chain(unit, after)))
        });
        std::iter::once(self.recompile(second, cpu))
            .chain(chains.flatten())
            .collect()
    }

    /// The second build of a binary that is compared.
    fn compared(&self, unit: &Unit) -> Option<&SecondBuild> {
        self.again.as_ref().filter(|_| unit.reproducible)
    }

    /// What happens to one binary after the step that lets it through: each step works on the file that
    /// the one before it left.
    fn chain(&self, unit: &Unit, after: StepId) -> Vec<Step> {
        let built = self.staged(unit);
        let compress = self.compress(unit, built.clone(), after.clone());
        let (from, after) = match &compress {
            Some((step, packed)) => (packed.clone(), step.id.clone()),
            None => (built, after),
        };
        let smoke = self.smoke(unit, from.clone(), after.clone());
        let after = smoke.as_ref().map_or(after, |smoke| smoke.id.clone());
        let place = self.place(unit, from, after);
        let compress = compress.map(|(step, _)| step);
        compress.into_iter().chain(smoke).chain([place]).collect()
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

    pub(super) fn compile(&self, cpu: u32) -> Step {
        let overlay = Overlay::of(self.group, self.roots(), &self.slug);
        let head = self.head((&self.stage, overlay.as_ref()), cpu);
        let listing = compile::listing(&head, self.group);
        let stage = self.stage.clone();
        let compile = Compile {
            overlay,
            toolchain: self.toolchain(),
            ..Compile::new((head, listing), stage, self.programs(&self.stage), cpu)
        };
        let outputs = compile.outputs().cloned().collect();
        let action = Action::Compile(Box::new(compile));
        self.step(self.id.clone(), action, outputs, Vec::new())
    }

    /// Copies what the second build reads.
    pub(super) fn copy(&self) -> Option<Step> {
        let second = self.again.as_ref()?;
        let copy = second.again.copy.clone();
        let outputs = copy.folders.iter().map(|folder| folder.to.clone());
        let outputs = outputs.collect();
        Some(self.step(second.copy.clone(), Action::Copy(copy), outputs, Vec::new()))
    }

    pub(super) fn recompile(&self, second: &SecondBuild, cpu: u32) -> Step {
        let slug = format!("again/{}", self.slug);
        let overlay = Overlay::of(self.group, self.roots(), &slug);
        let first = self.head((&second.stage, overlay.as_ref()), cpu);
        let head = second.again.command(&first, cpu);
        let listing = compile::listing(&head, self.group);
        let stage = second.stage.clone();
        let compile = Compile {
            folders: second.again.folders(),
            cache: Some(second.again.cache.clone()),
            overlay,
            toolchain: self.toolchain(),
            ..Compile::new((head, listing), stage, self.programs(&second.stage), cpu)
        };
        let mut needs = vec![self.id.clone(), second.copy.clone()];
        let mut compared = self.group.units.iter().filter(|unit| unit.reproducible);
        if let (Some(only), None) = (compared.next(), compared.next()) {
            // Where the gate refuses the only one, there is nothing to compile again for.
            needs.push(self.step_id(StepKind::Verify, only));
        }
        let outputs = compile.outputs().cloned().collect();
        let action = Action::Recompile(Box::new(compile));
        self.step(second.recompile.clone(), action, outputs, needs)
    }

    fn compare(&self, unit: &Unit) -> Option<Step> {
        let second = self.compared(unit)?;
        let builds = |name: &str, path: &ArtifactPath| Builds {
            first: self.stage.join(name),
            second: second.stage.join(name),
            kept: ["first", "second"].map(|nth| {
                let place = format!(".gobuildx/rejected/{path}.{nth}");
                Place::new(Base::Out, place)
            }),
        };
        let artifact = unit.artifact_path(self.inputs);
        let header = unit.header_path(self.inputs);
        let compare = CompareFiles {
            binary: builds(&self.staged_name(unit), &artifact),
            header: header.map(|path| builds(&header_name(&unit.binary), &path)),
            trimpath: unit.key.trimpath.into(),
            tuning: second.again.traces(),
            artifact,
        };
        let needs = vec![
            self.step_id(StepKind::Verify, unit),
            second.recompile.clone(),
        ];
        let id = self.step_id(StepKind::Compare, unit);
        let action = Action::Compare(Box::new(compare));
        Some(self.step(id, action, Vec::new(), needs))
    }

    /// The go command that compiles the group into a folder, but for the programs.
    fn head(&self, (stage, overlay): (&Place, Option<&Overlay>), cpu: u32) -> CommandLine {
        let output = self.output(stage);
        compile::head(self.inputs, self.group, (&output, overlay), cpu)
    }

    /// The certificates, as the group's release of Go can compile them.
    fn roots(&self) -> &RootSources {
        self.inputs.roots.of(&self.group.cell)
    }

    /// What compiles the C of the group.
    fn toolchain(&self) -> Option<ToolchainIdentity> {
        let chosen = self.inputs.chosen(&self.group.key)?;
        Some((&chosen.setup).into())
    }

    /// The programs of the group, which go makes in a folder.
    fn programs(&self, stage: &Place) -> Vec<Program> {
        let units = self.group.units.iter();
        let program = |unit: &Unit| {
            let file = stage.join(&self.staged_name(unit));
            Program::new(unit, unit.artifact_path(self.inputs), file)
        };
        units.map(program).collect()
    }

    /// What go is told to write: the folder, into which it puts a program a package; or the file,
    /// since a library bears its name in it, and its header is named after it.
    fn output(&self, stage: &Place) -> Place {
        match self.group.units.as_slice() {
            [unit] if unit.key.buildmode.is_library() => stage.join(&self.staged_name(unit)),
            _ => stage.clone(),
        }
    }

    /// The file as go makes it.
    fn staged(&self, unit: &Unit) -> Place {
        self.stage.join(&self.staged_name(unit))
    }

    /// The name that go gives the file.
    fn staged_name(&self, unit: &Unit) -> String {
        let (mode, target) = (unit.key.buildmode, &self.group.cell.target);
        if mode.is_library() {
            artifact_name(&unit.binary, mode, target)
        } else {
            staged_name(&unit.default_name, target)
        }
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
    fn compress(&self, unit: &Unit, from: Place, after: StepId) -> Option<(Step, Place)> {
        let compress = self.inputs.manifest.compress.as_ref()?;
        let upx = self.inputs.packer?;
        if unit.packing(self.inputs.manifest) != Packing::Wanted {
            return None;
        }
        let artifact = unit.artifact_path(self.inputs);
        let target = &unit.cell.target;
        let pack = pack_file(self.inputs, (compress, upx), target, (artifact, from));
        let packed = pack.to.clone();
        let step = self.step(
            self.step_id(StepKind::Compress, unit),
            Action::Pack(Box::new(pack)),
            vec![packed.clone()],
            vec![after],
        );
        Some((step, packed))
    }

    /// The step that runs a file on a blank system.
    fn smoke(&self, unit: &Unit, from: Place, after: StepId) -> Option<Step> {
        let asked = unit.smoke.as_ref()?;
        let artifact = unit.artifact_path(self.inputs);
        let verified = self.step_id(StepKind::Verify, unit);
        let target = &unit.cell.target;
        let file = asked.file(self.inputs, target, artifact, (from, verified));
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
