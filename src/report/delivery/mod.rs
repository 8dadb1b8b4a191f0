//! What `verify` says of an output folder, for machines and for people.

mod record;
mod rules;
mod text;
mod unchecked;

pub use record::{DeliveredRecord, Examined};

use serde::{Serialize, Serializer};

use self::rules::{FOREIGN, INCOMPLETE, rule_of};
use self::unchecked::not_checked;
use super::sarif::Sarif;
use crate::delivery::{Coverage, Delivery, Fault, FaultKind, SCHEMA, Standing, Voucher};
use crate::printable::printable;
use crate::verify::PolicyName;

/// Where the policies come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// `--policy`, which holds for all programs that it is about.
    CommandLine(PolicyName),
    /// The project's manifest.
    Manifest,
    /// What each artifact passed when it was built.
    Records,
}

/// The word alone: each artifact names its policy.
impl Serialize for PolicySource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::CommandLine(_) => "command-line",
            Self::Manifest => "manifest",
            Self::Records => "records",
        })
    }
}

/// The whole report.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryReport {
    schema: u32,
    project: String,
    version: String,
    policies: PolicySource,
    /// The artifacts, as the records list them.
    pub artifacts: Vec<DeliveredRecord>,
    /// What is wrong with files or records.
    pub faults: Vec<FaultRecord>,
    /// Files that no record names, and that are no programs.
    pub extra: Vec<String>,
    /// What the manifest asks for, and no record names.
    missing: Vec<String>,
    /// Artifacts that the manifest doesn't ask for.
    foreign: Vec<String>,
    #[serde(skip)]
    open: Vec<String>,
    /// Who answers for the release.
    signatures: Vec<SignatureRecord>,
    not_checked: Vec<String>,
}

/// What a signature is worth.
#[derive(Clone, Debug, Serialize)]
struct SignatureRecord {
    file: String,
    state: &'static str,
    /// The key that it is by.
    key: Option<String>,
}

impl From<&Voucher> for SignatureRecord {
    fn from(voucher: &Voucher) -> Self {
        Self {
            file: voucher.file.clone(),
            state: voucher.standing.as_str(),
            key: match &voucher.standing {
                Standing::Verified { key } => Some(key.clone()),
                _ => None,
            },
        }
    }
}

/// One fault.
#[derive(Clone, Debug, Serialize)]
pub struct FaultRecord {
    path: String,
    fault: &'static str,
    message: String,
    #[serde(skip)]
    kind: FaultKind,
}

impl From<&Fault> for FaultRecord {
    fn from(fault: &Fault) -> Self {
        Self {
            path: fault.path.clone(),
            fault: fault.kind.as_str(),
            message: fault.to_string(),
            kind: fault.kind.clone(),
        }
    }
}

impl DeliveryReport {
    /// What was looked at, as it names itself: project and version, fit for a terminal.
    #[must_use]
    pub fn release(&self) -> String {
        printable(&format!("{} {}", self.project, self.version))
    }

    /// The report on a folder; without a manifest nobody knows what should be in it.
    #[must_use]
    pub fn new(
        delivery: &Delivery,
        policies: PolicySource,
        coverage: Option<Coverage>,
        examined: Vec<Examined>,
    ) -> Self {
        let not_checked = not_checked(delivery, coverage.as_ref());
        let coverage = coverage.unwrap_or_default();
        let told = examined.iter().flat_map(|one| &one.faults);
        let mut faults: Vec<&Fault> = delivery.faults.iter().chain(told).collect();
        faults.sort();
        let faults = faults.into_iter().map(FaultRecord::from).collect();
        Self {
            schema: SCHEMA,
            project: delivery.records.project.clone(),
            version: delivery.records.version.clone(),
            policies,
            artifacts: examined.into_iter().map(|one| one.record).collect(),
            faults,
            extra: delivery.extra.clone(),
            missing: coverage.missing,
            foreign: coverage.foreign,
            open: coverage.open,
            signatures: delivery.vouchers.iter().map(Into::into).collect(),
            not_checked,
        }
    }

    /// Whether everything is there, is as recorded, and passes.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
            && self.missing.is_empty()
            && self.foreign.is_empty()
            && self.artifacts.iter().all(DeliveredRecord::is_sound)
    }

    /// How many artifacts are as recorded, and pass.
    #[must_use]
    pub fn sound(&self) -> usize {
        self.artifacts
            .iter()
            .filter(|artifact| artifact.is_sound())
            .count()
    }

    /// The report for code scanning; paths stand below the folder as it was named.
    #[must_use]
    pub fn sarif(&self, folder: &str) -> Sarif {
        let below = |path: &str| format!("{}/{path}", folder.trim_end_matches('/'));
        let mut sarif = Sarif::default();
        for fault in &self.faults {
            sarif.fault(rule_of(&fault.kind), &below(&fault.path), &fault.message);
        }
        for path in &self.foreign {
            let message = format!("the manifest doesn't ask for `{path}`");
            sarif.fault(FOREIGN, &below(path), &message);
        }
        if !self.missing.is_empty() {
            let message = format!("the manifest asks for {}", self.missing.join(", "));
            sarif.fault(INCOMPLETE, &below("artifacts.json"), &message);
        }
        for artifact in &self.artifacts {
            if let Some(error) = &artifact.error {
                sarif.error(error);
            }
            if let Some(verification) = &artifact.verification {
                sarif.findings(&below(&artifact.path), verification);
            }
        }
        sarif
    }
}
