//! Where the C in a program comes from.

use super::Evidence;
use super::owner::{Owner, Owners, package};

/// Where the C in a program comes from, which says whether the program can be built without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum COrigin {
    /// Go's own packages at most, which do without it.
    #[default]
    Go,
    /// A sanitizer, whose runtime is a C library.
    Sanitizer,
    /// Packages of the program, or of its dependencies.
    Program,
}

impl Evidence<'_> {
    /// Where the C in the program comes from, as far as its functions show.
    #[must_use]
    pub fn c_origin(&self) -> COrigin {
        let owners = Owners::new(self.facts.build_info());
        let is_own = |name: &str| calls_c(name) && owners.of(name) != Owner::Go;
        let mut functions = self.program.iter().flat_map(|program| program.functions());
        if functions.any(|(_, name)| is_own(name)) {
            COrigin::Program
        } else if self.sanitizer().is_some() {
            COrigin::Sanitizer
        } else {
            COrigin::Go
        }
    }
}

/// Whether cgo made a function, which calls one of C or is called by one.
fn calls_c(function: &str) -> bool {
    let rest = function.strip_prefix(package(function)).unwrap_or_default();
    ["._Cfunc_", "._C2func_", "._cgoexp_"]
        .iter()
        .any(|start| rest.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_that_cgo_makes_are_told_by_their_names() {
        for name in [
            "main._Cfunc_cos",
            "github.com/mattn/go-sqlite3._C2func_sqlite3_open",
            "example.com/a%2eb._cgoexp_0123_callback",
        ] {
            assert!(calls_c(name), "{name}");
        }
        for name in ["main.main", "main.(*T)._Cfunc_cos", "runtime.cgocall"] {
            assert!(!calls_c(name), "{name}");
        }
    }
}
