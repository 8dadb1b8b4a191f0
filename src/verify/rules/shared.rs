//! What several rules ask about one program: it is found when the first of them asks.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::c_library::CLibrary;
use super::paths::Paths;
use super::raw_calls::RawCalls;
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
    raw_calls: OnceCell<RawCalls>,
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

    /// The calls of the system past all functions that are read.
    pub(super) fn raw_calls(self, evidence: &Evidence<'_>) -> &'a RawCalls {
        let calls = &self.shared.raw_calls;
        calls.get_or_init(|| RawCalls::of(evidence, self))
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
