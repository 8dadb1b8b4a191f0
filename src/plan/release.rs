//! What is released: version, commit and time, which artifacts are stamped with.

use serde::Serialize;

use crate::epoch::rfc3339;
use crate::failure::{Exit, Failure};
use crate::go_version::GoVersion;
use crate::manifest::{Template, Variable, VersionSource, is_version_char};
use crate::tools::git::Repository;

/// The version that a build has outside of any repository.
const UNVERSIONED: &str = "0.0.0-dev";

/// Whether a version may be taken for one that was released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// It is what the manifest says.
    #[default]
    Release,
    /// It says of itself that it is none, and what is wrong with the sources as they are.
    Snapshot,
}

/// The identity of what is built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Release {
    /// The project's name.
    pub project: String,
    /// The version, such as `v2.3.0-7a8b9c1`.
    pub version: String,
    /// The last tag.
    pub tag: Option<String>,
    /// The commit.
    pub commit: Option<String>,
    /// Whether the tree differs from the commit.
    pub modified: bool,
    /// `SOURCE_DATE_EPOCH`, else the commit's time, else 1970: seconds since 1970.
    pub epoch: u64,
    /// The Go toolchain: `go1.26.8`; of several the newest.
    pub go: String,
    /// All of them, the oldest first, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub go_releases: Vec<String>,
}

impl Release {
    /// Puts together what artifacts are stamped with.
    ///
    /// # Errors
    /// When the version that comes out can't be a part of file names.
    pub fn new(
        project: String,
        version: &VersionSource,
        repository: Option<&Repository>,
        epoch: Option<u64>,
        go: impl IntoIterator<Item = String>,
    ) -> Result<Self, VersionError> {
        let head = repository.and_then(|repository| repository.head.as_ref());
        let mut toolchains: Vec<String> = go.into_iter().collect();
        toolchains.sort_by_key(|name| GoVersion::of_toolchain(name));
        toolchains.dedup();
        let newest = toolchains.last().cloned();
        let mut release = Self {
            project,
            version: String::new(),
            tag: head.and_then(|head| head.tag.clone()),
            commit: head.map(|head| head.commit.clone()),
            modified: head.is_some() && repository.is_some_and(|repository| repository.modified),
            epoch: epoch.or(head.map(|head| head.time)).unwrap_or(0),
            go: newest.unwrap_or_default(),
            go_releases: if toolchains.len() > 1 {
                toolchains
            } else {
                Vec::new()
            },
        };
        release.version = match version {
            VersionSource::Git => release.version_from_git(),
            VersionSource::Template(template) => release.render_own(&template.value),
        };
        check(&release.version)?;
        Ok(release)
    }

    /// The tag and the commit, on a tag as between tags: going back to a version is exact.
    fn version_from_git(&self) -> String {
        let Some(short) = self.short_commit() else {
            return UNVERSIONED.to_owned();
        };
        // As an identifier of SemVer, digits only must not start with a zero (SemVer 2.0.0, 9).
        let digits_only = short.bytes().all(|byte| byte.is_ascii_digit());
        let mark = if digits_only && short.starts_with('0') {
            "g"
        } else {
            ""
        };
        let tag = self.tag.as_deref().unwrap_or("v0.0.0");
        let dirty = if self.modified { "-dirty" } else { "" };
        format!("{tag}-{mark}{short}{dirty}")
    }

    fn short_commit(&self) -> Option<&str> {
        self.commit
            .as_deref()
            .map(|commit| commit.get(..7).unwrap_or(commit))
    }

    /// The same release as a snapshot: its version ends with `-snapshot`, and before that tells of a tree that differs
    /// from its commit, and of a clone that is shallow.
    #[must_use]
    pub fn snapshot(mut self, repository: Option<&Repository>) -> Self {
        let head = repository.and_then(|repository| repository.head.as_ref());
        if self.modified && !self.version.contains("-dirty") {
            self.version.push_str("-dirty");
        }
        if head.is_some_and(|head| head.shallow) {
            self.version.push_str("-shallow");
        }
        self.version.push_str("-snapshot");
        self
    }

    /// The time as RFC 3339 in UTC.
    #[must_use]
    pub fn date(&self) -> String {
        rfc3339(self.epoch)
    }

    fn render_own(&self, template: &Template) -> String {
        template.render(|variable| self.value(variable).unwrap_or_default())
    }

    /// The value of a variable of the project; none for those of a binary or target.
    #[must_use]
    pub fn value(&self, variable: Variable) -> Option<String> {
        match variable {
            Variable::Version => Some(self.version.clone()),
            Variable::Tag => Some(self.tag.clone().unwrap_or_default()),
            Variable::Commit => Some(self.commit.clone().unwrap_or_default()),
            Variable::ShortCommit => Some(self.short_commit().unwrap_or_default().to_owned()),
            Variable::Date => Some(self.date()),
            Variable::Timestamp => Some(self.epoch.to_string()),
            Variable::Project => Some(self.project.clone()),
            Variable::Binary
            | Variable::Goos
            | Variable::Goarch
            | Variable::Variant
            | Variable::Target => None,
        }
    }
}

/// Tags may hold what file names can't, and there may be none.
fn check(version: &str) -> Result<(), VersionError> {
    if let Some(character) = version.chars().find(|c| !is_version_char(*c)) {
        return Err(VersionError::Character {
            version: version.to_owned(),
            character,
        });
    }
    if version.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        Err(VersionError::Start(version.to_owned()))
    }
}

/// Why a text is no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// A character that can't be in file names.
    #[error(
        "failed to make a version: `{version}` has `{character}` in it, but a version is a part of file names"
    )]
    Character {
        /// The version that came out.
        version: String,
        /// The first character at fault.
        character: char,
    },
    /// Empty, or the name of a hidden file or of an option.
    #[error("failed to make a version: `{0}` doesn't start with a letter or a digit")]
    Start(String),
}

impl Failure for VersionError {
    fn exit(&self) -> Exit {
        Exit::Manifest
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Character { .. } => "tag the commit with a version such as v1.2.3, or write \
                                       `version = \"…\"` in [project]"
                .to_owned(),
            Self::Start(_) => "tag the commit, or write `version = \"git\"` in [project], which \
                               does without a tag"
                .to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::git::Head;

    fn repository(commit: &str, tag: Option<&str>, modified: bool) -> Repository {
        Repository {
            root: "/src".into(),
            head: Some(Head {
                commit: commit.to_owned(),
                time: 1_700_000_000,
                tag: tag.map(str::to_owned),
                shallow: false,
                tags: String::new(),
            }),
            modified,
        }
    }

    fn version(repository: Option<&Repository>) -> String {
        Release::new(
            "p".into(),
            &VersionSource::Git,
            repository,
            None,
            ["go1.26.8".to_owned()],
        )
        .unwrap()
        .version
    }

    const COMMIT: &str = "7a8b9c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b";

    #[test]
    fn a_version_names_tag_and_commit() {
        let repository = repository(COMMIT, Some("v2.3.0"), false);
        assert_eq!(version(Some(&repository)), "v2.3.0-7a8b9c1");
    }

    #[test]
    fn a_changed_tree_shows_in_the_version() {
        let repository = repository(COMMIT, None, true);
        assert_eq!(version(Some(&repository)), "v0.0.0-7a8b9c1-dirty");
    }

    #[test]
    fn a_hash_that_semver_would_refuse_is_marked() {
        let repository = repository("01234567890123456789", Some("v1.0.0"), false);
        assert_eq!(version(Some(&repository)), "v1.0.0-g0123456");
    }

    #[test]
    fn without_a_commit_the_version_is_a_development_one() {
        assert_eq!(version(None), "0.0.0-dev");
        let empty = Repository {
            root: "/src".into(),
            head: None,
            modified: true,
        };
        assert_eq!(version(Some(&empty)), "0.0.0-dev");
    }

    #[test]
    fn a_version_is_a_part_of_file_names() {
        for version in ["v1.2.3-7a8b9c1-dirty", "1.0~rc1", "2024_05+x"] {
            assert_eq!(check(version), Ok(()), "{version}");
        }
        for version in ["v1/beta-7a8b9c1", "v1'x", "v1$x", "vé", "", "-x", ".1"] {
            assert!(check(version).is_err(), "{version}");
        }
    }
}
