//! The C toolchains of a manifest's cells, each proven by its check program; or all that are installed.

use std::path::Path;

use super::report::{Examined, Need, State};
use crate::host::{self, Host};
use crate::installing::System;
use crate::manifest::Manifest;
use crate::plan::{CellToolchains, wishes};
use crate::process::Cancel;
use crate::target::{Cgo, Target};
use crate::toolchain::check::{Fault, Ran, check};
use crate::toolchain::installed::{Search, Trust};
use crate::toolchain::survey::{candidate, targets};
use crate::toolchain::{Chosen, Definition, Library, NoToolchain, Setup, choose};

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Toolchains<'a> {
    /// All definitions.
    pub library: &'a Library,
    /// Whether those count, too, that no cell needs.
    pub scope: Scope,
}

/// Which toolchains are proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of the manifest's cells.
    Needed,
    /// Each one that is installed.
    Installed,
}

/// Where it is looked.
pub(super) struct Place<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) root: &'a Path,
    pub(super) host: &'a Host,
    pub(super) system: &'a System,
    pub(super) cancel: &'a Cancel,
}

/// A row for each.
pub(super) fn examined(asked: Toolchains<'_>, place: &Place<'_>) -> Vec<Examined> {
    let mut search = Search::new((place.host, place.root), Trust::User, place.cancel);
    let own = host::platform();
    let mut rows: Vec<Examined> = Vec::new();
    let cells = place.manifest.cells.iter();
    let mut cells: Vec<_> = cells.filter(|cell| cell.cgo == Cgo::Enabled).collect();
    // Which release of Go builds them makes no difference here.
    cells.dedup_by(|one, other| {
        (&one.target, one.toolchain_name()) == (&other.target, other.toolchain_name())
    });
    for cell in cells {
        let need = || Need::Required {
            reason: format!("{} is built with cgo", cell.target),
        };
        let own_target = (&cell.target, cell.toolchain_name());
        if let Some(name) = asked.library.of_project_for(own_target, own) {
            rows.push(untrusted(name, (&cell.target, need())));
            continue;
        }
        let mut chosen = CellToolchains::default();
        for wish in wishes(place.manifest, cell) {
            match choose(asked.library, wish, (own, place.system), &mut search) {
                Ok(one) => chosen.add(wish.wanted, one),
                Err(none) => rows.push(missing(&none, (&cell.target, need()))),
            }
        }
        for Chosen { setup, .. } in chosen.iter() {
            if let Some(definition) = asked.library.get(setup.name.definition()) {
                rows.push(proven(definition, setup, (&cell.target, need()), place));
            }
        }
    }
    if asked.scope == Scope::Installed {
        for definition in asked.library.iter() {
            let known = rows.iter().any(|row| row.name == definition.name);
            rows.extend(first(definition, &mut search, place).filter(|_| !known));
        }
    }
    rows
}

/// The first target that a toolchain is installed for, which nothing needs.
fn first(definition: &Definition, search: &mut Search<'_>, place: &Place<'_>) -> Option<Examined> {
    let own = host::platform();
    let mut all: Vec<Target> = targets().collect();
    all.sort_by_key(|target| (target.goos, target.goarch) != own);
    let (target, setup) = all.into_iter().find_map(|target| {
        let candidate = candidate(definition, &target, own)?;
        let installed = search.look(definition, candidate.serves).ok()?;
        Some((target, Setup::new(&candidate, &installed)))
    })?;
    let on = (&target, Need::Optional);
    Some(proven(definition, &setup, on, place))
}

fn proven(
    definition: &Definition,
    setup: &Setup,
    on: (&Target, Need),
    place: &Place<'_>,
) -> Examined {
    let found = |detail: String| State::Found {
        version: program(setup).and_then(|program| program.version.clone()),
        path: program(setup)
            .map(|program| program.file.clone())
            .unwrap_or_default(),
        detail: Some(detail),
    };
    let state = match check((definition, setup), on.0, place.host, place.cancel) {
        Ok(proof) => found(match proof.ran {
            Ran::Here(how) => format!("what it compiles runs {how}"),
            Ran::Not(why) => format!("compiles; not run: {why}"),
        }),
        Err(fault @ Fault::Container) => found(fault.to_string()),
        Err(fault) => unusable(setup, fault.to_string()),
    };
    row(setup, on, state)
}

/// The compiler, or the engine of a container.
fn program(setup: &Setup) -> Option<&crate::toolchain::installed::Found> {
    let compiler = setup.compiler.as_ref();
    let compiler = compiler.and_then(|name| setup.programs.get(name));
    compiler.or_else(|| setup.programs.values().next())
}

fn unusable(setup: &Setup, problem: String) -> State {
    State::Unusable {
        path: program(setup)
            .map(|program| program.file.clone())
            .unwrap_or_default(),
        problem,
    }
}

fn row(setup: &Setup, (target, need): (&Target, Need), state: State) -> Examined {
    Examined {
        id: None,
        name: setup.name.to_string().into(),
        purpose: format!("compiles C for {target}").into(),
        need,
        install: None,
        state,
    }
}

/// A toolchain of which the project says what is started.
fn untrusted(name: &str, (target, need): (&Target, Need)) -> Examined {
    Examined {
        id: None,
        name: name.to_owned().into(),
        purpose: format!("compiles C for {target}").into(),
        need,
        install: Some(format!(
            "the project says what it starts: look at it with `gobuildx toolchains show {name}`, then build with \
             --allow-toolchains"
        )),
        state: State::Missing,
    }
}

/// A cell that has no toolchain here.
fn missing(none: &NoToolchain, (target, need): (&Target, Need)) -> Examined {
    let (name, install) = match none {
        NoToolchain::Impossible(name, why) => {
            let name = name.as_ref().map_or("cgo".to_owned(), ToString::to_string);
            (name, why.to_string())
        }
        NoToolchain::Absent(lacking) => {
            let names: Vec<String> = lacking.iter().map(|one| one.name.to_string()).collect();
            let ways = lacking.iter().filter(|one| !one.advice.is_empty());
            let ways = ways.map(|one| format!("{} ({}: {})", one.advice, one.name, one.absent));
            let ways: Vec<String> = ways.collect();
            (names.join(" or "), ways.join("; or "))
        }
    };
    Examined {
        id: None,
        name: name.into(),
        purpose: format!("compiles C for {target}").into(),
        need,
        install: Some(install),
        state: State::Missing,
    }
}
