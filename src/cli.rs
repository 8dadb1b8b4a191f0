//! The command line: clap → a request. Nothing here has an effect.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::console::Color;
use crate::exec::OnFailure;
use crate::manifest::Rebuild;
use crate::plan::{Request, Scope};
use crate::target::Selector;

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
    #[command(after_help = BUILD_EXAMPLES)]
    Build(BuildArgs),
    /// Print exactly what build would do
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(PlanArgs),
}

const BUILD_EXAMPLES: &str = "Examples:
  gobuildx build                          the machine's own target
  gobuildx build --matrix                 every target of targets.toml
  gobuildx build --target 'linux/*'       only the matrix's Linux targets
  gobuildx build --binary server --rebuild changed
                                          one binary, with Go's build cache";

const PLAN_EXAMPLES: &str = "Examples:
  gobuildx plan --matrix                  a table
  gobuildx plan --matrix --format json    for machines, with a digest
  gobuildx plan --matrix --format sh | sh the same binaries without gobuildx";

/// `gobuildx build`
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// What to build.
    #[command(flatten)]
    pub selection: SelectionArgs,

    /// After a failure, build the other targets too
    #[arg(long)]
    keep_going: bool,

    /// Print the plan and build nothing
    #[arg(long)]
    pub dry_run: bool,

    /// How to report: for people on stderr, or as one JSON object a line on stdout
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub message_format: MessageFormat,

    /// Print errors and the summary only
    #[arg(long, short, help_heading = "Output")]
    pub quiet: bool,
}

impl BuildArgs {
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

/// `gobuildx plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// What to plan.
    #[command(flatten)]
    pub selection: SelectionArgs,

    /// How to print the plan
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub format: PlanFormat,
}

/// What to build, from which manifest, into which folder.
#[derive(Debug, Args)]
pub struct SelectionArgs {
    /// Build every target of the matrix, not only the machine's own
    #[arg(long, help_heading = "What to build")]
    matrix: bool,

    /// Build only the matrix's targets that match: goos[/goarch[/variant]], each part a glob
    #[arg(long = "target", value_name = "GLOB", help_heading = "What to build")]
    targets: Vec<Selector>,

    /// Build only these binaries
    #[arg(long = "binary", value_name = "NAME", help_heading = "What to build")]
    binaries: Vec<String>,

    /// Which packages go compiles: all, or what its build cache doesn't have [default: the manifest's, else all]
    #[arg(long, value_enum, value_name = "WHICH", help_heading = "What to build")]
    rebuild: Option<RebuildArg>,

    /// The manifest [default: targets.toml here or in a folder above, in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// The output folder [default: dist beside the manifest]
    #[arg(long, value_name = "DIR", help_heading = "Files")]
    pub out: Option<PathBuf>,

    /// Cores that all go processes share [default: all]
    #[arg(long, short, value_name = "CORES")]
    pub jobs: Option<NonZeroU32>,
}

impl SelectionArgs {
    /// The request that the flags make. Naming targets asks for the matrix.
    #[must_use]
    pub fn request(&self) -> Request {
        Request {
            scope: if self.matrix || !self.targets.is_empty() {
                Scope::Matrix
            } else {
                Scope::Host
            },
            targets: self.targets.clone(),
            binaries: self.binaries.clone(),
            rebuild: self.rebuild.map(Rebuild::from),
        }
    }
}

/// `--rebuild`
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RebuildArg {
    /// Every package, also the standard library
    All,
    /// What changed
    Changed,
}

impl From<RebuildArg> for Rebuild {
    fn from(arg: RebuildArg) -> Self {
        match arg {
            RebuildArg::All => Self::All,
            RebuildArg::Changed => Self::Changed,
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

/// `plan --format`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people.
    #[default]
    Table,
    /// For machines.
    Json,
    /// A shell script that builds the same binaries.
    Sh,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn naming_a_target_asks_for_the_matrix() {
        let cli = Cli::parse_from(["gobuildx", "build", "--target", "linux"]);
        let Verb::Build(args) = cli.verb else {
            panic!()
        };
        assert_eq!(args.selection.request().scope, Scope::Matrix);
    }
}
