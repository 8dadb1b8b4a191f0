//! What a rule found, and what all findings amount to.

use borsh::{BorshDeserialize, BorshSerialize};

use super::{Fix, Need, Policy, PolicyName, Rule, RuleId, Subject};
use crate::target::Goarch;

/// How bad a finding is.
#[derive(
    BorshDeserialize,
    BorshSerialize,
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
)]
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
    /// Whether it is an error, and not only worse than it could be.
    #[must_use]
    pub fn is_error(self) -> bool {
        self >= Self::Fail
    }
}

/// One thing that a rule found.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, such as the name of a library.
    pub subject: Subject,
    /// The functions that lead there, from the outside in; empty where linking is the matter.
    pub chain: Vec<String>,
    /// What was found in this binary.
    pub detail: String,
    /// What the user sees when it strikes.
    pub symptom: String,
    /// What to do, the best first.
    #[serde(serialize_with = "as_texts")]
    pub fixes: Vec<Fix>,
    /// What the program wants from the system, where that is the matter.
    #[serde(skip)]
    pub need: Option<Need>,
    /// What the policy makes of it.
    #[serde(flatten)]
    pub standing: Standing,
}

impl Finding {
    /// The best that can still be said about a binary with this finding.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.standing == Standing::Provided {
            return Verdict::Proven;
        }
        let verdict = Rule::get(self.rule)
            .map_or(Verdict::Unproven, |rule| rule.class.verdict(self.severity));
        match self.standing {
            // To accept that something doesn't show proves nothing about it.
            Standing::Allowed(_) | Standing::Fails if self.need == Some(Need::Sight) => {
                verdict.max(Verdict::Conditional)
            }
            _ => verdict,
        }
    }

    /// Whether the verdict hangs on it: the program works where that is settled.
    #[must_use]
    pub fn is_condition(&self) -> bool {
        self.verdict() == Verdict::Conditional
    }

    /// The reason in the manifest's `allow`, if the finding is accepted.
    #[must_use]
    pub fn allowed(&self) -> Option<&str> {
        match &self.standing {
            Standing::Allowed(reason) => Some(reason),
            Standing::Told | Standing::Provided | Standing::Fails => None,
        }
    }

    /// Whether it is only told unless somebody says which system it is: how new that has to be, and
    /// what may be wanted without being seen.
    pub(super) fn hangs_on_system(&self) -> bool {
        matches!(
            self.need,
            Some(Need::RecentSystem | Need::MacOs(_) | Need::Sight)
        )
    }

    /// This finding, as a matter of what the system has.
    pub(crate) fn needing(self, need: Need) -> Self {
        Self {
            need: Some(need),
            ..self
        }
    }
}

#[cfg(test)]
impl Finding {
    /// A finding as its rule tells it, for tests of what is made of findings.
    pub(crate) fn example(rule: &str, subject: impl Into<Subject>) -> Self {
        let rule = Rule::get(rule.parse().unwrap()).unwrap();
        rule.finding(subject, String::new())
    }
}

fn as_texts<S: serde::Serializer>(fixes: &[Fix], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(fixes.iter().map(Fix::to_string))
}

/// What a policy makes of a finding.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is told, and fails nothing.
    Told,
    /// The system that the policy names always has what it needs.
    Provided,
    /// The manifest accepts it, for this reason.
    Allowed(String),
    /// It closes the gate.
    Fails,
}

impl Standing {
    /// The word for it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Provided => "provided",
            Self::Allowed(_) => "allowed",
            Self::Fails => "fails",
        }
    }
}

/// As two fields of the finding: `standing` is the word, `allowed` the reason or null.
impl serde::Serialize for Standing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Fields<'a> {
            standing: &'static str,
            allowed: Option<&'a str>,
        }
        let allowed = match self {
            Self::Allowed(reason) => Some(reason.as_str()),
            Self::Told | Self::Provided | Self::Fails => None,
        };
        let standing = self.as_str();
        Fields { standing, allowed }.serialize(serializer)
    }
}

/// What has been shown about a binary. The order is from good to bad.
#[derive(
    BorshDeserialize,
    BorshSerialize,
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
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
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// No finding fails the gate.
    Passed,
    /// At least one does.
    Failed,
}

/// The result of the gate for one binary.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verification {
    /// What it was held against.
    pub policy: PolicyName,
    /// What has been shown.
    pub verdict: Verdict,
    /// Whether the gate opens.
    pub outcome: Outcome,
    /// What was found, in the order of the rules.
    pub findings: Vec<Finding>,
    /// The rules that were checked: the verdict speaks of these and of no others.
    pub checked: Vec<RuleId>,
}

impl Verification {
    /// What the verdict says nothing about: things whose names don't show, mostly the user's own. It
    /// hangs on none of them.
    pub fn unnamed(&self) -> impl Iterator<Item = &Finding> + Clone {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.subject.is_unnamed() && !finding.is_condition())
    }

    /// The same in words, one by one.
    #[must_use]
    pub fn not_known(&self) -> Vec<String> {
        let unnamed = self.unnamed();
        unnamed.map(|finding| finding.subject.to_string()).collect()
    }

    /// What those of the programs in one file amount to: the worst verdict, and all findings, each
    /// with the architecture of its program. None without programs.
    #[must_use]
    pub fn of_slices(policy: &Policy, slices: Vec<(Option<Goarch>, Self)>) -> Option<Self> {
        if slices.is_empty() {
            return None;
        }
        let mut whole = Self {
            policy: policy.name,
            verdict: Verdict::Proven,
            outcome: Outcome::Passed,
            findings: Vec::new(),
            checked: Vec::new(),
        };
        for (goarch, slice) in slices {
            let name = goarch.map_or("unknown architecture", Goarch::as_str);
            whole.verdict = whole.verdict.max(slice.verdict);
            if slice.outcome == Outcome::Failed {
                whole.outcome = Outcome::Failed;
            }
            whole
                .findings
                .extend(slice.findings.into_iter().map(|finding| Finding {
                    detail: format!("{name}: {}", finding.detail),
                    ..finding
                }));
            whole.checked.extend(slice.checked);
        }
        let place = |id: &RuleId| Rule::ALL.iter().position(|rule| rule.id == *id);
        whole.findings.sort_by_key(|finding| place(&finding.rule));
        whole.checked.sort_by_key(place);
        whole.checked.dedup();
        Some(whole)
    }
}
