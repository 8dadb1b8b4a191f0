//! A line for each thing that happens: for logs and pipes.

use std::collections::BTreeMap;

use super::Observer;
use crate::console::{self, BAD, GOOD, STRONG};
use crate::exec::{Done, End, Event, Outcome, StepFailure, Tried};
use crate::plan::{Plan, StepId};
use crate::report::{RunReport, describe, human_change, human_size, human_time};

/// Says what happens, a line each, on stderr.
pub struct Lines {
    words: Words,
}

impl Lines {
    /// An observer of this plan.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        Self {
            words: Words::new(plan),
        }
    }
}

impl Observer for Lines {
    fn event(&mut self, event: &Event<'_>) {
        let line = match event {
            Event::Started { step } => self.words.started(step),
            Event::Finished { step, outcome } => Words::finished(step, outcome),
            Event::Progress { .. } => None,
        };
        if let Some(line) = line {
            console::err(&line);
        }
    }

    fn end(&mut self, _: &RunReport) {}
}

/// Says only what fails.
pub struct Quiet;

impl Observer for Quiet {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Finished { outcome, .. } = event
            && let End::Failed(failure) = &outcome.end
        {
            console::err(&failed(failure));
        }
    }

    fn end(&mut self, _: &RunReport) {}
}

fn failed(failure: &StepFailure) -> String {
    format!("{BAD}error:{BAD:#} {}", describe(failure))
}

fn packages_words(packages: usize) -> String {
    match packages {
        0 => "all from Go's build cache".to_owned(),
        1 => "1 package".to_owned(),
        _ => format!("{packages} packages"),
    }
}

/// The words for what happens to the steps of a plan.
pub(super) struct Words {
    /// What each compilation makes.
    makes: BTreeMap<StepId, String>,
}

impl Words {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut makes: BTreeMap<StepId, Vec<&str>> = BTreeMap::new();
        for artifact in &plan.artifacts {
            let compile = artifact.steps.compile.clone();
            makes.entry(compile).or_default().push(&artifact.binary);
        }
        let joined = |(step, names): (_, Vec<&str>)| (step, names.join(", "));
        Self {
            makes: makes.into_iter().map(joined).collect(),
        }
    }

    /// The compilations.
    pub(super) fn compilations(&self) -> impl Iterator<Item = &StepId> {
        self.makes.keys()
    }

    /// What a compilation makes; none for other steps.
    pub(super) fn makes(&self, step: &StepId) -> Option<&str> {
        self.makes.get(step).map(String::as_str)
    }

    pub(super) fn started(&self, step: &StepId) -> Option<String> {
        let makes = self.makes(step)?;
        Some(format!(
            "{STRONG}Compiling{STRONG:#} {} ({makes})",
            step.subject()
        ))
    }

    pub(super) fn finished(step: &StepId, outcome: &Outcome) -> Option<String> {
        let time = human_time(outcome.duration_ms);
        match &outcome.end {
            End::Done(Done::Compiled { packages }) => Some(format!(
                "{GOOD} Compiled{GOOD:#} {} ({}, {time})",
                step.subject(),
                packages_words(*packages)
            )),
            End::Done(Done::Compressed(compressed)) => {
                let tried = match &compressed.tried {
                    Tried::Started { how, .. } => format!("started {how}"),
                    Tried::NotStarted(_) => "not started".to_owned(),
                };
                Some(format!(
                    "{GOOD}   Packed{GOOD:#} {} ({}; {tried}, {time})",
                    step.subject(),
                    human_change(compressed.size_before, compressed.size_after)
                ))
            }
            End::Done(Done::Placed(placed)) => Some(format!(
                "{GOOD}    Built{GOOD:#} {} ({})",
                step.subject(),
                human_size(placed.size)
            )),
            End::Failed(failure) => Some(failed(failure)),
            End::Done(Done::Verified(_)) | End::Skipped { .. } | End::Stopped => None,
        }
    }
}
