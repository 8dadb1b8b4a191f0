//! What `verify` says of an output folder, for machines and for people.

mod record;
mod text;

pub use record::{DeliveredRecord, Examined};

use serde::{Serialize, Serializer};

use super::sarif::{Sarif, ScanRule};
use crate::delivery::{Author, Coverage, Delivery, Fault, FaultKind, SCHEMA};
use crate::verify::PolicyName;

/// What nothing here says anything about.
const NOT_CHECKED: &[&str] = &[
    "signatures",
    "provenance",
    "whether a second build makes the same bytes",
];

/// What isn't known without a manifest.
const WITHOUT_MANIFEST: &str =
    "whether anything is missing (no manifest says what there should be)";

/// What another version says in its own words.
const OTHER_RULES: &str =
    "what is recorded of findings and rules (another version of gobuildx wrote it)";

/// What only `metadata.json` says.
const WITHOUT_METADATA: &str = "the commit that files are stamped with, and which gobuildx wrote the records (there is no \
     metadata.json)";

/// What is held against `artifacts.json`.
const WITHOUT_REPORT: &str = "whether the run says the same (there is no report.json)";

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
    not_checked: Vec<&'static str>,
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
    /// The report on a folder; without a manifest nobody knows what should be in it.
    #[must_use]
    pub fn new(
        delivery: &Delivery,
        policies: PolicySource,
        coverage: Option<Coverage>,
        examined: Vec<Examined>,
    ) -> Self {
        let mut not_checked = NOT_CHECKED.to_vec();
        not_checked.extend(coverage.is_none().then_some(WITHOUT_MANIFEST));
        let is_foreign = delivery.author() == Author::AnotherRelease;
        not_checked.extend(is_foreign.then_some(OTHER_RULES));
        not_checked.extend(delivery.metadata.is_none().then_some(WITHOUT_METADATA));
        not_checked.extend(delivery.report.is_none().then_some(WITHOUT_REPORT));
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

/// What to do about most faults.
const HELP: &str = "Build again, or fetch the folder again from where it is known to be whole.";

/// What to do about a program that nobody may start.
const MODE_HELP: &str = "Give it mode 0755 (chmod 755), and copy the folder with its modes: cp -a and tar keep them, a \
     zip file of a pipeline's artifacts doesn't.";

const FOREIGN: ScanRule = ScanRule {
    id: "dist-foreign",
    summary: "an artifact that the manifest doesn't ask for",
    help: "Build again with the manifest as it is now.",
};

const INCOMPLETE: ScanRule = ScanRule {
    id: "dist-incomplete",
    summary: "the manifest asks for artifacts that no record names",
    help: "Build all of it with --matrix, or name what has to be there with --target and --binary.",
};

fn rule_of(kind: &FaultKind) -> ScanRule {
    let (id, summary) = match kind {
        FaultKind::Missing => ("dist-missing", "a file that was recorded isn't there"),
        FaultKind::Altered => ("dist-altered", "a file is not the one that was recorded"),
        FaultKind::NoFile(_) => (
            "dist-no-file",
            "a link or a folder is where a file was recorded",
        ),
        FaultKind::Outside => (
            "dist-outside",
            "a record names a path outside of the folder",
        ),
        FaultKind::Contradiction { .. } => {
            ("dist-contradiction", "two records say different things")
        }
        FaultKind::NotExecutable { .. } => {
            return ScanRule {
                id: "dist-not-executable",
                summary: "a program that nobody may start",
                help: MODE_HELP,
            };
        }
        FaultKind::UnsafeMode { .. } => {
            return ScanRule {
                id: "dist-unsafe-mode",
                summary: "a mode that gives away what no build gives",
                help: "Give programs mode 0755 (chmod 755) and libraries 0644.",
            };
        }
        FaultKind::OtherRelease(_) => (
            "dist-other-release",
            "the records are of different releases",
        ),
        FaultKind::Misrecorded(_) => (
            "dist-misrecorded",
            "a file is not what the records say of it",
        ),
        FaultKind::Unrecorded => (
            "dist-unrecorded",
            "a program, a library or a link that no record names",
        ),
        FaultKind::Closed(_) => ("dist-closed", "a folder that can't be looked into"),
    };
    ScanRule {
        id,
        summary,
        help: HELP,
    }
}
