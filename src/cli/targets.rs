//! `gobuildx targets`: its arguments.

use clap::Args;

use super::format::FormatArgs;
use crate::platforms::Detail;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx targets                        what Go builds for, and what can be done with it here
  gobuildx targets -v                     with the reasons";

/// `gobuildx targets`
#[derive(Debug, Args)]
pub struct TargetsArgs {
    /// Say why something can't be packed or started
    #[arg(long, short, help_heading = "Output")]
    verbose: bool,

    /// For whom the report is.
    #[command(flatten)]
    pub output: FormatArgs,
}

impl TargetsArgs {
    /// How much is said.
    #[must_use]
    pub fn detail(&self) -> Detail {
        if self.verbose {
            Detail::Reasons
        } else {
            Detail::Brief
        }
    }
}
