//! Versions of Go, as go.mod, `go version` and build information write them.
//!
//! Source: <https://go.dev/doc/toolchain#version>.

use std::fmt;
use std::str::FromStr;

use semver::{Prerelease, Version};
use serde::{Serialize, Serializer};

/// A version of Go: the language version `1.26`, or a release such as `1.26.8` or `1.27rc1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoVersion {
    major: u32,
    minor: u32,
    stage: Stage,
}

/// How far a version is; the order is Go's: the language version comes before its candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Stage {
    Language,
    Beta(u32),
    Candidate(u32),
    Patch(u32),
}

impl GoVersion {
    /// Whether this names a release line only, such as `1.26`: no toolchain has that name.
    ///
    /// Before Go 1.21 the first release of a line was named like the line.
    #[must_use]
    pub fn is_line(&self) -> bool {
        self.stage == Stage::Language && (self.major, self.minor) >= (1, 21)
    }

    /// Whether both belong to the same release line.
    #[must_use]
    pub fn same_line(&self, other: &Self) -> bool {
        (self.major, self.minor) == (other.major, other.minor)
    }

    /// The second number, which is that of the release line.
    #[must_use]
    pub fn minor(&self) -> u32 {
        self.minor
    }

    /// Whether a release line has what came with another one.
    #[must_use]
    pub fn is_at_least(&self, major: u32, minor: u32) -> bool {
        (self.major, self.minor) >= (major, minor)
    }

    /// The release that a toolchain is, or is made from, by its name as `go version` and build
    /// information have it: what somebody changed, and experiments, stand behind the release. None
    /// for one that is made from no release.
    #[must_use]
    pub fn of_toolchain(name: &str) -> Option<Self> {
        name.strip_prefix("go")?
            .split([' ', '-', '+'])
            .next()?
            .parse()
            .ok()
    }

    /// The same as a semantic version, by which Go's vulnerability database compares Go itself:
    /// `1.21` is 1.21.0 and `1.22rc1` is 1.22.0-rc.1.
    ///
    /// Source: `GoTagToSemver` in `internal/semver` of golang.org/x/vuln.
    #[must_use]
    pub fn semantic(&self) -> Version {
        let (patch, before) = match self.stage {
            Stage::Language => (0, String::new()),
            Stage::Beta(number) => (0, format!("beta.{number}")),
            Stage::Candidate(number) => (0, format!("rc.{number}")),
            Stage::Patch(number) => (number, String::new()),
        };
        Version {
            pre: Prerelease::new(&before).unwrap_or_default(),
            ..Version::new(self.major.into(), self.minor.into(), patch.into())
        }
    }

    /// The name of the toolchain: `go1.26.8`.
    #[must_use]
    pub fn toolchain(&self) -> String {
        format!("go{self}")
    }
}

impl fmt::Display for GoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        match self.stage {
            Stage::Language => Ok(()),
            Stage::Beta(number) => write!(f, "beta{number}"),
            Stage::Candidate(number) => write!(f, "rc{number}"),
            Stage::Patch(number) => write!(f, ".{number}"),
        }
    }
}

impl Serialize for GoVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is not a version of Go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a Go version such as 1.26.8")]
pub struct ParseGoVersionError(String);

impl FromStr for GoVersion {
    type Err = ParseGoVersionError;

    /// Reads `1.26.8`, `1.27rc1` or `1.26`, also with `go` in front.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text.strip_prefix("go").unwrap_or(text))
            .ok_or_else(|| ParseGoVersionError(text.to_owned()))
    }
}

/// The name of a toolchain, such as `go1.26.8`, in what build information has: `go1.26.8-X:jsonv2`.
/// Before Go 1.26, and behind a name that has a `-`, a space stands before `X:`.
#[must_use]
pub fn without_experiments(recorded: &str) -> &str {
    let end = recorded
        .split_once("-X:")
        .or_else(|| recorded.split_once(" X:"));
    end.map_or(recorded, |(name, _)| name)
}

fn parse(text: &str) -> Option<GoVersion> {
    let (major, rest) = text.split_once('.')?;
    let major = number(major)?;
    let version = |minor, stage| {
        Some(GoVersion {
            major,
            minor: number(minor)?,
            stage,
        })
    };
    if let Some((minor, patch)) = rest.split_once('.') {
        version(minor, Stage::Patch(number(patch)?))
    } else if let Some((minor, candidate)) = rest.split_once("rc") {
        version(minor, Stage::Candidate(number(candidate)?))
    } else if let Some((minor, beta)) = rest.split_once("beta") {
        version(minor, Stage::Beta(number(beta)?))
    } else {
        version(rest, Stage::Language)
    }
}

/// A decimal number without sign or leading zeros.
fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    (plain && !leading_zero).then(|| text.parse().ok())?
}

/// The newest patch of each release line that this gobuildx knows, the oldest line first.
pub fn known_releases() -> impl Iterator<Item = GoVersion> {
    include_str!("../toolchains/go-releases.txt")
        .lines()
        .filter(|text| !text.starts_with('#'))
        .filter_map(|text| text.parse().ok())
}

/// The newest patch of a release line that this gobuildx knows.
#[must_use]
pub fn newest_known_patch(line: &GoVersion) -> Option<GoVersion> {
    known_releases().find(|release| release.same_line(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> GoVersion {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_ordered_as_go_orders_them() {
        let order = [
            "1.20",
            "1.21beta1",
            "1.21rc2",
            "1.21.0",
            "1.21.10",
            "1.26.8",
            "1.100",
        ];
        let mut sorted: Vec<_> = order.iter().map(|text| version(text)).collect();
        sorted.sort();
        assert_eq!(
            sorted.iter().map(ToString::to_string).collect::<Vec<_>>(),
            order
        );
        assert!(version("1.21") < version("1.21rc1"));
    }

    #[test]
    fn a_release_line_is_no_release_since_1_21() {
        assert!(version("1.26").is_line());
        assert!(!version("1.20").is_line());
        assert!(!version("go1.26.0").is_line());
    }

    #[test]
    fn a_toolchain_is_named_after_its_release_and_what_differs_from_it() {
        for (recorded, name, release) in [
            ("go1.26.8", "go1.26.8", Some("1.26.8")),
            ("go1.26.8-X:jsonv2", "go1.26.8", Some("1.26.8")),
            ("go1.21.3 X:rangefunc", "go1.21.3", Some("1.21.3")),
            ("go1.26.8-corp", "go1.26.8-corp", Some("1.26.8")),
            ("go1.26.8-corp X:jsonv2", "go1.26.8-corp", Some("1.26.8")),
            ("go1.27rc1", "go1.27rc1", Some("1.27rc1")),
            ("devel go1.28-1a2b3c", "devel go1.28-1a2b3c", None),
            ("unknown", "unknown", None),
            ("", "", None),
        ] {
            assert_eq!(without_experiments(recorded), name);
            assert_eq!(GoVersion::of_toolchain(recorded), release.map(version));
        }
    }

    #[test]
    fn advisories_know_a_release_by_a_semantic_version() {
        for (text, semantic) in [
            ("1.21", "1.21.0"),
            ("1.21.5", "1.21.5"),
            ("1.22rc1", "1.22.0-rc.1"),
            ("1.22beta2", "1.22.0-beta.2"),
        ] {
            assert_eq!(version(text).semantic().to_string(), semantic);
        }
    }

    #[test]
    fn garbage_is_refused() {
        for text in [
            "", "1", "go", "1.", "1.02", "1.2.3.4", "v1.2", "1.2rc", "1.+2", "local",
        ] {
            assert!(text.parse::<GoVersion>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_table_of_releases_has_one_patch_a_line() {
        let releases: Vec<GoVersion> = include_str!("../toolchains/go-releases.txt")
            .lines()
            .filter(|text| !text.starts_with('#'))
            .map(version)
            .collect();
        assert!(
            releases
                .windows(2)
                .all(|pair| pair[0] < pair[1] && !pair[0].same_line(&pair[1]))
        );
        assert_eq!(
            newest_known_patch(&version("1.21")),
            Some(version("1.21.13"))
        );
        assert_eq!(newest_known_patch(&version("1.99")), None);
    }
}
