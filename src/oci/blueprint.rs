//! What is in an image, and how it is started.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::{Annotations, Digest, Extra, Platform, Tag};
use crate::archive::MemberPath;

/// What an image is made of.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// The name of the program, which stands in the root.
    pub program: ProgramName,
    /// The tag.
    pub tag: Tag,
    /// Arguments, which whoever starts the image may replace.
    pub args: Vec<String>,
    /// Variables.
    pub env: BTreeMap<String, String>,
    /// Ports that it listens at.
    pub ports: BTreeSet<Port>,
    /// Who it runs as.
    pub user: User,
    /// What is said of it.
    pub labels: Labels,
    /// The time of everything in it: seconds since 1970.
    pub epoch: u64,
    /// The programs.
    pub parts: Vec<Part>,
}

/// The program for one platform.
#[derive(Clone, Debug)]
pub struct Part {
    /// The platform.
    pub platform: Platform,
    /// The program.
    pub program: PathBuf,
    /// What was proven: no other bytes get into the image.
    pub digest: Digest,
    /// What it needs besides.
    pub extras: BTreeSet<Extra>,
}

/// The name of a program in the root of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramName(MemberPath);

/// Why a text is no name of a program in the root of an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` can't be the name of a program in the root of an image")]
pub struct ParseProgramNameError(String);

impl ProgramName {
    /// Where it is in an archive of the root.
    pub(super) fn member(&self) -> &MemberPath {
        &self.0
    }

    /// Where it is: `/NAME`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/{}", self.0)
    }
}

impl FromStr for ProgramName {
    type Err = ParseProgramNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || ParseProgramNameError(text.to_owned());
        let is_taken = matches!(text, "dev" | "etc" | "proc" | "sys" | "tmp" | "usr");
        let is_hidden = text.starts_with(".wh.");
        if text.contains('/') || is_taken || is_hidden {
            return Err(fault());
        }
        text.parse().map(Self).map_err(|_| fault())
    }
}

impl fmt::Display for ProgramName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A port of TCP that a program listens at, written `8080/tcp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(u16);

impl Port {
    /// The port of a number.
    #[must_use]
    pub fn tcp(number: u16) -> Self {
        Self(number)
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/tcp", self.0)
    }
}

/// The numbers of a user and a group. Names would need files that say whose they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// The user.
    pub uid: u32,
    /// The group.
    pub gid: u32,
}

/// Nobody in particular, and not root: the numbers that images without a system have by convention.
impl Default for User {
    fn default() -> Self {
        Self {
            uid: 65532,
            gid: 65532,
        }
    }
}

impl User {
    /// The line of `/etc/passwd`.
    pub(super) fn passwd(self) -> String {
        format!("app:x:{}:{}:app:/:/sbin/nologin\n", self.uid, self.gid)
    }

    /// The line of `/etc/group`.
    pub(super) fn group(self) -> String {
        format!("app:x:{}:\n", self.gid)
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uid, self.gid)
    }
}

/// Why a text is no user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no user: write two numbers, as in 65532:65532, of the user and the group")]
pub struct ParseUserError(String);

impl FromStr for User {
    type Err = ParseUserError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| {
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u32>().ok().filter(|_| is_number)
        };
        let (uid, gid) = text.split_once(':').unwrap_or((text, text));
        match (number(uid), number(gid)) {
            (Some(uid), Some(gid)) => Ok(Self { uid, gid }),
            _ => Err(ParseUserError(text.to_owned())),
        }
    }
}

/// What is said of an image, in labels of its configuration and in annotations of its manifests.
///
/// Source: OCI image specification v1.1, `annotations.md`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// What it is called.
    pub title: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The commit.
    pub revision: Option<String>,
    /// Under which licences, as SPDX writes it.
    pub licenses: Option<String>,
    /// Whatever else, by its whole name; it goes before what is above.
    pub others: BTreeMap<String, String>,
}

impl Labels {
    /// All by their whole names.
    pub(super) fn annotations(&self, created: &str) -> Annotations {
        let created = Some(created.to_owned());
        let known = [
            ("title", &self.title),
            ("version", &self.version),
            ("revision", &self.revision),
            ("licenses", &self.licenses),
            ("created", &created),
        ];
        let known = known.into_iter().filter_map(|(name, value)| {
            Some((
                format!("org.opencontainers.image.{name}"),
                value.as_ref()?.clone(),
            ))
        });
        let mut all: Annotations = known.collect();
        all.extend(self.others.clone());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_two_numbers() {
        assert_eq!(User::default().to_string().parse(), Ok(User::default()));
        assert_eq!("1000".parse::<User>().unwrap().to_string(), "1000:1000");
        for text in ["", "app", "0:root", "-1", "1:2:3", "4294967296"] {
            assert!(text.parse::<User>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_program_is_one_name_that_hides_nothing() {
        let name: ProgramName = "server".parse().unwrap();
        assert_eq!(name.path(), "/server");
        for text in ["", ".", "..", "a/b", "etc", "tmp", ".wh.etc", "a\nb"] {
            assert!(text.parse::<ProgramName>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_said_under_a_whole_name_goes_first() {
        let title = "org.opencontainers.image.title";
        let labels = Labels {
            title: Some("app".to_owned()),
            others: [(title.to_owned(), "other".to_owned())].into(),
            ..Labels::default()
        };
        let all = labels.annotations("2026-01-01T00:00:00Z");
        assert_eq!(all.len(), 2);
        assert_eq!(all[title], "other");
        assert_eq!(
            all["org.opencontainers.image.created"],
            "2026-01-01T00:00:00Z"
        );
    }
}
