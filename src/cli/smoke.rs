//! `gobuildx smoke`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::format::{FormatArgs, ReportFormat};
use crate::manifest::TimeLimit;
use crate::runner::CpuLevel;
use crate::smoke::{Call, FIRST_ARGUMENT, Grant, Isolator, Limits, Test};

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx smoke                          every artifact in dist, as [smoke] of the manifest asks
  gobuildx smoke server_1.2.tar.gz        the programs in an archive, from what it unpacks to
  gobuildx smoke server --grant tmp       with a folder for temporary files
  gobuildx smoke server --cpu v1          whether it says that it needs a newer CPU
  gobuildx smoke server -- check --quick  with other arguments than --version
  gobuildx smoke a.exe --wine-root wine   a program for Windows, with the wine of a root folder
Exit codes:
  0  every program ran on a blank system, in isolation, and did what was asked
  1  one failed; or couldn't be run or isolated here, and --allow-not-run isn't given
  2  usage
  3  the manifest is wrong
  4  nothing failed, but what a test needs of this machine is missing";

/// `gobuildx smoke`
#[derive(Debug, Args)]
pub struct SmokeArgs {
    /// Programs, archives (tar.gz, tar.zst, zip) and output folders
    #[arg(value_name = "PATH", default_value = "dist")]
    pub paths: Vec<PathBuf>,

    /// What the programs are run with [default: --version]
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<String>,

    /// What the blank system has besides: tmp, ca-certificates, resolv.conf, proc, dev
    #[arg(
        long = "grant",
        value_name = "WHAT",
        value_delimiter = ',',
        help_heading = "What to check"
    )]
    grants: Vec<Grant>,

    /// After which time a program is ended, such as 500ms or 2m [default: 10s]
    #[arg(long, value_name = "TIME", help_heading = "What to check")]
    timeout: Option<TimeLimit>,

    /// Emulate a CPU of this level of amd64, whatever this machine has: v1, v2 or v3
    #[arg(long, value_name = "LEVEL", help_heading = "What to check")]
    pub cpu: Option<CpuLevel>,

    /// What keeps the programs from this machine: bubblewrap, docker or podman [default: bubblewrap; where it can't, docker or podman]
    #[arg(long, value_name = "WHAT", help_heading = "What to check")]
    pub isolation: Option<Isolator>,

    /// Run programs for windows/amd64 with the wine in this root folder, which `mmdebstrap --variant=minbase --include=wine64 trixie DIR` makes
    #[arg(long, value_name = "DIR", help_heading = "What to check")]
    pub wine_root: Option<PathBuf>,

    /// Exit with 0 although some programs can't be run here; one that fails still counts
    #[arg(long, help_heading = "What to check")]
    pub allow_not_run: bool,

    /// The manifest, which says what is asked of the artifacts of a folder unless this command line does [default: targets.toml here or in a folder above, in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// For whom the report is.
    #[command(flatten)]
    pub output: FormatArgs<ReportFormat>,
}

impl SmokeArgs {
    /// Whether the command line says what is asked: then no manifest does.
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.args.is_empty() || !self.grants.is_empty() || self.timeout.is_some()
    }

    /// What is asked of each program: to end with 0.
    #[must_use]
    pub fn test(&self) -> Test {
        Test {
            grants: self.grants.iter().copied().collect(),
            limits: match &self.timeout {
                Some(timeout) => Limits {
                    time: timeout.0,
                    ..Limits::default()
                },
                None => Limits::default(),
            },
            first: Call {
                args: match self.args.as_slice() {
                    [] => vec![FIRST_ARGUMENT.to_owned()],
                    args => args.to_vec(),
                },
                ..Call::default()
            },
            service: None,
            checks: Vec::new(),
        }
    }
}
