//! Databases of vulnerabilities, and what they say of modules.
//!
//! Source: "API" in <https://go.dev/doc/security/vuln/database#api>: `index/modules.json` tells which
//! entries there are of which modules, `ID/….json` are the entries. Files with entries only will do, too.

mod error;
mod files;
mod index;
mod source;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::Serialize;

use crate::audit::ModuleVersion;
use crate::audit::advisory::{Advisory, AdvisoryId, LARGEST};
use crate::fetch::Client;
use crate::parallel;

pub use error::{DatabaseError, FileFault};
use files::{Files, Found};
use index::Index;
pub(crate) use source::address_of;
pub use source::{ParseSourceError, Source};

/// How many entries are got from a server at once.
const AT_ONCE: usize = 8;

/// A database that answers.
pub struct Database<'c> {
    /// What it is called in messages.
    name: String,
    holds: Holds<'c>,
    modified: Option<Timestamp>,
}

/// A database that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answering {
    /// Where it is.
    pub source: String,
    /// When it last changed, if it says so; in the format of RFC 3339.
    #[serde(serialize_with = "crate::audit::module::as_text")]
    pub modified: Option<Timestamp>,
}

impl fmt::Display for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        match self.modified {
            Some(time) => write!(f, ", of {}", Offset::UTC.to_datetime(time).date()),
            None => f.write_str(", which doesn't say of which day it is"),
        }
    }
}

/// Where its entries are.
enum Holds<'c> {
    /// In files of their own, which an index lists.
    Listed { files: Files<'c>, index: Index },
    /// All here.
    Entries(Vec<Advisory>),
}

/// A module that the database is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Its path.
    pub path: &'a str,
    /// Its version: what was fixed in all versions up to it isn't of interest.
    pub version: Option<&'a ModuleVersion>,
}

impl<'c> Database<'c> {
    /// Opens a database: what is listed in an index is read when it is asked for.
    ///
    /// # Errors
    /// When it isn't there, or is none.
    pub fn open(source: &Source, client: &'c Client) -> Result<Self, DatabaseError> {
        let name = source.to_string();
        let files = match Files::open(source, client)? {
            Found::Files(files) => files,
            Found::Json(bytes) => return Self::of_entries(name, &bytes),
        };
        let modules = index::MODULES;
        let bytes = files.read(&name, modules, index::LARGEST_MODULES)?;
        let bytes = bytes.ok_or_else(|| DatabaseError::missing(&name, modules))?;
        let index = Index::parse(&bytes).map_err(|fault| fault.of(&name, modules))?;
        let about = files.read(&name, index::DATABASE, index::LARGEST_DATABASE)?;
        let modified = about.map(|bytes| index::modified(&bytes)).transpose();
        Ok(Self {
            modified: modified.map_err(|fault| fault.of(&name, index::DATABASE))?,
            holds: Holds::Listed { files, index },
            name,
        })
    }

    /// A file with one entry, or a list of them.
    fn of_entries(name: String, bytes: &[u8]) -> Result<Self, DatabaseError> {
        let entries = index::entries(bytes).map_err(|error| DatabaseError::Advisory {
            database: name.clone(),
            error,
        })?;
        Ok(Self {
            name,
            modified: entries.iter().filter_map(|entry| entry.modified).max(),
            holds: Holds::Entries(entries),
        })
    }

    /// When it last changed, if it says so.
    #[must_use]
    pub fn modified(&self) -> Option<Timestamp> {
        self.modified
    }

    /// The entries about some modules, by their ids.
    ///
    /// # Errors
    /// When one that is listed can't be had or makes no sense.
    pub fn of(&self, modules: &[Asked<'_>]) -> Result<Vec<Advisory>, DatabaseError> {
        match &self.holds {
            Holds::Entries(entries) => {
                let is_asked = |path: &str| modules.iter().any(|module| module.path == path);
                let about = |entry: &&Advisory| entry.modules.iter().any(|it| is_asked(&it.path));
                Ok(entries.iter().filter(about).cloned().collect())
            }
            Holds::Listed { files, index } => {
                let ids: BTreeSet<_> = modules.iter().flat_map(|it| index.of(*it)).collect();
                let ids: Vec<&AdvisoryId> = ids.into_iter().collect();
                let entries = parallel::map(&ids, AT_ONCE, |id| self.entry(files, id));
                entries.into_iter().collect()
            }
        }
    }

    /// An entry that the index lists.
    fn entry(&self, files: &Files<'_>, id: &AdvisoryId) -> Result<Advisory, DatabaseError> {
        let path = format!("ID/{id}.json");
        let bytes = files.read(&self.name, &path, LARGEST)?;
        let bytes = bytes.ok_or_else(|| DatabaseError::missing(&self.name, &path))?;
        let entry = Advisory::parse(&bytes).map_err(|error| DatabaseError::Advisory {
            database: self.name.clone(),
            error,
        })?;
        if entry.id == *id {
            Ok(entry)
        } else {
            Err(FileFault::Other(entry.id).of(&self.name, &path))
        }
    }
}
