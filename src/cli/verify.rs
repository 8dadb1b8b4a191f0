//! `gobuildx verify`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::format::FindingsFormat;
use crate::verify::PolicyName;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx verify                         dist beside the manifest, by the manifest's policies
  gobuildx verify --policy alpine out     whether what is in out runs on Alpine
  gobuildx verify --format sarif          for code scanning
Exit codes:
  0  every file is as recorded, and passes its policy
  1  a file is missing or altered, or fails its policy, or there are no records
  2  usage
  3  the manifest is wrong";

/// `gobuildx verify`
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The output folder [default: dist beside the manifest, else dist]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,

    /// Hold every artifact against this policy [default: the manifest's policies, else those that were recorded]
    #[arg(long, value_name = "NAME", help_heading = "What to check")]
    pub policy: Option<PolicyName>,

    /// The manifest [default: targets.toml here or in a folder above, in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// How to report
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub format: FindingsFormat,
}
