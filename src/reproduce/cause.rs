//! What usually makes two builds differ, with what helps.

use std::fmt;

use serde::Serialize;

use super::difference::{SettingDifference, Texts};
use super::functions::FunctionDifferences;
use crate::verify::Trimpath;

/// Something of the second build that its bytes may give away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// What it is.
    pub of: Traced,
    /// The text that only the second build can hold.
    pub text: String,
}

/// What leaves a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Traced {
    /// The folder of the sources.
    Sources,
    /// The home of the user.
    Home,
    /// The folder for temporary files.
    Temporary,
    /// Go's build cache.
    Cache,
    /// The name of the user.
    User,
}

/// What makes two builds differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Go itself records where the sources lie, since `trimpath` is off.
    Untrimmed,
    /// C code, or what the linker is told, says where the sources lie.
    SourcePath,
    /// The home of the user is in it.
    Home,
    /// The folder for temporary files is in it.
    Temporary,
    /// The build cache is in it.
    Cache,
    /// The name of the user is in it.
    User,
    /// Go stamped another state of the repository.
    Stamp,
    /// Go records another setting.
    Setting,
    /// A time of the build is in it.
    Time,
    /// It isn't made of the same code.
    Code,
    /// Nothing that is known.
    Unknown,
}

impl Cause {
    /// What the differences point at, in the order in which they are worth looking at.
    pub(super) fn of(
        traces: impl Iterator<Item = Traced>,
        trimpath: Trimpath,
        settings: &[SettingDifference],
        texts: Option<&Texts>,
        functions: Option<&FunctionDifferences>,
    ) -> Vec<Self> {
        let mut causes: Vec<Self> = traces
            .map(|traced| match (traced, trimpath) {
                (Traced::Sources, Trimpath::Kept) => Self::Untrimmed,
                (Traced::Sources, Trimpath::Trimmed) => Self::SourcePath,
                (Traced::Home, _) => Self::Home,
                (Traced::Temporary, _) => Self::Temporary,
                (Traced::Cache, _) => Self::Cache,
                (Traced::User, _) => Self::User,
            })
            .collect();
        causes.extend(settings.iter().map(|setting| {
            if setting.name.starts_with("vcs") {
                Self::Stamp
            } else {
                Self::Setting
            }
        }));
        if texts.is_some_and(Texts::are_times) {
            causes.push(Self::Time);
        }
        if causes.is_empty() {
            let code = functions.map(|_| Self::Code);
            causes.push(code.unwrap_or(Self::Unknown));
        }
        causes.sort_unstable();
        causes.dedup();
        causes
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(self) -> &'static str {
        match self {
            Self::Untrimmed => "write `trimpath = true` in [build], or remove `trimpath = false`",
            Self::SourcePath => {
                "leave `${SRCDIR}` out of `-D` and of rpaths in `#cgo` lines, and absolute paths out of CGO_CFLAGS \
                 and CGO_LDFLAGS"
            }
            Self::Home | Self::Temporary | Self::Cache | Self::User => {
                "find the compiler, wrapper or generator that writes it down: C compilers are told by CC, \
                 CFLAGS and `#cgo` lines"
            }
            Self::Stamp => {
                "commit or ignore what hooks and generators write into the tree, or write `vcs = false` in [build]"
            }
            Self::Setting => {
                "find what sets it otherwise; `go version -m` on both files has all settings"
            }
            Self::Time => {
                "leave the time out, or take that of the commit: `-X main.date={date}`; `__DATE__` and \
                 `__TIME__` obey SOURCE_DATE_EPOCH, which is set, and `__TIMESTAMP__` doesn't"
            }
            Self::Code => {
                "let what generates sources make the same ones each time, and change none while it is compiled"
            }
            Self::Unknown => {
                "compare both files with a tool such as diffoscope; with `rebuild = \"changed\"`, Go's cache may \
                 hold what was compiled elsewhere"
            }
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Untrimmed => "Go records the folder of the sources, since `trimpath` is off",
            Self::SourcePath => {
                "the folder of the sources is in it although Go trims paths, so C code or a flag has it"
            }
            Self::Home => "the home of the user is in it",
            Self::Temporary => "the folder for temporary files is in it",
            Self::Cache => "the folder of Go's build cache is in it",
            Self::User => "the name of the user is in it",
            Self::Stamp => "the repository was in another state",
            Self::Setting => "Go records another setting of the build",
            Self::Time => "a time of the build is in it",
            Self::Code => "it isn't made of the same code",
            Self::Unknown => "nothing that is known",
        })
    }
}
