//! What several rules ask about one program: it is found when the first of them asks.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::c_library::CLibrary;
use super::dll_functions::DllFunctions;
use super::paths::Paths;
use super::{dns_go, exec, home, servers, tmp, user_db};
use crate::verify::Evidence;
use crate::verify::uses::{Calls, Uses};

/// What was found so far.
#[derive(Debug, Default)]
pub(in crate::verify) struct Shared<'a> {
    paths: OnceCell<Paths<'a>>,
    c_library: OnceCell<CLibrary>,
    in_tables: OnceCell<BTreeSet<&'static str>>,
    servers: OnceCell<Calls<'a>>,
    dll_functions: OnceCell<DllFunctions>,
}

impl<'a> Uses<'a> {
    /// The paths that the program opens, makes or looks for.
    pub(super) fn paths(self, evidence: &Evidence<'_>) -> &'a Paths<'a> {
        let paths = &self.shared.paths;
        paths.get_or_init(|| Paths::of(evidence, self))
    }

    /// The addresses that servers of HTTP listen at.
    pub(super) fn servers(self) -> &'a Calls<'a> {
        let servers = &self.shared.servers;
        servers.get_or_init(|| servers::servers(self))
    }

    /// What of Windows the program calls by the addresses of functions.
    pub(super) fn dll_functions(self) -> &'a DllFunctions {
        let functions = &self.shared.dll_functions;
        functions.get_or_init(|| DllFunctions::of(self))
    }

    /// Whether data holds any of these functions, such as a table, and who calls it doesn't show. All that
    /// rules ask for are looked for at once, since all data is gone through.
    pub(in crate::verify) fn is_in_tables(self, names: &[&str]) -> bool {
        let in_tables = self.shared.in_tables.get_or_init(|| {
            let functions: Vec<_> = functions_in_tables().collect();
            self.in_tables(&functions)
        });
        names.iter().any(|name| in_tables.contains(name))
    }

    /// The C library that answers for names.
    pub(super) fn c_library(self, evidence: &Evidence<'_>) -> CLibrary {
        let library = &self.shared.c_library;
        *library.get_or_init(|| CLibrary::of(evidence))
    }
}

/// The functions that rules look for in tables.
fn functions_in_tables() -> impl Iterator<Item = &'static str> {
    let programs = exec::NAMED.iter().map(|(name, _)| *name);
    let folders = home::FOLDERS.iter().map(|folder| folder.function);
    let others = [
        dns_go::LOOK_UPS,
        dns_go::DIAL,
        user_db::CURRENT,
        user_db::LOOK_UPS,
        tmp::SYSTEM,
        tmp::LINKED,
    ];
    let others = others.into_iter().flatten().copied();
    programs.chain(folders).chain(others)
}
