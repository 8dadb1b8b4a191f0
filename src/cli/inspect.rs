//! `gobuildx inspect`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::format::{FindingsFormat, FormatArgs};
use crate::report::{Explanations, Extent};
use crate::verify::PolicyName;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx inspect dist/*/hello           a few lines a file, and what keeps it from being static
  gobuildx inspect -v server.exe          build settings, modules with their hashes, every fix
  gobuildx inspect --explain server.exe   why each finding matters
  gobuildx inspect --policy scratch app   whether an empty container is enough for it
  gobuildx inspect --fix app              lines for targets.toml that settle what was found
  gobuildx inspect --dockerfile app       an image from scratch with what the program needs
  gobuildx inspect --format json a b      one array, one object a file
Exit codes:
  0  every file was read, and passes the policy if one is named
  1  a file can't be read or fails the policy, or --dockerfile doesn't find a library,
     or is asked about a program that isn't for Linux
  2  usage, also a --sysroot that is no folder";

/// `gobuildx inspect`
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Executables and libraries: ELF, PE, Mach-O, WebAssembly, XCOFF, Plan 9, of any compiler
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The policy, if one is named.
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "What to check",
        help = format!("Hold the files against a policy: {}", PolicyName::known())
    )]
    pub policy: Option<PolicyName>,

    #[command(flatten)]
    output: FormatArgs<FindingsFormat>,

    /// More for people: settings, modules, functions that are imported, every fix
    #[arg(long, short, help_heading = "Output")]
    verbose: bool,

    /// Explain the rule of each finding
    #[arg(long, help_heading = "Output")]
    explain: bool,

    #[command(flatten)]
    lines: LinesArgs,
}

/// What to print in place of facts and findings.
#[derive(Debug, Args)]
struct LinesArgs {
    /// Only the lines of a manifest that settle what was found
    #[arg(
        long,
        conflicts_with_all = ["format", "dockerfile", "verbose", "explain"],
        help_heading = "Output"
    )]
    fix: bool,

    /// Only a Dockerfile's last stage, with what the program needs and can't have inside
    #[arg(
        long,
        conflicts_with_all = ["format", "verbose", "explain"],
        help_heading = "Output"
    )]
    dockerfile: bool,

    /// Where --dockerfile looks for the loader and the libraries: the root of the system that the program was built on
    #[arg(
        long,
        value_name = "DIR",
        default_value = "/",
        requires = "dockerfile",
        help_heading = "Output"
    )]
    sysroot: PathBuf,
}

/// What is printed about each file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printed {
    /// Facts and findings.
    Findings(FindingsFormat),
    /// The lines of a manifest that settle the findings.
    Fix,
    /// The last stage of a Dockerfile, with libraries from this root.
    Dockerfile(PathBuf),
}

impl InspectArgs {
    /// What to print about each file.
    #[must_use]
    pub fn printed(&self) -> Printed {
        if self.lines.fix {
            Printed::Fix
        } else if self.lines.dockerfile {
            Printed::Dockerfile(self.lines.sysroot.clone())
        } else {
            Printed::Findings(self.output.format)
        }
    }

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
