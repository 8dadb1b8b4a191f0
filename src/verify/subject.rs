//! What a finding is about.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

/// What a finding is about: in words, and by its name where it has one that a manifest may use.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
pub struct Subject {
    words: String,
    name: Name,
    /// How many things it stands for besides one.
    more: usize,
}

/// What things are called.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
enum Name {
    /// What a manifest may use in place of the words.
    Given(String),
    /// The program knows, and it doesn't show in its file.
    Hidden,
    /// They have none.
    #[default]
    None,
}

impl Subject {
    /// One thing of a kind, such as the time zone `Europe/Paris`.
    #[must_use]
    pub fn named(kind: &str, name: &str) -> Self {
        Self {
            words: format!("{kind} \"{name}\""),
            name: Name::Given(name.to_owned()),
            more: 0,
        }
    }

    /// Things whose names don't show.
    #[must_use]
    pub fn unnamed(words: &str) -> Self {
        Self {
            words: words.to_owned(),
            name: Name::Hidden,
            more: 0,
        }
    }

    /// Whether the names of these things don't show.
    #[must_use]
    pub fn is_unnamed(&self) -> bool {
        self.name == Name::Hidden
    }

    /// Things that are too many to be named.
    #[must_use]
    pub fn others(count: usize) -> Self {
        Self {
            words: format!("{count} more"),
            name: Name::None,
            more: count.saturating_sub(1),
        }
    }

    /// How many things it stands for.
    #[must_use]
    pub fn count(&self) -> usize {
        self.more.saturating_add(1)
    }

    /// In words, such as `time zone "Europe/Paris"`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.words
    }

    /// Its name, where it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.name {
            Name::Given(name) => Some(name),
            Name::Hidden | Name::None => None,
        }
    }

    /// Whether somebody means this: by the words, or by the name alone.
    #[must_use]
    pub fn is(&self, meant: &str) -> bool {
        self.words == meant || self.name() == Some(meant)
    }
}

impl From<&str> for Subject {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl From<String> for Subject {
    fn from(words: String) -> Self {
        Self {
            words,
            name: Name::None,
            more: 0,
        }
    }
}

impl From<&String> for Subject {
    fn from(words: &String) -> Self {
        words.as_str().into()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.words)
    }
}

impl serde::Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_name_is_meant_by_that_or_by_its_words() {
        let zone = Subject::named("time zone", "Europe/Paris");
        assert!(zone.is("Europe/Paris") && zone.is("time zone \"Europe/Paris\""));
        let other = Subject::from("a \"Europe/Paris\"");
        assert!(!other.is("Europe/Paris"), "its words only quote something");
    }
}
