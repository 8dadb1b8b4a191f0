//! Debug information that no file would have needs not be generated: that is a fifth of the compiler's time.

use crate::manifest::{self, Effective, leaves_out_dwarf};

/// Whether the compiler generates DWARF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dwarf {
    /// As go does.
    Generated,
    /// It is told not to.
    Omitted,
}

impl Dwarf {
    /// Omitted where that is wanted and the linker leaves it out, unless flags of the compiler are set: then
    /// these are all of them.
    pub(super) fn of(settings: &Effective, ldflags: &[String]) -> Self {
        let omits = settings.dwarf == manifest::Dwarf::Needed
            && leaves_out_dwarf(ldflags)
            && !settings.has_flag("gcflags");
        if omits {
            Self::Omitted
        } else {
            Self::Generated
        }
    }

    /// What go is told. It records that in the program, and lays out the same functions in another order: so it
    /// isn't the default.
    ///
    /// Source: `go tool compile -help`, `-dwarf`.
    pub(super) fn flag(self) -> Option<&'static str> {
        (self == Self::Omitted).then_some("-gcflags=all=-dwarf=false")
    }
}
