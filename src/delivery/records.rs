//! `artifacts.json`, `report.json` and `checksums.txt`, read back.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::folder::REPORT;
use super::judgement::RecordedFinding;
use super::{Fault, FaultKind};
use crate::digest::Sha256Hex;
use crate::exec::hash;
use crate::go_version::GoVersion;
use crate::inspect::LinkedModules;
use crate::manifest::{Cell, Located};
use crate::printable::printable;
use crate::target::{BuildMode, Cgo, Target};
use crate::verify::{Embedded, Policy, PolicyName, Systems, Verdict};

/// The version of every record, as it is written and read.
pub const SCHEMA: u32 = 1;

/// What is read of a record first: a later version may have other fields.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Version {
    schema: u32,
}

/// `artifacts.json`, as far as it is read here.
#[derive(Clone, Debug, Deserialize)]
pub struct Records {
    /// The project.
    pub project: String,
    /// Its version.
    pub version: String,
    /// The artifacts.
    pub artifacts: Vec<RecordedArtifact>,
}

/// One artifact that was recorded.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedArtifact {
    /// The binary's name.
    pub binary: String,
    /// What it was built for.
    pub target: Target,
    cgo: bool,
    /// The C toolchain.
    pub toolchain: Option<String>,
    /// The version of Go.
    pub(super) go: Option<String>,
    /// The import path of its main package. Earlier records don't say.
    #[serde(default)]
    pub(super) package: Option<String>,
    /// The modules that it is linked from. Earlier records don't say.
    #[serde(default)]
    pub modules: Option<LinkedModules>,
    /// Where it lies.
    pub path: String,
    size: u64,
    sha256: Sha256Hex,
    /// The dynamic loader that starts it.
    pub(super) interpreter: Option<String>,
    /// The libraries that it needs.
    pub(super) needed: Vec<String>,
    /// What was proven when it was built.
    pub(super) verdict: Verdict,
    policy: PolicyName,
    /// Earlier records don't say.
    #[serde(default)]
    denied: Vec<String>,
    pub(super) checked: Vec<String>,
    pub(super) findings: Vec<RecordedFinding>,
    /// The kind of file.
    pub(super) buildmode: BuildMode,
    header: Option<RecordedHeader>,
    /// What the manifest had compiled in. Earlier records don't say.
    #[serde(default)]
    pub(super) embedded: BTreeSet<Embedded>,
    packed: Option<serde::de::IgnoredAny>,
    /// Whether two builds made the same bytes. Earlier records don't say.
    #[serde(default)]
    pub(super) reproduced: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
struct RecordedHeader {
    path: String,
    size: u64,
    sha256: Sha256Hex,
}

/// One file of an artifact.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordedFile<'a> {
    pub(super) path: &'a str,
    pub(super) size: u64,
    sha256: &'a Sha256Hex,
}

/// Why a text is no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It isn't written as one.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It is of an earlier version.
    #[error("it has schema {found}, and this gobuildx reads schema {SCHEMA}")]
    Older {
        /// The version that it has.
        found: u32,
    },
    /// It is of a later version.
    #[error("a newer gobuildx wrote it: it has schema {found}, and this one reads schema {SCHEMA}")]
    Newer {
        /// The version that it has.
        found: u32,
    },
    /// Which of two entries holds is open.
    #[error("it names `{}` twice", printable(path))]
    Twice {
        /// The file.
        path: String,
    },
    /// A line of checksums.
    #[error("line {number} is no digest with a path")]
    Line {
        /// Counted from 1.
        number: usize,
    },
}

/// A record of a version that is read here.
pub(super) fn of_this_version<T: DeserializeOwned>(text: &str) -> Result<T, RecordError> {
    let Version { schema: found } = serde_json::from_str(text)?;
    match found.cmp(&SCHEMA) {
        Ordering::Less => Err(RecordError::Older { found }),
        Ordering::Greater => Err(RecordError::Newer { found }),
        Ordering::Equal => Ok(serde_json::from_str(text)?),
    }
}

impl Records {
    /// Reads `artifacts.json`.
    pub(super) fn parse(text: &str) -> Result<Self, RecordError> {
        let records: Self = of_this_version(text)?;
        let mut seen = BTreeSet::new();
        let files = records.artifacts.iter().flat_map(RecordedArtifact::files);
        for file in files {
            if !seen.insert(file.path) {
                return Err(RecordError::Twice {
                    path: file.path.to_owned(),
                });
            }
        }
        Ok(records)
    }

    /// Every file with its digest.
    pub(super) fn files(&self) -> BTreeMap<&str, String> {
        let files = self.artifacts.iter().flat_map(RecordedArtifact::files);
        files
            .map(|file| (file.path, file.sha256.to_string()))
            .collect()
    }

    /// The digests of all files.
    pub(super) fn digests(&self) -> impl Iterator<Item = &Sha256Hex> {
        let files = self.artifacts.iter().flat_map(RecordedArtifact::files);
        files.map(|file| file.sha256)
    }

    /// How long every file is.
    pub(super) fn sizes(&self) -> BTreeMap<&str, u64> {
        let files = self.artifacts.iter().flat_map(RecordedArtifact::files);
        files.map(|file| (file.path, file.size)).collect()
    }
}

impl RecordedArtifact {
    /// Whether a file is the one that was recorded.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        hash(path).is_ok_and(|file| file.size == self.size && file.sha256 == self.sha256)
    }

    /// The cell of a matrix that it was built for.
    #[must_use]
    pub fn cell(&self) -> Cell {
        let toolchain = self.toolchain.as_ref().and_then(|name| name.parse().ok());
        Cell {
            target: self.target.clone(),
            cgo: self.cgo(),
            toolchain: toolchain.map(|value| Located { value, span: 0..0 }),
            go: self.release().map(|value| Located { value, span: 0..0 }),
            span: 0..0,
        }
    }

    /// The release of Go that built it; none where its build information names none.
    pub(super) fn release(&self) -> Option<GoVersion> {
        GoVersion::of_toolchain(self.go.as_deref()?)
    }

    /// Whether C is in it.
    #[must_use]
    pub fn cgo(&self) -> Cgo {
        self.cgo.into()
    }

    /// Whether it was packed after it was verified.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        self.packed.is_some()
    }

    /// Whether its system starts it only if its mode says so.
    pub(super) fn is_started_by_mode(&self) -> bool {
        !self.buildmode.is_library() && Systems::Unix.all().contains(&self.target.goos)
    }

    /// All of its files.
    pub(super) fn files(&self) -> impl Iterator<Item = RecordedFile<'_>> {
        let own = RecordedFile {
            path: &self.path,
            size: self.size,
            sha256: &self.sha256,
        };
        let header = self.header.as_ref().map(|header| RecordedFile {
            path: &header.path,
            size: header.size,
            sha256: &header.sha256,
        });
        std::iter::once(own).chain(header)
    }

    /// The policy that it passed when it was built, with what was allowed of it and what was denied.
    /// A rule that this gobuildx doesn't know counts for nothing.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let mut policy = Policy::from(self.policy);
        let denied = self.denied.iter();
        policy.deny = denied.filter_map(|rule| rule.parse().ok()).collect();
        for finding in &self.findings {
            let (Ok(rule), Some(reason)) = (finding.rule.parse(), &finding.allowed) else {
                continue;
            };
            match &finding.subject {
                Some(subject) => {
                    let subjects = policy.allow_subjects.entry(rule).or_default();
                    subjects.insert(subject.clone(), reason.clone());
                }
                None => {
                    policy.allow.insert(rule, reason.clone());
                }
            }
        }
        policy
    }
}

/// Reads `checksums.txt`: a digest, two spaces and a path a line. Checkers take the digits of a digest
/// in either case.
pub(super) fn checksums(text: &str) -> Result<BTreeMap<&str, String>, RecordError> {
    let mut sums = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let (digest, path) = line
            .split_once("  ")
            .filter(|(digest, path)| is_digest(digest) && !path.is_empty())
            .ok_or(RecordError::Line { number: index + 1 })?;
        // Which of two digests holds is open; checkers look at both.
        if sums.insert(path, digest.to_ascii_lowercase()).is_some() {
            return Err(RecordError::Line { number: index + 1 });
        }
    }
    Ok(sums)
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a record says of each artifact, whatever it is.
#[derive(Clone, Debug, Deserialize)]
struct Said {
    artifacts: Vec<SaidOfOne>,
}

#[derive(Clone, Debug, Deserialize)]
struct SaidOfOne {
    path: String,
    #[serde(flatten)]
    more: BTreeMap<String, serde_json::Value>,
}

/// What `report.json` says of the artifacts, and `artifacts.json` doesn't, or differently.
pub(super) fn misreported(records: &str, report: &str) -> Result<Vec<Fault>, RecordError> {
    let (records, report): (Said, Said) =
        (serde_json::from_str(records)?, of_this_version(report)?);
    let (records, report) = (by_path(&records)?, by_path(&report)?);
    let both = (REPORT, "artifacts.json");
    Ok(contradictions(both, &records, &report))
}

type ByPath<'a> = BTreeMap<&'a str, &'a BTreeMap<String, serde_json::Value>>;

fn by_path(said: &Said) -> Result<ByPath<'_>, RecordError> {
    let mut by_path = ByPath::new();
    for SaidOfOne { path, more } in &said.artifacts {
        if by_path.insert(path, more).is_some() {
            return Err(RecordError::Twice { path: path.clone() });
        }
    }
    Ok(by_path)
}

/// What one record says and another one doesn't.
pub(super) fn contradictions<T: PartialEq>(
    (record, against): (&'static str, &'static str),
    said: &BTreeMap<&str, T>,
    others: &BTreeMap<&str, T>,
) -> Vec<Fault> {
    let differs = |path: &&str| said.get(*path) != others.get(*path);
    let paths: BTreeSet<&str> = said.keys().chain(others.keys()).copied().collect();
    let paths = paths.into_iter().filter(differs);
    paths
        .map(|path| Fault {
            path: path.to_owned(),
            kind: FaultKind::Contradiction { record, against },
        })
        .collect()
}
