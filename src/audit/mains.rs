//! The main packages of a project, each for each cell that it is for, and what go is asked about together. Pure.

use std::collections::BTreeMap;

use super::survey::Survey;
use crate::go_package::default_binary_name;
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
}

/// Those of which go lists what they are linked from in one answer.
pub(super) fn by_listing<'m>(
    mains: impl IntoIterator<Item = &'m Main>,
) -> Vec<(&'m Listing, Vec<&'m Main>)> {
    let mut listings: BTreeMap<&Listing, Vec<&Main>> = BTreeMap::new();
    for main in mains {
        listings.entry(&main.listing).or_default().push(main);
    }
    listings.into_iter().collect()
}

impl Survey<'_> {
    /// Every main package of the cells.
    pub(super) fn mains(&self) -> Vec<Main> {
        let mut mains = Vec::new();
        for cell in self.cells {
            let of_cell =
                |listing: &&Listing| (&listing.target, listing.cgo) == (&cell.target, cell.cgo);
            for listing in self.project.packages.keys().filter(of_cell) {
                let packages = self.project.packages.get(listing).into_iter().flatten();
                for package in packages.filter(|package| package.name == "main") {
                    let Some(name) = self.name_of(listing, &package.import_path) else {
                        continue;
                    };
                    let cgo = match cell.cgo {
                        Cgo::Enabled => " with cgo",
                        Cgo::Disabled => "",
                    };
                    mains.push(Main {
                        label: format!("{name} {}{cgo}", cell.target),
                        name,
                        import_path: package.import_path.clone(),
                        cell: cell.clone(),
                        listing: listing.clone(),
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
        let module_path = self.project.module_path(&listing.module);
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
