//! The names of toolchains: `zig-musl`, and `zig-gnu.2.17` with a release of glibc.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::inspect::GlibcVersion;

/// The name of a toolchain, as manifests and people write it.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToolchainName {
    definition: String,
    glibc: Option<GlibcVersion>,
}

impl ToolchainName {
    /// The definition that it names.
    #[must_use]
    pub fn definition(&self) -> &str {
        &self.definition
    }

    /// The release of glibc that is asked for.
    #[must_use]
    pub fn glibc(&self) -> Option<GlibcVersion> {
        self.glibc
    }

    /// Whether a toolchain of that name is what this one asks for: any release of glibc where it names none.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        let name = name.parse::<Self>();
        name.is_ok_and(|name| {
            name.definition == self.definition
                && self.glibc.is_none_or(|glibc| name.glibc == Some(glibc))
        })
    }

    /// The name of the same definition for a release of glibc.
    #[must_use]
    pub fn with_glibc(&self, glibc: Option<GlibcVersion>) -> Self {
        Self {
            definition: self.definition.clone(),
            glibc,
        }
    }
}

/// A text that can't be the name of a toolchain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of a toolchain has lower-case letters, digits and dashes, such as `zig-musl`, and perhaps a release of glibc, \
     such as `zig-gnu.2.17`"
)]
pub struct ParseToolchainError;

impl FromStr for ToolchainName {
    type Err = ParseToolchainError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (definition, glibc) = match text.split_once('.') {
            Some((definition, release)) => {
                let release: GlibcVersion = release.parse().map_err(|_| ParseToolchainError)?;
                // As in policies: there is a 2, and of minor releases no hundred.
                let is_release =
                    GlibcVersion::new(2, 0) <= release && release < GlibcVersion::new(2, 100);
                if !is_release {
                    return Err(ParseToolchainError);
                }
                (definition, Some(release))
            }
            None => (text, None),
        };
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        // It becomes part of file names and of a command.
        let starts_well = definition.starts_with(|c: char| c.is_ascii_lowercase());
        if !starts_well || !definition.chars().all(is_word) || definition.len() > 40 {
            return Err(ParseToolchainError);
        }
        Ok(Self {
            definition: definition.to_owned(),
            glibc,
        })
    }
}

impl fmt::Display for ToolchainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.definition)?;
        match self.glibc {
            Some(glibc) => write!(f, ".{glibc}"),
            None => Ok(()),
        }
    }
}

impl serde::Serialize for ToolchainName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_have_a_release_of_glibc() {
        let name: ToolchainName = "zig-gnu.2.17".parse().unwrap();
        assert_eq!(name.definition(), "zig-gnu");
        assert_eq!(name.glibc(), Some(GlibcVersion::new(2, 17)));
        assert_eq!(name.to_string(), "zig-gnu.2.17");
        let name: ToolchainName = "mingw-w64".parse().unwrap();
        assert_eq!((name.definition(), name.glibc()), ("mingw-w64", None));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            "-a",
            "Zig",
            "a b",
            "../a",
            "zig-gnu.",
            "zig-gnu.x",
            "a/b",
            "1a",
            "a_b",
        ] {
            assert_eq!(
                text.parse::<ToolchainName>(),
                Err(ParseToolchainError),
                "{text}"
            );
        }
    }
}
