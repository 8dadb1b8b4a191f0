//! `gobuildx man`: its arguments.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx man | man -l -                 read the page of gobuildx
  gobuildx man --out ~/.local/share/man/man1
                                          install a page a verb";

/// `gobuildx man`
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page a verb into this folder, not that of gobuildx to stdout
    #[arg(long, value_name = "DIR", help_heading = "Files")]
    pub out: Option<PathBuf>,
}
