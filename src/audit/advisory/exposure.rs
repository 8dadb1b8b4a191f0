//! How far a program gets to a vulnerability.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::affected::Affected;
use super::entry::AffectedImport;
use super::symbol::{Symbol, is_exported};
use super::{STDLIB, TOOLCHAIN};
use crate::target::Target;

/// How far a program gets to a vulnerability, the worst first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Exposure {
    /// It runs into a vulnerable function.
    Called {
        /// The functions that lead to it, from the one that everything starts with.
        chain: Vec<String>,
    },
    /// It has vulnerable functions. Who calls them doesn't show: an interface, perhaps, or nobody.
    Linked {
        /// The functions, each with its package.
        symbols: Vec<String>,
    },
    /// It has vulnerable packages, and no vulnerable function of them was found in it.
    Imported {
        /// Their import paths.
        packages: Vec<String>,
    },
    /// Its build needs the module, and it has no vulnerable package.
    Required,
}

/// What is known of the code of a program.
pub trait Code {
    /// The packages in it.
    fn packages(&self) -> BTreeSet<&str>;

    /// The functions of a package in it, `Func` or `Type.Method`.
    fn symbols(&self, package: &str) -> BTreeSet<&str>;

    /// Whether a package in it belongs to a module.
    fn belongs(&self, package: &str, module: &str) -> bool;

    /// How what the program starts with leads to any of these functions, by their packages; none where
    /// that doesn't show.
    fn chain(&self, symbols: &BTreeMap<&str, BTreeSet<&str>>) -> Option<Vec<String>>;
}

/// The packages that a program is made of, where nothing is known of their functions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedPackages {
    packages: BTreeSet<String>,
    /// The paths of the modules that they are of.
    modules: BTreeSet<String>,
}

/// Which program it is, to an advisory.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The path by which it imports the module, which differs from the advisory's where it is replaced.
    pub module: &'a str,
    /// What it is built for.
    pub target: &'a Target,
}

impl Exposure {
    /// The worse one of two; what is as bad is put together, and of two chains the shorter one remains.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        match (self, other) {
            (Self::Called { chain }, Self::Called { chain: other }) => Self::Called {
                chain: if other.len() < chain.len() {
                    other
                } else {
                    chain
                },
            },
            (Self::Linked { symbols }, Self::Linked { symbols: more }) => Self::Linked {
                symbols: united(symbols, more),
            },
            (Self::Imported { packages }, Self::Imported { packages: more }) => Self::Imported {
                packages: united(packages, more),
            },
            (one, other) => one.min(other),
        }
    }
}

fn united(some: Vec<String>, more: Vec<String>) -> Vec<String> {
    let all: BTreeSet<String> = some.into_iter().chain(more).collect();
    all.into_iter().collect()
}

/// How far a program gets to what an advisory says of one of its modules.
#[must_use]
pub fn exposure(affected: &Affected<'_>, place: Place<'_>, code: &impl Code) -> Exposure {
    let vulnerable = vulnerable(affected, place, code);
    if vulnerable.is_empty() {
        return Exposure::Required;
    }
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (package, imports) in &vulnerable {
        let mut symbols = code.symbols(package);
        symbols.retain(|symbol| imports.iter().any(|import| names(*import, symbol)));
        if !symbols.is_empty() {
            found.insert(package, symbols);
        }
    }
    if found.is_empty() {
        let packages = vulnerable.into_keys().map(str::to_owned).collect();
        return Exposure::Imported { packages };
    }
    if let Some(chain) = code.chain(&found) {
        return Exposure::Called { chain };
    }
    let symbols = found.iter().flat_map(|(package, symbols)| {
        symbols.iter().map(|name| Symbol {
            package: (*package).to_owned(),
            name: (*name).to_owned(),
        })
    });
    Exposure::Linked {
        symbols: symbols.map(|symbol| symbol.readable()).collect(),
    }
}

/// The packages of a program that are vulnerable, each with what is said of it: nothing, where the
/// module is vulnerable as a whole.
fn vulnerable<'c, 'a>(
    affected: &Affected<'a>,
    place: Place<'_>,
    code: &'c impl Code,
) -> BTreeMap<&'c str, Vec<Option<&'a AffectedImport>>> {
    let mut vulnerable: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for package in code.packages() {
        let is_it = |import: &&&AffectedImport| {
            import.is_for(place.target)
                && path_in(&import.path, affected.module, place.module) == package
        };
        let imports: Vec<_> = if affected.imports.is_empty() {
            let belongs = code.belongs(package, place.module);
            belongs.then_some(None).into_iter().collect()
        } else {
            let imports = affected.imports.iter().filter(is_it);
            imports.map(|import| Some(*import)).collect()
        };
        if !imports.is_empty() {
            vulnerable.insert(package, imports);
        }
    }
    vulnerable
}

/// The path by which a program imports a package of an advisory's module.
fn path_in(path: &str, module: &str, imported: &str) -> String {
    let rest = path.strip_prefix(module).filter(|_| module != imported);
    rest.map_or_else(|| path.to_owned(), |rest| format!("{imported}{rest}"))
}

/// Whether a function is one that is said to be vulnerable.
fn names(import: Option<&AffectedImport>, symbol: &str) -> bool {
    match import {
        Some(import) if !import.symbols.is_empty() => import.symbols.iter().any(|it| it == symbol),
        _ => is_exported(symbol),
    }
}

/// Whether a package of a program belongs to a module; of modules in each other, the innermost has it.
pub(super) fn belongs<'m>(
    package: &str,
    module: &str,
    modules: impl IntoIterator<Item = &'m str>,
) -> bool {
    let holders = modules
        .into_iter()
        .filter(|holder| is_below(package, holder));
    match holders.max_by_key(|holder| holder.len()) {
        Some(holder) => holder == module,
        None => is_of_go(package, module),
    }
}

/// Whether a path is that of a module or of something below it.
fn is_below(path: &str, module: &str) -> bool {
    let rest = path.strip_prefix(module);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a package that no module has is one of Go itself, as which advisories know two modules.
fn is_of_go(package: &str, module: &str) -> bool {
    let has_domain = package
        .split('/')
        .next()
        .is_some_and(|first| first.contains('.'));
    match module {
        _ if has_domain => false,
        STDLIB => !is_below(package, "cmd"),
        TOOLCHAIN => is_below(package, "cmd"),
        _ => false,
    }
}

impl ListedPackages {
    /// Those that go lists, and the paths of the modules that they are of.
    #[must_use]
    pub fn new(
        packages: impl IntoIterator<Item = String>,
        modules: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            packages: packages.into_iter().collect(),
            modules: modules.into_iter().collect(),
        }
    }
}

impl Code for ListedPackages {
    fn packages(&self) -> BTreeSet<&str> {
        self.packages.iter().map(String::as_str).collect()
    }

    fn symbols(&self, _package: &str) -> BTreeSet<&str> {
        BTreeSet::new()
    }

    fn belongs(&self, package: &str, module: &str) -> bool {
        belongs(package, module, self.modules.iter().map(String::as_str))
    }

    fn chain(&self, _symbols: &BTreeMap<&str, BTreeSet<&str>>) -> Option<Vec<String>> {
        None
    }
}

#[cfg(test)]
#[path = "exposure_tests.rs"]
mod tests;
