//! `gobuildx doctor`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::format::FormatArgs;
use crate::doctor::Scope;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx doctor                         also says what the targets.toml here needs
  gobuildx doctor --toolchains            also proves each C toolchain that is installed
  gobuildx doctor --format json           for machines";

/// `gobuildx doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The manifest that says what is needed [default: as for build]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// Also check each C toolchain that is installed, by compiling a small program; those that the manifest needs are
    /// checked in any case
    #[arg(long, help_heading = "What to check")]
    toolchains: bool,

    /// For whom the report is.
    #[command(flatten)]
    pub output: FormatArgs,
}

impl DoctorArgs {
    /// Which toolchains are checked.
    #[must_use]
    pub fn scope(&self) -> Scope {
        if self.toolchains {
            Scope::Installed
        } else {
            Scope::Needed
        }
    }
}
