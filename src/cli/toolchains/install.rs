//! `gobuildx toolchains install`: its arguments.

use std::path::PathBuf;

use clap::Args;

use crate::go_install::Request;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx toolchains install go@1.26.8   builds use it where there is no go on PATH
  gobuildx toolchains install go@1.26.8 --lock
                                          also pin its hash; commit targets.lock
Reads:
  GOPROXY                                 who is asked, also from Go's file of settings; there is no default
  GOSUMDB                                 who vouches, by default Go's own checksum database
  GOBUILDX_CACHE                          where it is kept, by default among your caches
  HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE    as Go reads them";

/// `gobuildx toolchains install`
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// The releases: go@1.26.8, or go@1.26 for the newest patch of a line
    #[arg(value_name = "RELEASE", required = true)]
    pub releases: Vec<Request>,

    /// Pin the hashes in the lock file beside the manifest
    #[arg(long, help_heading = "What to check")]
    pub lock: bool,

    /// The manifest, beside which the lock file lies [default: as for build]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,
}
