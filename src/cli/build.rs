//! `gobuildx build`: its arguments.

use clap::{Args, ValueEnum};

use super::hooks::HookArgs;
use super::selection::SelectionArgs;
use crate::exec::OnFailure;
use crate::ledger::Wanted;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx build                          the machine's own target
  gobuildx build --matrix                 every target of targets.toml
  gobuildx build --target 'linux/*'       only the matrix's Linux targets
  gobuildx build --binary server --rebuild changed
                                          one binary, with Go's build cache";

/// `gobuildx build`
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// What to build.
    #[command(flatten)]
    pub selection: SelectionArgs,

    /// After a failure, build the other targets too
    #[arg(long, help_heading = "How to build")]
    keep_going: bool,

    /// Do everything, also what is done already and wouldn't come out otherwise
    #[arg(long, help_heading = "How to build")]
    force: bool,

    /// Whether hooks may run.
    #[command(flatten)]
    pub hooks: HookArgs,

    /// Print the plan and build nothing
    #[arg(long, help_heading = "How to build")]
    pub dry_run: bool,

    /// How much is said.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// How much is said while a plan runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Only what fails.
    Quiet,
    /// What is done.
    Normal,
    /// How it is done, too.
    Verbose,
}

/// How a run is reported.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// How to report: progress on stderr and a table, or one JSON object a line on stdout
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub message_format: MessageFormat,

    /// Print errors and the summary only, and the commands of hooks that run before everything
    #[arg(long, short, conflicts_with = "verbose")]
    quiet: bool,

    /// Print each command with its environment, and what each gate checked
    #[arg(long, short)]
    verbose: bool,

    /// Explain why each program is built, and what the gate checked and found: why that matters, and how
    /// it is recognised
    #[arg(long)]
    pub explain: bool,
}

impl OutputArgs {
    /// How much is said while the plan runs.
    #[must_use]
    pub fn detail(&self) -> Detail {
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Quiet,
            (false, true) => Detail::Verbose,
            (false, false) => Detail::Normal,
        }
    }
}

impl BuildArgs {
    /// Does everything, whatever else is said.
    pub(super) fn force_all(&mut self) {
        self.force = true;
    }

    /// What is done.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        if self.force {
            Wanted::All
        } else {
            Wanted::Changed
        }
    }

    /// What happens when a step fails.
    #[must_use]
    pub fn on_failure(&self) -> OnFailure {
        if self.keep_going {
            OnFailure::KeepGoing
        } else {
            OnFailure::Stop
        }
    }
}

/// `build --message-format`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// Progress and a table.
    #[default]
    Human,
    /// One object a line.
    Json,
}
