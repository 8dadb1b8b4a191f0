//! `gobuildx toolchains`: its verbs. One file each.

mod check;
mod install;
mod list;
mod show;

pub use check::CheckArgs;
pub use install::InstallArgs;
pub use list::ListArgs;
pub use show::ShowArgs;

use clap::{Args, Subcommand};

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx toolchains list                what compiles C, and what of that is here
  gobuildx toolchains show zig-musl       all that a definition says
  gobuildx toolchains check               proves that those that are here work
  gobuildx toolchains install go@1.26.8   get a release of Go, where there is no Go
  gobuildx toolchains install go@1.26     get the newest patch of a line that this gobuildx knows
  gobuildx toolchains install go@1.26.8 --lock
                                          also pin its hash in targets.lock
  GOPROXY=https://proxy.example.com gobuildx toolchains install go@1.26.8
                                          name the module proxy that has it";

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
    /// List what compiles C for which targets, and what of that is here
    #[command(after_long_help = list::EXAMPLES)]
    List(ListArgs),
    /// Print a definition, all layers together
    #[command(after_long_help = show::EXAMPLES)]
    Show(ShowArgs),
    /// Prove that toolchains work: compile, inspect and run a program
    #[command(after_long_help = check::EXAMPLES)]
    Check(CheckArgs),
    /// Get a release of Go, proven by Go's checksum database, and keep it
    #[command(after_long_help = install::EXAMPLES)]
    Install(InstallArgs),
}
