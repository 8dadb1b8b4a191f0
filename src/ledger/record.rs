//! What a run made → the next ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::brought::Brought;
use super::decide::{Case, compile_name};
use super::made_from::step_inputs;
use super::survey::out_path;
use super::{Decision, Entry, FileStamp, Files, Ledger, Present};
use crate::exec::{Done, End, FileDigest, Outcomes, Placed, Session};
use crate::plan::{Action, Artifact, Plan, StepId};

/// What a run is recorded from.
#[derive(Clone, Copy, Debug)]
pub struct Recorder<'a> {
    /// The whole plan.
    pub plan: &'a Plan,
    /// What was decided of it.
    pub decision: &'a Decision,
    /// What was there before.
    pub present: &'a Present,
    /// How all steps of the plan ended.
    pub outcomes: &'a Outcomes,
    /// The folders of the run.
    pub session: &'a Session,
    /// How many files are read at a time.
    pub workers: usize,
}

impl Recorder<'_> {
    /// The ledger of this run. Of artifacts that it didn't make it has nothing: they aren't there any more.
    #[must_use]
    pub fn record(self, earlier: Ledger) -> Ledger {
        let sources: BTreeSet<&str> = self.present.files.iter().map(|(path, _)| path).collect();
        let artifacts = self.plan.artifacts.iter().flat_map(Artifact::files);
        let artifacts: Vec<String> = artifacts
            .filter_map(|path| out_path(self.session, path))
            .collect();
        let artifacts = artifacts.iter().map(String::as_str);
        let paths = sources.into_iter().chain(artifacts);
        let files = self
            .present
            .files
            .read(&self.session.root, paths, self.workers);
        let case = Case::new(self.plan, self.present);
        let mut before = earlier.entries;
        let mut entries = BTreeMap::new();
        for artifact in &self.plan.artifacts {
            if self.decision.unchanged.contains(&artifact.path) {
                let steps = case.chain(artifact).into_iter();
                let names = steps.map(|step| step.id.to_string());
                let names = names.chain([compile_name(&artifact.path)]);
                entries.extend(names.filter_map(|name| before.remove_entry(&name)));
            } else if let Some(made) = self.entries(&case, artifact, (&files, &mut before)) {
                entries.extend(made);
            }
        }
        let files = files.as_read_first(&self.present.files);
        Ledger { files, entries }
    }

    /// What is recorded of an artifact that this run made; nothing where its sources changed meanwhile:
    /// nobody knows which of them were compiled.
    fn entries(
        self,
        case: &Case<'_>,
        artifact: &Artifact,
        (files, before): (&Files, &mut BTreeMap<String, Entry>),
    ) -> Option<Vec<(String, Entry)>> {
        let sources = self.present.sources.get(&artifact.path)?;
        // What changed and changed back in the meantime shows in the stamp.
        let is_same = |path: &str| {
            files.get(path).is_some() && files.get(path) == self.present.files.get(path)
        };
        let folders_before = &self.present.folders;
        let is_same_folder = |folder: &String| {
            let now = std::fs::metadata(self.session.root.join(folder));
            let now = now.ok().map(|metadata| FileStamp::of(&metadata));
            now.is_some() && now.as_ref() == folders_before.get(folder)
        };
        let is_unchanged =
            sources.paths().all(is_same) && sources.folders.iter().all(is_same_folder);
        if !is_unchanged {
            return None;
        }
        let Done::Placed(Placed { file: placed, .. }) = self.done(&artifact.steps.place)? else {
            return None;
        };
        let compile_name = compile_name(&artifact.path);
        let compile = if let Some(compiled) = self.compiled(artifact) {
            Entry {
                inputs: case.compile_inputs(artifact)?,
                files: Arc::new(sources.files.clone()),
                brought: Brought::Compiled(compiled),
            }
        } else {
            before.remove(&compile_name)?
        };
        let Brought::Compiled(compiled) = &compile.brought else {
            return None;
        };
        let mut made = compiled.clone();
        let mut entries = vec![(compile_name, compile)];
        for step in case.chain(artifact) {
            let brought = Brought::of(step, self.done(&step.id)?, placed);
            if let Some(brought) = brought {
                let entry = Entry {
                    inputs: step_inputs(step, &made.sha256, case.read()),
                    files: Arc::default(),
                    brought,
                };
                entries.push((step.id.to_string(), entry));
            }
            if matches!(step.action, Action::Pack(_)) {
                made = placed.clone();
            }
        }
        Some(entries)
    }

    fn done(&self, step: &StepId) -> Option<&Done> {
        match &self.outcomes.get(step)?.end {
            End::Done(done) => Some(done),
            End::Failed(_) | End::Skipped { .. } | End::Stopped => None,
        }
    }

    /// What go made in this run for an artifact.
    fn compiled(&self, artifact: &Artifact) -> Option<FileDigest> {
        let id = &artifact.steps.compile;
        let step = self
            .decision
            .plan
            .steps
            .iter()
            .find(|step| step.id == *id)?;
        let (Action::Compile(compile), Done::Compiled(compiled)) = (&step.action, self.done(id)?)
        else {
            return None;
        };
        let mut files = compile.programs.iter().zip(&compiled.files);
        let file = files.find(|(program, _)| program.artifact == artifact.path);
        file.map(|(_, file)| file.clone())
    }
}
