//! What the plan expects of an artifact.

use std::collections::{BTreeMap, BTreeSet};

use crate::inspect::BuildInfo;
use crate::target::{BuildMode, Cgo, Target};

/// What a binary must say about itself. It is part of the plan, so it holds nothing that differs
/// between machines.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Expectation {
    /// What it was built for.
    pub target: Target,
    /// Whether C is linked in.
    pub cgo: Cgo,
    /// What kind of file go made.
    pub buildmode: BuildMode,
    /// The toolchain, such as `go1.26.8`.
    pub go_version: String,
    /// Whether paths of the machine were removed; none where a record of the build is all that is
    /// left of it, which doesn't say.
    pub trimpath: Option<Trimpath>,
    /// The state of the source that is stamped into it; none where that isn't known.
    pub vcs: Option<Stamp>,
    /// The import path of the main package.
    pub package: String,
    /// What is compiled in besides its own source.
    pub embedded: BTreeSet<Embedded>,
    /// The variables that the linker sets, with their values. The plan has them in the flags.
    #[serde(skip)]
    pub variables: BTreeMap<String, String>,
}

/// What programs else look for on the system, compiled in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Embedded {
    /// CA certificates.
    CaRoots,
    /// Time zones.
    Tzdata,
}

/// `-trimpath`
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trimpath {
    /// With it: the file names no folder of the machine.
    Trimmed,
    /// Without.
    Kept,
}

impl From<bool> for Trimpath {
    fn from(trimmed: bool) -> Self {
        if trimmed { Self::Trimmed } else { Self::Kept }
    }
}

/// What version control says about the source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stamp {
    /// Nothing may be stamped: `-buildvcs=false`.
    None,
    /// A commit, and whether the working tree differed from it.
    Revision {
        /// The full id of the commit.
        commit: String,
        /// As Go counts it: untracked files too.
        modified: bool,
    },
}

impl Stamp {
    /// What Go recorded of the source.
    #[must_use]
    pub fn of(info: &BuildInfo) -> Self {
        match info.setting("vcs.revision") {
            Some(commit) => Self::Revision {
                commit: commit.to_owned(),
                modified: info.setting("vcs.modified") == Some("true"),
            },
            None => Self::None,
        }
    }
}
