//! Build modes: what kind of file go makes.
//!
//! Source of the tables: `BuildModeSupported` and `InternalLinkPIESupported` in Go's
//! `internal/platform`; a test holds them against the installed toolchain.

use std::fmt;

use super::Goos::{Aix, Android, Darwin, Freebsd, Ios, Linux, Openbsd, Wasip1, Windows};
use super::support::{AMD64, ANDROID, APPLE, LINUX, Table, WINDOWS, described, lists};
use super::{Goarch, Target};

/// What kind of file go makes.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum BuildMode {
    /// An ordinary executable.
    #[default]
    Exe,
    /// A position-independent executable.
    Pie,
    /// A library that a program in any language loads.
    CShared,
    /// A library that a program in any language is linked with.
    CArchive,
}

impl BuildMode {
    /// All modes.
    pub const ALL: &'static [Self] = &[Self::Exe, Self::Pie, Self::CShared, Self::CArchive];

    /// The name as Go writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exe => "exe",
            Self::Pie => "pie",
            Self::CShared => "c-shared",
            Self::CArchive => "c-archive",
        }
    }

    /// Whether Go has the mode on a platform.
    #[must_use]
    pub fn builds_for(self, target: &Target) -> bool {
        let table = match self {
            Self::Exe => return true,
            Self::Pie => PIE,
            Self::CShared => C_SHARED,
            Self::CArchive => C_ARCHIVE,
        };
        lists(table, target)
    }

    /// Whether it can only be built with cgo: C code has to call into it, or the system's linker
    /// has to make it.
    #[must_use]
    pub fn needs_cgo(self, target: &Target) -> bool {
        match self {
            Self::Exe => false,
            Self::Pie => !lists(PIE_BY_GO, target),
            Self::CShared => target.goarch != Goarch::Wasm,
            Self::CArchive => true,
        }
    }

    /// The platforms that have the mode, as people read them: `linux (amd64, arm64)`.
    #[must_use]
    pub fn platforms(self) -> String {
        match self {
            Self::Exe => "every platform".to_owned(),
            Self::Pie => described(PIE),
            Self::CShared => described(C_SHARED),
            Self::CArchive => described(C_ARCHIVE),
        }
    }

    /// Whether the file is a library for programs in other languages.
    #[must_use]
    pub fn is_library(self) -> bool {
        matches!(self, Self::CShared | Self::CArchive)
    }

    /// Whether go may write a C header beside the file: where C declares what it calls.
    #[must_use]
    pub fn has_header(self, target: &Target) -> bool {
        self.is_library() && target.goarch != Goarch::Wasm
    }
}

impl fmt::Display for BuildMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

const PIE: Table = &[
    (Aix, &[Goarch::Ppc64]),
    (Android, ANDROID),
    (Darwin, APPLE),
    (Freebsd, AMD64),
    (Ios, APPLE),
    (Linux, LINUX),
    (Openbsd, &[Goarch::Arm64]),
    (Windows, WINDOWS),
];

/// Where Go's own linker makes position-independent executables.
const PIE_BY_GO: Table = &[
    (Android, &[Goarch::Arm64]),
    (Darwin, APPLE),
    (
        Linux,
        &[
            Goarch::Amd64,
            Goarch::Arm64,
            Goarch::Loong64,
            Goarch::Ppc64le,
        ],
    ),
    (Windows, WINDOWS),
];

const C_SHARED: Table = &[
    (Android, ANDROID),
    (Darwin, APPLE),
    (Freebsd, AMD64),
    (Linux, LINUX),
    (Wasip1, &[Goarch::Wasm]),
    (Windows, WINDOWS),
];

const C_ARCHIVE: Table = &[
    (Aix, &[Goarch::Ppc64]),
    (Darwin, APPLE),
    (Freebsd, AMD64),
    (Ios, APPLE),
    (Linux, LINUX),
    (Windows, WINDOWS),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_for_web_assembly_needs_no_c_and_has_no_header() {
        let wasm: Target = "wasip1/wasm".parse().unwrap();
        let linux: Target = "linux/amd64".parse().unwrap();
        assert!(BuildMode::CShared.builds_for(&wasm));
        assert!(!BuildMode::CShared.needs_cgo(&wasm) && !BuildMode::CShared.has_header(&wasm));
        assert!(BuildMode::CShared.needs_cgo(&linux) && BuildMode::CShared.has_header(&linux));
    }
}
