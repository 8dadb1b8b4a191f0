//! The pipeline: what comes after what, and how each part ended.

use std::fmt;

use serde::{Serialize, Serializer};

use super::stages::PlannedStages;

/// A part of the pipeline. Each is a gate: what comes later isn't begun unless it went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The commands of `[release.steps]`.
    Tests,
    /// Everything is compiled.
    Build,
    /// The gate: each file is read, and held against the policy.
    Verify,
    /// Programs are run on a blank system.
    Smoke,
    /// The dependencies of what was built.
    Audit,
    /// Archives, bills of materials, the image, the records.
    Package,
    /// Signatures.
    Sign,
    /// The image goes to its registry.
    Push,
    /// The files of another repository name the new image.
    Gitops,
}

impl Stage {
    /// All, in their order.
    pub const ALL: &'static [Self] = &[
        Self::Tests,
        Self::Build,
        Self::Verify,
        Self::Smoke,
        Self::Audit,
        Self::Package,
        Self::Sign,
        Self::Push,
        Self::Gitops,
    ];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tests => "tests",
            Self::Build => "build",
            Self::Verify => "verify",
            Self::Smoke => "smoke",
            Self::Audit => "audit",
            Self::Package => "package",
            Self::Sign => "sign",
            Self::Push => "push",
            Self::Gitops => "gitops",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Stage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How a stage ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StageEnd {
    /// It went well: what was done.
    Done(String),
    /// Nothing asks for it, or nobody allows it: why.
    NotRun(String),
    /// It didn't, and nothing after it was begun.
    Failed(String),
}

impl StageEnd {
    /// The word for it, and what there is to say.
    #[must_use]
    pub fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Done(says) => ("done", says),
            Self::NotRun(why) => ("not run", why),
            Self::Failed(why) => ("failed", why),
        }
    }
}

/// How far a release has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    planned: PlannedStages,
    ended: Vec<(Stage, StageEnd)>,
}

impl Stages {
    /// None has ended.
    #[must_use]
    pub fn new(planned: PlannedStages) -> Self {
        let ended = Vec::new();
        Self { planned, ended }
    }

    /// Why a stage is left out; none where it isn't.
    #[must_use]
    pub fn left_out(&self, stage: Stage) -> Option<&str> {
        self.planned.left_out(stage)
    }

    /// One more has ended.
    pub fn end(&mut self, stage: Stage, end: StageEnd) {
        self.ended.push((stage, end));
    }

    /// All stages, in their order: after one that failed, none was run, and else those weren't that are left out.
    #[must_use]
    pub fn whole(&self) -> Vec<(Stage, StageEnd)> {
        let failed = self.ended.iter().find_map(|(stage, end)| match end {
            StageEnd::Failed(_) => Some(*stage),
            StageEnd::Done(_) | StageEnd::NotRun(_) => None,
        });
        let rest = Stage::ALL.iter().filter(|stage| {
            let mut ended = self.ended.iter().map(|(ended, _)| ended);
            !ended.any(|ended| ended == *stage)
        });
        let rest = rest.map(|stage| {
            let why = match failed {
                // What is looked at before its turn may fail before others are begun.
                Some(failed) if *stage > failed || self.left_out(*stage).is_none() => {
                    format!("{failed} failed")
                }
                _ => self
                    .left_out(*stage)
                    .unwrap_or("it wasn't begun")
                    .to_owned(),
            };
            (*stage, StageEnd::NotRun(why))
        });
        let mut whole: Vec<_> = self.ended.iter().cloned().chain(rest).collect();
        whole.sort_by_key(|(stage, _)| *stage);
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_a_failure_was_not_run_because_of_it() {
        let mut stages = Stages::default();
        stages.end(Stage::Tests, StageEnd::NotRun("nothing to run".to_owned()));
        stages.end(Stage::Build, StageEnd::Failed("1 of 2".to_owned()));
        let whole = stages.whole();
        let names: Vec<Stage> = whole.iter().map(|(stage, _)| *stage).collect();
        assert_eq!(names, Stage::ALL);
        let last = whole.last().map(|(_, end)| end.words());
        assert_eq!(last, Some(("not run", "build failed")));
    }
}
