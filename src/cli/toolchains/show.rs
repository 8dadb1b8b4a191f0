//! `gobuildx toolchains show`: its arguments.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx toolchains show zig-gnu        all layers together, as a file would say it
  gobuildx toolchains show zig-musl > toolchains/my-zig.toml
                                          the beginning of one's own";

/// `gobuildx toolchains show`
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Its name
    pub name: String,

    /// The manifest, which may have definitions of its own [default: targets.toml here or in a folder above]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,
}
