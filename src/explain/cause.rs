//! What a symptom may come from: what a rule detects, or what no file can tell.

use std::ops::Range;

use super::log::tidy;
use super::note::Note;
use super::other::{OTHERS, Other};
use super::pattern::{Pattern, folded};
use crate::verify::{Fix, Rule, RuleId};

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

    /// Where a sign stands in a folded text, if what stands there may be this cause.
    pub(super) fn find(self, sign: &Pattern, text: &str) -> Option<Range<usize>> {
        let range = sign.find(text)?;
        let is_told = !self.is_about_files() || !text.get(range.clone())?.split('/').any(is_loader);
        is_told.then_some(range)
    }

    /// Whether its signs name files, whatever they are.
    fn is_about_files(self) -> bool {
        self.rule().is_some_and(|rule| rule.id == RuleId::ASSET)
    }

    /// The parts of a message that stand for what differs between programs: each from the start of
    /// a sign to the end of what it names. None where no sign has such a part there.
    #[must_use]
    pub fn naming(self, message: &str) -> Vec<String> {
        let text = folded(&tidy(message));
        let signs = self.signs().iter().map(|sign| Pattern::new(sign));
        let found = signs.filter_map(|sign| {
            let range = self.find(&sign, &text)?;
            sign.naming(&text, range).map(str::to_owned)
        });
        found.collect()
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
    pub(super) fn prose(self) -> impl Iterator<Item = &'static str> {
        let symptom = self.rule().map(|rule| rule.symptom);
        let said = symptom.into_iter().chain([self.summary()]);
        said.chain(self.telling())
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Cause {}

/// Whether a file of this name is a dynamic loader: no file of the program.
fn is_loader(name: &str) -> bool {
    ["ld-linux", "ld-musl-", "ld.so", "ld64.so", "ld-elf.so"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// The fixes of a rule, by place; the best of each place first.
#[must_use]
pub fn fixes(rule: &Rule) -> Vec<&'static Fix> {
    let mut fixes: Vec<_> = rule.fixes.iter().collect();
    fixes.sort_by_key(|fix| fix.place);
    fixes
}
