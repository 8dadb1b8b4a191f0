//! Functions that code doesn't call, but hands on.

use std::collections::BTreeSet;

use super::{Call, Uses};
use crate::inspect::FunctionId;

/// How functions are handed on.
#[derive(Clone, Debug, Default)]
pub(in crate::verify) struct Handed {
    /// Who makes values of methods, or interfaces by whose first method they are called.
    pub(in crate::verify) calls: Vec<Call>,
    /// Whether data holds one, such as a table, and who calls it doesn't show.
    pub(in crate::verify) is_in_tables: bool,
}

/// What is said of a function that only data has.
pub(in crate::verify) const IN_TABLES: &str =
    "data of the program holds the function; who calls it doesn't show";

impl Uses<'_> {
    /// How functions are handed on. As the arguments of a call they are found by who refers to them.
    pub(in crate::verify) fn handed_on(self, names: &[&str]) -> Handed {
        let methods = names.iter().filter(|name| name.contains(".(*"));
        let calls = methods.flat_map(|method| {
            // What the compiler makes of a method without its call.
            let value = format!("{method}-fm");
            let values = self.calls_of(&[&value]).collect::<Vec<_>>();
            values.into_iter().chain(self.makers(method))
        });
        Handed {
            calls: calls.collect(),
            is_in_tables: self.is_in_tables(names),
        }
    }

    /// Those of some functions that data holds, such as a table, where who calls them doesn't show.
    pub(in crate::verify) fn in_tables<'t>(self, names: &[&'t str]) -> BTreeSet<&'t str> {
        // Of methods only what is made of them is held so.
        let plain = names.iter().filter(|name| !name.contains(".(*"));
        let found = plain.flat_map(|name| {
            let functions = self.program.named(name);
            functions.into_iter().map(|function| (function, *name))
        });
        let found: Vec<_> = found.collect();
        if found.is_empty() || !self.has_calls() {
            return BTreeSet::new();
        }
        let functions: Vec<_> = found.iter().map(|(function, _)| *function).collect();
        let in_tables = self.program.in_tables(&functions);
        let is_held = |function: FunctionId| {
            // Where no code refers to it either, the linker keeps it for data alone.
            let mut callers = self.program.callers(function);
            in_tables.contains(&function) || !callers.any(|(caller, _)| caller != function)
        };
        let held = found.into_iter().filter(|(function, _)| is_held(*function));
        held.map(|(_, name)| name).collect()
    }
}
