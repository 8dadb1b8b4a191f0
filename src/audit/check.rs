//! What an audit asked, and what it could not ask: nothing that wasn't asked counts as clean.

use std::fmt;

use serde::Serialize;

/// An answer, or why there is none.
pub type Answer<T> = Result<T, String>;

/// A question that an audit asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// What is linked into each program.
    Linked,
    /// Whether go.mod and go.sum are what `go mod tidy` makes.
    Tidy,
    /// Whether the module cache is what go.sum says.
    Sums,
    /// Whether `vendor` is what `go mod vendor` makes.
    Vendor,
    /// Which versions are newer, retracted or deprecated.
    Newest,
    /// How old the versions are, where the manifest limits that.
    Ages,
    /// Which licences modules have.
    Licences,
    /// Which advisories are about what is linked.
    Advisories,
    /// Which of what they tell of is called, by govulncheck or by the built programs.
    Calls,
    /// Whether built programs are what go.mod says, and of the Go that builds.
    Drift,
    /// Whether the modules in built programs are those that go.sum has.
    BuiltSums,
    /// Whether built programs are of the commit.
    Commits,
}

impl Question {
    /// What is asked, for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linked => "linked modules",
            Self::Tidy => "go mod tidy",
            Self::Sums => "go mod verify",
            Self::Vendor => "vendor",
            Self::Newest => "newer versions, retractions, deprecations",
            Self::Ages => "ages",
            Self::Licences => "licences",
            Self::Advisories => "advisories",
            Self::Calls => "what is called",
            Self::Drift => "built programs",
            Self::BuiltSums => "checksums in built programs",
            Self::Commits => "commits of built programs",
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A question, and whether it was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was asked.
    pub question: Question,
    /// What came of it.
    pub outcome: Outcome,
}

/// Whether a question was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Outcome {
    /// It was, for all that it is about.
    Asked,
    /// It was, for some.
    Partly {
        /// What for it wasn't, and why.
        why: String,
    },
    /// It wasn't.
    NotAsked {
        /// Why.
        why: String,
    },
}

impl Check {
    /// That a question was answered.
    #[must_use]
    pub fn asked(question: Question) -> Self {
        Self {
            question,
            outcome: Outcome::Asked,
        }
    }

    /// With an answer, unless there is a reason for none.
    #[must_use]
    pub fn of(question: Question, why: Option<&String>) -> Self {
        let outcome = why.map_or(Outcome::Asked, |why| Outcome::NotAsked { why: why.clone() });
        Self { question, outcome }
    }

    /// By the reasons for which `all` things have no answer.
    #[must_use]
    pub fn by_reasons<'r>(
        question: Question,
        reasons: impl IntoIterator<Item = &'r str>,
        all: usize,
    ) -> Self {
        let mut why: Vec<&str> = reasons.into_iter().collect();
        let without = why.len();
        why.sort_unstable();
        why.dedup();
        let more = why.len().saturating_sub(1);
        let first = why.first().copied().unwrap_or_default();
        let why = match more {
            0 => first.to_owned(),
            1 => format!("{first}; and one more reason"),
            more => format!("{first}; and {more} more reasons"),
        };
        let outcome = match without {
            0 => Outcome::Asked,
            without if without >= all => Outcome::NotAsked { why },
            without => Outcome::Partly {
                why: format!("not for {without} of {all}: {why}"),
            },
        };
        Self { question, outcome }
    }

    /// Why nothing is known.
    #[must_use]
    pub fn not_asked(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::NotAsked { why } => Some(why),
            Outcome::Asked | Outcome::Partly { .. } => None,
        }
    }

    /// Why not all is known; none where it is.
    #[must_use]
    pub fn gap(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Asked => None,
            Outcome::Partly { why } | Outcome::NotAsked { why } => Some(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_some_only_is_told() {
        let check = |reasons: &[&str]| {
            Check::by_reasons(Question::Newest, reasons.iter().copied(), 3).outcome
        };
        assert_eq!(check(&[]), Outcome::Asked);
        let why = "not for 2 of 3: no network".to_owned();
        assert_eq!(
            check(&["no network", "no network"]),
            Outcome::Partly { why }
        );
        let why = "a; and 2 more reasons".to_owned();
        assert_eq!(check(&["c", "a", "b"]), Outcome::NotAsked { why });
    }
}
