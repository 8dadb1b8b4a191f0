//! The toolchain of a cell: the one that it names, or the best that is installed.

use std::fmt;

use super::choose::{self, Candidate, Impossible, Wanted};
use super::definition::Definition;
use super::installed::{Absent, Search};
use super::library::Library;
use super::name::ToolchainName;
use super::setup::Setup;
use crate::installing::System;
use crate::target::{Goarch, Goos, Target};

/// The toolchain of a cell, and why it is that.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// What go is told.
    pub setup: Setup,
    /// Why.
    pub why: Why,
}

/// Why a toolchain compiles a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The manifest names it.
    Named,
    /// Nothing would do better.
    Best,
    /// Of those that are installed it is the best; these would do better.
    BestInstalled(Vec<ToolchainName>),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named => f.write_str("the manifest names it"),
            Self::Best => f.write_str("the best for this target"),
            Self::BestInstalled(better) => {
                let better: Vec<String> = better.iter().map(ToString::to_string).collect();
                let better = better.join(", ");
                write!(f, "the best that is installed; {better} would come first")
            }
        }
    }
}

/// Why a cell has no toolchain.
#[derive(Clone, Debug, PartialEq)]
pub enum NoToolchain {
    /// None would do, whatever is installed.
    Impossible(Option<ToolchainName>, Impossible),
    /// None that would do can be used here.
    Absent(Vec<Lacking>),
}

/// A toolchain that would do, and isn't here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// Its name.
    pub name: ToolchainName,
    /// What is missing.
    pub absent: Absent,
    /// How to get it.
    pub advice: String,
}

impl Lacking {
    /// A toolchain that would do, with what is missing of it, and how that is got here.
    #[must_use]
    pub fn new(candidate: Candidate<'_>, absent: Absent, system: &System) -> Self {
        let variable = || {
            let sysroot = candidate.definition.sysroot.as_ref()?;
            let name = sysroot.variable.as_ref()?;
            Some(format!(
                "set {name} to a folder with the target's headers and libraries"
            ))
        };
        let advice = match &absent {
            Absent::Sysroot(_) => variable().unwrap_or_else(|| advice(&candidate, system)),
            Absent::Untrusted => "look at it, then say --allow-toolchains".to_owned(),
            Absent::Program(_) | Absent::TooOld { .. } => advice(&candidate, system),
            Absent::Machine { .. } | Absent::Broken { .. } => {
                format!(
                    "mend it, or get another one: {}",
                    advice(&candidate, system)
                )
            }
        };
        Self {
            name: candidate.name,
            absent,
            advice,
        }
    }
}

/// What a cell wants of its toolchain.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// What is built for.
    pub target: &'a Target,
    /// The toolchain that is named.
    pub named: Option<&'a ToolchainName>,
    /// What the programs should want from their system.
    pub wanted: Wanted,
}

/// Chooses the toolchain of a cell, on a machine of this platform.
///
/// # Errors
/// When there is none.
pub fn choose(
    library: &Library,
    wish: Wish<'_>,
    (host, system): ((Goos, Goarch), &System),
    search: &mut Search<'_>,
) -> Result<Chosen, NoToolchain> {
    let on = (wish.target, host);
    let impossible = |why| NoToolchain::Impossible(wish.named.cloned(), why);
    let candidates = match wish.named {
        Some(name) => choose::named(library, name, on, wish.wanted).map(|one| vec![one]),
        None => choose::candidates(library, on, wish.wanted),
    };
    let mut lacking: Vec<Lacking> = Vec::new();
    for candidate in candidates.map_err(impossible)? {
        match search.look(candidate.definition, candidate.serves) {
            Ok(installed) => {
                let better: Vec<ToolchainName> =
                    lacking.into_iter().map(|lacking| lacking.name).collect();
                return Ok(Chosen {
                    setup: Setup::new(&candidate, &installed),
                    why: match (wish.named, better.is_empty()) {
                        (Some(_), _) => Why::Named,
                        (None, true) => Why::Best,
                        (None, false) => Why::BestInstalled(better),
                    },
                });
            }
            Err(absent) => lacking.push(Lacking::new(candidate, absent, system)),
        }
    }
    Err(NoToolchain::Absent(lacking))
}

/// How to get a toolchain on a system, for targets that it serves.
fn advice(candidate: &Candidate<'_>, system: &System) -> String {
    let Definition { install, .. } = candidate.definition;
    let keys = [system.packager.key(), Some("any"), Some("page")];
    let mut templates = keys
        .into_iter()
        .flatten()
        .filter_map(|key| install.get(key));
    let value = |name: &str| super::installed::value_of(candidate.serves, name);
    let text = templates.find_map(|template| template.fill(value));
    text.unwrap_or_default()
}
