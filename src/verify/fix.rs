//! What to do about a finding, and where that is done.

use std::borrow::Cow;
use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

/// Where a fix is made.
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
pub enum FixPlace {
    /// In the program.
    Source,
    /// In `targets.toml`.
    Manifest,
    /// In the command that builds without gobuildx.
    Command,
    /// In the image or the system that the program runs on.
    Image,
    /// Anywhere else.
    Other,
}

impl FixPlace {
    /// The places in the order in which they are told.
    pub const ALL: [Self; 5] = [
        Self::Source,
        Self::Manifest,
        Self::Command,
        Self::Image,
        Self::Other,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Manifest => "manifest",
            Self::Command => "command",
            Self::Image => "image",
            Self::Other => "other",
        }
    }
}

/// What to do about a finding.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Fix {
    /// Where.
    pub place: FixPlace,
    /// What, after the condition under which it helps.
    pub text: Cow<'static, str>,
    /// Whether there is such a condition.
    #[serde(skip)]
    when: When,
}

/// Whether a fix always helps.
#[derive(BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Always,
    /// Its text begins with a condition.
    Told,
}

impl Fix {
    /// Whether it builds without cgo, which a program with C of its own can't.
    pub(super) fn turns_cgo_off(&self) -> bool {
        ["`cgo = false`", "CGO_ENABLED=0"]
            .iter()
            .any(|words| self.text.contains(words))
    }

    const fn new(place: FixPlace, text: &'static str) -> Self {
        Self {
            place,
            text: Cow::Borrowed(text),
            when: When::Always,
        }
    }

    /// In the program.
    #[must_use]
    pub const fn source(text: &'static str) -> Self {
        Self::new(FixPlace::Source, text)
    }

    /// In the manifest.
    #[must_use]
    pub const fn manifest(text: &'static str) -> Self {
        Self::new(FixPlace::Manifest, text)
    }

    /// In the manifest, under a condition with which the text begins.
    pub(super) const fn manifest_if(text: &'static str) -> Self {
        Self {
            place: FixPlace::Manifest,
            text: Cow::Borrowed(text),
            when: When::Told,
        }
    }

    /// In the command that builds.
    #[must_use]
    pub const fn command(text: &'static str) -> Self {
        Self::new(FixPlace::Command, text)
    }

    /// In the image.
    #[must_use]
    pub const fn image(text: &'static str) -> Self {
        Self::new(FixPlace::Image, text)
    }

    /// Anywhere else.
    #[must_use]
    pub const fn other(text: &'static str) -> Self {
        Self::new(FixPlace::Other, text)
    }

    /// In the manifest, with what only the finding tells.
    pub(super) fn of_manifest(text: String) -> Self {
        Self {
            text: text.into(),
            ..Self::manifest("")
        }
    }
}

/// As a sentence: the place, unless it is anywhere, and what to do.
impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.as_str();
        match (self.place, self.when) {
            (FixPlace::Other, _) => f.write_str(&self.text),
            (_, When::Always) => write!(f, "{place}: {}", self.text),
            (_, When::Told) => write!(f, "{place}, {}", self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_says_where_it_is_made() {
        let shown = |fix: Fix| fix.to_string();
        assert_eq!(shown(Fix::source("os.Getuid()")), "source: os.Getuid()");
        assert_eq!(
            shown(Fix::manifest_if("if C is needed: tags")),
            "manifest, if C is needed: tags"
        );
        assert_eq!(shown(Fix::other("build again")), "build again");
    }
}
