//! `gobuildx smoke`: its arguments.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::format::{FormatArgs, ReportFormat};
use crate::manifest::TimeLimit;
use crate::smoke::{Call, Grant, Limits, Test};

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx smoke                          every artifact in dist
  gobuildx smoke server_1.2.tar.gz        the programs in an archive, from what it unpacks to
  gobuildx smoke server --grant tmp       with a folder for temporary files
  gobuildx smoke server -- check --quick  with other arguments than --version
Exit codes:
  0  every program ran on a blank system, in isolation, and ended with 0
  1  one failed; or couldn't be run or isolated here, and --allow-not-run isn't given
  2  usage";

/// `gobuildx smoke`
#[derive(Debug, Args)]
pub struct SmokeArgs {
    /// Programs, archives (tar.gz, tar.zst, zip) and output folders
    #[arg(value_name = "PATH", default_value = "dist")]
    pub paths: Vec<PathBuf>,

    /// What the programs are run with
    #[arg(last = true, value_name = "ARGS", default_value = "--version")]
    args: Vec<String>,

    /// What the blank system has besides: tmp, ca-certificates, resolv.conf, proc, dev
    #[arg(
        long = "grant",
        value_name = "WHAT",
        value_delimiter = ',',
        help_heading = "What to check"
    )]
    pub grants: Vec<Grant>,

    /// After which time a program is ended, such as 500ms or 2m
    #[arg(
        long,
        value_name = "TIME",
        default_value = "10s",
        help_heading = "What to check"
    )]
    timeout: TimeLimit,

    /// Exit with 0 although some programs can't be run here; one that fails still counts
    #[arg(long, help_heading = "What to check")]
    pub allow_not_run: bool,

    /// For whom the report is.
    #[command(flatten)]
    pub output: FormatArgs<ReportFormat>,
}

impl SmokeArgs {
    /// What is granted.
    #[must_use]
    pub fn grants(&self) -> BTreeSet<Grant> {
        self.grants.iter().copied().collect()
    }

    /// What is asked of each program: to end with 0.
    #[must_use]
    pub fn test(&self) -> Test {
        Test {
            grants: self.grants(),
            limits: Limits {
                time: self.timeout.0,
                ..Limits::default()
            },
            first: Call {
                args: self.args.clone(),
                ..Call::default()
            },
            service: None,
            checks: Vec::new(),
        }
    }
}
