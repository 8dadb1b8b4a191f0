//! `gobuildx plan`: its arguments.

use clap::{Args, ValueEnum};

use super::format::FormatArgs;
use super::selection::SelectionArgs;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx plan --matrix                  a table
  gobuildx plan --matrix --format json    for machines, with a digest
  gobuildx plan --matrix --format sh | sh
                                          the same binaries without gobuildx";

/// `gobuildx plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// What to plan.
    #[command(flatten)]
    pub selection: SelectionArgs,

    /// How to print the plan.
    #[command(flatten)]
    pub output: FormatArgs<PlanFormat>,
}

/// `plan --format`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people.
    Table,
    /// For machines.
    Json,
    /// A shell script that builds the same binaries.
    Sh,
}
