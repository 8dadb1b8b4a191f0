//! The C toolchains of a run: the definitions that there are, and the one of each cell.

use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::installing::System;
use crate::manifest::{Cell, Diagnostic, Manifest, Rejected};
use crate::plan::{CellToolchains, Selection, wishes};
use crate::printable::printable;
use crate::process::Cancel;
use crate::target::{Cgo, Target};
use crate::toolchain::choose::Impossible;
use crate::toolchain::installed::{Search, Trust};
use crate::toolchain::library::{Incomplete, read_folder};
use crate::toolchain::{
    DefinitionError, Lacking, Library, LibraryError, NoToolchain, Origin, ToolchainName, choose,
};

/// The folder beside a manifest that may have definitions.
const FOLDER: &str = "toolchains";

/// All definitions: built in, the user's, those beside the manifest, and the manifest's own.
pub(super) fn library(
    (manifest, root): (&Manifest, &Path),
    host: &Host,
) -> Result<Library, Box<dyn Failure>> {
    let mut layers = Vec::new();
    if let Some(config) = host.config_folder() {
        layers.extend(read_folder(&config.join(FOLDER), Origin::User)?);
    }
    if manifest.source.path.is_some() {
        layers.extend(read_folder(&root.join(FOLDER), Origin::Project)?);
    }
    let own = manifest.toolchains.iter();
    layers.extend(own.map(|own| (own.name.clone(), Origin::Manifest, own.layer.clone())));
    Library::new(layers).map_err(|error| in_place(error, manifest))
}

/// A fault of a definition that the manifest has the last word of, where it stands.
fn in_place(error: LibraryError, manifest: &Manifest) -> Box<dyn Failure> {
    let LibraryError::Definition {
        name,
        origin: Origin::Manifest,
        error,
    } = &error
    else {
        return error.into();
    };
    let section = manifest.toolchains.iter().find(|own| own.name == *name);
    let span = section.map_or(0..0, |section| section.span.clone());
    let message = format!("the toolchain `{name}` can't be used: {error}");
    let whole = "`gobuildx toolchains show zig-musl` prints one that is whole; docs/toolchains.md has all keys";
    // Who describes nothing means one that there is.
    let is_new = *error == Incomplete::Definition(DefinitionError::Missing("description"));
    let built_in = Library::built_in().ok().filter(|_| is_new);
    let help = built_in.map_or_else(
        || whole.to_owned(),
        |library| {
            let names: Vec<&str> = library.iter().map(|one| one.name.as_str()).collect();
            crate::manifest::suggest(name, names)
        },
    );
    Rejected {
        source: manifest.source.clone(),
        diagnostics: vec![Diagnostic::wrong(&span, message).help(help)],
    }
    .into()
}

/// The folders that may have definitions, and the definitions in them.
pub(super) fn files((manifest, root): (&Manifest, &Path), host: &Host) -> Vec<PathBuf> {
    let project = manifest.source.path.as_ref().map(|_| root.to_owned());
    let folders = host.config_folder().into_iter().chain(project);
    let mut files = Vec::new();
    for folder in folders.map(|folder| folder.join(FOLDER)) {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        files.extend(entries.map(|entry| entry.path()));
        files.push(folder);
    }
    files
}

/// What chooses the toolchains of a run.
pub(super) struct Choosing<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) root: &'a Path,
    pub(super) library: &'a Library,
    pub(super) platform: &'a Target,
    pub(super) host: &'a Host,
    pub(super) trust: Trust,
}

impl Choosing<'_> {
    /// The toolchains of each cell, in their order.
    pub(super) fn of(
        &self,
        selection: &Selection,
        cancel: &Cancel,
    ) -> Result<Vec<CellToolchains>, Box<dyn Failure>> {
        let mut search = Search::new((self.host, self.root), self.trust, cancel);
        let system = System::here(self.host);
        let own = (self.platform.goos, self.platform.goarch);
        let mut chosen: Vec<CellToolchains> = Vec::new();
        let mut faults = Vec::new();
        let mut lacking = Vec::new();
        for cell in &selection.cells {
            let mut of_cell = CellToolchains::default();
            if cell.cgo == Cgo::Enabled {
                self.check_trust(cell)?;
                for wish in wishes(self.manifest, cell) {
                    match choose(self.library, wish, (own, &system), &mut search) {
                        Ok(one) => of_cell.add(wish.wanted, one),
                        Err(NoToolchain::Impossible(name, why)) => {
                            faults.push(self.fault(cell, name.as_ref(), &why));
                        }
                        Err(NoToolchain::Absent(absent)) => {
                            // What its programs want differs, and what is missing doesn't.
                            let is_told = |(target, _): &(Target, _)| *target == cell.target;
                            if !lacking.iter().any(is_told) {
                                lacking.push((cell.target.clone(), absent));
                            }
                        }
                    }
                }
            }
            let before = selection.cells.iter().zip(&chosen);
            faults.extend(twice((cell, &of_cell), before));
            chosen.push(of_cell);
        }
        faults.dedup();
        if !faults.is_empty() {
            return Err(Rejected {
                source: self.manifest.source.clone(),
                diagnostics: faults,
            }
            .into());
        }
        if lacking.is_empty() {
            Ok(chosen)
        } else {
            Err(ToolchainsError::Absent(lacking).into())
        }
    }

    /// A manifest alone says nothing of what is started.
    fn check_trust(&self, cell: &Cell) -> Result<(), ToolchainsError> {
        if self.trust == Trust::Project {
            return Ok(());
        }
        let host = (self.platform.goos, self.platform.goarch);
        match self
            .library
            .of_project_for((&cell.target, cell.toolchain_name()), host)
        {
            Some(name) => Err(ToolchainsError::Untrusted(name.to_owned())),
            None => Ok(()),
        }
    }

    fn fault(&self, cell: &Cell, name: Option<&ToolchainName>, why: &Impossible) -> Diagnostic {
        let message = match name {
            Some(name) => format!(
                "the toolchain `{name}` can't compile {}: {why}",
                cell.target
            ),
            None => format!("{} can't be built with cgo: {why}", cell.target),
        };
        let names: Vec<&str> = self.library.iter().map(|one| one.name.as_str()).collect();
        let help = match (why, name) {
            (Impossible::Unknown, Some(name)) => {
                crate::manifest::suggest(name.definition(), names)
            }
            (Impossible::TooOld(oldest), Some(name)) => {
                format!("write `{}.{oldest}`, or a newer one", name.definition())
            }
            _ => "`gobuildx toolchains list` tells which toolchains are for which targets; build this cell on a machine \
                  of its own platform, or without cgo"
                .to_owned(),
        };
        let span = cell.toolchain.as_ref().map(|toolchain| &toolchain.span);
        Diagnostic::wrong(span.unwrap_or(&cell.span), message).help(help)
    }
}

/// The fault of a cell of which all is built by another one, too.
fn twice<'c>(
    (cell, toolchains): (&Cell, &CellToolchains),
    mut before: impl Iterator<Item = (&'c Cell, &'c CellToolchains)>,
) -> Option<Diagnostic> {
    let names = |of: &CellToolchains| -> Vec<ToolchainName> {
        of.iter().map(|chosen| chosen.setup.name.clone()).collect()
    };
    let own = names(toolchains);
    let (before, name) = before.find_map(|(before, others)| {
        let is_same = (&before.target, before.release()) == (&cell.target, cell.release());
        let others = names(others).into_iter();
        let shared = others.filter(|_| is_same).find(|name| own.contains(name));
        Some((before, shared?))
    })?;
    let message = format!("{} is built twice with the toolchain `{name}`", cell.target);
    let fault = Diagnostic::wrong(&cell.span, message)
        .also(&before.span, "here first")
        .help("name another toolchain for one of them, or remove it");
    Some(fault)
}

/// Why cells have no toolchain.
#[derive(Debug, thiserror::Error)]
pub(super) enum ToolchainsError {
    /// None that would do is installed.
    #[error("failed to find a C toolchain for {}", told(.0))]
    Absent(Vec<(Target, Vec<Lacking>)>),
    /// The project says what would be started, and nobody allowed that.
    #[error(
        "failed to use the toolchain `{0}`: the project itself says what it starts, and nothing allows that"
    )]
    Untrusted(String),
}

/// The targets, each with the toolchains that would do and what is missing of them.
fn told(lacking: &[(Target, Vec<Lacking>)]) -> String {
    let targets = lacking.iter().map(|(target, lacking)| {
        let mut reasons = String::new();
        for one in lacking {
            let line = printable(&format!("{}: {}", one.name, one.absent));
            reasons.push_str("\n  ");
            reasons.push_str(&line);
        }
        format!("{target}, which is built with cgo{reasons}")
    });
    let mut targets: Vec<String> = targets.collect();
    // Cells that differ in the release of Go alone lack the same.
    targets.dedup();
    targets.join("\nand for ")
}

impl Failure for ToolchainsError {
    fn exit(&self) -> Exit {
        match self {
            Self::Absent(_) => Exit::Environment,
            Self::Untrusted(_) => Exit::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Absent(lacking) => {
                let all = lacking.iter().flat_map(|(_, lacking)| lacking);
                let mut ways: Vec<&str> = Vec::new();
                for one in all.filter(|one| !one.advice.is_empty()) {
                    if !ways.contains(&one.advice.as_str()) {
                        ways.push(&one.advice);
                    }
                }
                if ways.is_empty() {
                    return Some(
                        "its definition doesn't say how to get it: `[install]`".to_owned(),
                    );
                }
                format!("one of these will do: {}", ways.join("; or "))
            }
            Self::Untrusted(name) => format!(
                "look at it with `gobuildx toolchains show {name}`, then build with --allow-toolchains"
            ),
        })
    }
}
