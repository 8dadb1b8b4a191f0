//! `gobuildx toolchains`: its verbs.

mod check;
mod list;
mod show;

pub use check::CheckArgs;
pub use list::ListArgs;
pub use show::ShowArgs;

use clap::{Args, Subcommand};

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx toolchains list                what compiles C, and what of that is here
  gobuildx toolchains show zig-musl       all that a definition says
  gobuildx toolchains check               proves that those that are here work";

/// `gobuildx toolchains`
#[derive(Debug, Args)]
pub struct ToolchainsArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: ToolchainsVerb,
}

/// What to do with toolchains.
#[derive(Debug, Subcommand)]
pub enum ToolchainsVerb {
    /// List what compiles C, for which targets, and what of that is installed
    #[command(after_long_help = list::EXAMPLES)]
    List(ListArgs),
    /// Print a definition, all layers together
    #[command(after_long_help = show::EXAMPLES)]
    Show(ShowArgs),
    /// Compile, inspect and run a small C program with each toolchain that is installed
    #[command(after_long_help = check::EXAMPLES)]
    Check(CheckArgs),
}
