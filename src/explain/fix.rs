//! Fixes, by where they are made.

use crate::verify::Rule;

/// Where a fix is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
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

impl Place {
    /// The places in the order in which they are told.
    pub const ALL: [Self; 5] = [
        Self::Source,
        Self::Manifest,
        Self::Command,
        Self::Image,
        Self::Other,
    ];

    /// The word in front of a fix that is made there.
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

/// A fix without the word that says where it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Fix<'a> {
    /// Where.
    pub place: Place,
    /// What.
    pub text: &'a str,
}

impl<'a> Fix<'a> {
    /// Reads a fix as rules write it: `manifest: …`, `manifest, if C is needed: …`, or a sentence.
    #[must_use]
    pub fn read(text: &'a str) -> Self {
        let named = Place::ALL.into_iter().find_map(|place| {
            let rest = text.strip_prefix(place.as_str())?;
            let rest = rest
                .strip_prefix(": ")
                .or_else(|| rest.strip_prefix(", "))?;
            Some(Self { place, text: rest })
        });
        named.unwrap_or(Self {
            place: Place::Other,
            text,
        })
    }
}

/// The fixes of a rule, by place; the best of each place first.
#[must_use]
pub fn fixes(rule: &Rule) -> Vec<Fix<'static>> {
    let mut fixes: Vec<_> = rule.fixes.iter().map(|fix| Fix::read(fix)).collect();
    fixes.sort_by_key(|fix| fix.place);
    fixes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_in_front_says_where_a_fix_is_made() {
        let read = |text| {
            let fix = Fix::read(text);
            (fix.place, fix.text)
        };
        assert_eq!(read("source: os.Getuid()"), (Place::Source, "os.Getuid()"));
        assert_eq!(
            read("manifest, if C is needed: tags"),
            (Place::Manifest, "if C is needed: tags")
        );
        assert_eq!(read("commands differ"), (Place::Other, "commands differ"));
    }
}
