//! The words for what happens to the steps of a plan.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::console::{BAD, GOOD, NOTE, STRONG};
use crate::exec::{Done, End, Killed, Outcome, PackedFile, StepFailure, Tried, Verified};
use crate::human;
use crate::plan::{Action, CommandLine, Plan, StepId, StepKind};
use crate::printable::{printable, printable_lines};
use crate::report::describe;
use crate::shell_word::shell_word;
use crate::smoke::Smoked;
use crate::verify::RuleId;

/// A failed step.
pub(super) fn failed(failure: &StepFailure) -> String {
    format!("{BAD}error:{BAD:#} {}", printable_lines(&describe(failure)))
}

/// Tells the second build from the first.
fn again(step: &StepId) -> &'static str {
    match step.kind() {
        StepKind::Recompile => " again",
        _ => "",
    }
}

fn packages_words(packages: usize) -> String {
    match packages {
        0 => "all from Go's build cache".to_owned(),
        _ => human::counted(packages, "package", "packages"),
    }
}

/// The words for what happens to the steps of a plan.
pub struct Words {
    /// What each compilation makes.
    makes: BTreeMap<StepId, String>,
    /// The command of each compilation and packing; empty unless they are shown.
    commands: BTreeMap<StepId, String>,
    depth: Depth,
}

/// How much is said of each step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// That it was done.
    What,
    /// How, too.
    How,
}

impl Words {
    /// Words that say what is done.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let mut makes: BTreeMap<StepId, Vec<&str>> = BTreeMap::new();
        for artifact in &plan.artifacts {
            let again = artifact.steps.reproduce.as_ref();
            let again = again.map(|steps| &steps.recompile);
            for compile in std::iter::once(&artifact.steps.compile).chain(again) {
                let names = makes.entry(compile.clone()).or_default();
                names.push(&artifact.binary);
            }
        }
        let joined = |(step, names): (_, Vec<&str>)| (step, names.join(", "));
        Self {
            makes: makes.into_iter().map(joined).collect(),
            commands: BTreeMap::new(),
            depth: Depth::What,
        }
    }

    /// Words that also say how: the commands, and what each gate checked.
    #[must_use]
    pub fn with_commands(plan: &Plan) -> Self {
        let commands = plan.steps.iter().filter_map(|step| match &step.action {
            Action::Compile(compile) | Action::Recompile(compile) => {
                Some((step.id.clone(), command_words(&compile.command)))
            }
            Action::Pack(pack) => {
                let words = format!(
                    "{}\n{NOTE}     then{NOTE:#} {}",
                    command_words(&pack.command),
                    command_words(&pack.test)
                );
                Some((step.id.clone(), words))
            }
            Action::Copy(_)
            | Action::Compare(_)
            | Action::Restore(_)
            | Action::Verify(_)
            | Action::Smoke(_)
            | Action::Place(_)
            | Action::Hook(_) => None,
        });
        Self {
            commands: commands.collect(),
            depth: Depth::How,
            ..Self::new(plan)
        }
    }

    /// The command of a step, where it is shown.
    pub(super) fn command(&self, step: &StepId) -> Option<String> {
        let command = self.commands.get(step)?;
        Some(format!("{NOTE}  Running{NOTE:#} {command}"))
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
        let Some(makes) = self.makes(step) else {
            return self.command(step);
        };
        let (subject, again) = (step.subject(), again(step));
        let what = format!("{STRONG}Compiling{STRONG:#} {subject}{again} ({makes})");
        Some(match self.command(step) {
            Some(command) => format!("{what}\n{command}"),
            None => what,
        })
    }

    /// A step is done again, since something was killed.
    pub(super) fn again(step: &StepId, killed: &Killed) -> String {
        let killed = printable(&killed.to_string());
        format!(
            "{NOTE}    Again{NOTE:#} {}: {killed}; now alone",
            step.subject()
        )
    }

    pub(super) fn finished(&self, step: &StepId, outcome: &Outcome) -> Option<String> {
        let time = human::time(outcome.duration_ms);
        match &outcome.end {
            End::Done(Done::Compiled(compiled)) => Some(format!(
                "{GOOD} Compiled{GOOD:#} {}{} ({}, {time})",
                step.subject(),
                again(step),
                packages_words(compiled.packages)
            )),
            End::Done(Done::Reproduced) => Some(format!(
                "{GOOD}     Same{GOOD:#} {} (built twice)",
                step.subject()
            )),
            End::Done(Done::Packed(packed)) => Some(packed_words(step, packed, &time)),
            End::Done(Done::Smoked(smoked)) => Some(smoked_words(step, smoked, &time)),
            End::Done(Done::Placed(placed)) => Some(format!(
                "{GOOD}    Built{GOOD:#} {} ({})",
                step.subject(),
                human::size(placed.file.size)
            )),
            End::Failed(failure) => Some(failed(failure)),
            End::Done(Done::Verified(verified)) => match self.depth {
                Depth::What => None,
                Depth::How => Some(verified_words(step, verified)),
            },
            End::Done(Done::HookRan | Done::Copied { .. } | Done::Restored)
            | End::Skipped { .. }
            | End::Stopped => None,
        }
    }
}

fn packed_words(step: &StepId, packed: &PackedFile, time: &str) -> String {
    let tried = match &packed.tried {
        Tried::Started {
            how,
            startup: Some(startup),
            ..
        } => {
            let cost = human::time(startup.cost_us() / 1000);
            format!("started {how}, takes {cost} longer")
        }
        Tried::Started { how, .. } => format!("started {how}"),
        Tried::NotStarted(_) => "not started".to_owned(),
    };
    format!(
        "{GOOD}   Packed{GOOD:#} {} ({}; {tried}, {time})",
        step.subject(),
        human::change(packed.size_before, packed.size_after)
    )
}

fn smoked_words(step: &StepId, smoked: &Smoked, time: &str) -> String {
    let subject = step.subject();
    match smoked {
        Smoked::Ran(_) => format!("{GOOD}      Ran{GOOD:#} {subject} (on a blank system, {time})"),
        Smoked::NotRun(because) => format!("{NOTE}  Not run{NOTE:#} {subject}: {because}"),
    }
}

fn verified_words(step: &StepId, verified: &Verified) -> String {
    let verification = &verified.verification;
    let rules: Vec<&str> = verification
        .checked
        .iter()
        .map(|id| RuleId::as_str(*id))
        .collect();
    let mut text = format!(
        "{GOOD} Verified{GOOD:#} {}: {}; checked {}",
        step.subject(),
        verification.verdict.as_str(),
        rules.join(", ")
    );
    for finding in &verification.findings {
        let subject = finding.subject.as_str();
        let _ = write!(
            text,
            "\n{NOTE}    found{NOTE:#} {} ({}): {}: {}",
            finding.rule,
            finding.standing.as_str(),
            printable(subject),
            printable(&finding.detail)
        );
    }
    text
}

/// A command with its environment; folders stand as the plan names them, and of what it inherits
/// nothing is shown.
fn command_words(line: &CommandLine) -> String {
    let variables = line
        .full_env()
        .map(|(name, value)| shell_word(format!("{name}={value}").as_ref()).to_string());
    let argv = line.full_argv();
    let words = argv
        .iter()
        .map(|word| shell_word(word.to_string().as_ref()).to_string());
    let words: Vec<String> = variables.chain(words).collect();
    words.join(" ")
}
