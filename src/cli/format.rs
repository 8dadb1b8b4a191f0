//! How a verb that only tells something tells it: an argument that verbs share.

use clap::{Args, ValueEnum};

/// How a verb that only tells something tells it, in one of the formats that fit it.
#[derive(Debug, Args)]
pub struct FormatArgs<F: Format = ReportFormat> {
    /// For whom to report
    #[arg(
        long,
        value_enum,
        default_value = F::DEFAULT,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub format: F,
}

/// The formats that a verb has.
pub trait Format: Clone + Send + Sync + ValueEnum + 'static {
    /// The name of the one that is taken when none is named.
    const DEFAULT: &'static str;
}

impl Format for ReportFormat {
    const DEFAULT: &'static str = "human";
}

impl Format for FindingsFormat {
    const DEFAULT: &'static str = "human";
}

impl Format for super::plan::PlanFormat {
    const DEFAULT: &'static str = "table";
}

/// For whom findings are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FindingsFormat {
    /// For people
    Human,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// For whom a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Human,
    /// For machines.
    Json,
}
