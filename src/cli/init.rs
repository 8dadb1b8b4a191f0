//! `gobuildx init`: its arguments.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx init                           targets.toml for the modules here and below
  gobuildx init --dry-run                 the same text on stdout, nothing is written";

/// `gobuildx init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The manifest to write; the modules are looked for in its folder [default: targets.toml]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// Print the manifest and write nothing
    #[arg(long, help_heading = "Output")]
    pub dry_run: bool,
}
