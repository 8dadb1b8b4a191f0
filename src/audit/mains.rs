//! The main packages of a project, each for each cell that it is for, and what go is asked about together. Pure.

use std::collections::BTreeMap;

use super::program::NamedProgram;
use super::survey::Survey;
use crate::go_package::default_binary_name;
use crate::go_version::GoVersion;
use crate::manifest::Cell;
use crate::project::Listing;
use crate::target::Cgo;

/// A main package that becomes a program of some cell.
#[derive(Clone, Debug)]
pub(super) struct Main {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) import_path: String,
    pub(super) cell: Cell,
    pub(super) listing: Listing,
    /// The toolchain that builds it, such as `go1.26.8`.
    pub(super) go: String,
}

/// What a program is called among those of a matrix; the release of Go, where it tells it from others.
pub(super) fn label(name: &str, cell: &Cell, release: Option<&GoVersion>) -> String {
    let cgo = match cell.cgo {
        Cgo::Enabled => " with cgo",
        Cgo::Disabled => "",
    };
    let go = release.map(|release| format!(" by {}", release.toolchain()));
    format!("{name} {}{cgo}{}", cell.target, go.unwrap_or_default())
}

/// Those of which go lists what they are linked from in one answer.
pub(super) fn by_listing<'m>(
    mains: impl IntoIterator<Item = &'m Main>,
) -> Vec<(&'m Listing, Vec<&'m Main>)> {
    let mut listings: BTreeMap<(&str, &Listing), Vec<&Main>> = BTreeMap::new();
    for main in mains {
        let asked = (main.go.as_str(), &main.listing);
        listings.entry(asked).or_default().push(main);
    }
    let listings = listings.into_iter();
    listings
        .map(|((_, listing), mains)| (listing, mains))
        .collect()
}

impl Main {
    pub(super) fn named(&self) -> NamedProgram {
        NamedProgram {
            name: self.label.clone(),
            target: self.cell.target.clone(),
            folder: self.listing.module.clone(),
            go: self.go.clone(),
        }
    }
}

impl Survey<'_> {
    /// Every main package of the cells.
    pub(super) fn mains(&self) -> Vec<Main> {
        let mut mains = Vec::new();
        for cell in self.cells {
            let of_cell =
                |listing: &&Listing| (&listing.target, listing.cgo) == (&cell.target, cell.cgo);
            let project = self.projects.of(cell);
            for listing in project.packages.keys().filter(of_cell) {
                let packages = project.packages.get(listing).into_iter().flatten();
                for package in packages.filter(|package| package.name == "main") {
                    let Some(name) = self.name_of(listing, &package.import_path) else {
                        continue;
                    };
                    mains.push(Main {
                        label: label(&name, cell, cell.release_among(self.cells)),
                        name,
                        import_path: package.import_path.clone(),
                        cell: cell.clone(),
                        listing: listing.clone(),
                        go: project.toolchain.version.clone(),
                    });
                }
            }
        }
        mains.sort_by(|a, b| a.label.cmp(&b.label));
        mains.dedup_by(|a, b| a.label == b.label);
        mains
    }

    /// What a main package is called; none where nobody wants it.
    fn name_of(&self, listing: &Listing, import_path: &str) -> Option<String> {
        let module_path = self.projects.any().module_path(&listing.module);
        let sections = &self.manifest.binaries;
        let name = if sections.is_empty() {
            default_binary_name(import_path).to_owned()
        } else {
            let mut sections = sections.iter();
            let section = sections.find(|section| {
                section.module.value == listing.module
                    && section.import_path(module_path) == import_path
                    && section.builds_for(&listing.target)
            })?;
            section.file_stem(module_path)
        };
        let is_wanted = self.binaries.is_empty() || self.binaries.contains(&name);
        is_wanted.then_some(name)
    }
}
