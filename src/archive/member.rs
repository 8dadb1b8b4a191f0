//! What an archive consists of.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::atomic::Mode;

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path in the archive.
    pub path: MemberPath,
    /// Whether it is a program.
    pub mode: Mode,
    /// Where its bytes are.
    pub from: PathBuf,
}

/// The path of a file in an archive: below the folder that it is unpacked in, on every system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberPath(String);

impl MemberPath {
    /// As the archive has it, with slashes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path where letters of either case are the same, as on Windows and macOS.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no path in an archive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseMemberPathError {
    /// Empty, or with nothing between two slashes.
    #[error("`{0}` has an empty name in it")]
    Empty(String),
    /// It leads elsewhere.
    #[error("`{0}` leads out of the archive")]
    Outside(String),
    /// It isn't the same path on every system, or can't be shown.
    #[error("`{path}` has {character:?} in it, which not every system can have in a name")]
    Character {
        /// The path.
        path: String,
        /// The first character at fault.
        character: char,
    },
}

impl FromStr for MemberPath {
    type Err = ParseMemberPathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let character = text
            .chars()
            .find(|c| c.is_control() || "\\:*?\"<>|".contains(*c));
        if let Some(character) = character {
            let path = text.to_owned();
            return Err(ParseMemberPathError::Character { path, character });
        }
        if text.starts_with('/') || text.split('/').any(|part| part == "..") {
            return Err(ParseMemberPathError::Outside(text.to_owned()));
        }
        if text.split('/').any(|part| part.is_empty() || part == ".") {
            return Err(ParseMemberPathError::Empty(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_the_folder_that_it_is_unpacked_in() {
        for path in ["server", "server-1.2/bin/server.exe", "a/..b", "Ünï/c"] {
            assert_eq!(path.parse::<MemberPath>().unwrap().as_str(), path);
        }
        for path in ["/etc/passwd", "../a", "a/../../b", "a/.."] {
            let error = path.parse::<MemberPath>().unwrap_err();
            assert_eq!(error, ParseMemberPathError::Outside(path.to_owned()));
        }
        for path in ["", "a//b", "a/", "./a"] {
            let error = path.parse::<MemberPath>().unwrap_err();
            assert_eq!(error, ParseMemberPathError::Empty(path.to_owned()));
        }
        for path in ["a\\b", "C:a", "a\nb", "a\0b"] {
            assert!(matches!(
                path.parse::<MemberPath>(),
                Err(ParseMemberPathError::Character { .. })
            ));
        }
    }
}
