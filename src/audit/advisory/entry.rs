//! An advisory, as a database of vulnerabilities has it.
//!
//! Source: the OSV schema (<https://ossf.github.io/osv-schema/>), and what Go's database uses of it
//! (<https://go.dev/doc/security/vuln/database#schema>).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::id::{AdvisoryId, ParseIdError};
use super::ranges::{Event, NoIntroduction, Ranges};
use crate::audit::ModuleVersion;
use crate::human;
use crate::target::Target;

/// More bytes than any advisory has.
pub const LARGEST: u64 = 4 << 20;

/// The name that modules of Go go by among those of others.
const ECOSYSTEM: &str = "Go";

/// Of the kinds of ranges, the one that says which versions of a module are meant.
const SEMVER: &str = "SEMVER";

/// A vulnerability that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// Its id in the database.
    pub id: AdvisoryId,
    /// Its ids in other databases, such as a CVE.
    pub aliases: Vec<String>,
    /// What it is, in one line; may be empty.
    pub summary: String,
    /// What it is, in some paragraphs; may be empty.
    pub details: String,
    /// When it became known.
    pub published: Option<Timestamp>,
    /// When the entry last changed.
    pub modified: Option<Timestamp>,
    /// When it was found to be none.
    pub withdrawn: Option<Timestamp>,
    /// A page about it.
    pub url: Option<String>,
    /// The modules that have it; those of other languages are left out.
    pub modules: Vec<AffectedModule>,
}

/// A module that has a vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffectedModule {
    /// Its path; [`STDLIB`](super::STDLIB) or [`TOOLCHAIN`](super::TOOLCHAIN) for Go itself.
    pub path: String,
    /// Which of its versions.
    pub ranges: Ranges,
    /// Which of its packages; all, where none is named.
    pub imports: Vec<AffectedImport>,
}

/// A package that has a vulnerability.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AffectedImport {
    /// Its import path.
    pub path: String,
    /// On which systems; on all, where none is named.
    pub goos: Vec<String>,
    /// On which architectures; on all, where none is named.
    pub goarch: Vec<String>,
    /// Its vulnerable functions, `Func` or `Type.Method`; all that are exported, where none is named.
    pub symbols: Vec<String>,
}

/// Why an advisory can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdvisoryError {
    /// It is larger than an advisory.
    #[error(
        "failed to read an advisory: it has more than {}",
        human::size(LARGEST)
    )]
    TooLarge,
    /// It isn't JSON, or not an object.
    #[error("failed to read an advisory: {0}")]
    Json(String),
    /// It doesn't say which it is.
    #[error("failed to read an advisory: {0}")]
    Id(#[from] ParseIdError),
    /// Something in it makes no sense.
    #[error("failed to read the advisory {id}: {fault}")]
    Entry {
        /// Which advisory.
        id: AdvisoryId,
        /// What makes no sense.
        fault: Fault,
    },
}

/// What makes no sense in an advisory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A field isn't what it should be.
    #[error("{0}")]
    Field(String),
    /// A version isn't one.
    #[error("`{version}` is no version of {module}")]
    Version {
        /// The module.
        module: String,
        /// What stands for a version.
        version: String,
    },
    /// An event isn't one.
    #[error("a range of versions of {0} has an event that is none")]
    Event(String),
    /// A range has no start.
    #[error("of {module}, {fault}")]
    Range {
        /// The module.
        module: String,
        /// What is wrong.
        fault: NoIntroduction,
    },
    /// A time isn't one.
    #[error("`{value}` of `{field}` is no time")]
    Time {
        /// The field.
        field: &'static str,
        /// What it holds.
        value: String,
    },
}

impl Advisory {
    /// Reads an entry.
    ///
    /// # Errors
    /// When it is none, or what decides whether it is about a version makes no sense.
    pub fn parse(bytes: &[u8]) -> Result<Self, AdvisoryError> {
        if bytes.len() as u64 > LARGEST {
            return Err(AdvisoryError::TooLarge);
        }
        let value = serde_json::from_slice(bytes);
        Self::of_json(value.map_err(|error| AdvisoryError::Json(error.to_string()))?)
    }

    /// The entry that a part of a JSON file is.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn of_json(value: Value) -> Result<Self, AdvisoryError> {
        let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
        let id: AdvisoryId = id.parse()?;
        let entry = |fault| AdvisoryError::Entry {
            id: id.clone(),
            fault,
        };
        let fields = Fields::deserialize(value);
        let fields = fields.map_err(|error| entry(Fault::Field(error.to_string())))?;
        fields.into_advisory(&id).map_err(entry)
    }
}

impl AffectedImport {
    /// Whether a program for a target can have it.
    #[must_use]
    pub fn is_for(&self, target: &Target) -> bool {
        let names =
            |list: &[String], name: &str| list.is_empty() || list.iter().any(|it| it == name);
        names(&self.goos, target.goos.as_str()) && names(&self.goarch, target.goarch.as_str())
    }
}

/// An entry as it is written; what isn't used is left out.
#[derive(Deserialize)]
struct Fields {
    aliases: Option<Vec<String>>,
    summary: Option<String>,
    details: Option<String>,
    published: Option<String>,
    modified: Option<String>,
    withdrawn: Option<String>,
    affected: Option<Vec<AffectedFields>>,
    database_specific: Option<Value>,
}

#[derive(Deserialize)]
struct AffectedFields {
    package: PackageFields,
    ranges: Option<Vec<RangeFields>>,
    ecosystem_specific: Option<EcosystemFields>,
}

#[derive(Deserialize)]
struct PackageFields {
    name: String,
    ecosystem: String,
}

#[derive(Deserialize)]
struct RangeFields {
    r#type: String,
    events: Option<Vec<EventFields>>,
}

#[derive(Deserialize)]
struct EventFields {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    /// Where other systems of versions end their search.
    limit: Option<String>,
}

#[derive(Default, Deserialize)]
struct EcosystemFields {
    imports: Option<Vec<AffectedImport>>,
}

impl Fields {
    fn into_advisory(self, id: &AdvisoryId) -> Result<Advisory, Fault> {
        let affected = self.affected.unwrap_or_default().into_iter();
        let of_go = affected.filter(|affected| affected.package.ecosystem == ECOSYSTEM);
        let url = self.database_specific.as_ref();
        let url = url.and_then(|specific| specific.get("url")?.as_str());
        Ok(Advisory {
            id: id.clone(),
            aliases: self.aliases.unwrap_or_default(),
            summary: self.summary.unwrap_or_default(),
            details: self.details.unwrap_or_default(),
            published: time("published", self.published)?,
            modified: time("modified", self.modified)?,
            withdrawn: time("withdrawn", self.withdrawn)?,
            url: url.map(str::to_owned),
            modules: of_go
                .map(AffectedFields::into_module)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl AffectedFields {
    fn into_module(self) -> Result<AffectedModule, Fault> {
        let path = self.package.name;
        let mut ranges = Ranges::default();
        let written = self.ranges.unwrap_or_default().into_iter();
        for range in written.filter(|range| range.r#type == SEMVER) {
            let events = range.events.unwrap_or_default().into_iter();
            let events = events.filter_map(|event| event.into_event(&path).transpose());
            let added = ranges.add(events.collect::<Result<_, _>>()?);
            added.map_err(|fault| Fault::Range {
                module: path.clone(),
                fault,
            })?;
        }
        let specific = self.ecosystem_specific.unwrap_or_default();
        Ok(AffectedModule {
            path,
            ranges,
            imports: specific.imports.unwrap_or_default(),
        })
    }
}

impl EventFields {
    /// None of what doesn't matter for versions of modules.
    fn into_event(self, module: &str) -> Result<Option<Event>, Fault> {
        let read = |text: &str| version(module, text);
        match (&self.introduced, &self.fixed, &self.last_affected) {
            (Some(introduced), None, None) if introduced == "0" => Ok(Some(Event::FromBeginning)),
            (Some(introduced), None, None) => Ok(Some(Event::Introduced(read(introduced)?))),
            (None, Some(fixed), None) => Ok(Some(Event::Fixed(read(fixed)?))),
            (None, None, Some(last)) => Ok(Some(Event::LastAffected(read(last)?))),
            (None, None, None) if self.limit.is_some() => Ok(None),
            _ => Err(Fault::Event(module.to_owned())),
        }
    }
}

/// Versions are written without their `v`. Databases other than Go's leave out zeros at the end, too.
fn version(module: &str, text: &str) -> Result<ModuleVersion, Fault> {
    let number = text.strip_prefix('v').unwrap_or(text);
    let is_short = number
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let zeros = match number.split('.').count() {
        1 if is_short => ".0.0",
        2 if is_short => ".0",
        _ => "",
    };
    let version = format!("v{number}{zeros}").parse();
    version.map_err(|_| Fault::Version {
        module: module.to_owned(),
        version: text.to_owned(),
    })
}

fn time(field: &'static str, value: Option<String>) -> Result<Option<Timestamp>, Fault> {
    let Some(value) = value else {
        return Ok(None);
    };
    match value.parse() {
        Ok(time) => Ok(Some(time)),
        Err(_) => Err(Fault::Time { field, value }),
    }
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
