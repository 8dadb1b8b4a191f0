//! What go lists: the packages of each module for each cell, and what programs are linked from.

use std::collections::{BTreeMap, BTreeSet};

use super::{Project, ProjectError, Questions, folder};
use crate::embed;
use crate::go_package::{ListedPackage, View};
use crate::go_version::GoVersion;
use crate::manifest::{self, Cell};
use crate::parallel;
use crate::process::Cancel;
use crate::target::{Cgo, Target};
use crate::tools::go::{GoError, ListQuery, PinnedGo};

/// What a listing depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listing {
    /// The module's folder below the root.
    pub module: String,
    /// The target whose build constraints hold.
    pub target: Target,
    /// Whether files that use cgo count.
    pub cgo: Cgo,
    /// The settings that decide which files count.
    pub view: View,
}

/// What a program has to do with certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateUse {
    /// Nothing: package crypto/x509 isn't linked into it.
    Nothing,
    /// It looks at certificates.
    Verifies,
    /// It has certificates of CAs compiled in already.
    HasRoots,
}

impl CertificateUse {
    fn of(packages: &[String]) -> Self {
        let has = |path: &str| packages.iter().any(|package| package == path);
        if has(embed::MODULE) {
            Self::HasRoots
        } else if has("crypto/x509") {
            Self::Verifies
        } else {
            Self::Nothing
        }
    }
}

/// Asks all lists.
pub(super) fn list_packages(
    project: &Project,
    go: &PinnedGo,
    questions: &Questions<'_>,
    (listings, cancel): (&Listings, &Cancel),
) -> Result<BTreeMap<Listing, Vec<ListedPackage>>, ProjectError> {
    let listings: Vec<_> = listings.iter().collect();
    let answers = ask_all(project, questions, &listings, |query| {
        go.list(query, cancel)
    });
    answers.map_err(|error| {
        match manifest::unknown_experiment(questions.manifest, &error.to_string()) {
            Some(rejected) => rejected.into(),
            None => error.into(),
        }
    })
}

/// Asks which programs look at certificates, where the manifest has some compiled in.
pub(super) fn certificates(
    project: &Project,
    go: &PinnedGo,
    questions: &Questions<'_>,
    (listings, cancel): (&Listings, &Cancel),
) -> Result<BTreeMap<Listing, BTreeMap<String, CertificateUse>>, GoError> {
    let embeds = |cell: &Cell, listing: &Listing| {
        (&cell.target, cell.cgo) == (&listing.target, listing.cgo)
            && questions.manifest.ca_roots_in(cell).next().is_some()
    };
    let listings: Vec<_> = listings
        .iter()
        .filter(|(listing, _)| questions.cells.iter().any(|cell| embeds(cell, listing)))
        .collect();
    ask_all(project, questions, &listings, |query| {
        let programs = go.linked_into(query, cancel)?;
        let uses = programs.into_iter().map(|program| {
            let uses = CertificateUse::of(&program.deps);
            (program.import_path, uses)
        });
        Ok(uses.collect())
    })
}

/// Asks the same of each listing, of as many at once as there are cores.
fn ask_all<T: Send>(
    project: &Project,
    questions: &Questions<'_>,
    listings: &[(&Listing, &BTreeSet<String>)],
    ask: impl Fn(ListQuery<'_>) -> Result<T, GoError> + Sync,
) -> Result<BTreeMap<Listing, T>, GoError> {
    let ask = |(listing, patterns): &(&Listing, &BTreeSet<String>)| {
        let patterns: Vec<String> = patterns.iter().cloned().collect();
        let query = ListQuery {
            dir: &folder(&project.root, &listing.module),
            target: &listing.target,
            cgo: listing.cgo,
            view: &listing.view,
            patterns: &patterns,
        };
        ask(query).map(|answer| ((*listing).clone(), answer))
    };
    let answers = parallel::map(listings, questions.cores as usize, ask);
    answers.into_iter().collect()
}

/// The patterns that go is asked about, by what the answer depends on.
pub(super) type Listings = BTreeMap<Listing, BTreeSet<String>>;

/// What a release of Go is asked to list: the packages that the manifest names; all when it names none.
pub(super) fn listings(
    project: &Project,
    questions: &Questions<'_>,
    release: Option<&GoVersion>,
) -> Listings {
    let manifest = questions.manifest;
    let mut listings = Listings::new();
    let of_release = |cell: &&Cell| cell.release() == release && project.builds_for(&cell.target);
    for cell in questions.cells.iter().filter(of_release) {
        let mut list = |module: &str, view, pattern: &str| {
            let listing = Listing {
                module: module.to_owned(),
                target: cell.target.clone(),
                cgo: cell.cgo,
                view,
            };
            listings
                .entry(listing)
                .or_default()
                .insert(pattern.to_owned());
        };
        if manifest.binaries.is_empty() {
            for module in project.modules.keys() {
                list(module, manifest.cell_view(cell), "./...");
            }
        }
        for binary in &manifest.binaries {
            if binary.builds_for(&cell.target) {
                let module = &binary.module.value;
                let view = manifest.binary_view(binary, project.module_path(module), cell);
                list(module, view, &binary.package.value);
            }
        }
    }
    listings
}
