//! `gobuildx verify`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::format::{FindingsFormat, FormatArgs};
use crate::target::Selector;
use crate::verify::PolicyName;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx verify                         dist beside the manifest, by the manifest's policies
  gobuildx verify --target linux/amd64    the manifest's other targets need not be there
  gobuildx verify --policy alpine out     whether what is in out runs on Alpine
  gobuildx verify --format sarif          for code scanning
Exit codes:
  0  all that the manifest asks for is there, is as recorded, and passes its policy
  1  something is missing, altered, not what was recorded, not recorded, or fails its policy, or there are no records
  2  usage
  3  the manifest is wrong";

/// `gobuildx verify`
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The output folder [default: dist beside the manifest, else dist]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,

    /// Hold every artifact against this policy; what is allowed and denied stays so [default: the manifest's policies, else those that were recorded]
    #[arg(long, value_name = "NAME", help_heading = "What to check")]
    pub policy: Option<PolicyName>,

    /// Only the manifest's targets that match have to be there: goos[/goarch[/variant]], each part a glob
    #[arg(long = "target", value_name = "GLOB", help_heading = "What to check")]
    pub targets: Vec<Selector>,

    /// Only these binaries have to be there
    #[arg(long = "binary", value_name = "NAME", help_heading = "What to check")]
    pub binaries: Vec<String>,

    /// The manifest [default: targets.toml here or in a folder above, in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// For whom the report is.
    #[command(flatten)]
    pub output: FormatArgs<FindingsFormat>,
}
