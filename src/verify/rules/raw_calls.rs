//! Files that a program opens by system calls of its own, past every function that takes a path, and programs
//! that it starts so.
//!
//! On Windows these are functions of DLLs that the program asks for by name. Translated C does so (modernc.org/libc, and with it modernc.org/sqlite), and assembly may. The path
//! is then the address of bytes, so it is never read.

use std::collections::BTreeSet;

use super::dll_functions;
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

/// The numbers of `open`, `creat`, `openat`, `openat2`, `chdir`, `chroot`, `mount`,
/// `statfs` (and `statfs64`), `truncate` (and `truncate64`) and `inotify_add_watch`, where an
/// architecture has them.
///
/// Source: `zsysnum_linux_*.go` of Go's package golang.org/x/sys/unix, for the architectures whose
/// arguments are read.
fn opening(goarch: Goarch) -> &'static [u64] {
    match goarch {
        Goarch::Amd64 => &[2, 85, 257, 437, 80, 161, 165, 137, 76, 254],
        Goarch::I386 => &[5, 8, 295, 437, 12, 61, 21, 99, 268, 92, 193, 292],
        Goarch::Arm64 => &[56, 437, 49, 51, 40, 43, 45, 27],
        _ => &[],
    }
}

/// The numbers of `execve` and `execveat`, from the same source.
fn starting(goarch: Goarch) -> &'static [u64] {
    match goarch {
        Goarch::Amd64 => &[59, 322],
        Goarch::I386 => &[11, 358],
        Goarch::Arm64 => &[221, 281],
        _ => &[],
    }
}

/// The numbers of `read`, `write`, `getpid`, `ioctl` and `fcntl`, which all BSDs have in common with
/// macOS, and which open nothing.
///
/// Source: `zsysnum_*.go` of Go's package syscall.
const HARMLESS_ON_BSD: &[u64] = &[3, 4, 20, 54, 92];
/// That of `execve`, from the same source.
const STARTING_ON_BSD: u64 = 59;

/// What a call of the system may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    OpenFile,
    StartProgram,
    Either,
    /// Nothing of that.
    Neither,
}

impl May {
    /// What a call of this number may do, where that shows.
    fn of(goos: Goos, goarch: Option<Goarch>, number: Option<u64>) -> Self {
        let Some(number) = number else {
            return Self::Either;
        };
        match goos {
            Goos::Linux | Goos::Android => {
                let has = |numbers: fn(Goarch) -> &'static [u64]| {
                    goarch.is_some_and(|goarch| numbers(goarch).contains(&number))
                };
                match () {
                    () if has(starting) => Self::StartProgram,
                    () if has(opening) => Self::OpenFile,
                    () => Self::Neither,
                }
            }
            Goos::Darwin
            | Goos::Ios
            | Goos::Dragonfly
            | Goos::Freebsd
            | Goos::Netbsd
            | Goos::Openbsd => match number {
                STARTING_ON_BSD => Self::StartProgram,
                _ if HARMLESS_ON_BSD.contains(&number) => Self::Neither,
                _ => Self::OpenFile,
            },
            _ => Self::Either,
        }
    }
}

/// Calls of the system past all functions that are read.
#[derive(Clone, Debug, Default)]
pub(super) struct RawCalls {
    /// They open a file.
    pub(super) files: BTreeSet<Call>,
    /// They start a program.
    pub(super) programs: BTreeSet<Call>,
    /// Which of both they do, if any, doesn't show.
    pub(super) either: BTreeSet<Call>,
}

impl RawCalls {
    pub(super) fn of(evidence: &Evidence<'_>, uses: Uses<'_>) -> Self {
        let mut calls = Self::default();
        if evidence.unread_architecture().is_some() {
            // No number shows, and most of them do neither.
            return calls;
        }
        let goarch = evidence.facts.goarch();
        // On Windows these functions call those of DLLs, by their addresses.
        if let Some(goos) = evidence.goos().filter(|goos| *goos != Goos::Windows) {
            for (word, site) in uses.sites(CALLS) {
                let number = uses.number_in_assembly(site, word);
                calls.add(May::of(goos, goarch, number), site.call);
            }
        }
        for (call, number) in uses.traps() {
            let may = match evidence.goos() {
                Some(goos) => May::of(goos, goarch, number),
                None => May::Either,
            };
            // Another number may be put there on another way through the code.
            let may = if may == May::Neither {
                May::OpenFile
            } else {
                may
            };
            calls.add(may, call);
        }
        for calls in [&mut calls.files, &mut calls.programs, &mut calls.either] {
            calls.retain(|call| {
                let caller = uses.caller(*call);
                !WRAPPERS.iter().any(|package| caller.starts_with(package))
            });
        }
        if evidence.goos() == Some(Goos::Windows) {
            dll_functions::add(uses, &mut calls);
        }
        calls
    }

    fn add(&mut self, may: May, call: Call) {
        let calls = match may {
            May::OpenFile => &mut self.files,
            May::StartProgram => &mut self.programs,
            May::Either => &mut self.either,
            May::Neither => return,
        };
        calls.insert(call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_call_says_what_it_may_do_unless_nobody_counted_these() {
        let may = |goos, number| May::of(goos, Some(Goarch::Amd64), number);
        assert_eq!(may(Goos::Linux, Some(2)), May::OpenFile, "open");
        assert_eq!(may(Goos::Linux, Some(3)), May::Neither, "close");
        assert_eq!(may(Goos::Linux, Some(59)), May::StartProgram, "execve");
        assert_eq!(may(Goos::Linux, None), May::Either);
        for goos in [Goos::Darwin, Goos::Freebsd, Goos::Netbsd, Goos::Openbsd] {
            assert_eq!(may(goos, Some(5)), May::OpenFile, "open on {goos}");
            assert_eq!(may(goos, Some(59)), May::StartProgram, "execve on {goos}");
            assert_eq!(may(goos, Some(54)), May::Neither, "ioctl on {goos}");
        }
        assert_eq!(may(Goos::Plan9, Some(3)), May::Either);
    }
}
