//! Selectors: `goos[/goarch[/variant]]`, each part a glob; a missing part matches all.

use std::fmt;
use std::str::FromStr;

use globset::{GlobBuilder, GlobMatcher};

use super::{Goarch, Goos, Target};

/// A pattern for targets, such as `linux`, `windows/*` or `linux/arm*/7`.
#[derive(Clone, Debug)]
pub struct Selector {
    text: String,
    parts: Vec<GlobMatcher>,
}

impl Selector {
    /// Whether the target is selected.
    #[must_use]
    pub fn matches(&self, target: &Target) -> bool {
        let variant = target
            .variant
            .as_ref()
            .map_or("", |variant| variant.value());
        let values = [target.goos.as_str(), target.goarch.as_str(), variant];
        self.parts
            .iter()
            .zip(values)
            .all(|(part, value)| part.is_match(value))
    }

    /// Whether it selects a platform, with some variant.
    #[must_use]
    pub fn may_match(&self, goos: Goos, goarch: Goarch) -> bool {
        let values = [goos.as_str(), goarch.as_str()];
        let mut parts = self.parts.iter().zip(values);
        parts.all(|(part, value)| part.is_match(value))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Selector {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Selector {}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a text is not a selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseSelectorError {
    /// More than three parts, or an empty one.
    #[error("`{0}` is not of the form goos[/goarch[/variant]]")]
    Shape(String),
    /// A part that is not a glob.
    #[error("`{part}` is not a glob: {reason}")]
    Glob {
        /// The part at fault.
        part: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl FromStr for Selector {
    type Err = ParseSelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() > 3 || parts.iter().any(|part| part.is_empty()) {
            return Err(ParseSelectorError::Shape(text.to_owned()));
        }
        let parts = parts
            .into_iter()
            .map(|part| {
                GlobBuilder::new(part)
                    .build()
                    .map(|glob| glob.compile_matcher())
                    .map_err(|error| ParseSelectorError::Glob {
                        part: part.to_owned(),
                        reason: error.kind().to_string(),
                    })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selects(selector: &str, target: &str) -> bool {
        let selector: Selector = selector.parse().unwrap();
        selector.matches(&target.parse().unwrap())
    }

    #[test]
    fn missing_parts_match_all() {
        assert!(selects("linux", "linux/arm/6"));
        assert!(selects("linux/arm", "linux/arm/6"));
        assert!(!selects("linux/arm", "linux/arm64"));
    }

    #[test]
    fn each_part_is_a_glob() {
        assert!(selects("*/arm*", "windows/arm64"));
        assert!(selects("linux/{amd64,arm64}", "linux/arm64"));
        assert!(!selects("linux/amd64/v[34]", "linux/amd64/v1"));
        assert!(selects("*/*/v8.0", "linux/arm64"));
    }

    #[test]
    fn an_empty_part_is_refused() {
        assert!("linux//v1".parse::<Selector>().is_err());
        assert!("".parse::<Selector>().is_err());
        assert!("a/b/c/d".parse::<Selector>().is_err());
    }
}
