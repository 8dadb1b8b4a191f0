//! What to build, from which manifest, into which folder: the arguments that verbs share.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::byte_size::{ByteSize, ParseByteSizeError};
use crate::manifest::Rebuild;
use crate::plan::{Request, Scope};
use crate::target::Selector;
use crate::toolchain::installed::Trust;

/// What to build, from which manifest, into which folder.
#[derive(Debug, Default, Args)]
pub struct SelectionArgs {
    /// Build every target of the matrix, not only the machine's own
    #[arg(long, help_heading = "What to build")]
    matrix: bool,

    /// Build only the matrix's targets that match: goos[/goarch[/variant]], each part a glob
    #[arg(long = "target", value_name = "GLOB", help_heading = "What to build")]
    targets: Vec<Selector>,

    /// Build only these binaries
    #[arg(long = "binary", value_name = "NAME", help_heading = "What to build")]
    binaries: Vec<String>,

    /// Which packages go compiles: all, or what its build cache doesn't have [default: the manifest's, else all]
    #[arg(long, value_enum, value_name = "WHICH", help_heading = "How to build")]
    rebuild: Option<RebuildArg>,

    /// The manifest [default: targets.toml here or in a folder above, in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<PathBuf>,

    /// The output folder [default: dist beside the manifest]
    #[arg(long, value_name = "DIR", help_heading = "Files")]
    pub out: Option<PathBuf>,

    /// Cores that all go processes share [default: all]
    #[arg(long, short, value_name = "CORES", value_parser = cores, help_heading = "How to build")]
    pub jobs: Option<NonZeroU32>,

    /// Who may say which programs compile C.
    #[command(flatten)]
    pub trust: TrustArgs,

    /// Memory that all go processes share, such as 2GiB, or `unlimited` [default: most of what is free]
    #[arg(long, value_name = "SIZE", help_heading = "How to build")]
    pub memory: Option<MemoryArg>,
}

/// `--memory`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryArg {
    /// As much as they take.
    Unlimited,
    /// No more than this.
    AtMost(ByteSize),
}

impl FromStr for MemoryArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "unlimited" {
            return Ok(Self::Unlimited);
        }
        let size = text.parse().map(Self::AtMost);
        size.map_err(|error: ParseByteSizeError| format!("{error}, or `unlimited`"))
    }
}

fn cores(text: &str) -> Result<NonZeroU32, String> {
    let wanted = |_| "a whole number of cores is wanted, 1 or more".to_owned();
    text.parse().map_err(wanted)
}

/// Whether the project may say which programs compile C: an argument that verbs share.
#[derive(Debug, Default, Args)]
pub struct TrustArgs {
    /// Start what the project's own toolchains name: commands of its author, which may do all that you may do
    #[arg(long, help_heading = "How to build")]
    allow_toolchains: bool,
}

impl TrustArgs {
    /// What the flag says.
    #[must_use]
    pub fn level(&self) -> Trust {
        if self.allow_toolchains {
            Trust::Project
        } else {
            Trust::User
        }
    }
}

impl SelectionArgs {
    /// What a manifest says, without anything else that is said.
    pub(super) fn of_manifest(manifest: Option<PathBuf>) -> Self {
        Self {
            manifest,
            ..Self::default()
        }
    }

    /// The same for all of the matrix, whatever else is said.
    pub(super) fn whole_matrix(&mut self) {
        self.matrix = true;
    }

    /// Whether something of the matrix is left out.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !(self.targets.is_empty() && self.binaries.is_empty())
    }

    /// The request that the flags make. Naming targets asks for the matrix.
    #[must_use]
    pub fn request(&self) -> Request {
        Request {
            scope: if self.matrix || !self.targets.is_empty() {
                Scope::Matrix
            } else {
                Scope::Host
            },
            targets: self.targets.clone(),
            binaries: self.binaries.clone(),
            rebuild: self.rebuild.map(Rebuild::from),
        }
    }
}

/// `--rebuild`
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RebuildArg {
    /// Every package, also the standard library
    All,
    /// What changed
    Changed,
}

impl From<RebuildArg> for Rebuild {
    fn from(arg: RebuildArg) -> Self {
        match arg {
            RebuildArg::All => Self::All,
            RebuildArg::Changed => Self::Changed,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::MemoryArg;
    use crate::cli::{Cli, Verb};
    use crate::plan::Scope;

    #[test]
    fn memory_has_a_limit_or_none() {
        assert_eq!("unlimited".parse(), Ok(MemoryArg::Unlimited));
        let some = "2GiB".parse::<MemoryArg>();
        assert!(matches!(some, Ok(MemoryArg::AtMost(size)) if size.bytes() == 2 << 30));
        let error = "much".parse::<MemoryArg>().unwrap_err();
        assert!(error.contains("2GiB"), "{error}");
        assert!(error.contains("`unlimited`"), "{error}");
    }

    #[test]
    fn naming_a_target_asks_for_the_matrix() {
        let cli = Cli::parse_from(["gobuildx", "build", "--target", "linux"]);
        let Verb::Build(args) = cli.verb else {
            panic!()
        };
        assert_eq!(args.selection.request().scope, Scope::Matrix);
    }
}
