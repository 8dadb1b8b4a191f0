//! What a rule found, and what all findings amount to.

use super::RuleId;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Something is worse than it could be, silently.
    Degrade,
    /// A feature ends in an error.
    Fail,
    /// The program doesn't start, or isn't what was asked for.
    Block,
}

impl Severity {
    /// Whether such a finding closes the gate, unless it is allowed.
    #[must_use]
    pub fn fails(self) -> bool {
        self >= Self::Fail
    }
}

/// One thing that a rule found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, such as the name of a library.
    pub subject: Option<String>,
    /// The functions that lead there, from the outside in; empty where linking is the matter.
    pub chain: Vec<String>,
    /// What was found in this binary.
    pub detail: String,
    /// What the user sees when it strikes.
    pub symptom: String,
    /// What to do, the best first.
    pub fixes: Vec<String>,
    /// The reason in the manifest's `allow`, if the finding is accepted.
    pub allowed: Option<String>,
}

/// What has been shown about a binary. The order is from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every rule in the list of those checked holds.
    Proven,
    /// It works where the findings don't matter.
    Conditional,
    /// Part of it can't be read, or it isn't what was asked for.
    Unproven,
}

impl Verdict {
    /// The verdict in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Conditional => "conditional",
            Self::Unproven => "not proven",
        }
    }
}

/// Whether the gate opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// No finding fails the gate.
    Passed,
    /// At least one does.
    Failed,
}

/// The result of the gate for one binary.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verification {
    /// What has been shown.
    pub verdict: Verdict,
    /// Whether the gate opens.
    pub outcome: Outcome,
    /// What was found, in the order of the rules.
    pub findings: Vec<Finding>,
    /// The rules that were checked: the verdict speaks of these and of no others.
    pub checked: Vec<RuleId>,
}
