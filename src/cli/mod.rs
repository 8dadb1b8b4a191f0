//! The command line: clap → a request. Nothing here has an effect. One file a verb.

mod audit;
mod build;
mod completions;
mod doctor;
mod epilogue;
mod explain;
mod format;
mod hooks;
mod image;
mod init;
mod inspect;
mod lock;
mod man;
mod mistake;
mod pages;
mod plan;
mod publishing;
mod release;
mod schema;
mod selection;
mod smoke;
mod targets;
mod toolchains;
mod verify;

pub use audit::{AuditArgs, AuditFormat};
pub use build::{BuildArgs, Detail, MessageFormat, OutputArgs};
pub use completions::CompletionsArgs;
pub use doctor::DoctorArgs;
pub use explain::ExplainArgs;
pub use format::{FindingsFormat, FormatArgs, ReportFormat};
pub use hooks::{HookArgs, Permission};
pub use image::ImageArgs;
pub use init::InitArgs;
pub use inspect::{InspectArgs, Printed};
pub use lock::LockArgs;
pub use man::ManArgs;
pub use mistake::{asked_color, suggest_verb};
pub use pages::{ManPage, man_pages};
pub use plan::{PlanArgs, PlanFormat};
pub use publishing::PublishingArgs;
pub use release::{ReleaseArgs, ReleaseVerb, RollbackArgs};
pub use schema::{Described, SchemaArgs};
pub use selection::{MemoryArg, SelectionArgs, TrustArgs};
pub use smoke::SmokeArgs;
pub use targets::TargetsArgs;
pub use toolchains::{CheckArgs, InstallArgs, ListArgs, ShowArgs, ToolchainsArgs, ToolchainsVerb};
pub use verify::VerifyArgs;

use clap::{Command, CommandFactory as _, Parser, Subcommand};

use crate::console::Color;

const EPILOGUE: &str = "Examples:
  gobuildx build                          the machine's own target, every main package
  gobuildx build --matrix                 every target of targets.toml
  gobuildx help build                     all about a verb
Exit codes:
  0         done
  1         a build or a gate failed
  2         usage
  3         the manifest is wrong
  4         a tool or the environment is missing
  130, 143  interrupted";

/// Builds every platform of a Go program from one manifest, and proves what it built.
#[derive(Debug, Parser)]
#[command(
    name = "gobuildx",
    version,
    about,
    arg_required_else_help = true,
    propagate_version = true,
    after_long_help = EPILOGUE
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
    #[command(after_long_help = build::EXAMPLES)]
    Build(BuildArgs),
    /// Make archives, bills of materials and an image, and publish them
    #[command(after_long_help = release::EXAMPLES)]
    Release(ReleaseArgs),
    /// Make the container image alone, from scratch and without a daemon
    #[command(after_long_help = image::EXAMPLES)]
    Image(ImageArgs),
    /// Print exactly what build would do
    #[command(after_long_help = plan::EXAMPLES)]
    Plan(PlanArgs),
    /// Pin the CA certificates that the manifest has compiled in
    #[command(after_long_help = lock::EXAMPLES)]
    Lock(LockArgs),
    /// Tell what executables are made of, and what they need to start
    #[command(after_long_help = inspect::EXAMPLES)]
    Inspect(InspectArgs),
    /// Check an output folder against its records and policies
    #[command(after_long_help = verify::EXAMPLES)]
    Verify(VerifyArgs),
    /// Tell whether dependencies are locked, alive and safe
    #[command(after_long_help = audit::EXAMPLES)]
    Audit(AuditArgs),
    /// Run programs on a blank system, in isolation, and name what they miss
    #[command(after_long_help = smoke::EXAMPLES)]
    Smoke(SmokeArgs),
    /// Tell what a rule, a message or a log means, and what to do
    #[command(after_long_help = explain::EXAMPLES)]
    Explain(ExplainArgs),
    /// Write a first manifest for the modules that are here
    #[command(after_long_help = init::EXAMPLES)]
    Init(InitArgs),
    /// Say what is installed, what for, and how to get what is missing
    #[command(after_long_help = doctor::EXAMPLES)]
    Doctor(DoctorArgs),
    /// List the platforms that Go builds for, and what works for each here
    #[command(after_long_help = targets::EXAMPLES)]
    Targets(TargetsArgs),
    /// List, show and check what compiles C, and get Go itself
    #[command(after_long_help = toolchains::EXAMPLES, arg_required_else_help = true)]
    Toolchains(ToolchainsArgs),
    /// Print the JSON Schema of targets.toml, for editors
    #[command(after_long_help = schema::EXAMPLES)]
    Schema(SchemaArgs),
    /// Print what a shell needs to complete the command line
    #[command(after_long_help = completions::EXAMPLES)]
    Completions(CompletionsArgs),
    /// Print or write pages for man
    #[command(after_long_help = man::EXAMPLES)]
    Man(ManArgs),
}

/// The widest lines of help: longer ones are hard to read.
const WIDEST: usize = 100;

/// The command line, with its help laid out for a terminal of this width.
#[must_use]
pub fn command(width: Option<usize>) -> Command {
    let width = width.map_or(WIDEST, |width| width.min(WIDEST));
    fitted(Cli::command().term_width(width), width)
}

/// A command and all of its verbs, with what follows their help laid out for a width.
fn fitted(command: Command, width: usize) -> Command {
    let command = match command.get_after_long_help() {
        Some(text) => {
            let text = epilogue::laid_out(&text.to_string(), width);
            command.after_long_help(text)
        }
        None => command,
    };
    command.mut_subcommands(|verb| fitted(verb, width))
}

impl Cli {
    /// The same with what its verb implies.
    #[must_use]
    pub fn settled(mut self) -> Self {
        match &mut self.verb {
            Verb::Release(args) => args.settle(),
            Verb::Image(args) => args.settle(),
            _ => {}
        }
        self
    }
}

impl Verb {
    /// Whether a signal may end the process at once: nothing is started or written that would be
    /// left behind.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        match self {
            Self::Inspect(_) | Self::Explain(_) => true,
            // What comes from a server lies among the temporary files.
            Self::Verify(args) => args.address().is_none(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
