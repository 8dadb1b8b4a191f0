//! What is asked of a program on a blank system.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};

use super::{Grant, Limits};
use crate::runner::CpuLevel;

/// All that is asked of one program. Each call of it is a run of its own, but those that ask the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Test {
    /// What the blank system has besides the program.
    pub grants: BTreeSet<Grant>,
    /// How much each run may take.
    pub limits: Limits,
    /// What it is called with first.
    pub first: Call,
    /// How it serves, and how that is seen.
    pub service: Option<Service>,
    /// What else it is called with; while it serves, if it does.
    pub checks: Vec<Check>,
}

/// What a program is called with first, unless something else is asked: most print a line and end.
pub const FIRST_ARGUMENT: &str = "--version";

impl Test {
    /// The levels of CPUs that checks are made on.
    #[must_use]
    pub fn levels(&self) -> BTreeSet<CpuLevel> {
        self.checks.iter().filter_map(|check| check.cpu).collect()
    }

    /// The PEM file of the certificates by which a service is believed, below the manifest's folder.
    #[must_use]
    pub fn certificates(&self) -> Option<&Path> {
        match &self.service.as_ref()?.probe {
            Probe::Https { ca, .. } => ca.as_deref(),
            Probe::Http(_) | Probe::Tcp | Probe::Command(_) => None,
        }
    }

    /// The same with the certificates where they lie: their path starts at this folder.
    #[must_use]
    pub fn in_folder(&self, folder: &Path) -> Self {
        let mut test = self.clone();
        let service = test.service.as_mut();
        if let Some(Probe::Https { ca: Some(ca), .. }) = service.map(|service| &mut service.probe) {
            *ca = folder.join(&*ca);
        }
        test
    }
}

/// A call of the program that ends by itself, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its arguments.
    pub args: Vec<String>,
    /// What it reads; nothing otherwise.
    pub stdin: Option<String>,
    /// What it exits with.
    pub exit: u8,
    /// What is to be in its stdout.
    pub stdout: Option<Pattern>,
    /// What is to be in its stderr.
    pub stderr: Option<Pattern>,
    /// Files that are there after it, by their paths on the blank system.
    pub files: Vec<String>,
}

/// A call with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// How it is told of.
    pub name: String,
    /// The level of the CPU that it is made on, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<CpuLevel>,
    /// The call.
    #[serde(flatten)]
    pub call: Call,
}

/// A program that serves until it is told to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its arguments, with the port in them.
    pub args: Vec<String>,
    /// The port that it listens at, on the loopback of its own network.
    pub port: u16,
    /// How it is asked whether it is well.
    pub probe: Probe,
}

/// How a service is asked whether it is well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Probe {
    /// GET of this path answers with 200 to 299.
    Http(String),
    /// The same with TLS.
    Https {
        /// The path.
        path: String,
        /// The PEM file of the certificates that are trusted, as the service has them compiled in; without
        /// one, whoever answers is believed.
        ca: Option<PathBuf>,
    },
    /// A connection is accepted.
    Tcp,
    /// The program, called with this on the same blank system, exits with 0.
    Command(Vec<String>),
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(path) => write!(f, "by http at {path}"),
            Self::Https { path, ca: Some(_) } => write!(f, "by https at {path}"),
            Self::Https { path, ca: None } => {
                write!(f, "by https at {path}, with any certificate")
            }
            Self::Tcp => f.write_str("by a connection"),
            Self::Command(args) => write!(f, "by itself with {}", args.join(" ")),
        }
    }
}

/// A text in which `*` stands for anything within a line. It is looked for, not compared.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Pattern(String);

impl Pattern {
    /// A pattern as it is written.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether it is in a text.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        let mut pieces = self.0.split('*');
        let first = pieces.next().unwrap_or_default();
        let rest: Vec<&str> = pieces.collect();
        let mut starts = text.match_indices(first);
        starts.any(|(at, _)| {
            let after = text.get(at + first.len()..).unwrap_or_default();
            follows(&rest, after)
        })
    }
}

/// Whether the pieces follow one another, each in the line in which the one before it ended.
fn follows(pieces: &[&str], text: &str) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return true;
    };
    let line = text.find('\n').unwrap_or(text.len());
    let mut places = text.match_indices(piece);
    // The first place leaves most of the line to what follows, unless the piece reaches into the next one.
    places
        .by_ref()
        .take_while(|(at, _)| *at <= line)
        .any(|(at, _)| follows(rest, text.get(at + piece.len()..).unwrap_or_default()))
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_within_a_line() {
        let is_in = |pattern: &str, text: &str| Pattern::new(pattern).is_in(text);
        assert!(is_in("1.2", "tool 1.2 (linux)\n"));
        assert!(is_in("tool * (*)", "x\ntool 1.2 (linux)\n"));
        assert!(is_in("", ""));
        assert!(is_in("*", "a"));
        assert!(is_in("a*b\nc", "aab\nb\nc".replace("b\nb", "b").as_str()));
        assert!(!is_in("tool * (", "tool 1.2\nother (linux)\n"));
        assert!(!is_in("1.3", "tool 1.2"));
        assert!(!is_in("a*b*c", "a b\nc"));
    }

    #[test]
    fn a_later_place_is_tried_where_the_first_one_leads_nowhere() {
        assert!(Pattern::new("a*b!").is_in("ab ab!"));
        assert!(Pattern::new("v*1\nok").is_in("v1 v1\nok"));
    }
}
