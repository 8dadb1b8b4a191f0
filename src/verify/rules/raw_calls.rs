//! Files that a program opens by system calls of its own, past every function that takes a path.
//!
//! On Windows these are functions of DLLs that the program asks for by name. Translated C does so (modernc.org/libc, and with it modernc.org/sqlite), and assembly may. The path
//! is then the address of bytes, so it is never read.

use std::collections::BTreeSet;

use crate::inspect::Word;
use crate::target::{Goarch, Goos};
use crate::verify::Evidence;
use crate::verify::uses::{Call, Uses};

/// Functions that make a system call, with where its number stands. Those of x/sys are assembly.
const CALLS: &[(&str, Word)] = &[
    ("syscall.Syscall", Word(0)),
    ("syscall.Syscall6", Word(0)),
    ("syscall.RawSyscall", Word(0)),
    ("syscall.RawSyscall6", Word(0)),
    ("syscall.AllThreadsSyscall", Word(0)),
    ("syscall.AllThreadsSyscall6", Word(0)),
    ("golang.org/x/sys/unix.Syscall", Word(0)),
    ("golang.org/x/sys/unix.Syscall6", Word(0)),
    ("golang.org/x/sys/unix.RawSyscall", Word(0)),
    ("golang.org/x/sys/unix.RawSyscall6", Word(0)),
];

/// Packages whose functions each make one call: those that take a path are read themselves.
const WRAPPERS: &[&str] = &["golang.org/x/sys/"];

/// The numbers of `open`, `creat`, `openat`, `openat2`, `execve`, `execveat`, `chdir`, `chroot`, `mount`,
/// `statfs` (and `statfs64`), `truncate` (and `truncate64`) and `inotify_add_watch`, where an
/// architecture has them.
///
/// Source: `zsysnum_linux_*.go` of Go's package golang.org/x/sys/unix, for the architectures whose
/// arguments are read.
fn opening(goarch: Goarch) -> &'static [u64] {
    match goarch {
        Goarch::Amd64 => &[2, 85, 257, 437, 59, 322, 80, 161, 165, 137, 76, 254],
        Goarch::I386 => &[5, 8, 295, 437, 11, 358, 12, 61, 21, 99, 268, 92, 193, 292],
        Goarch::Arm64 => &[56, 437, 221, 281, 49, 51, 40, 43, 45, 27],
        _ => &[],
    }
}

/// The numbers of `read`, `write`, `getpid`, `ioctl` and `fcntl`, which all BSDs have in common with
/// macOS, and which open nothing.
///
/// Source: `zsysnum_*.go` of Go's package syscall.
const HARMLESS_ON_BSD: &[u64] = &[3, 4, 20, 54, 92];

/// Whether a call of this number may open a file.
fn may_open(goos: Goos, goarch: Option<Goarch>, number: u64) -> bool {
    match goos {
        Goos::Linux | Goos::Android => {
            goarch.is_some_and(|goarch| opening(goarch).contains(&number))
        }
        Goos::Darwin
        | Goos::Ios
        | Goos::Dragonfly
        | Goos::Freebsd
        | Goos::Netbsd
        | Goos::Openbsd => !HARMLESS_ON_BSD.contains(&number),
        _ => true,
    }
}

/// The calls that open a file, or that may: those whose number doesn't show, and those of assembly.
pub(super) fn opened(evidence: &Evidence<'_>, uses: Uses<'_>) -> BTreeSet<Call> {
    let is_wrapper = |call: Call| {
        let caller = uses.caller(call);
        WRAPPERS.iter().any(|package| caller.starts_with(package))
    };
    // On Windows these functions call those of DLLs, by their addresses.
    let goos = evidence.goos().filter(|goos| *goos != Goos::Windows);
    let goarch = evidence.facts.goarch();
    let numbered = goos.into_iter().flat_map(|goos| {
        let mut sites = uses.sites(CALLS);
        sites.retain(|(word, site)| {
            uses.number_in_assembly(*site, *word)
                .is_none_or(|number| may_open(goos, goarch, number))
        });
        sites.into_iter().map(|(_, site)| site.call)
    });
    let of_windows = (evidence.goos() == Some(Goos::Windows)).then(|| uses.dll_functions());
    let of_windows = of_windows.into_iter().flat_map(|called| &called.files);
    let all = numbered.chain(uses.traps()).chain(of_windows.copied());
    all.filter(|call| !is_wrapper(*call)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_open_a_file_unless_it_is_known_not_to() {
        let amd64 = Some(Goarch::Amd64);
        assert!(may_open(Goos::Linux, amd64, 2), "open");
        assert!(!may_open(Goos::Linux, amd64, 3), "close");
        for goos in [Goos::Darwin, Goos::Freebsd, Goos::Netbsd, Goos::Openbsd] {
            assert!(may_open(goos, amd64, 5), "open on {goos}");
            assert!(may_open(goos, amd64, 59), "execve on {goos}");
            assert!(!may_open(goos, amd64, 54), "ioctl on {goos}");
        }
        assert!(may_open(Goos::Plan9, amd64, 3), "nobody counted these");
    }
}
