//! Which Go toolchain builds: the pinned one, the one on PATH, or the one that go.mod names.

use crate::failure::{Exit, Failure};
use crate::go_version::{GoVersion, newest_known_patch};

/// The Go toolchain that builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoToolchain {
    /// Its version as build information records it: `go1.26.8`.
    pub version: String,
    /// The value of GOTOOLCHAIN that selects it.
    pub gotoolchain: String,
}

impl From<&GoVersion> for GoToolchain {
    fn from(version: &GoVersion) -> Self {
        Self {
            version: version.toolchain(),
            gotoolchain: version.toolchain(),
        }
    }
}

/// What a go.mod or go.work asks of the toolchain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirement {
    go: Option<GoVersion>,
    toolchain: Option<GoVersion>,
}

impl Requirement {
    /// From the `go` line and the `toolchain` line.
    #[must_use]
    pub fn new(go: Option<&str>, toolchain: Option<&str>) -> Self {
        let version = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        Self {
            go: version(go),
            toolchain: version(toolchain),
        }
    }
}

/// Chooses the toolchain: the pinned one; else the one on PATH when it is new enough; else the one
/// that the newest go.mod names.
///
/// # Errors
/// When go.mod forbids the pinned one, or names a release line that has no known release.
pub fn choose(
    local: &str,
    pinned: Option<&str>,
    requirements: &[Requirement],
) -> Result<GoToolchain, GoToolchainError> {
    let needed = requirements
        .iter()
        .max_by_key(|requirement| &requirement.go);
    let go = needed.and_then(|requirement| requirement.go.as_ref());
    if let Some(pinned) = pinned.and_then(|text| text.parse::<GoVersion>().ok()) {
        return match go {
            Some(go) if *go > pinned => Err(GoToolchainError::PinnedTooOld {
                pinned,
                go: go.clone(),
            }),
            _ => Ok((&pinned).into()),
        };
    }
    match (local.parse::<GoVersion>().ok(), go) {
        (Some(local), Some(go)) if local < *go => {
            let asked = needed.and_then(|requirement| requirement.toolchain.as_ref());
            let wanted = asked.filter(|asked| *asked >= go).unwrap_or(go);
            if !wanted.is_line() {
                return Ok(wanted.into());
            }
            newest_known_patch(wanted)
                .map(|patch| (&patch).into())
                .ok_or_else(|| GoToolchainError::UnknownLine(wanted.clone()))
        }
        (Some(local), _) => Ok((&local).into()),
        // A Go built from source has no name that GOTOOLCHAIN could select.
        (None, _) => Ok(GoToolchain {
            version: local.to_owned(),
            gotoolchain: "local".to_owned(),
        }),
    }
}

/// A release that does what a `go` line asks for: the newest one that is known of a line.
#[must_use]
pub fn release_for(go: &GoVersion) -> GoVersion {
    let newest = newest_known_patch(go).filter(|_| go.is_line());
    newest.unwrap_or_else(|| go.clone())
}

/// Why no toolchain fits.
#[derive(Debug, thiserror::Error)]
pub enum GoToolchainError {
    /// The manifest pins a toolchain that go.mod forbids.
    #[error(
        "failed to choose a Go toolchain: the manifest pins Go {pinned}, but go.mod asks for at least {go}"
    )]
    PinnedTooOld {
        /// The manifest's version.
        pinned: GoVersion,
        /// go.mod's version.
        go: GoVersion,
    },
    /// A release line without a known release.
    #[error(
        "failed to choose a Go toolchain: go.mod asks for Go {0}, which is newer than the Go on PATH and than this gobuildx"
    )]
    UnknownLine(GoVersion),
}

impl Failure for GoToolchainError {
    fn exit(&self) -> Exit {
        match self {
            Self::PinnedTooOld { .. } => Exit::Manifest,
            Self::UnknownLine(_) => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::PinnedTooOld { go, .. } => {
                let release = release_for(go);
                format!("set `go = \"{release}\"` or newer in [project]")
            }
            Self::UnknownLine(line) => {
                format!("name a release: `go = \"{line}.0\"` in [project]")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(local: &str, pinned: Option<&str>, go: &str, line: Option<&str>) -> String {
        let requirements = [Requirement::new(Some(go), line)];
        choose(local, pinned, &requirements).unwrap().gotoolchain
    }

    #[test]
    fn the_go_on_path_is_taken_when_it_is_new_enough() {
        assert_eq!(chosen("go1.26.8", None, "1.26", None), "go1.26.8");
        assert_eq!(
            chosen("go1.26.8", None, "1.24.0", Some("go1.27.1")),
            "go1.26.8"
        );
    }

    #[test]
    fn an_older_go_fetches_what_go_mod_names() {
        assert_eq!(chosen("go1.24.1", None, "1.25.3", None), "go1.25.3");
        assert_eq!(
            chosen("go1.24.1", None, "1.25.3", Some("go1.25.5")),
            "go1.25.5"
        );
        assert_eq!(chosen("go1.24.1", None, "1.25", None), "go1.25.14");
    }

    #[test]
    fn a_pinned_toolchain_wins_but_not_against_go_mod() {
        assert_eq!(chosen("go1.26.8", Some("1.25.1"), "1.25", None), "go1.25.1");
        let requirements = [Requirement::new(Some("1.26"), None)];
        assert!(choose("go1.26.8", Some("1.25.1"), &requirements).is_err());
    }

    #[test]
    fn a_go_built_from_source_is_used_as_it_is() {
        assert_eq!(chosen("devel go1.28-abc", None, "1.26", None), "local");
    }
}
