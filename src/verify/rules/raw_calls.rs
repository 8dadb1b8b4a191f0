//! Files that a program opens by system calls of its own, past every function that takes a path.
//!
//! Translated C does so (modernc.org/libc, and with it modernc.org/sqlite). The path is then the
//! address of bytes, so it is never read.

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

/// The calls that open a file, or that may: those whose number doesn't show.
pub(super) fn opened(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Call> {
    if !matches!(evidence.goos(), Some(Goos::Linux | Goos::Android)) {
        return Vec::new();
    }
    let opening = evidence.facts.goarch().map(opening).unwrap_or_default();
    let mut sites = uses.sites(CALLS);
    sites.retain(|(word, site)| {
        let caller = uses.caller(site.call);
        !WRAPPERS.iter().any(|package| caller.starts_with(package))
            && uses
                .number_in_assembly(*site, *word)
                .is_none_or(|number| opening.contains(&number))
    });
    sites.into_iter().map(|(_, site)| site.call).collect()
}
