//! A plan for what isn't done yet: the same steps, but those whose ends are known, and programs that are
//! compiled already.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Plan;
use super::command::{Base, Place};
use super::compile::{Compile, Program};
use super::name::ArtifactPath;
use super::step::{Action, Step, StepId, StepKind};

use crate::digest::Sha256Hex;

/// What has to be done for an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Making {
    /// Nothing.
    Nothing,
    /// What comes after the compilation; the file as go made it lies in the artifact's place.
    AfterCompiling {
        /// The digest of the file.
        sha256: Sha256Hex,
        /// Whether it has to be compiled a second time, if the plan has that.
        again: Again,
    },
    /// Everything.
    Everything,
}

/// Whether a program is compiled a second time, to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It is, if the plan has that.
    AsPlanned,
    /// It is known to be the same.
    Known,
}

/// A compiled file that is copied to where go would have put it.
#[derive(Clone, Debug, Serialize)]
pub struct RestoreFile {
    /// The artifact.
    pub artifact: ArtifactPath,
    /// Where it lies.
    pub from: Place,
    /// Where go would have put it.
    pub to: Place,
    /// What it has to be.
    pub sha256: Sha256Hex,
}

impl Plan {
    /// What is left of the plan. Artifacts that aren't named are made as planned.
    #[must_use]
    pub fn narrowed(&self, makings: &BTreeMap<ArtifactPath, Making>) -> Self {
        let narrowing = Narrowing { makings };
        let mut steps = Vec::new();
        // What a step that is left out needed, whoever needs that step needs now.
        let mut left_out: BTreeMap<StepId, Vec<StepId>> = BTreeMap::new();
        for step in &self.steps {
            let left = narrowing.left(step);
            if left.is_empty() {
                left_out.insert(step.id.clone(), step.needs.clone());
            }
            steps.extend(left);
        }
        let there: BTreeSet<StepId> = steps.iter().map(|step: &Step| step.id.clone()).collect();
        for step in &mut steps {
            let needs = std::mem::take(&mut step.needs);
            step.needs = met(needs, &left_out, &there);
        }
        let needed: BTreeSet<StepId> = steps.iter().flat_map(|step| step.needs.clone()).collect();
        // Sources are copied for who compiles them.
        steps.retain(|step| step.id.kind() != StepKind::Copy || needed.contains(&step.id));
        let artifacts = self.artifacts.iter();
        let artifacts = artifacts.filter(|one| *narrowing.making(&one.path) != Making::Nothing);
        Self {
            artifacts: artifacts.cloned().collect(),
            steps,
            ..self.clone()
        }
    }
}

/// Needs without the steps that are left out, but with what these need.
fn met(
    needs: Vec<StepId>,
    left_out: &BTreeMap<StepId, Vec<StepId>>,
    there: &BTreeSet<StepId>,
) -> Vec<StepId> {
    let mut met = Vec::new();
    let mut waiting = needs;
    waiting.reverse();
    while let Some(need) = waiting.pop() {
        match left_out.get(&need) {
            Some(its) => waiting.extend(its.iter().rev().cloned()),
            None if there.contains(&need) && !met.contains(&need) => met.push(need),
            None => {}
        }
    }
    met
}

struct Narrowing<'a> {
    makings: &'a BTreeMap<ArtifactPath, Making>,
}

impl Narrowing<'_> {
    fn making(&self, artifact: &ArtifactPath) -> &Making {
        self.makings.get(artifact).unwrap_or(&Making::Everything)
    }

    /// What is left of a step; of a compilation that may be several steps.
    fn left(&self, step: &Step) -> Vec<Step> {
        let all = |artifact: &ArtifactPath| match self.making(artifact) {
            Making::Nothing => Vec::new(),
            Making::AfterCompiling { .. } | Making::Everything => vec![step.clone()],
        };
        match &step.action {
            Action::Compile(compile) => {
                let restored = compile
                    .programs
                    .iter()
                    .filter_map(|one| self.restored(step, one));
                let compiled = self.compiled(step, compile, Action::Compile, |making| {
                    *making == Making::Everything
                });
                compiled.into_iter().chain(restored).collect()
            }
            Action::Recompile(compile) => {
                let compiled = self.compiled(step, compile, Action::Recompile, is_made_again);
                compiled.into_iter().collect()
            }
            Action::Compare(compare) => match self.making(&compare.artifact) {
                making if is_made_again(making) => vec![step.clone()],
                _ => Vec::new(),
            },
            Action::Verify(verify) => {
                let mut left = all(&verify.artifact);
                for step in &mut left {
                    if let Making::AfterCompiling { .. } = self.making(&verify.artifact) {
                        step.needs = vec![restore_id(&verify.artifact)];
                    }
                }
                left
            }
            Action::Pack(pack) => all(&pack.artifact),
            Action::Smoke(smoke) => all(&smoke.artifact),
            Action::Place(place) => all(&place.artifact),
            Action::Restore(restore) => all(&restore.artifact),
            Action::Copy(_) | Action::Hook(_) => vec![step.clone()],
        }
    }

    fn compiled(
        &self,
        step: &Step,
        compile: &Compile,
        action: impl Fn(Box<Compile>) -> Action,
        is_wanted: impl Fn(&Making) -> bool,
    ) -> Option<Step> {
        let compile = compile.only(|program| is_wanted(self.making(&program.artifact)));
        if compile.programs.is_empty() {
            return None;
        }
        Some(Step {
            outputs: compile.outputs().cloned().collect(),
            action: action(Box::new(compile)),
            ..step.clone()
        })
    }

    fn restored(&self, step: &Step, program: &Program) -> Option<Step> {
        let Making::AfterCompiling { sha256, .. } = self.making(&program.artifact) else {
            return None;
        };
        let restore = RestoreFile {
            artifact: program.artifact.clone(),
            from: Place::new(Base::Out, program.artifact.as_str()),
            to: program.file.clone(),
            sha256: sha256.clone(),
        };
        Some(Step {
            id: restore_id(&program.artifact),
            target: step.target.clone(),
            outputs: vec![program.file.clone()],
            action: Action::Restore(restore),
            needs: step.needs.clone(),
        })
    }
}

fn is_made_again(making: &Making) -> bool {
    match making {
        Making::Nothing => false,
        Making::AfterCompiling { again, .. } => *again == Again::AsPlanned,
        Making::Everything => true,
    }
}

fn restore_id(artifact: &ArtifactPath) -> StepId {
    StepId::new(StepKind::Restore, artifact.folder())
}
