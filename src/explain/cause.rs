//! What a symptom may come from: what a rule detects, or what no file can tell.

use super::note::Note;
use super::other::{OTHERS, Other};
use crate::verify::{Fix, Rule};

/// One cause of a symptom.
#[derive(Clone, Copy, Debug)]
pub enum Cause {
    /// What a rule detects.
    Rule(&'static Rule),
    /// What is not in the binary.
    Other(&'static Other),
}

impl Cause {
    /// Every cause that is known, those that a rule detects first.
    pub fn all() -> impl Iterator<Item = Self> {
        let rules = Rule::ALL.iter().copied().map(Self::Rule);
        rules.chain(OTHERS.iter().map(Self::Other))
    }

    /// Its name: that of the rule, where there is one.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.id.as_str(),
            Self::Other(other) => other.name,
        }
    }

    /// The rule, where one detects it.
    #[must_use]
    pub fn rule(self) -> Option<&'static Rule> {
        match self {
            Self::Rule(rule) => Some(rule),
            Self::Other(_) => None,
        }
    }

    /// What it is, in one sentence.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.summary,
            Self::Other(other) => other.summary,
        }
    }

    /// How it is told from others with the same symptom.
    #[must_use]
    pub fn telling(self) -> Option<&'static str> {
        match self {
            Self::Rule(rule) => Note::of(rule).map(|note| note.telling),
            Self::Other(other) => Some(other.telling),
        }
    }

    /// Parts of messages that tell of it.
    #[must_use]
    pub fn signs(self) -> &'static [&'static str] {
        match self {
            Self::Rule(rule) => rule.signs,
            Self::Other(other) => other.signs,
        }
    }

    /// What to do about it, by place.
    #[must_use]
    pub fn fixes(self) -> Vec<&'static Fix> {
        match self {
            Self::Rule(rule) => fixes(rule),
            Self::Other(other) => other.fixes.iter().collect(),
        }
    }

    /// The prose in which words of a symptom may stand.
    pub(super) fn prose(self) -> [&'static str; 2] {
        match self {
            Self::Rule(rule) => [rule.symptom, rule.summary],
            Self::Other(other) => [other.summary, ""],
        }
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Cause {}

/// The fixes of a rule, by place; the best of each place first.
#[must_use]
pub fn fixes(rule: &Rule) -> Vec<&'static Fix> {
    let mut fixes: Vec<_> = rule.fixes.iter().collect();
    fixes.sort_by_key(|fix| fix.place);
    fixes
}
