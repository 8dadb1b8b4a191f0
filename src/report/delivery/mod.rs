//! What `verify` says of an output folder, for machines and for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::SCHEMA;
use super::failure::write_gate;
use super::notes::{conditions, opacity};
use super::sarif::{Sarif, ScanRule};
use super::summary::{Linking, proof_words};
use crate::delivery::{Fault, FaultKind, RecordedArtifact};
use crate::human;
use crate::printable::printable;
use crate::target::Target;
use crate::text_table::{Align, Table};
use crate::verify::{Outcome, PolicyName, Verdict, Verification};

/// What nothing here says anything about.
const NOT_CHECKED: &[&str] = &[
    "signatures",
    "provenance",
    "whether a second build makes the same bytes",
];

/// More files than these are counted.
const NAMES: usize = 5;

/// Where the policies come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicySource {
    /// `--policy`.
    CommandLine,
    /// The project's manifest.
    Manifest,
    /// What each artifact passed when it was built.
    Records,
}

/// The whole report.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryReport {
    schema: u32,
    project: String,
    version: String,
    policies: PolicySource,
    #[serde(skip)]
    named: Option<PolicyName>,
    /// The artifacts, as the records list them.
    pub artifacts: Vec<DeliveredRecord>,
    /// What is wrong with files or records.
    pub faults: Vec<FaultRecord>,
    /// Files that no record names.
    pub extra: Vec<String>,
    not_checked: &'static [&'static str],
}

/// One artifact.
#[derive(Clone, Debug)]
pub struct DeliveredRecord {
    binary: String,
    target: Target,
    /// Where it lies.
    pub path: String,
    size: Option<u64>,
    policy: PolicyName,
    /// Why nothing can be said about it.
    error: Option<String>,
    /// What the gate says today; none of a file that is packed, or faulty.
    verification: Option<Verification>,
    state: State,
    linking: Linking,
}

/// The fields are the same for every artifact; what isn't known is null or empty.
impl Serialize for DeliveredRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let verification = self.verification.as_ref();
        let findings = verification.map(|one| one.findings.as_slice());
        let checked = verification.map(|one| one.checked.as_slice());
        let mut fields = serializer.serialize_struct("DeliveredRecord", 11)?;
        fields.serialize_field("binary", &self.binary)?;
        fields.serialize_field("target", &self.target)?;
        fields.serialize_field("path", &self.path)?;
        fields.serialize_field("size", &self.size)?;
        fields.serialize_field("state", self.state.as_str())?;
        fields.serialize_field("error", &self.error)?;
        fields.serialize_field("policy", &self.policy)?;
        fields.serialize_field("verdict", &verification.map(|one| one.verdict))?;
        fields.serialize_field("outcome", &verification.map(|one| one.outcome))?;
        fields.serialize_field("checked", checked.unwrap_or_default())?;
        fields.serialize_field("findings", findings.unwrap_or_default())?;
        fields.end()
    }
}

/// What could be done with an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Faulty(&'static str),
    Packed,
    Unreadable,
    Read,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Faulty(word) => word,
            Self::Packed => "packed",
            Self::Unreadable => "unreadable",
            Self::Read => "read",
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

impl DeliveredRecord {
    fn new(artifact: &RecordedArtifact, policy: PolicyName, state: State) -> Self {
        Self {
            binary: artifact.binary.clone(),
            target: artifact.target.clone(),
            path: artifact.path.clone(),
            size: None,
            policy,
            error: None,
            verification: None,
            state,
            linking: Linking::Bare,
        }
    }

    /// An artifact that isn't what was recorded.
    #[must_use]
    pub fn faulty(artifact: &RecordedArtifact, policy: PolicyName, fault: &Fault) -> Self {
        Self::new(artifact, policy, State::Faulty(fault.kind.as_str()))
    }

    /// An artifact that is packed: what it needs its unpacker hides.
    #[must_use]
    pub fn packed(artifact: &RecordedArtifact, policy: PolicyName) -> Self {
        Self::new(artifact, policy, State::Packed)
    }

    /// An artifact of which nothing can be said.
    #[must_use]
    pub fn unreadable(artifact: &RecordedArtifact, policy: PolicyName, error: String) -> Self {
        Self {
            error: Some(error),
            ..Self::new(artifact, policy, State::Unreadable)
        }
    }

    /// An artifact that was read.
    #[must_use]
    pub fn read(artifact: &RecordedArtifact, inspection: super::Inspection) -> Self {
        let facts = &inspection.facts;
        let bare = facts.interpreter.is_none() && facts.needed.is_empty();
        Self {
            size: Some(inspection.size),
            linking: if bare {
                Linking::Bare
            } else {
                Linking::Libraries
            },
            verification: Some(inspection.verification),
            ..Self::new(artifact, PolicyName::default(), State::Read)
        }
        .with_policy()
    }

    fn with_policy(mut self) -> Self {
        if let Some(verification) = &self.verification {
            self.policy = verification.policy;
        }
        self
    }

    fn is_sound(&self) -> bool {
        let refused = |verification: &Verification| verification.outcome == Outcome::Failed;
        match self.state {
            State::Faulty(_) | State::Unreadable => false,
            State::Packed => true,
            State::Read => !self.verification.as_ref().is_some_and(refused),
        }
    }

    fn words(&self) -> String {
        match (&self.verification, self.state) {
            (_, State::Faulty(word)) => word.to_owned(),
            (_, State::Packed) => "packed: not read".to_owned(),
            (Some(verification), State::Read) if verification.outcome == Outcome::Failed => {
                format!("fails {}", self.policy)
            }
            (Some(verification), State::Read) => {
                proof_words(verification.verdict, self.policy, self.linking)
            }
            (_, State::Unreadable | State::Read) => "can't be read".to_owned(),
        }
    }
}

impl DeliveryReport {
    /// The report on a folder.
    #[must_use]
    pub fn new(
        delivery: &crate::delivery::Delivery,
        (policies, named): (PolicySource, Option<PolicyName>),
        artifacts: Vec<DeliveredRecord>,
    ) -> Self {
        Self {
            schema: SCHEMA,
            project: delivery.records.project.clone(),
            version: delivery.records.version.clone(),
            policies,
            named,
            artifacts,
            faults: delivery.faults.iter().map(FaultRecord::from).collect(),
            extra: delivery.extra.clone(),
            not_checked: NOT_CHECKED,
        }
    }

    /// Whether everything is as recorded, and passes.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty() && self.artifacts.iter().all(DeliveredRecord::is_sound)
    }

    /// How many artifacts are as recorded, and pass.
    #[must_use]
    pub fn sound(&self) -> usize {
        self.artifacts
            .iter()
            .filter(|artifact| artifact.is_sound())
            .count()
    }

    /// An artifact a row.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new(&[
            ("Target", Align::Left),
            ("Artifact", Align::Left),
            ("Size", Align::Right),
            ("Verdict", Align::Left),
        ])
        .spare(&["Target", "Size"]);
        for artifact in &self.artifacts {
            table.row(vec![
                artifact.target.to_string(),
                printable(&artifact.path),
                artifact.size.map_or_else(|| "-".to_owned(), human::size),
                artifact.words(),
            ]);
        }
        table
    }

    /// What is wrong, a text of several lines each.
    #[must_use]
    pub fn failures(&self) -> Vec<String> {
        let faults = self.faults.iter().map(|fault| {
            let text = format!("failed to verify the folder: {}", fault.message);
            printable(&text)
        });
        let refused = self.artifacts.iter().filter_map(|artifact| {
            if artifact.is_sound() {
                return None;
            }
            if let Some(error) = &artifact.error {
                return Some(printable(error));
            }
            let verification = artifact.verification.as_ref()?;
            let mut text = format!("failed to verify {}", printable(&artifact.path));
            write_gate(&mut text, verification);
            Some(text)
        });
        faults.chain(refused).collect()
    }

    /// What a reader might take for shown, and isn't.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for artifact in self.artifacts.iter().filter(|artifact| artifact.is_sound()) {
            let Some(verification) = &artifact.verification else {
                continue;
            };
            let why = match verification.verdict {
                Verdict::Proven => continue,
                Verdict::Conditional => conditions(&verification.findings),
                Verdict::Unproven => opacity(&verification.findings),
            };
            let reason = format!("{} ({why})", verification.verdict.as_str());
            let path = printable(&artifact.path);
            reasons.entry(reason).or_default().push(path);
        }
        let mut notes: Vec<String> = reasons
            .iter()
            .map(|(reason, paths)| format!("{reason}: {}", some(paths)))
            .collect();
        let other =
            |artifact: &&DeliveredRecord| self.named.is_some_and(|named| named != artifact.policy);
        let others: Vec<String> = self
            .artifacts
            .iter()
            .filter(other)
            .map(|artifact| {
                format!(
                    "{} (held against {})",
                    printable(&artifact.path),
                    artifact.policy
                )
            })
            .collect();
        if !others.is_empty() {
            notes.push(format!(
                "the policy is about another system than {}",
                some(&others)
            ));
        }
        if !self.extra.is_empty() {
            let extra: Vec<String> = self.extra.iter().map(|path| printable(path)).collect();
            notes.push(format!("no record names {}", some(&extra)));
        }
        notes.push(format!("not checked: {}", NOT_CHECKED.join(", ")));
        notes
    }

    /// The report for code scanning; paths stand below the folder as it was named.
    #[must_use]
    pub fn sarif(&self, folder: &str) -> Sarif {
        let below = |path: &str| format!("{}/{path}", folder.trim_end_matches('/'));
        let mut sarif = Sarif::default();
        for fault in &self.faults {
            sarif.fault(rule_of(&fault.kind), &below(&fault.path), &fault.message);
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

/// Some names, and how many more there are.
fn some(names: &[String]) -> String {
    let mut text = names
        .iter()
        .take(NAMES)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if let Some(more @ 1..) = names.len().checked_sub(NAMES) {
        // Writing to a String can't fail.
        let _ = write!(text, " and {more} more");
    }
    text
}

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
        FaultKind::Contradiction => ("dist-contradiction", "two records say different things"),
    };
    ScanRule {
        id,
        summary,
        help: "Build again, or fetch the folder again from where it is known to be whole.",
    }
}
