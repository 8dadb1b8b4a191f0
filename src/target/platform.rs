//! The platform table: which pairs of operating system and architecture Go builds for.
//!
//! The source of the facts is `go tool dist list -json` and `MustLinkExternal` in Go's
//! `internal/platform`; a test holds the table against the installed toolchain.

use std::fmt;
use std::str::FromStr;

/// Declares an enum of Go's names with `as_str`, `ALL`, `Display` and `FromStr`.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident, $kind:literal { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the names are Go's own")]
        pub enum $name { $($variant),* }

        impl $name {
            /// All values, in the order of their names.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name as Go writes it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ParsePlatformError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(ParsePlatformError { kind: $kind, text: text.to_owned() }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

names! {
    /// An operating system, by the name that Go gives it.
    Goos, "GOOS" {
        Aix = "aix", Android = "android", Darwin = "darwin", Dragonfly = "dragonfly",
        Freebsd = "freebsd", Illumos = "illumos", Ios = "ios", Js = "js", Linux = "linux",
        Netbsd = "netbsd", Openbsd = "openbsd", Plan9 = "plan9", Solaris = "solaris",
        Wasip1 = "wasip1", Windows = "windows",
    }
}

names! {
    /// An architecture, by the name that Go gives it.
    Goarch, "GOARCH" {
        I386 = "386", Amd64 = "amd64", Arm = "arm", Arm64 = "arm64", Loong64 = "loong64",
        Mips = "mips", Mips64 = "mips64", Mips64le = "mips64le", Mipsle = "mipsle",
        Ppc64 = "ppc64", Ppc64le = "ppc64le", Riscv64 = "riscv64", S390x = "s390x",
        Wasm = "wasm",
    }
}

/// A name that is neither a GOOS nor a GOARCH that Go knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind} that Go knows")]
pub struct ParsePlatformError {
    /// `GOOS` or `GOARCH`.
    pub kind: &'static str,
    /// What was written.
    pub text: String,
}

/// One row of the platform table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The operating system.
    pub goos: Goos,
    /// The architecture.
    pub goarch: Goarch,
    /// A first-class port: Go's own releases are blocked when it is broken.
    pub first_class: bool,
    /// Go supports cgo here.
    pub cgo: bool,
    /// Even a program without C needs the platform's C linker, so `CGO_ENABLED=0` can't build it.
    pub needs_external_linker: bool,
}

impl Platform {
    /// The row for a pair, if Go builds for it.
    #[must_use]
    pub fn find(goos: Goos, goarch: Goarch) -> Option<&'static Self> {
        PLATFORMS
            .iter()
            .find(|row| row.goos == goos && row.goarch == goarch)
    }
}

/// Short names for the cells of the table.
const YES: bool = true;
const NO: bool = false;

/// One row: system, architecture, first class, cgo, needs an external linker.
const fn row(goos: Goos, goarch: Goarch, marks: (bool, bool, bool)) -> Platform {
    Platform {
        goos,
        goarch,
        first_class: marks.0,
        cgo: marks.1,
        needs_external_linker: marks.2,
    }
}

/// Every pair that Go 1.26 builds for, sorted by name.
///
/// The marks are: first class, cgo, needs an external linker.
pub const PLATFORMS: &[Platform] = &[
    row(Goos::Aix, Goarch::Ppc64, (NO, YES, NO)),
    row(Goos::Android, Goarch::I386, (NO, YES, YES)),
    row(Goos::Android, Goarch::Amd64, (NO, YES, YES)),
    row(Goos::Android, Goarch::Arm, (NO, YES, YES)),
    row(Goos::Android, Goarch::Arm64, (NO, YES, NO)),
    row(Goos::Darwin, Goarch::Amd64, (YES, YES, NO)),
    row(Goos::Darwin, Goarch::Arm64, (YES, YES, NO)),
    row(Goos::Dragonfly, Goarch::Amd64, (NO, YES, NO)),
    row(Goos::Freebsd, Goarch::I386, (NO, YES, NO)),
    row(Goos::Freebsd, Goarch::Amd64, (NO, YES, NO)),
    row(Goos::Freebsd, Goarch::Arm, (NO, YES, NO)),
    row(Goos::Freebsd, Goarch::Arm64, (NO, YES, NO)),
    row(Goos::Illumos, Goarch::Amd64, (NO, YES, NO)),
    row(Goos::Ios, Goarch::Amd64, (NO, YES, YES)),
    row(Goos::Ios, Goarch::Arm64, (NO, YES, YES)),
    row(Goos::Js, Goarch::Wasm, (NO, NO, NO)),
    row(Goos::Linux, Goarch::I386, (YES, YES, NO)),
    row(Goos::Linux, Goarch::Amd64, (YES, YES, NO)),
    row(Goos::Linux, Goarch::Arm, (YES, YES, NO)),
    row(Goos::Linux, Goarch::Arm64, (YES, YES, NO)),
    row(Goos::Linux, Goarch::Loong64, (NO, YES, NO)),
    row(Goos::Linux, Goarch::Mips, (NO, YES, NO)),
    row(Goos::Linux, Goarch::Mips64, (NO, YES, NO)),
    row(Goos::Linux, Goarch::Mips64le, (NO, YES, NO)),
    row(Goos::Linux, Goarch::Mipsle, (NO, YES, NO)),
    row(Goos::Linux, Goarch::Ppc64, (NO, NO, NO)),
    row(Goos::Linux, Goarch::Ppc64le, (NO, YES, NO)),
    row(Goos::Linux, Goarch::Riscv64, (NO, YES, NO)),
    row(Goos::Linux, Goarch::S390x, (NO, YES, NO)),
    row(Goos::Netbsd, Goarch::I386, (NO, YES, NO)),
    row(Goos::Netbsd, Goarch::Amd64, (NO, YES, NO)),
    row(Goos::Netbsd, Goarch::Arm, (NO, YES, NO)),
    row(Goos::Netbsd, Goarch::Arm64, (NO, YES, NO)),
    row(Goos::Openbsd, Goarch::I386, (NO, YES, NO)),
    row(Goos::Openbsd, Goarch::Amd64, (NO, YES, NO)),
    row(Goos::Openbsd, Goarch::Arm, (NO, YES, NO)),
    row(Goos::Openbsd, Goarch::Arm64, (NO, YES, NO)),
    row(Goos::Openbsd, Goarch::Ppc64, (NO, NO, NO)),
    row(Goos::Openbsd, Goarch::Riscv64, (NO, YES, NO)),
    row(Goos::Plan9, Goarch::I386, (NO, NO, NO)),
    row(Goos::Plan9, Goarch::Amd64, (NO, NO, NO)),
    row(Goos::Plan9, Goarch::Arm, (NO, NO, NO)),
    row(Goos::Solaris, Goarch::Amd64, (NO, YES, NO)),
    row(Goos::Wasip1, Goarch::Wasm, (NO, NO, NO)),
    row(Goos::Windows, Goarch::I386, (YES, YES, NO)),
    row(Goos::Windows, Goarch::Amd64, (YES, YES, NO)),
    row(Goos::Windows, Goarch::Arm64, (NO, YES, NO)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_each_pair_once() {
        let names: Vec<_> = PLATFORMS
            .iter()
            .map(|row| (row.goos.as_str(), row.goarch.as_str()))
            .collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
    }

    #[test]
    fn every_name_is_used_by_a_row() {
        for goos in Goos::ALL {
            assert!(PLATFORMS.iter().any(|row| row.goos == *goos), "{goos}");
        }
        for goarch in Goarch::ALL {
            assert!(
                PLATFORMS.iter().any(|row| row.goarch == *goarch),
                "{goarch}"
            );
        }
    }

    #[test]
    fn a_pair_that_go_does_not_build_is_absent() {
        assert_eq!(Platform::find(Goos::Darwin, Goarch::I386), None);
    }
}
