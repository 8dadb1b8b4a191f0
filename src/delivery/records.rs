//! `artifacts.json` and `checksums.txt`, read back.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Fault, FaultKind};
use crate::report::SCHEMA;
use crate::target::{Cgo, Target};
use crate::verify::{Policy, PolicyName};

/// `artifacts.json`, as far as it is read here.
#[derive(Clone, Debug, Deserialize)]
pub struct Records {
    schema: u32,
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
    /// Where it lies.
    pub path: String,
    /// SHA-256 in lower-case hexadecimal digits.
    pub sha256: String,
    policy: PolicyName,
    findings: Vec<RecordedFinding>,
    header: Option<RecordedHeader>,
    packed: Option<serde::de::IgnoredAny>,
}

/// One finding that was recorded.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedFinding {
    rule: String,
    subject: Option<String>,
    allowed: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct RecordedHeader {
    path: String,
    sha256: String,
}

/// Why a text is no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It isn't written as one.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It is of another version.
    #[error("it has schema {found}, and this gobuildx reads schema {SCHEMA}")]
    Schema {
        /// The version that it has.
        found: u32,
    },
    /// A line of checksums.
    #[error("line {number} is no digest with a path")]
    Line {
        /// Counted from 1.
        number: usize,
    },
}

impl Records {
    /// Reads `artifacts.json`.
    pub(super) fn parse(text: &str) -> Result<Self, RecordError> {
        let records: Self = serde_json::from_str(text)?;
        if records.schema == SCHEMA {
            Ok(records)
        } else {
            Err(RecordError::Schema {
                found: records.schema,
            })
        }
    }

    /// Every file with its digest.
    pub(super) fn files(&self) -> BTreeMap<&str, &str> {
        let files = self.artifacts.iter().flat_map(RecordedArtifact::files);
        files.collect()
    }
}

impl RecordedArtifact {
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

    /// All of its files with their digests.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let header = self.header.as_ref();
        let header = header.map(|header| (header.path.as_str(), header.sha256.as_str()));
        std::iter::once((self.path.as_str(), self.sha256.as_str())).chain(header)
    }

    /// The policy that it passed when it was built, with what was allowed of it. A rule that
    /// this gobuildx doesn't know allows nothing.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let mut policy = Policy::from(self.policy);
        for finding in &self.findings {
            let (Ok(rule), Some(reason)) = (finding.rule.parse(), &finding.allowed) else {
                continue;
            };
            if let Some(subject) = &finding.subject {
                let subjects = policy.allow_subjects.entry(rule).or_default();
                subjects.insert(subject.clone(), reason.clone());
            }
        }
        policy
    }
}

/// Reads `checksums.txt`: a digest, two spaces and a path a line.
pub(super) fn checksums(text: &str) -> Result<BTreeMap<&str, &str>, RecordError> {
    let mut sums = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let (digest, path) = line
            .split_once("  ")
            .filter(|(digest, path)| is_digest(digest) && !path.is_empty())
            .ok_or(RecordError::Line { number: index + 1 })?;
        // Which of two digests holds is open; checkers look at both.
        if sums.insert(path, digest).is_some() {
            return Err(RecordError::Line { number: index + 1 });
        }
    }
    Ok(sums)
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What one record says and the other doesn't.
pub(super) fn contradictions(
    records: &BTreeMap<&str, &str>,
    sums: &BTreeMap<&str, &str>,
) -> Vec<Fault> {
    let differs = |path: &&str| records.get(*path) != sums.get(*path);
    let mut paths: Vec<&str> = records.keys().chain(sums.keys()).copied().collect();
    paths.sort_unstable();
    paths.dedup();
    let paths = paths.into_iter().filter(differs);
    paths
        .map(|path| Fault {
            path: path.to_owned(),
            kind: FaultKind::Contradiction,
        })
        .collect()
}
