//! All definitions, and what of each is on this machine.

use serde::Serialize;

use super::choose::Candidate;
use super::chosen::Lacking;
use super::definition::Definition;
use super::installed::{Absent, Found, Installed, Search};
use super::layer::CLibrary;
use super::library::Library;
use super::name::ToolchainName;
use super::setup::Setup;
use crate::installing::System;
use crate::target::{Goarch, Goos, PLATFORMS, Target};

/// A definition on this machine.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The C library that programs are linked with.
    pub c_library: Option<CLibrary>,
    /// Where it comes from, the last word first.
    pub origins: Vec<String>,
    /// Its place among those that would do; none where it is only named.
    pub rank: Option<u32>,
    /// The targets that it is for here; without a target it is for other machines.
    pub targets: Vec<TargetRow>,
}

/// A definition for one target.
#[derive(Clone, Debug, Serialize)]
pub struct TargetRow {
    /// The target.
    pub target: Target,
    /// Whether it can be used.
    pub installed: bool,
    /// The versions of its programs: `zig 0.17.1`.
    pub versions: Vec<String>,
    /// What is missing.
    pub missing: Option<String>,
    /// How to get it.
    pub install: Option<String>,
}

/// The targets that definitions may be for, each with the variant that Go takes.
pub fn targets() -> impl Iterator<Item = Target> {
    let with_cgo = PLATFORMS.iter().filter(|platform| platform.cgo);
    let targets = with_cgo.map(|platform| Target::new(platform.goos, platform.goarch));
    let mut targets: Vec<Target> = targets.collect();
    // What most people build for comes first.
    targets.sort_by_key(|target| match target.goarch {
        Goarch::Amd64 => 0,
        Goarch::Arm64 => 1,
        _ => 2,
    });
    targets.into_iter()
}

/// A definition for a target, with its oldest glibc where it has several.
#[must_use]
pub fn candidate<'l>(
    definition: &'l Definition,
    target: &Target,
    host: (Goos, Goarch),
) -> Option<Candidate<'l>> {
    let serves = definition.serving(target, host)?;
    let name: ToolchainName = definition.name.parse().ok()?;
    Some(Candidate {
        name: name.with_glibc(serves.glibc),
        definition,
        serves,
    })
}

/// Looks for all definitions, on a machine of this platform.
#[must_use]
pub fn survey(
    library: &Library,
    (host, system): ((Goos, Goarch), &System),
    search: &mut Search<'_>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for definition in library.iter() {
        let candidates = targets().filter_map(|target| {
            let candidate = candidate(definition, &target, host)?;
            Some((target, candidate))
        });
        let targets = candidates.map(|(target, candidate)| {
            let looked = search.look(definition, candidate.serves);
            row(target, &candidate, looked.as_ref(), system)
        });
        rows.push(Row {
            targets: targets.collect(),
            name: definition.name.clone(),
            description: definition.description.clone(),
            c_library: definition.c_library,
            origins: definition.origins.iter().map(ToString::to_string).collect(),
            rank: definition.rank,
        });
    }
    rows
}

fn row(
    target: Target,
    candidate: &Candidate<'_>,
    looked: Result<&Installed, &Absent>,
    system: &System,
) -> TargetRow {
    match looked {
        Ok(installed) => TargetRow {
            target,
            installed: true,
            versions: versions(&Setup::new(candidate, installed)),
            missing: None,
            install: None,
        },
        Err(absent) => TargetRow {
            target,
            installed: false,
            versions: Vec::new(),
            missing: Some(absent.to_string()),
            install: Some(Lacking::new(candidate.clone(), absent.clone(), system).advice),
        },
    }
}

/// The versions of programs, the C compiler's first: `zig 0.17.1`.
#[must_use]
pub fn versions(setup: &Setup) -> Vec<String> {
    let version = |(name, found): (&String, &Found)| {
        let version = found.version.as_ref()?;
        Some(format!("{name} {version}"))
    };
    let compiler = |(name, _): &(&String, &Found)| setup.compiler.as_ref() != Some(*name);
    let mut programs: Vec<(&String, &Found)> = setup.programs.iter().collect();
    programs.sort_by_key(compiler);
    programs.into_iter().filter_map(version).collect()
}
