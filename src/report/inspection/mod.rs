//! What `inspect` says about one file: for machines here, for people in `human`.

pub(super) mod fields;
mod human;
mod words;

use std::path::Path;

use serde::Serialize;

pub use human::{Explanations, Extent, Human};
pub(super) use words::{opacity, subjects};

use crate::inspect::Facts;
use crate::verify::{COrigin, Finding, Outcome, PolicyName, RuleId, Verdict, Verification};

/// A file that was read: its facts, and what the rules make of them.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The path as the user gave it.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// What the file says.
    pub facts: Facts,
    /// Where the C in it comes from.
    pub c_origin: COrigin,
    /// What the rules say.
    pub verification: Verification,
    /// The policy that was asked for; none where nothing is to pass or fail.
    pub policy: Option<PolicyName>,
}

/// One object of `inspect --format json`.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum FileRecord {
    /// The file was read.
    Read(Box<ReadRecord>),
    /// It couldn't be.
    Unreadable {
        /// The path as the user gave it.
        path: String,
        /// Why.
        error: String,
    },
}

/// The object of a file that was read.
#[derive(Clone, Debug, Serialize)]
pub struct ReadRecord {
    path: String,
    size: u64,
    #[serde(flatten)]
    facts: Facts,
    verdict: Verdict,
    /// The policy that was asked for, and whether the file passes it.
    policy: Option<PolicyName>,
    outcome: Option<Outcome>,
    /// What the verdict says nothing about.
    not_known: Vec<String>,
    checked: Vec<RuleId>,
    findings: Vec<Finding>,
}

impl From<Inspection> for FileRecord {
    fn from(inspection: Inspection) -> Self {
        Self::Read(Box::new(ReadRecord {
            path: inspection.path,
            size: inspection.size,
            facts: inspection.facts,
            verdict: inspection.verification.verdict,
            not_known: inspection.verification.not_known(),
            policy: inspection.policy,
            outcome: inspection.policy.map(|_| inspection.verification.outcome),
            checked: inspection.verification.checked,
            findings: inspection.verification.findings,
        }))
    }
}

impl FileRecord {
    /// The record of a file that couldn't be read.
    #[must_use]
    pub fn unreadable(path: &Path, error: &dyn std::error::Error) -> Self {
        Self::Unreadable {
            path: path.to_string_lossy().into_owned(),
            error: error.to_string(),
        }
    }
}
