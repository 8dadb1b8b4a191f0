//! What a database says of itself and of its entries.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Asked, FileFault};
use crate::audit::ModuleVersion;
use crate::audit::advisory::{Advisory, AdvisoryError, AdvisoryId};

/// The file that lists the entries of each module.
pub(super) const MODULES: &str = "index/modules.json";
/// More than any such file has.
pub(super) const LARGEST_MODULES: u64 = 64 << 20;
/// The file that is about the database itself.
pub(super) const DATABASE: &str = "index/db.json";
/// More than any such file has.
pub(super) const LARGEST_DATABASE: u64 = 64_000;

/// The entries of each module.
pub(super) struct Index(BTreeMap<String, Vec<Listed>>);

/// An entry that is listed.
struct Listed {
    id: AdvisoryId,
    /// The last version that fixes something of it; none where there are versions without a fix.
    fixed: Option<ModuleVersion>,
}

#[derive(Deserialize)]
struct ModuleFields {
    path: String,
    #[serde(default)]
    vulns: Vec<ListedFields>,
}

#[derive(Deserialize)]
struct ListedFields {
    id: String,
    fixed: Option<String>,
}

#[derive(Deserialize)]
struct DatabaseFields {
    modified: String,
}

impl Index {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, FileFault> {
        let written: Vec<ModuleFields> = serde_json::from_slice(bytes)?;
        let mut modules: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
        for module in written {
            let listed = modules.entry(module.path).or_default();
            for fields in module.vulns {
                let fixed = fields.fixed.as_deref();
                listed.push(Listed {
                    id: fields.id.parse()?,
                    // It only saves reading the entry.
                    fixed: fixed.and_then(|number| format!("v{number}").parse().ok()),
                });
            }
        }
        Ok(Self(modules))
    }

    /// The entries that may be about a version of a module.
    pub(super) fn of<'i>(&'i self, asked: Asked<'i>) -> impl Iterator<Item = &'i AdvisoryId> {
        let is_over = move |listed: &Listed| {
            let both = asked.version.zip(listed.fixed.as_ref());
            both.is_some_and(|(version, fixed)| version.precedence(fixed).is_ge())
        };
        let listed = self.0.get(asked.path).into_iter().flatten();
        listed
            .filter(move |listed| !is_over(listed))
            .map(|listed| &listed.id)
    }
}

/// When a database last changed.
pub(super) fn modified(bytes: &[u8]) -> Result<Timestamp, FileFault> {
    let fields: DatabaseFields = serde_json::from_slice(bytes)?;
    let time = fields.modified.parse();
    time.map_err(|_| FileFault::Time(fields.modified))
}

/// What is in a file with one entry, or a list of them.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<Advisory>, AdvisoryError> {
    let value = serde_json::from_slice(bytes);
    match value.map_err(|error| AdvisoryError::Json(error.to_string()))? {
        Value::Array(values) => values.into_iter().map(Advisory::of_json).collect(),
        value => Ok(vec![Advisory::of_json(value)?]),
    }
}
