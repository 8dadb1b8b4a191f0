//! Versions of modules: how they compare, and what kind each is.
//!
//! Source: the Go modules reference, "Versions" and "Pseudo-versions" (<https://go.dev/ref/mod#versions>).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use semver::Version;
use serde::Serialize;

use crate::go_version::GoVersion;

/// A version of a module, such as `v1.2.3`; compared as Go compares versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModuleVersion {
    text: String,
    number: Version,
}

/// What kind of version it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionKind {
    /// Its author released it.
    Release,
    /// Its author released it to be tried.
    PreRelease,
    /// A commit that nobody released.
    Pseudo(Pseudo),
}

/// What a pseudo-version says of its commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pseudo {
    /// When it was made.
    pub time: Timestamp,
    /// The first twelve digits of its name.
    pub commit: String,
}

/// A text that is no version of a module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version of a module, such as v1.2.3")]
pub struct ParseVersionError(String);

impl ModuleVersion {
    /// As it is written, with its `v`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The major version, which from 2 on is part of a module's path.
    #[must_use]
    pub fn major(&self) -> u64 {
        self.number.major
    }

    /// Whether a major version from 2 on is used without a go.mod that says so.
    #[must_use]
    pub fn is_incompatible(&self) -> bool {
        self.number.build.as_str() == "incompatible"
    }

    /// Which of two versions comes first, whatever follows a `+`.
    #[must_use]
    pub fn precedence(&self, other: &Self) -> Ordering {
        self.number.cmp_precedence(&other.number)
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> VersionKind {
        match self.pseudo() {
            Some(pseudo) => VersionKind::Pseudo(pseudo),
            None if self.number.pre.is_empty() => VersionKind::Release,
            None => VersionKind::PreRelease,
        }
    }

    /// `v0.0.0-TIME-COMMIT`, `vX.Y.Z-PRE.0.TIME-COMMIT` or `vX.Y.(Z+1)-0.TIME-COMMIT`.
    fn pseudo(&self) -> Option<Pseudo> {
        let (before, commit) = self.number.pre.as_str().rsplit_once('-')?;
        let is_commit = commit.len() == 12 && commit.bytes().all(|b| b.is_ascii_hexdigit());
        let (base, time) = before.rsplit_once('.').unwrap_or(("", before));
        let has_base = base.is_empty() || base == "0" || base.ends_with(".0");
        let is_time = time.len() == 14 && time.bytes().all(|b| b.is_ascii_digit());
        if !is_commit || !has_base || !is_time {
            return None;
        }
        let time = DateTime::strptime("%Y%m%d%H%M%S", time).ok()?;
        Some(Pseudo {
            time: Offset::UTC.to_timestamp(time).ok()?,
            commit: commit.to_owned(),
        })
    }
}

/// Go itself, whose packages are the module `stdlib` to Go's vulnerability database.
impl From<&GoVersion> for ModuleVersion {
    fn from(release: &GoVersion) -> Self {
        let number = release.semantic();
        Self {
            text: format!("v{number}"),
            number,
        }
    }
}

impl FromStr for ModuleVersion {
    type Err = ParseVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text
            .strip_prefix('v')
            .and_then(|number| number.parse().ok());
        let number = number.ok_or_else(|| ParseVersionError(text.to_owned()))?;
        Ok(Self {
            text: text.to_owned(),
            number,
        })
    }
}

impl Ord for ModuleVersion {
    /// What follows a `+` says how a version is used, and not which it is.
    fn cmp(&self, other: &Self) -> Ordering {
        self.precedence(other)
            .then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for ModuleVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ModuleVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for ModuleVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ModuleVersion {
        text.parse().unwrap()
    }

    #[test]
    fn versions_compare_as_go_compares_them() {
        let sorted = [
            "v0.0.0-20190101000000-0123456789ab",
            "v0.3.5",
            "v0.3.6-0.20210101000000-0123456789ab",
            "v0.3.6",
            "v1.0.0-rc.1",
            "v1.0.0-rc.1.0.20210101000000-0123456789ab",
            "v1.0.0",
            "v3.2.0+incompatible",
            "v10.0.0",
        ];
        let versions = sorted.map(version);
        assert!(versions.is_sorted());
    }

    #[test]
    fn a_commit_that_nobody_released_is_told_from_a_release() {
        for text in [
            "v0.0.0-20190603091049-60506f45cf65",
            "v0.3.6-0.20190603091049-60506f45cf65",
            "v1.0.0-rc.1.0.20190603091049-60506f45cf65",
            "v2.0.1-0.20190603091049-60506f45cf65+incompatible",
        ] {
            let VersionKind::Pseudo(pseudo) = version(text).kind() else {
                panic!("{text}");
            };
            assert_eq!(pseudo.commit, "60506f45cf65", "{text}");
            assert_eq!(pseudo.time.to_string(), "2019-06-03T09:10:49Z", "{text}");
        }
        assert_eq!(version("v1.0.0").kind(), VersionKind::Release);
        for text in [
            "v1.0.0-rc.1",
            "v1.0.0-20190603091049",
            "v1.0.0-20191303091049-60506f45cf65",
            "v1.0.0-x.20190603091049-60506f45cf65",
        ] {
            assert_eq!(version(text).kind(), VersionKind::PreRelease, "{text}");
        }
    }

    #[test]
    fn go_itself_has_a_version_like_a_module() {
        let release: GoVersion = "go1.22rc1".parse().unwrap();
        let as_module = ModuleVersion::from(&release);
        assert_eq!(as_module, version("v1.22.0-rc.1"));
        assert!(version("v1.22.0-0") < as_module && as_module < version("v1.22.0"));
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["", "1.2.3", "v1", "v1.2", "(devel)", "latest", "v1.2.3 "] {
            assert!(text.parse::<ModuleVersion>().is_err(), "{text}");
        }
    }
}
