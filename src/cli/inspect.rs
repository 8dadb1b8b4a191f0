//! `gobuildx inspect`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::format::ReportFormat;
use crate::report::{Explanations, Extent};

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx inspect dist/*/hello           a few lines a file, and what keeps it from being static
  gobuildx inspect -v server.exe          build settings, modules with their hashes, every fix
  gobuildx inspect --explain server.exe   why each finding matters
  gobuildx inspect --format json a b      one array, one object a file
Exit codes:
  0  every file was read, whatever was found in it
  1  a file can't be read";

/// `gobuildx inspect`
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Executables and libraries: ELF, PE, Mach-O, WebAssembly, XCOFF, Plan 9, of any compiler
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// How to print the facts; JSON always has all of them
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub format: ReportFormat,

    /// More for people: settings, modules, functions that are imported, every fix
    #[arg(long, short, help_heading = "Output")]
    verbose: bool,

    /// Explain the rule of each finding
    #[arg(long, help_heading = "Output")]
    explain: bool,
}

impl InspectArgs {
    /// How much of the facts to print.
    #[must_use]
    pub fn extent(&self) -> Extent {
        if self.verbose {
            Extent::All
        } else {
            Extent::Main
        }
    }

    /// Whether to print the explanations of rules.
    #[must_use]
    pub fn explanations(&self) -> Explanations {
        if self.explain {
            Explanations::Shown
        } else {
            Explanations::Left
        }
    }
}
