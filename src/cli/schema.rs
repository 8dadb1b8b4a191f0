//! `gobuildx schema`: its arguments.

use clap::Args;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx schema > targets.schema.json   and `#:schema ./targets.schema.json` first in targets.toml
  gobuildx schema --toolchain             the same for the files in toolchains/";

/// `gobuildx schema`
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Print the schema of a toolchain's definition, a file in toolchains/
    #[arg(long, help_heading = "Output")]
    toolchain: bool,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Described {
    /// `targets.toml`
    Manifest,
    /// A file in `toolchains/`.
    Toolchain,
}

impl SchemaArgs {
    /// What the schema describes.
    #[must_use]
    pub fn described(&self) -> Described {
        if self.toolchain {
            Described::Toolchain
        } else {
            Described::Manifest
        }
    }
}
