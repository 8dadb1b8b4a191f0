//! What several rules ask about one program: it is found when the first of them asks.

use std::cell::OnceCell;

use super::c_library::CLibrary;
use super::paths::Paths;
use crate::verify::Evidence;
use crate::verify::uses::Uses;

/// What was found so far.
#[derive(Debug, Default)]
pub(in crate::verify) struct Shared<'a> {
    paths: OnceCell<Paths<'a>>,
    c_library: OnceCell<CLibrary>,
}

impl<'a> Uses<'a> {
    /// The paths that the program opens, makes or looks for.
    pub(super) fn paths(self, evidence: &Evidence<'_>) -> &'a Paths<'a> {
        let paths = &self.shared.paths;
        paths.get_or_init(|| Paths::of(evidence, self))
    }

    /// The C library that answers for names.
    pub(super) fn c_library(self, evidence: &Evidence<'_>) -> CLibrary {
        let library = &self.shared.c_library;
        *library.get_or_init(|| CLibrary::of(evidence))
    }
}
