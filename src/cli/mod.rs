//! The command line: clap → a request. Nothing here has an effect. One file a verb.

mod build;
mod plan;
mod selection;

pub use build::{BuildArgs, Detail, MessageFormat, OutputArgs};
pub use plan::{PlanArgs, PlanFormat};
pub use selection::SelectionArgs;

use clap::{Parser, Subcommand};

use crate::console::Color;

/// Builds every platform of a Go program from one manifest, and proves what it built.
#[derive(Debug, Parser)]
#[command(
    name = "gobuildx",
    version,
    about,
    arg_required_else_help = true,
    propagate_version = true,
    after_help = "Exit codes: 0 done; 1 a build or a gate failed; 2 usage; 3 the manifest is wrong; \
                  4 a tool or the environment is missing; 130/143 interrupted."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,

    /// When to use colours
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "Output"
    )]
    pub color: Color,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Build and verify: the host's target, or the whole matrix
    #[command(after_help = build::EXAMPLES)]
    Build(BuildArgs),
    /// Print exactly what build would do
    #[command(after_help = plan::EXAMPLES)]
    Plan(PlanArgs),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
