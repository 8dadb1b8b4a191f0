//! What a user asks for: `go@1.26.8`, or `go@1.26` for the newest patch of a line.

use std::str::FromStr;

use crate::go_version::{GoVersion, newest_known_patch};

/// The oldest line that gobuildx builds with.
const OLDEST: (u32, u32) = (1, 21);

/// A release of Go that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request(GoVersion);

impl Request {
    /// The release.
    #[must_use]
    pub fn version(&self) -> &GoVersion {
        &self.0
    }
}

/// What is written instead of a request. It tells what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseRequestError {
    /// Something else.
    #[error("write a release of Go as `go@1.26.8`, or `go@1.26` for the newest patch of a line")]
    Form,
    /// A name that means another release every day.
    #[error(
        "write which release is meant, such as `go@{0}`: a build has to mean the same tomorrow"
    )]
    Moving(GoVersion),
    /// A line without a release.
    #[error("this gobuildx knows no release of Go {0}: write one, such as `go@{0}.0`")]
    Line(GoVersion),
    /// Older than what works.
    #[error("gobuildx needs Go 1.21 or newer: write one, such as `go@{0}`")]
    Old(GoVersion),
}

impl FromStr for Request {
    type Err = ParseRequestError;

    fn from_str(text: &str) -> Result<Self, ParseRequestError> {
        let newest = newest_known().ok_or(ParseRequestError::Form)?;
        let version = text.strip_prefix("go@").ok_or(ParseRequestError::Form)?;
        if ["latest", "stable", "newest"].contains(&version) {
            return Err(ParseRequestError::Moving(newest));
        }
        let line = version.strip_suffix(".x").unwrap_or(version);
        let wanted: GoVersion = line.parse().map_err(|_| ParseRequestError::Form)?;
        if !wanted.is_at_least(OLDEST.0, OLDEST.1) {
            return Err(ParseRequestError::Old(newest));
        }
        let is_line = wanted.is_line();
        if line != version && !is_line {
            return Err(ParseRequestError::Form);
        }
        if is_line {
            let patch = newest_known_patch(&wanted).ok_or(ParseRequestError::Line(wanted))?;
            return Ok(Self(patch));
        }
        Ok(Self(wanted))
    }
}

/// The newest release that this gobuildx knows.
pub(super) fn newest_known() -> Option<GoVersion> {
    let releases = include_str!("../../toolchains/go-releases.txt").lines();
    releases.rev().find_map(|line| line.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> GoVersion {
        text.parse().unwrap()
    }

    #[test]
    fn a_release_is_taken_as_it_is_and_a_line_is_its_newest_patch() {
        let parsed = |text: &str| text.parse::<Request>().map(|request| request.0);
        assert_eq!(parsed("go@1.26.8"), Ok(version("1.26.8")));
        assert_eq!(parsed("go@go1.26.8"), Ok(version("1.26.8")));
        assert_eq!(parsed("go@1.27rc1"), Ok(version("1.27rc1")));
        for line in ["go@1.21", "go@1.21.x"] {
            assert_eq!(parsed(line), Ok(version("1.21.13")), "{line}");
        }
    }

    #[test]
    fn a_wrong_spelling_is_answered_with_what_to_write() {
        let said = |text: &str| text.parse::<Request>().unwrap_err().to_string();
        for text in [
            "",
            "go",
            "1.26.8",
            "go1.26.8",
            "go@",
            "go@1",
            "go@1.26.8.x",
            "go@v1.26.8",
            "rust@1.95",
        ] {
            assert!(said(text).contains("`go@1.26.8`"), "{text}");
        }
        assert!(said("go@latest").contains("`go@1."));
        assert!(said("go@1.99").contains("`go@1.99.0`"));
        assert!(said("go@1.20.3").contains("1.21 or newer"));
    }
}
