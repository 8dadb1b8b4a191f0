//! Functions that code doesn't call, but hands on.

use super::{Call, Uses};

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

    /// Whether data holds any of these functions, such as a table, and who calls it doesn't show. Of
    /// methods only values do.
    pub(in crate::verify) fn is_in_tables(self, names: &[&str]) -> bool {
        let functions = names.iter().filter(|name| !name.contains(".(*"));
        let functions: Vec<_> = functions
            .flat_map(|name| self.program.named(name))
            .collect();
        if functions.is_empty() || !self.has_calls() {
            return false;
        }
        // Where no code refers to it either, the linker keeps it for data alone.
        let mut functions_of = functions.iter();
        functions_of.any(|function| {
            let mut callers = self.program.callers(*function);
            !callers.any(|(caller, _)| caller != *function)
        }) || self.program.has_in_tables(&functions)
    }
}
