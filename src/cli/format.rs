//! How a verb that only tells something tells it: an argument that verbs share.

use clap::{Args, ValueEnum};

/// How a verb that only tells something tells it.
#[derive(Debug, Args)]
pub struct FormatArgs {
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

/// For whom findings are reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FindingsFormat {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// For whom a report is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    #[default]
    Human,
    /// For machines.
    Json,
}
