//! `gobuildx lock`: its arguments.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx lock                           pin what is new in the manifest; commit targets.lock
  gobuildx lock --update                  also take the latest of Mozilla's certificates";

/// `gobuildx lock`
#[derive(Debug, Args)]
pub struct LockArgs {
    /// Pin the latest version of Mozilla's certificates, and not the one that is pinned
    #[arg(long, help_heading = "What to pin")]
    pub update: bool,

    /// The manifest, beside which the lock file lies [default: as for build]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,
}
