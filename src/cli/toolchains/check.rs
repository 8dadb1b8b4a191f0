//! `gobuildx toolchains check`: its arguments.

use std::path::PathBuf;

use clap::Args;

use crate::cli::selection::TrustArgs;
use crate::target::Selector;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx toolchains check               each one that is here, for one target
  gobuildx toolchains check zig-musl --target 'linux/*'
                                          one of them for all Linux; the first use of zig for a target takes a minute";

/// `gobuildx toolchains check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Their names [default: all that are installed]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,

    /// For all targets that match: goos[/goarch[/variant]], each part a glob [default: one target each]
    #[arg(long = "target", value_name = "GLOB", help_heading = "What to check")]
    pub targets: Vec<Selector>,

    /// The manifest, which may have definitions of its own [default: targets.toml here or in a folder above]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// Who may say what is started.
    #[command(flatten)]
    pub trust: TrustArgs,
}
