//! `gobuildx doctor`: its arguments.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx doctor                         also says what the targets.toml here needs
  gobuildx doctor --format json           for machines";

/// `gobuildx doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The manifest that says what is needed [default: as for build]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// How to report
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub format: ReportFormat,
}

/// How a verb that only tells something tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    #[default]
    Human,
    /// For machines.
    Json,
}
