//! What a binary may want from its system, and which findings the user accepts or doesn't.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};

use super::stock::{Supply, System};
use super::{Class, Finding, Outcome, Rule, RuleId, Standing, Verdict, Verification};
use crate::target::Goos;

/// What a binary is held against.
#[derive(
    BorshDeserialize,
    BorshSerialize,
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
)]
pub enum PolicyName {
    /// Dynamic linking fails the gate. What the program wants while it runs is told.
    #[default]
    Static,
    /// What this system lacks fails the gate, and what it has is no condition.
    System(System),
}

impl PolicyName {
    /// Every name, with one glibc to stand for all.
    pub fn all() -> impl Iterator<Item = Self> {
        let systems = System::ALL.iter().copied().map(Self::System);
        std::iter::once(Self::Static).chain(systems)
    }

    /// All names in a sentence.
    #[must_use]
    pub fn known() -> String {
        let names: Vec<String> = Self::all().map(|name| name.to_string()).collect();
        format!("{} (and every other glibc-2.x)", names.join(", "))
    }

    /// Whether it says something about programs for a system.
    #[must_use]
    pub fn fits(self, goos: Goos) -> bool {
        match self {
            Self::Static => true,
            Self::System(system) => system.goos() == goos,
        }
    }

    /// The only system whose programs it is about, if there is one.
    #[must_use]
    pub fn goos(self) -> Option<Goos> {
        match self {
            Self::Static => None,
            Self::System(system) => Some(system.goos()),
        }
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Static => f.write_str("static"),
            Self::System(system) => system.fmt(f),
        }
    }
}

impl serde::Serialize for PolicyName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for PolicyName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A text that names no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a policy; there are {}", PolicyName::known())]
pub struct ParsePolicyError {
    /// The text.
    pub given: String,
}

impl FromStr for PolicyName {
    type Err = ParsePolicyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "static" {
            return Ok(Self::Static);
        }
        text.parse()
            .map(Self::System)
            .map_err(|_| ParsePolicyError {
                given: text.to_owned(),
            })
    }
}

/// What a binary is held against, and the exceptions to that.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Policy {
    /// What it is held against.
    pub name: PolicyName,
    /// The manifest's `allow` without a subject: the reason why findings of a rule are acceptable.
    pub allow: BTreeMap<RuleId, String>,
    /// The manifest's `allow` with a subject: rule, subject, reason.
    pub allow_subjects: BTreeMap<RuleId, BTreeMap<String, String>>,
    /// The manifest's `deny`: rules whose findings fail wherever they lower the verdict, or say that
    /// something isn't known.
    pub deny: BTreeSet<RuleId>,
}

/// A finding that the manifest allows, wherever it is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exception {
    /// The rule.
    pub rule: RuleId,
    /// What it was limited to.
    pub subject: Option<String>,
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Some(subject) => write!(f, "{} ({subject})", self.rule),
            None => self.rule.fmt(f),
        }
    }
}

impl From<PolicyName> for Policy {
    fn from(name: PolicyName) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }
}

impl Policy {
    /// What becomes of a finding of a rule. That a binary is what was asked for can't be waived.
    pub(super) fn judge(&self, rule: &Rule, finding: &Finding) -> Standing {
        // By the rule, and not by what another policy made of the finding before.
        let lowers = rule.class.verdict(finding.severity) != Verdict::Proven;
        // What doesn't show may be just what is denied.
        let may_lower = lowers || finding.subject.is_unnamed();
        let is_denied = self.deny.contains(&rule.id) && may_lower;
        let on_system = match rule.class {
            Class::Linking | Class::Runtime => true,
            Class::Confirmation | Class::Opacity => false,
        };
        let supply = self.supply(finding);
        if supply == Some(Supply::Has) && !is_denied {
            return Standing::Provided;
        }
        if let Some(reason) = self.reason(rule.id, finding).filter(|_| on_system) {
            return Standing::Allowed(reason.to_owned());
        }
        let is_error = finding.severity.is_error();
        let fails = match (supply, rule.class) {
            // Which system it is is usually open, and then these are only worth knowing; not here.
            (Some(Supply::Lacks), _) => is_error || finding.hangs_on_system(),
            // What only strikes while the program runs is told, unless it is known to.
            (_, class) => is_error && class != Class::Runtime,
        };
        if is_denied || fails {
            Standing::Fails
        } else {
            Standing::Told
        }
    }

    /// What findings amount to under this policy, whatever they were held against before.
    #[must_use]
    pub fn weigh(&self, mut findings: Vec<Finding>, checked: Vec<RuleId>) -> Verification {
        let mut outcome = Outcome::Passed;
        let mut verdict = Verdict::Proven;
        for finding in &mut findings {
            if let Some(rule) = Rule::get(finding.rule) {
                finding.standing = self.judge(rule, finding);
            }
            if finding.standing == Standing::Fails {
                outcome = Outcome::Failed;
            }
            verdict = verdict.max(finding.verdict());
        }
        Verification {
            policy: self.name,
            verdict,
            outcome,
            findings,
            checked,
        }
    }

    /// Whether the system has what the finding needs; none where no system is named, or nothing
    /// that systems have.
    fn supply(&self, finding: &Finding) -> Option<Supply> {
        match self.name {
            PolicyName::Static => None,
            PolicyName::System(system) => Some(system.supply(finding.need.as_ref()?)),
        }
    }

    /// Whether the manifest's `allow` names what a finding is about.
    pub(super) fn names(&self, finding: &Finding) -> bool {
        let subjects = self.allow_subjects.get(&finding.rule);
        let mut subjects = subjects.into_iter().flat_map(BTreeMap::keys);
        subjects.any(|subject| finding.subject.is(subject))
    }

    /// Why the manifest accepts a finding. What names the subject is meant more than what doesn't.
    fn reason(&self, rule: RuleId, finding: &Finding) -> Option<&str> {
        let with_subject = self.allow_subjects.get(&rule).and_then(|subjects| {
            let mut subjects = subjects.iter();
            subjects.find(|(subject, _)| finding.subject.is(subject))
        });
        let reason = match with_subject {
            Some((_, reason)) => Some(reason),
            None => self.allow.get(&rule),
        };
        reason.map(String::as_str)
    }

    /// The manifest's `allow`.
    pub fn exceptions(&self) -> impl Iterator<Item = Exception> {
        let rules = self.allow.keys().map(|rule| (rule, None));
        let subjects = self.allow_subjects.iter().flat_map(|(rule, subjects)| {
            let subjects = subjects.keys();
            subjects.map(move |subject| (rule, Some(subject.clone())))
        });
        rules.chain(subjects).map(|(rule, subject)| Exception {
            rule: *rule,
            subject,
        })
    }

    /// The exceptions that allowed nothing of what was found, of rules that were checked.
    #[must_use]
    pub fn unused(&self, verification: &Verification) -> Vec<Exception> {
        let is_of_use = |exception: &Exception| {
            let findings = verification.findings.iter();
            let mut allowed = findings
                .filter(|finding| finding.rule == exception.rule && finding.allowed().is_some());
            allowed.any(|finding| match &exception.subject {
                Some(subject) => finding.subject.is(subject),
                None => !self.names(finding),
            })
        };
        self.exceptions()
            .filter(|exception| verification.checked.contains(&exception.rule))
            .filter(|exception| !is_of_use(exception))
            .collect()
    }
}

#[cfg(test)]
mod tests;
