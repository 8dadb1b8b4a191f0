//! `gobuildx doctor`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::format::FormatArgs;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx doctor                         also says what the targets.toml here needs
  gobuildx doctor --format json           for machines";

/// `gobuildx doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The manifest that says what is needed [default: as for build]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// For whom the report is.
    #[command(flatten)]
    pub output: FormatArgs,
}
