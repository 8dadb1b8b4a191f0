//! `gobuildx toolchains list`: its arguments.

use std::path::PathBuf;

use clap::Args;

use crate::cli::format::FormatArgs;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx toolchains list                what compiles C, what of that is here, and how to get the rest
  gobuildx toolchains list --format json  each target of each toolchain, with versions and what is missing";

/// `gobuildx toolchains list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The manifest, which may have definitions of its own [default: targets.toml here or in a folder above]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// For whom the report is.
    #[command(flatten)]
    pub output: FormatArgs,
}
