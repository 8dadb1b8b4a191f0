//! A module that is linked into something that is shipped: all that is known of it. Pure.

use jiff::Timestamp;
use serde::Serialize;

use super::licence::Licence;
use super::rating::Rating;

/// A module that is linked into some program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditedModule {
    /// The path by which it is imported.
    pub path: String,
    /// The version that programs have of it.
    pub version: String,
    /// What is compiled in its place: `path@version`, or a folder.
    pub replaced_by: Option<String>,
    /// When the version was made, in the format of RFC 3339.
    #[serde(serialize_with = "as_text")]
    pub time: Option<Timestamp>,
    /// The newest version.
    pub newest: Newest,
    /// How often there are new ones.
    pub releases: Option<Releases>,
    /// What its author says in place of maintaining it.
    pub deprecated: Option<String>,
    /// Why its author took the version back.
    pub retracted: Vec<String>,
    /// Its licence.
    pub licence: Licence,
    /// Who requires it: from a module of the project to it, the shortest way.
    pub required_by: Vec<String>,
    /// The programs that it is linked into.
    pub programs: Vec<Part>,
    /// The advisories about it.
    pub advisories: Vec<String>,
    /// What all of that comes to.
    pub rating: Rating,
}

/// The newest version of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "newest", rename_all = "kebab-case")]
pub enum Newest {
    /// The one that is used.
    This,
    /// Another one.
    Other {
        /// It.
        version: String,
        /// When it was made.
        #[serde(serialize_with = "as_text")]
        time: Option<Timestamp>,
    },
    /// It isn't known.
    NotAsked {
        /// Why.
        why: String,
    },
}

/// How often there are new versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Releases {
    /// How many there are.
    pub all: usize,
    /// How many of them are newer than the one that is used.
    pub newer: usize,
    /// Days between the last ones, on the average.
    pub days_between: Option<u32>,
}

/// What of a program is of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The program.
    pub program: String,
    /// How many packages.
    pub packages: Option<usize>,
    /// Bytes of code.
    pub code: Option<u64>,
}

impl AuditedModule {
    /// The version whose code it is: the replacement's, where there is one.
    #[must_use]
    pub fn real_version(&self) -> &str {
        let replaced = self.replaced_by.as_ref();
        let replaced = replaced.and_then(|by| by.rsplit_once('@'));
        replaced.map_or(&self.version, |(_, version)| version)
    }
}

#[expect(clippy::ref_option, reason = "serde's signature")]
pub(super) fn as_text<S: serde::Serializer>(
    time: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(time),
        None => serializer.serialize_none(),
    }
}
