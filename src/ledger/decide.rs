//! Plan, ledger, and what is there now → what has to be done. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::brought::Brought;
use super::input::changes;
use super::made_from::{Machine, compile_inputs, step_inputs};
use super::{Change, Entry, FileStamp, Files, Input, Inputs, Ledger, Reason, Sources, Value};
use crate::exec::{Compiled, Done, FileDigest, MadeFile, Reuse, Reuses};
use crate::plan::{
    Action, Again, Artifact, ArtifactPath, Base, Compile, Making, Place, Plan, Program, Step,
    StepId, StepKind,
};
use crate::verify::{Expectation, Finding};

/// What is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// What isn't as an earlier run left it.
    #[default]
    Changed,
    /// Everything.
    All,
}

/// What is there now.
#[derive(Debug, Default)]
pub struct Present {
    /// What of the machine decides what is made.
    pub machine: Machine,
    /// What programs are made from, where go could tell.
    pub sources: BTreeMap<ArtifactPath, Sources>,
    /// How many packages compilations compile, where each compiles all.
    pub totals: BTreeMap<StepId, usize>,
    /// The files that programs are made from.
    pub files: Files,
    /// The folders of their packages.
    pub folders: BTreeMap<String, FileStamp>,
    /// What lies in the output folder where artifacts and headers belong.
    pub artifacts: BTreeMap<ArtifactPath, FileDigest>,
}

/// What has to be done.
#[derive(Debug)]
pub struct Decision {
    /// What is left of the plan.
    pub plan: Plan,
    /// The ends of steps that are not in it.
    pub kept: BTreeMap<StepId, Done>,
    /// The artifacts that stay as they are.
    pub unchanged: BTreeSet<ArtifactPath>,
    /// Why the others don't.
    pub reasons: BTreeMap<ArtifactPath, Vec<Reason>>,
    /// What needs not be done again if the file before turns out to be the same.
    pub reuses: Reuses,
}

/// Decides what has to be done.
#[must_use]
pub fn decide(plan: &Plan, ledger: &Ledger, present: &Present, wanted: Wanted) -> Decision {
    let judging = Judging {
        case: Case::new(plan, present),
        ledger,
        wanted,
    };
    let mut decision = Decision {
        plan: plan.clone(),
        kept: BTreeMap::new(),
        unchanged: BTreeSet::new(),
        reasons: BTreeMap::new(),
        reuses: Reuses::new(),
    };
    let mut makings = BTreeMap::new();
    for artifact in &plan.artifacts {
        let (making, reasons) = judging.judge(artifact);
        let chain = judging.case.chain(artifact);
        match &making {
            Making::Nothing => {
                decision.kept.extend(judging.kept(&chain));
                decision.unchanged.insert(artifact.path.clone());
            }
            Making::AfterCompiling { again, .. } => {
                if *again == Again::Known {
                    let compares = chain
                        .iter()
                        .filter(|step| step.id.kind() == StepKind::Compare);
                    let compares: Vec<&Step> = compares.copied().collect();
                    decision.kept.extend(judging.kept(&compares));
                }
                decision.reuses.extend(judging.reuses(artifact, &chain));
            }
            Making::Everything => decision.reuses.extend(judging.reuses(artifact, &chain)),
        }
        if !reasons.is_empty() {
            decision.reasons.insert(artifact.path.clone(), reasons);
        }
        makings.insert(artifact.path.clone(), making);
    }
    decision.plan = plan.narrowed(&makings);
    let left: BTreeSet<&StepId> = decision.plan.steps.iter().map(|step| &step.id).collect();
    let shared = plan.steps.iter().filter(|step| !left.contains(&step.id));
    let shared = shared.filter_map(|step| Some((step.id.clone(), nothing_to_do(&step.action)?)));
    decision.kept.extend(shared);
    for step in &mut decision.plan.steps {
        if let Action::Compile(compile) = &mut step.action {
            compile.total = present.totals.get(&step.id).copied();
        }
    }
    decision
}

/// A plan, and what is there of it.
pub(super) struct Case<'a> {
    present: &'a Present,
    steps: BTreeMap<&'a StepId, &'a Step>,
}

impl<'a> Case<'a> {
    pub(super) fn new(plan: &'a Plan, present: &'a Present) -> Self {
        let steps = plan.steps.iter().map(|step| (&step.id, step));
        Self {
            present,
            steps: steps.collect(),
        }
    }

    /// What decides what go makes of an artifact, but for the files; none where that isn't known.
    pub(super) fn compile_inputs(&self, artifact: &Artifact) -> Option<Inputs> {
        let (_, compile, program) = self.compilation(artifact)?;
        let sources = self.present.sources.get(&artifact.path)?;
        let expectation = self.expectation(artifact)?;
        let machine = &self.present.machine;
        Some(compile_inputs(
            (compile, program),
            expectation,
            (machine, sources),
        ))
    }

    /// What decides what steps make, besides the file that they get.
    pub(super) fn read(&self) -> (&Files, &Machine) {
        (&self.present.files, &self.present.machine)
    }

    fn compilation(&self, artifact: &Artifact) -> Option<(&'a Step, &'a Compile, &'a Program)> {
        let step = self.steps.get(&artifact.steps.compile)?;
        let Action::Compile(compile) = &step.action else {
            return None;
        };
        let mut programs = compile.programs.iter();
        let program = programs.find(|program| program.artifact == artifact.path)?;
        Some((step, compile, program))
    }

    fn expectation(&self, artifact: &Artifact) -> Option<&'a Expectation> {
        match &self.steps.get(&artifact.steps.verify)?.action {
            Action::Verify(verify) => Some(&verify.expectation),
            _ => None,
        }
    }

    /// The steps after the compilation, in their order.
    pub(super) fn chain(&self, artifact: &Artifact) -> Vec<&'a Step> {
        let steps = &artifact.steps;
        let compare = steps.reproduce.as_ref().map(|again| &again.compare);
        [
            Some(&steps.verify),
            compare,
            steps.compress.as_ref(),
            steps.smoke.as_ref(),
            Some(&steps.place),
        ]
        .into_iter()
        .flatten()
        .filter_map(|id| self.steps.get(id).copied())
        .collect()
    }
}

/// All that a decision is made from.
struct Judging<'a> {
    case: Case<'a>,
    ledger: &'a Ledger,
    wanted: Wanted,
}

impl<'a> Judging<'a> {
    fn judge(&self, artifact: &Artifact) -> (Making, Vec<Reason>) {
        let changed = |reasons| (Making::Everything, reasons);
        if self.wanted == Wanted::All {
            return changed(vec![Reason::Forced]);
        }
        let Some(entry) = self.entry(&compile_name(&artifact.path)) else {
            return changed(vec![Reason::New]);
        };
        let Some((step, _, _)) = self.case.compilation(artifact) else {
            return changed(vec![Reason::New]);
        };
        if step.needs.iter().any(|need| need.kind() == StepKind::Hook) {
            return changed(vec![Reason::Hook]);
        }
        let sources = self.case.present.sources.get(&artifact.path);
        let Some((sources, inputs)) = sources.zip(self.case.compile_inputs(artifact)) else {
            return changed(vec![Reason::Unknown]);
        };
        let found: Vec<Reason> = changes(&entry.inputs, &inputs)
            .chain(self.changed_files(&entry.files, &sources.files))
            .map(Reason::Changed)
            .collect();
        let Brought::Compiled(compiled) = &entry.brought else {
            return changed(vec![Reason::New]);
        };
        if !found.is_empty() {
            return changed(found);
        }
        let mut reasons = self.changed_steps(artifact, compiled);
        let again = match &artifact.steps.reproduce {
            Some(again) if !reasons.iter().any(|reason| is_of(reason, &again.compare)) => {
                Again::Known
            }
            _ => Again::AsPlanned,
        };
        reasons.extend(self.altered(artifact));
        let chain = self.case.chain(artifact);
        if reasons.is_empty() && self.kept(&chain).len() == chain.len() {
            return (Making::Nothing, reasons);
        }
        let is_there = self.case.present.artifacts.get(&artifact.path) == Some(compiled);
        // The header of a library isn't kept beside it under the name that go gives it.
        if is_there && artifact.header.is_none() {
            let sha256 = compiled.sha256.clone();
            return (Making::AfterCompiling { sha256, again }, reasons);
        }
        if !reasons
            .iter()
            .any(|reason| matches!(reason, Reason::Altered(_)))
        {
            reasons.push(Reason::NotKept);
        }
        changed(reasons)
    }

    fn entry(&self, name: &str) -> Option<&'a Entry> {
        self.ledger.entries.get(name)
    }

    /// What became of files that a program was made from, and of those that it is made from.
    fn changed_files(&self, before: &BTreeSet<String>, now: &BTreeSet<String>) -> Vec<Change> {
        let value = |set: &BTreeSet<String>, files: &Files, file: &str| {
            let digest = files.digest(file).filter(|_| set.contains(file));
            digest.map(Value::Digest)
        };
        let changed = before.union(now).filter_map(|file| {
            let was = value(before, &self.ledger.files, file);
            let is = value(now, &self.case.present.files, file);
            // Of a file that nobody can read nothing is known.
            (was != is || is.is_none()).then(|| Change {
                input: Input::File(file.clone()),
                before: was,
                now: is,
            })
        });
        changed.collect()
    }

    /// Which steps after the compilation would do something else than they did.
    fn changed_steps(&self, artifact: &Artifact, compiled: &FileDigest) -> Vec<Reason> {
        let mut made = compiled.clone();
        let mut reasons = Vec::new();
        for step in self.case.chain(artifact) {
            let of_step = |reason| Reason::Step(step.id.clone(), Box::new(reason));
            let Some(entry) = self.entry(&step.id.to_string()) else {
                reasons.push(of_step(Reason::New));
                continue;
            };
            let inputs = step_inputs(step, &made.sha256, self.case.read());
            let found = changes(&entry.inputs, &inputs).map(Reason::Changed);
            reasons.extend(found.map(of_step));
            if let Brought::Packed(_, packed) = &entry.brought {
                made = packed.clone();
            }
        }
        reasons
    }

    /// Files in the output folder that aren't what was put there.
    fn altered(&self, artifact: &Artifact) -> Vec<Reason> {
        let Some(Entry {
            brought: Brought::Placed(placed),
            ..
        }) = self.entry(&artifact.steps.place.to_string())
        else {
            return Vec::new();
        };
        let header = artifact.header.as_ref().zip(placed.header.as_ref());
        let files = std::iter::once((&artifact.path, &placed.file)).chain(header);
        files
            .filter(|(path, was)| self.case.present.artifacts.get(*path) != Some(*was))
            .map(|(path, _)| Reason::Altered(path.to_string()))
            .collect()
    }

    /// The ends of steps that need not be done.
    fn kept(&self, steps: &[&'a Step]) -> Vec<(StepId, Done)> {
        let findings = self.findings(steps);
        let done = |step: &&Step| {
            let entry = self.entry(&step.id.to_string())?;
            Some((step.id.clone(), entry.brought.done(step, &findings)?))
        };
        steps.iter().filter_map(done).collect()
    }

    fn findings(&self, steps: &[&Step]) -> Vec<Finding> {
        let mut verified =
            steps
                .iter()
                .filter_map(|step| match &self.entry(&step.id.to_string())?.brought {
                    Brought::Verified(verified) => Some(verified.verification.findings.clone()),
                    _ => None,
                });
        verified.next().unwrap_or_default()
    }

    /// What packing and running brought, if they get the same file once more.
    fn reuses(&self, artifact: &Artifact, chain: &[&'a Step]) -> Vec<(StepId, Reuse)> {
        if self.wanted == Wanted::All {
            return Vec::new();
        }
        let findings = self.findings(chain);
        let reuse = |step: &&Step| {
            let entry = self.entry(&step.id.to_string())?;
            let made = match (&step.action, &entry.brought) {
                (Action::Pack(_), Brought::Packed(_, packed)) => {
                    let lies_there =
                        self.case.present.artifacts.get(&artifact.path) == Some(packed);
                    Some(lies_there.then(|| MadeFile {
                        from: Place::new(Base::Out, artifact.path.as_str()),
                        sha256: packed.sha256.clone(),
                    })?)
                }
                (Action::Smoke(_), Brought::Smoked(_)) => None,
                _ => return None,
            };
            let Some(Value::Text(when)) = entry.inputs.get(&Input::Made) else {
                return None;
            };
            let when = when.parse().ok()?;
            if step_inputs(step, &when, self.case.read()) != entry.inputs {
                return None;
            }
            let reuse = Reuse {
                when,
                brought: entry.brought.done(step, &findings)?,
                made,
            };
            Some((step.id.clone(), reuse))
        };
        chain.iter().filter_map(reuse).collect()
    }
}

/// The end of a step that several artifacts share, where nothing is left of it.
fn nothing_to_do(action: &Action) -> Option<Done> {
    match action {
        Action::Compile(_) | Action::Recompile(_) => Some(Done::Compiled(Compiled {
            packages: 0,
            files: Vec::new(),
            memory: None,
        })),
        Action::Copy(_) => Some(Done::Copied { files: 0 }),
        _ => None,
    }
}

fn is_of(reason: &Reason, step: &StepId) -> bool {
    matches!(reason, Reason::Step(of, _) if of == step)
}

/// The name of the entry that tells of a program's compilation.
pub(super) fn compile_name(artifact: &ArtifactPath) -> String {
    format!("compile:{artifact}")
}
