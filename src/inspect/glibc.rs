//! Versions of glibc, which the dynamic linker compares by number: 2.9 is older than 2.34.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};

/// A release of glibc.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
pub struct GlibcVersion {
    major: u16,
    minor: u16,
    patch: u16,
}

impl GlibcVersion {
    /// A release such as 2.34.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self {
            major,
            minor,
            patch: 0,
        }
    }

    /// The release that a symbol version such as `GLIBC_2.34` asks for. `GLIBC_PRIVATE` and
    /// the like name no release. `GLIBC_ABI_DT_RELR` marks a form of relocations that older
    /// releases can't read: it came with 2.36.
    pub(super) fn of_symbol(version: &str) -> Option<Self> {
        if version == "GLIBC_ABI_DT_RELR" {
            return Some(Self::new(2, 36));
        }
        version.strip_prefix("GLIBC_")?.parse().ok()
    }
}

/// A text that is no version of glibc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a glibc version looks like 2.17 or 2.2.5")]
pub struct ParseGlibcError;

impl FromStr for GlibcVersion {
    type Err = ParseGlibcError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.split('.').map(|part| part.parse::<u16>().ok());
        let version = match (numbers.next(), numbers.next(), numbers.next()) {
            (Some(Some(major)), Some(Some(minor)), None) => Self::new(major, minor),
            (Some(Some(major)), Some(Some(minor)), Some(Some(patch))) => Self {
                major,
                minor,
                patch,
            },
            _ => return Err(ParseGlibcError),
        };
        match numbers.next() {
            None => Ok(version),
            Some(_) => Err(ParseGlibcError),
        }
    }
}

impl fmt::Display for GlibcVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        match self.patch {
            0 => Ok(()),
            patch => write!(f, ".{patch}"),
        }
    }
}

impl serde::Serialize for GlibcVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The lowest glibc that has every symbol which a program takes from one library.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct GlibcNeed {
    /// The library, such as `libc.so.6`.
    pub library: String,
    /// The release it has to come from, or a later one.
    pub version: GlibcVersion,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number() {
        let old: GlibcVersion = "2.9".parse().unwrap();
        assert!(old < "2.34".parse().unwrap());
        assert!("2.2.5".parse::<GlibcVersion>().unwrap() < old);
    }

    #[test]
    fn private_symbols_name_no_release() {
        assert_eq!(GlibcVersion::of_symbol("GLIBC_PRIVATE"), None);
        assert_eq!(GlibcVersion::of_symbol("GCC_3.0"), None);
    }

    #[test]
    fn packed_relocations_need_the_release_that_first_read_them() {
        let least = GlibcVersion::of_symbol("GLIBC_ABI_DT_RELR");
        assert_eq!(least, Some(GlibcVersion::new(2, 36)));
    }

    #[test]
    fn a_version_is_written_as_it_was_read() {
        for text in ["2.17", "2.2.5"] {
            assert_eq!(text.parse::<GlibcVersion>().unwrap().to_string(), text);
        }
        assert!("2".parse::<GlibcVersion>().is_err());
        assert!("2.1.2.3".parse::<GlibcVersion>().is_err());
    }
}
