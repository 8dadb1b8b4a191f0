//! What the doctor found.

use std::borrow::Cow;
use std::path::PathBuf;

use serde::Serialize;

use super::machine::Machine;
use crate::installing::ToolId;
use crate::version::Version;

/// The version of the report as JSON.
pub(super) const SCHEMA: u32 = 1;

/// Everything that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The version of this format.
    pub schema: u32,
    /// This gobuildx.
    pub gobuildx: &'static str,
    /// The operating system, for people.
    pub system: String,
    /// The manifest that says what is needed; none without one.
    pub manifest: Option<PathBuf>,
    /// The programs.
    pub tools: Vec<Examined>,
    /// Cores, memory, disk, terminal.
    pub machine: Machine,
    /// What else there is to know.
    pub notes: Vec<Note>,
    /// What is wrong with the manifest; none when it is right, or there is none.
    pub manifest_fault: Option<String>,
    /// Whether everything is there that is needed, and the manifest is right.
    pub ready: bool,
}

impl Report {
    /// The same report where the manifest can't be used.
    #[must_use]
    pub fn with_manifest_fault(self, fault: String) -> Self {
        Self {
            manifest_fault: Some(fault),
            ready: false,
            ..self
        }
    }

    /// Whether something that was looked at has to be mended.
    pub(super) fn has_marks(&self) -> bool {
        !is_ready(&self.tools, &self.notes)
    }
}

/// One program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Examined {
    /// Which one of the table; none where the manifest names it.
    #[serde(skip)]
    pub id: Option<ToolId>,
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it is needed for.
    pub purpose: Cow<'static, str>,
    /// Whether it is needed here.
    #[serde(flatten)]
    pub need: Need,
    /// Whether it is there.
    #[serde(flatten)]
    pub state: State,
    /// How to get it, where it is missing or doesn't do.
    pub install: Option<String>,
}

/// Whether a program is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "need", rename_all = "kebab-case")]
pub enum Need {
    /// Nothing here asks for it.
    Optional,
    /// It is needed.
    Required {
        /// Why.
        reason: String,
    },
}

/// Whether a program is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// It is, and it works.
    Found {
        /// Its version, where it tells one.
        version: Option<Version>,
        /// Where it is.
        path: PathBuf,
        /// What else there is to say: the architectures of emulators.
        detail: Option<String>,
    },
    /// It is there, and too old.
    TooOld {
        /// Its version.
        version: Version,
        /// The oldest one that does.
        oldest: Version,
        /// Where it is.
        path: PathBuf,
    },
    /// It is there, and doesn't work.
    Unusable {
        /// Where it is.
        path: PathBuf,
        /// What went wrong.
        problem: String,
    },
    /// It isn't on PATH.
    Missing,
}

impl Examined {
    /// Whether it can be used.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self.state, State::Found { .. })
    }

    /// Whether something that is needed can't be used.
    #[must_use]
    pub fn is_lacking(&self) -> bool {
        matches!(self.need, Need::Required { .. }) && !self.is_usable()
    }
}

/// Something to know, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// How bad it is.
    pub level: Level,
    /// What there is to know.
    pub text: String,
    /// What to do.
    pub fix: String,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Builds can't work.
    Problem,
    /// Builds work, perhaps otherwise than one thinks.
    Hint,
}

impl Note {
    /// Builds can't work.
    #[must_use]
    pub fn problem(text: String, fix: String) -> Self {
        Self {
            level: Level::Problem,
            text,
            fix,
        }
    }

    /// Builds work, perhaps otherwise than one thinks.
    #[must_use]
    pub fn hint(text: String, fix: String) -> Self {
        Self {
            level: Level::Hint,
            text,
            fix,
        }
    }
}

/// Whether everything is there that is needed.
pub(super) fn is_ready(tools: &[Examined], notes: &[Note]) -> bool {
    let lacking = tools.iter().any(Examined::is_lacking);
    let problems = notes.iter().any(|note| note.level == Level::Problem);
    !lacking && !problems
}
