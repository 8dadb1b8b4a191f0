//! Sanitizers: instrumentation whose runtime is a C library.
//!
//! Source of the tables: `RaceDetectorSupported`, `MSanSupported` and `ASanSupported` in Go's
//! `internal/platform`, and `instrumentInit` in `cmd/go/internal/work`; a test holds them against
//! the installed toolchain.

use std::fmt;

use super::Goos::{Darwin, Freebsd, Linux, Netbsd, Windows};
use super::support::{AMD64, APPLE, Table, described, lists};
use super::{Goarch, Target};

/// Instrumentation by a library of the C toolchain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sanitizer {
    /// `-race`
    Race,
    /// `-msan`
    Msan,
    /// `-asan`
    Asan,
}

impl Sanitizer {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Race, Self::Msan, Self::Asan];

    /// The flag of go build, without its dash.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Race => "race",
            Self::Msan => "msan",
            Self::Asan => "asan",
        }
    }

    /// The flag of go build, as build information names it too.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Race => "-race",
            Self::Msan => "-msan",
            Self::Asan => "-asan",
        }
    }

    fn table(self) -> Table {
        match self {
            Self::Race => RACE,
            Self::Msan => MSAN,
            Self::Asan => ASAN,
        }
    }

    /// Whether Go has it on a platform.
    #[must_use]
    pub fn builds_for(self, target: &Target) -> bool {
        lists(self.table(), target)
    }

    /// Whether it can only be built with cgo: the race detector of macOS does without.
    #[must_use]
    pub fn needs_cgo(self, target: &Target) -> bool {
        self != Self::Race || target.goos != Darwin
    }

    /// The platforms that have it, as people read them.
    #[must_use]
    pub fn platforms(self) -> String {
        described(self.table())
    }
}

impl fmt::Display for Sanitizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.flag())
    }
}

const RACE: Table = &[
    (Darwin, APPLE),
    (Freebsd, AMD64),
    (
        Linux,
        &[
            Goarch::Amd64,
            Goarch::Arm64,
            Goarch::Loong64,
            Goarch::Ppc64le,
            Goarch::Riscv64,
            Goarch::S390x,
        ],
    ),
    (Netbsd, AMD64),
    (Windows, AMD64),
];

const MSAN: Table = &[
    (Freebsd, AMD64),
    (Linux, &[Goarch::Amd64, Goarch::Arm64, Goarch::Loong64]),
];

const ASAN: Table = &[(
    Linux,
    &[
        Goarch::Amd64,
        Goarch::Arm64,
        Goarch::Loong64,
        Goarch::Ppc64le,
        Goarch::Riscv64,
    ],
)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_listed_by_system() {
        assert_eq!(
            Sanitizer::Msan.platforms(),
            "freebsd (amd64), linux (amd64, arm64, loong64)"
        );
    }
}
