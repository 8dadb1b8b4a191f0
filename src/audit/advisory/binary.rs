//! The code of a program, as its file has it.

use std::collections::{BTreeMap, BTreeSet};

use super::exposure::{Code, belongs};
use super::symbol::Symbol;
use crate::inspect::{BuildInfo, FunctionId, Program, Search};
use crate::verify::{readable, runs_before_main};

/// The function that a program's own code starts with.
const MAIN: &str = "main.main";

/// The package that the linker knows a main package as.
const MAIN_PACKAGE: &str = "main";

/// The functions in a file, stripped or not, by their packages. Functions that are only inlined into others
/// are among them.
#[derive(Clone, Debug)]
pub struct BinaryCode<'p, 'data> {
    program: &'p Program<'data>,
    /// The paths of the modules in it.
    modules: Vec<&'p str>,
    /// The functions of each package, each with the names that the linker gave it.
    packages: BTreeMap<String, BTreeMap<String, Vec<&'data str>>>,
}

impl<'p, 'data> BinaryCode<'p, 'data> {
    /// Sorts the functions of a program.
    #[must_use]
    pub fn of(program: &'p Program<'data>, info: &'p BuildInfo) -> Self {
        let mut packages: BTreeMap<String, BTreeMap<String, Vec<&str>>> = BTreeMap::new();
        for linked in program.names() {
            let Some(symbol) = Symbol::of_linked(linked) else {
                continue;
            };
            let is_main = symbol.package == MAIN_PACKAGE && !info.path.is_empty();
            let package = if is_main {
                info.path.clone()
            } else {
                symbol.package
            };
            let symbols = packages.entry(package).or_default();
            symbols.entry(symbol.name).or_default().push(linked);
        }
        let modules = info.main.iter().chain(&info.modules);
        Self {
            program,
            modules: modules.map(|module| module.path.as_str()).collect(),
            packages,
        }
    }

    /// The shortest chain to one of these functions from one that the search ends at.
    fn chain_from(&self, names: &[&str], ends: impl Fn(&str) -> bool) -> Option<Vec<String>> {
        let with_code = names.iter().flat_map(|name| self.program.named(name));
        let inlined = names
            .iter()
            .flat_map(|name| self.program.inlined_into(name));
        let targets: Vec<FunctionId> = with_code.chain(inlined).collect();
        let chain = self.program.chain(&targets, |name| {
            if ends(name) {
                Search::Ends
            } else {
                Search::GoesOn
            }
        })?;
        let mut shown = self.program.along(&chain);
        let last = *chain.last()?;
        if !names.contains(&self.program.name(last)) {
            let is_in_last = |name: &&&str| self.program.inlined_into(name).contains(&last);
            shown.extend(names.iter().find(is_in_last));
        }
        let mut shown: Vec<String> = shown.into_iter().map(readable).collect();
        shown.dedup();
        Some(shown)
    }
}

impl Code for BinaryCode<'_, '_> {
    fn packages(&self) -> BTreeSet<&str> {
        self.packages.keys().map(String::as_str).collect()
    }

    fn symbols(&self, package: &str) -> BTreeSet<&str> {
        let symbols = self.packages.get(package);
        let names = symbols.into_iter().flat_map(BTreeMap::keys);
        names.map(String::as_str).collect()
    }

    fn belongs(&self, package: &str, module: &str) -> bool {
        belongs(package, module, self.modules.iter().copied())
    }

    fn chain(&self, symbols: &BTreeMap<&str, BTreeSet<&str>>) -> Option<Vec<String>> {
        let mut names = Vec::new();
        for (package, wanted) in symbols {
            let of_package = self.packages.get(*package).into_iter().flatten();
            let wanted = of_package.filter(|(name, _)| wanted.contains(name.as_str()));
            names.extend(wanted.flat_map(|(_, linked)| linked));
        }
        // What runs before `main` is called as surely, but says less about the program.
        self.chain_from(&names, |name| name == MAIN)
            .or_else(|| self.chain_from(&names, runs_before_main))
    }
}
