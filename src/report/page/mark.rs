//! A word about something, and how good it is.

use std::borrow::Cow;

/// How good something is. What wasn't looked at is never good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// It was looked at, and it is as it should be.
    Good,
    /// It is as it should be under a condition.
    Caution,
    /// It isn't as it should be.
    Bad,
    /// Nothing is known.
    Unknown,
}

impl Tone {
    /// Its class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Caution => "caution",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
        }
    }
}

/// A word with its tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) tone: Tone,
    pub(super) word: Cow<'static, str>,
}

impl Mark {
    pub(super) fn good(word: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Tone::Good, word)
    }

    pub(super) fn caution(word: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Tone::Caution, word)
    }

    pub(super) fn bad(word: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Tone::Bad, word)
    }

    pub(super) fn unknown(word: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Tone::Unknown, word)
    }

    fn new(tone: Tone, word: impl Into<Cow<'static, str>>) -> Self {
        Self {
            tone,
            word: word.into(),
        }
    }
}
