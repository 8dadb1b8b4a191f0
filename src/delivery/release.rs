//! The release that the records are of: each names it, and all have to name the same.

use serde::Deserialize;

use super::records::{RecordError, Records, of_this_version};
use super::{Fault, FaultKind};
use crate::go_version::without_experiments;
use crate::manifest::Variable;
use crate::verify::Stamp;

/// What a record says of the release.
#[derive(Debug, Deserialize)]
pub(super) struct Release {
    project: String,
    version: String,
    /// The digest of the plan.
    plan: Option<String>,
    /// The Go toolchain.
    go: Option<String>,
    /// All of them, where there are several.
    #[serde(default)]
    go_releases: Vec<String>,
}

/// Two records that say different things of the release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    what: &'static str,
    own: String,
    other: &'static str,
    theirs: String,
}

impl Difference {
    /// That a record says something else than another one does.
    pub(super) fn new(
        what: &'static str,
        own: &str,
        (other, theirs): (&'static str, &str),
    ) -> Self {
        Self {
            what,
            own: own.to_owned(),
            other,
            theirs: theirs.to_owned(),
        }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            what,
            own,
            other,
            theirs,
        } = self;
        write!(f, "its {what} is `{own}`, and that of {other} `{theirs}`")
    }
}

/// What `metadata.json` says of how the release was made.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    commit: Option<String>,
    #[serde(default)]
    tag: Option<String>,
    /// RFC 3339, UTC.
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    modified: bool,
    /// Whether that commit is the one that artifacts are stamped with, as far as they are. Earlier
    /// records don't say.
    #[serde(default)]
    stamps_all: bool,
    gobuildx: Option<String>,
    /// The digest of the plan.
    #[serde(default)]
    pub(super) plan: Option<String>,
}

/// Which gobuildx wrote the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// One with the same rules, as far as anybody says.
    ThisRelease,
    /// One that may have had other rules.
    AnotherRelease,
}

impl Metadata {
    /// The value that a variable of the release had; none where that isn't recorded.
    #[must_use]
    pub fn value(&self, variable: Variable) -> Option<String> {
        match variable {
            Variable::Tag => self.tag.clone(),
            Variable::Commit => self.commit.clone(),
            Variable::ShortCommit => {
                let commit = self.commit.as_deref()?;
                Some(commit.chars().take(7).collect())
            }
            Variable::Date => self.date.clone(),
            Variable::Timestamp => {
                let time: jiff::Timestamp = self.date.as_deref()?.parse().ok()?;
                Some(time.as_second().to_string())
            }
            _ => None,
        }
    }

    /// Reads `metadata.json`.
    pub(super) fn parse(text: &str) -> Result<Self, RecordError> {
        of_this_version(text)
    }

    /// Which gobuildx wrote it.
    pub(super) fn author(&self) -> Author {
        match &self.gobuildx {
            Some(version) if version != env!("CARGO_PKG_VERSION") => Author::AnotherRelease,
            Some(_) | None => Author::ThisRelease,
        }
    }

    /// What artifacts that are stamped at all have to be stamped with.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        match &self.commit {
            Some(commit) if self.stamps_all => Stamp::Revision {
                commit: commit.clone(),
                modified: self.modified,
            },
            Some(_) | None => Stamp::None,
        }
    }
}

impl Release {
    /// What a record says.
    pub(super) fn parse(text: &str) -> Result<Self, RecordError> {
        let mut release: Self = of_this_version(text)?;
        // Where there are several, what was made may be of some of them.
        if !release.go_releases.is_empty() {
            release.go = None;
        }
        Ok(release)
    }

    /// What `artifacts.json` says: the Go is that of all artifacts.
    pub(super) fn of(records: &Records) -> Self {
        let versions = records.artifacts.iter().map(|artifact| {
            let go = artifact.go.as_deref();
            go.map(without_experiments)
        });
        let first = versions.clone().next().flatten();
        let go = first.filter(|_| versions.clone().all(|version| version == first));
        Self {
            project: records.project.clone(),
            version: records.version.clone(),
            plan: None,
            go: go.map(str::to_owned),
            go_releases: Vec::new(),
        }
    }

    fn fields(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("project", Some(&self.project)),
            ("version", Some(&self.version)),
            ("plan", self.plan.as_deref()),
            ("Go version", self.go.as_deref()),
        ]
    }

    /// The first thing that another record says in another way.
    fn difference(&self, (other, others): &(&'static str, Self)) -> Option<Difference> {
        let pairs = self.fields().into_iter().zip(others.fields());
        let both = pairs.filter_map(|((what, own), (_, theirs))| Some((what, own?, theirs?)));
        let mut differing = both.filter(|(_, own, theirs)| own != theirs);
        let (what, own, theirs) = differing.next()?;
        Some(Difference::new(what, own, (other, theirs)))
    }
}

/// The records that are of another release than one before them.
pub(super) fn strangers(records: &[(&'static str, Release)]) -> Vec<Fault> {
    let strange = records
        .iter()
        .enumerate()
        .filter_map(|(index, (name, release))| {
            let mut before = records.iter().take(index);
            let difference = before.find_map(|other| release.difference(other))?;
            Some(Fault {
                path: (*name).to_owned(),
                kind: FaultKind::OtherRelease(difference),
            })
        });
    strange.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(plan: Option<&str>, go: Option<&str>) -> Release {
        Release {
            project: "p".to_owned(),
            version: "v1".to_owned(),
            plan: plan.map(str::to_owned),
            go: go.map(str::to_owned),
            go_releases: Vec::new(),
        }
    }

    fn told(records: &[(&'static str, Release)]) -> Vec<String> {
        strangers(records).iter().map(Fault::to_string).collect()
    }

    #[test]
    fn records_of_one_release_agree_in_what_they_say() {
        let records = [
            ("a", release(None, Some("go1.26.8"))),
            ("b", release(Some("sha256:1"), Some("go1.26.8"))),
            ("c", release(Some("sha256:1"), None)),
        ];
        assert_eq!(told(&records), [""; 0]);
    }

    #[test]
    fn each_record_of_another_release_is_told_with_what_differs() {
        let older = Release {
            version: "v0".to_owned(),
            ..release(None, None)
        };
        let records = [
            ("a", release(None, Some("go1.26.8"))),
            ("b", release(Some("sha256:1"), Some("go1.26.7"))),
            ("c", release(Some("sha256:2"), None)),
            ("d", older),
        ];
        let said = [
            "`b` is of another release: its Go version is `go1.26.7`, and that of a `go1.26.8`",
            "`c` is of another release: its plan is `sha256:2`, and that of b `sha256:1`",
            "`d` is of another release: its version is `v0`, and that of a `v1`",
        ];
        assert_eq!(told(&records), said);
    }
}
