//! `gobuildx audit`: its arguments.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::format::{Format, FormatArgs};
use super::selection::SelectionArgs;
use crate::target::Selector;
use crate::tools::go::Network;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx audit                          every program of the matrix, by the manifest's [audit]
  gobuildx audit --target linux/*         what is linked into the programs for Linux
  gobuildx audit --offline                only what is here; the rest is said to be unknown
  gobuildx audit --database vulndb        advisories from a folder, a zip or a file
  gobuildx audit --format md >>\"$GITHUB_STEP_SUMMARY\"
                                          a table on the page of a run on GitHub
  gobuildx audit --format html >audit.html
                                          a page for people
  gobuildx audit --format sarif           for code scanning
Exit codes:
  0  nothing that is denied was found; what was not asked is told
  1  something that is denied was found
  2  usage
  3  the manifest is wrong
  4  go or git is missing, or what the manifest denies could not be looked for, or not in the database that is named";

/// `gobuildx audit`
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Only programs for the matrix's targets that match: goos[/goarch[/variant]], each part a glob
    #[arg(long = "target", value_name = "GLOB", help_heading = "What to check")]
    pub targets: Vec<Selector>,

    /// Only these binaries
    #[arg(long = "binary", value_name = "NAME", help_heading = "What to check")]
    pub binaries: Vec<String>,

    /// Where advisories come from: an address, a folder, a zip or a file [default: the manifest's, else Go's own database]
    #[arg(long, value_name = "SOURCE", help_heading = "What to check")]
    pub database: Option<String>,

    /// Where govulncheck isn't installed, have go fetch and run it: it tells which vulnerable functions sources call
    #[arg(long, help_heading = "What to check")]
    pub fetch_govulncheck: bool,

    /// Ask nobody but this machine: what a proxy or a database would know is said to be unknown
    #[arg(long, help_heading = "What to check")]
    offline: bool,

    /// The manifest [default: targets.toml here or in a folder above, in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// The output folder, whose programs are read where they are built [default: dist beside the manifest]
    #[arg(long, value_name = "DIR", help_heading = "Files")]
    pub out: Option<PathBuf>,

    /// For whom the report is.
    #[command(flatten)]
    pub output: FormatArgs<AuditFormat>,
}

impl AuditArgs {
    /// What is audited before a build.
    #[must_use]
    pub fn before_build(selection: &SelectionArgs) -> Self {
        let request = selection.request();
        Self {
            targets: request.targets,
            binaries: request.binaries,
            database: None,
            fetch_govulncheck: false,
            offline: false,
            manifest: selection.manifest.clone(),
            out: selection.out.clone(),
            output: FormatArgs {
                format: AuditFormat::Human,
            },
        }
    }

    /// Whether proxies and databases may be asked.
    #[must_use]
    pub fn network(&self) -> Network {
        if self.offline {
            Network::Off
        } else {
            Network::Asked
        }
    }
}

/// For whom an audit is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    /// For people
    Human,
    /// For programs
    Json,
    /// Markdown: tables for a page
    Md,
    /// A page for people, which loads nothing
    Html,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

impl Format for AuditFormat {
    const DEFAULT: &'static str = "human";
}
