//! `gobuildx verify`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::format::{FindingsFormat, FormatArgs};
use crate::signing::KeySource;
use crate::target::Selector;
use crate::verify::PolicyName;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx verify                         dist beside the manifest, by the manifest's policies
  gobuildx verify --target linux/amd64    the manifest's other targets need not be there
  gobuildx verify --policy alpine out     whether what is in out runs on Alpine
  gobuildx verify --format sarif          for code scanning
  gobuildx verify --key release.pub --provenance-key provenance.pem dist
                                          who signed it, too
  gobuildx verify --key RWQ... https://example.com/hello/v1.2.3/
                                          a published release, as those who take it would
Exit codes:
  0  all that the manifest asks for is there, is as recorded, and passes its policy; where keys are named, they signed it
  1  something is missing, altered, not what was recorded, not recorded, not signed, or fails its policy, or there are no records
  2  usage
  3  the manifest is wrong
  4  a key can't be read, or a server doesn't answer";

/// `gobuildx verify`
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The output folder [default: dist beside the manifest, else dist], or where a release is published: https://, or
    /// http:// from this machine or with --key, or file://
    #[arg(value_name = "DIR|URL")]
    pub place: Option<PathBuf>,

    /// The checksums have to be signed with this key of minisign: a public key as text (RW...), its file, or env:NAME
    #[arg(long, value_name = "KEY", help_heading = "What to check")]
    pub key: Option<String>,

    /// The provenance has to be signed with this Ed25519 key, or one of several: a public key in PEM, as a file or env:NAME
    #[arg(
        long = "provenance-key",
        value_name = "KEY",
        help_heading = "What to check"
    )]
    pub provenance_keys: Vec<KeySource>,

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

impl VerifyArgs {
    /// The address that is named; none where it is a folder. It isn't checked yet, and may have a password in it.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        let text = self.place.as_ref()?.to_str()?;
        text.contains("://").then_some(text)
    }
}
