//! `gobuildx toolchains`: its verbs. One file each.

mod install;

pub use install::InstallArgs;

use clap::{Args, Subcommand};

pub(super) const EXAMPLES: &str = "Examples:
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
    /// Get a release of Go, proven by Go's checksum database, and keep it
    #[command(after_long_help = install::EXAMPLES)]
    Install(InstallArgs),
}
