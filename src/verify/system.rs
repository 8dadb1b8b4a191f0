//! What a Go program without C needs from each system, and what each system always has.
//!
//! Source: binaries of Go 1.26.8 with `CGO_ENABLED=0` that use net, net/http, crypto/tls,
//! os/user, os/exec and plugin, for every system.

use super::glibc;
use crate::inspect::{is_of_windows, musl};
use crate::target::Goos;

/// How far "static" goes on a system whose programs are ELF files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElfSystem {
    /// The kernel starts a program alone: it needs no loader and no library.
    Bare,
    /// The kernel's interface is private, so every program goes through the system's own loader
    /// and these libraries.
    Loader(&'static [&'static str]),
}

impl ElfSystem {
    /// What holds on a system; where it isn't known, the strict rule.
    pub(super) fn of(goos: Option<Goos>) -> Self {
        match goos {
            Some(Goos::Openbsd) => Self::Loader(&["libc.so", "libpthread.so"]),
            Some(Goos::Solaris | Goos::Illumos) => {
                Self::Loader(&["libc.so", "libsendfile.so", "libsocket.so"])
            }
            Some(Goos::Android) => Self::Loader(&[]),
            _ => Self::Bare,
        }
    }

    /// Whether the program may have this library. Programs linked by the system's own linker
    /// name a version too: `libc.so.97.1`.
    pub(super) fn has(self, library: &str) -> bool {
        match self {
            Self::Bare => false,
            Self::Loader(libraries) => libraries.iter().any(|name| {
                library
                    .strip_prefix(name)
                    .is_some_and(|version| version.is_empty() || version.starts_with('.'))
            }),
        }
    }
}

/// Whether a library is part of the system's C library: of glibc, of musl, or of what FreeBSD and
/// Android have. A program that loads a Go library has it already.
pub(super) fn is_c_library(goos: Option<Goos>, name: &str) -> bool {
    match goos {
        Some(Goos::Linux) => glibc::has_library(name) || musl::has_library(name),
        Some(Goos::Freebsd) => ["libc.so.7", "libm.so.5", "libthr.so.3"].contains(&name),
        Some(Goos::Android) => ["libc.so", "libdl.so", "liblog.so", "libm.so"].contains(&name),
        _ => false,
    }
}

/// Where a library of Windows or macOS comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A program without C needs it already.
    PureGo,
    /// The system brings it, but only C asks for it.
    System,
    /// It has to be shipped with the program.
    Foreign,
}

/// The origin of a DLL; Windows doesn't tell cases apart.
pub(super) fn dll_origin(name: &str) -> Origin {
    if name.eq_ignore_ascii_case("kernel32.dll") {
        return Origin::PureGo;
    }
    if is_of_windows(name) {
        Origin::System
    } else {
        Origin::Foreign
    }
}

/// The origin of a library that a Mach-O file names by its path.
pub(super) fn dylib_origin(path: &str) -> Origin {
    match path {
        "/usr/lib/libSystem.B.dylib"
        | "/usr/lib/libresolv.9.dylib"
        | "/System/Library/Frameworks/CoreFoundation.framework/Versions/A/CoreFoundation"
        | "/System/Library/Frameworks/Security.framework/Versions/A/Security"
        // Frameworks of iOS have no versions.
        | "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
        | "/System/Library/Frameworks/Security.framework/Security" => Origin::PureGo,
        _ if path.starts_with("/usr/lib/") || path.starts_with("/System/Library/") => {
            Origin::System
        }
        _ => Origin::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_after_the_name_is_the_same_library() {
        let openbsd = ElfSystem::of(Some(Goos::Openbsd));
        assert!(openbsd.has("libc.so") && openbsd.has("libc.so.97.1"));
        assert!(!openbsd.has("libc.so6") && !openbsd.has("libcrypto.so"));
    }

    #[test]
    fn linux_and_the_unknown_have_nothing() {
        assert!(!ElfSystem::of(Some(Goos::Linux)).has("libc.so.6"));
        assert_eq!(ElfSystem::of(None), ElfSystem::Bare);
    }

    #[test]
    fn only_the_c_library_itself_comes_with_the_program_that_loads_a_library() {
        let linux = Some(Goos::Linux);
        for name in ["libc.so.6", "ld-linux-x86-64.so.2", "libc.musl-x86_64.so.1"] {
            assert!(is_c_library(linux, name), "{name}");
        }
        for name in [
            "libgcc_s.so.1",
            "libstdc++.so.6",
            "libsqlite3.so.0",
            "libc.so.7",
        ] {
            assert!(!is_c_library(linux, name), "{name}");
        }
    }

    #[test]
    fn libraries_of_mingw_are_foreign_to_windows() {
        assert_eq!(dll_origin("KERNEL32.dll"), Origin::PureGo);
        assert_eq!(dll_origin("msvcrt.dll"), Origin::System);
        assert_eq!(dll_origin("libwinpthread-1.dll"), Origin::Foreign);
        assert_eq!(dll_origin("VCRUNTIME140.dll"), Origin::Foreign);
    }

    #[test]
    fn what_is_called_a_part_of_windows_is_one() {
        for library in crate::inspect::LIBRARIES {
            let claimed = library.purpose.starts_with("Windows ")
                || library.purpose.starts_with("the Windows ")
                || library.purpose.contains("part of every Windows");
            let is_foreign = dll_origin(library.stem) == Origin::Foreign;
            assert!(!(claimed && is_foreign), "{}", library.stem);
        }
    }

    #[test]
    fn a_library_of_homebrew_is_foreign_to_macos() {
        assert_eq!(dylib_origin("/usr/lib/libobjc.A.dylib"), Origin::System);
        assert_eq!(dylib_origin("@rpath/libssl.3.dylib"), Origin::Foreign);
        assert_eq!(
            dylib_origin("/opt/homebrew/lib/libssl.3.dylib"),
            Origin::Foreign
        );
    }
}
