//! What `verify` says of one artifact.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::delivery::{Fault, RecordedArtifact};
use crate::report::Inspection;
use crate::report::summary::{Linking, proof_words};
use crate::target::Target;
use crate::verify::{Outcome, PolicyName, Verification};

/// One artifact.
#[derive(Clone, Debug)]
pub struct DeliveredRecord {
    binary: String,
    pub(super) target: Target,
    /// Where it lies.
    pub path: String,
    pub(super) size: Option<u64>,
    pub(super) policy: PolicyName,
    /// Why nothing can be said about it.
    pub(super) error: Option<String>,
    /// What the gate says today; none of a file that is packed, or altered.
    pub(super) verification: Option<Verification>,
    state: State,
    linking: Linking,
}

/// What there is to say of an artifact.
#[derive(Clone, Debug)]
pub struct Examined {
    /// Its row.
    pub record: DeliveredRecord,
    /// What its record says that isn't so.
    pub faults: Vec<Fault>,
}

/// The artifact is as recorded, or the folder's faults tell what is wrong with it.
impl From<DeliveredRecord> for Examined {
    fn from(record: DeliveredRecord) -> Self {
        Self {
            record,
            faults: Vec::new(),
        }
    }
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

    /// An artifact that isn't what the records say, and what the rules say of it all the same.
    #[must_use]
    pub fn misrecorded(
        artifact: &RecordedArtifact,
        policy: PolicyName,
        fault: &Fault,
        inspection: Option<Inspection>,
    ) -> Self {
        let bare = match inspection {
            Some(inspection) => Self::read(artifact, inspection),
            None => Self::new(artifact, policy, State::Read),
        };
        Self {
            state: State::Faulty(fault.kind.as_str()),
            ..bare
        }
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
    pub fn read(artifact: &RecordedArtifact, inspection: Inspection) -> Self {
        let Inspection {
            size,
            facts,
            verification,
            ..
        } = inspection;
        let policy = verification.policy;
        Self {
            size: Some(size),
            linking: Linking::of(facts.interpreter.as_deref(), &facts.needed),
            verification: Some(verification),
            ..Self::new(artifact, policy, State::Read)
        }
    }

    pub(super) fn is_packed(&self) -> bool {
        self.state == State::Packed
    }

    pub(super) fn is_sound(&self) -> bool {
        let refused = |verification: &Verification| verification.outcome == Outcome::Failed;
        match self.state {
            State::Faulty(_) | State::Unreadable => false,
            State::Packed => true,
            State::Read => !self.verification.as_ref().is_some_and(refused),
        }
    }

    /// The verdict, or why there is none.
    pub(super) fn words(&self) -> String {
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
