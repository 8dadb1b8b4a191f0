//! What keeps a program from the machine.

use std::fmt;
use std::str::FromStr;

use super::namespaces::{self, Setting};
use super::{Bubblewrap, Engine, Limits, MemoryOf};
use crate::host::Host;
use crate::installing::{ToolId, advice};
use crate::process::Cancel;

/// What isolates programs on this machine: it was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// A sandbox that gobuildx makes.
    Bubblewrap(Bubblewrap),
    /// A container that an engine makes.
    Container(Engine),
}

/// What can isolate programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Isolator {
    /// bubblewrap, of which root, network, users and processes of their own are seen from outside.
    Bubblewrap,
    /// docker, whose containers are looked at from inside.
    Docker,
    /// podman, the same.
    Podman,
}

impl Isolator {
    /// All of them; the first one that works is taken where none is asked for.
    pub const ALL: [Self; 3] = [Self::Bubblewrap, Self::Docker, Self::Podman];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bubblewrap => "bubblewrap",
            Self::Docker => "docker",
            Self::Podman => "podman",
        }
    }
}

impl fmt::Display for Isolator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Nothing of that name isolates programs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` isolates no programs: there are bubblewrap, docker and podman")]
pub struct ParseIsolatorError(String);

impl FromStr for Isolator {
    type Err = ParseIsolatorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| ParseIsolatorError(text.to_owned()))
    }
}

/// Why programs can't be isolated here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotIsolated {
    /// Only Linux has what it takes.
    #[error("programs are isolated on Linux only")]
    System,
    /// A program is missing.
    #[error("`{program}` (of {package}) is not on PATH: {next}")]
    Missing {
        /// The program.
        program: &'static str,
        /// What has it.
        package: &'static str,
        /// What to do about it.
        next: String,
    },
    /// The kernel lets no user make namespaces of some kind.
    #[error("{}", forbidden(*setting, why))]
    Forbidden {
        /// The setting that says so, where it is one.
        setting: Option<Setting>,
        /// What bubblewrap says.
        why: String,
    },
    /// The number of processes has no limit.
    #[error(
        "nothing limits the number of its processes: root, whom no limit binds, is the only user of this user namespace; have more users mapped (/etc/subuid), or start gobuildx as an ordinary user"
    )]
    Unlimited,
    /// All is there, and yet it doesn't work, as without a daemon.
    #[error("`{program}` can't isolate anything here: {why}")]
    Unusable {
        /// The program.
        program: &'static str,
        /// What it says.
        why: String,
    },
}

impl NotIsolated {
    /// One of the programs isn't there that bubblewrap takes.
    pub(super) fn lacks(program: &'static str, tool: ToolId, host: &Host) -> Self {
        let package = match tool {
            ToolId::Bubblewrap => "bubblewrap",
            _ => "util-linux",
        };
        let next = format!("{}; {OR_A_CONTAINER}", advice(tool, host));
        Self::Missing {
            program,
            package,
            next,
        }
    }

    /// Why bubblewrap doesn't start, by what it says.
    pub(super) fn of_bwrap(why: String) -> Self {
        if namespaces::are_refused(&why) {
            let setting = namespaces::forbidden();
            return Self::Forbidden { setting, why };
        }
        let program = "bwrap";
        let why = if namespaces::is_one_too_many(&why) {
            format!("{why}: the user may have no more processes (`ulimit -u`)")
        } else {
            why
        };
        Self::Unusable { program, why }
    }
}

fn forbidden(setting: Option<Setting>, why: &str) -> String {
    let (of, by, how) = match setting {
        Some(setting) => {
            let Setting {
                name,
                of,
                forbids,
                allows,
            } = setting;
            (
                of,
                format!("`{name}` is {forbids}"),
                format!("`sysctl {name}={allows}` allows them"),
            )
        }
        None => (
            namespaces::refused(why),
            format!("bwrap says: {why}"),
            "in a container, its filter of system calls may forbid them".to_owned(),
        ),
    };
    format!("{of} are forbidden here, which bubblewrap needs ({by}): {how}; {OR_A_CONTAINER}")
}

/// What does as well where bubblewrap doesn't.
const OR_A_CONTAINER: &str = "or take a container, by `--isolation docker` or `podman`, in the manifest `isolation = \"docker\"`";

impl Isolation {
    /// What the limit of memory is about, as far as it was seen to hold.
    pub(super) fn memory_of(&self) -> MemoryOf {
        match self {
            Self::Bubblewrap(bubblewrap) => bubblewrap.memory_of(),
            Self::Container(_) => MemoryOf::Each,
        }
    }

    /// Which limits are stricter, because the caller may have no more itself. An engine is somebody else.
    pub(super) fn stricter(&self, limits: &Limits) -> Vec<String> {
        match self {
            Self::Bubblewrap(bubblewrap) => bubblewrap.stricter(limits),
            Self::Container(_) => Vec::new(),
        }
    }

    /// Finds what isolates programs, and tries it.
    ///
    /// # Errors
    /// The reason, where it can't.
    pub fn find(isolator: Isolator, host: &Host, cancel: &Cancel) -> Result<Self, NotIsolated> {
        match isolator {
            Isolator::Bubblewrap => Bubblewrap::find(host, cancel).map(Self::Bubblewrap),
            Isolator::Docker | Isolator::Podman => {
                Engine::find(isolator, host, cancel).map(Self::Container)
            }
        }
    }

    /// Finds the first thing that isolates programs.
    ///
    /// # Errors
    /// Why the one that does it best can't, where nothing can.
    pub fn find_any(host: &Host, cancel: &Cancel) -> Result<Self, NotIsolated> {
        let [best, others @ ..] = Isolator::ALL;
        Self::find(best, host, cancel).or_else(|why| {
            let mut others = others.into_iter();
            let other = others.find_map(|other| Self::find(other, host, cancel).ok());
            other.ok_or(why)
        })
    }
}
