//! Functions of Windows that a program asks for by name and calls by their addresses, past all that Go has
//! for them.
//!
//! Source: Microsoft's documentation of the functions; `LazyProc` in Go's `syscall/dll_windows.go`, and in
//! `windows/dll_windows.go` of golang.org/x/sys.

use super::raw_calls::RawCalls;
use crate::inspect::{Argument, LazyDllOf, Word};
use crate::verify::uses::{Call, Calls, StructWithText, Uses};

/// Functions that ask for one by its name.
const FIND: &[(&str, Word)] = &[
    // The DLL comes first.
    ("syscall.(*DLL).FindProc", Word(1)),
    ("syscall.(*DLL).MustFindProc", Word(1)),
    ("syscall.GetProcAddress", Word(1)),
    ("golang.org/x/sys/windows.(*DLL).FindProc", Word(1)),
    ("golang.org/x/sys/windows.(*DLL).MustFindProc", Word(1)),
    ("golang.org/x/sys/windows.GetProcAddress", Word(1)),
];
/// Methods of what asks for one when it is first called.
const METHODS: &[(&str, LazyDllOf)] = &[
    ("syscall.(*LazyProc).Find", LazyDllOf::Syscall),
    ("syscall.(*LazyProc).mustFind", LazyDllOf::Syscall),
    ("syscall.(*LazyProc).Addr", LazyDllOf::Syscall),
    ("syscall.(*LazyProc).Call", LazyDllOf::Syscall),
    (
        "golang.org/x/sys/windows.(*LazyProc).Find",
        LazyDllOf::Windows,
    ),
    (
        "golang.org/x/sys/windows.(*LazyProc).mustFind",
        LazyDllOf::Windows,
    ),
    (
        "golang.org/x/sys/windows.(*LazyProc).Addr",
        LazyDllOf::Windows,
    ),
    (
        "golang.org/x/sys/windows.(*LazyProc).Call",
        LazyDllOf::Windows,
    ),
];
/// What these methods are of, and the first of them that asks.
const MADE: &[(StructWithText, &str)] = &[
    (
        StructWithText {
            fields: &["mu", "Name", "l", "proc"],
            text: Word(1),
        },
        "syscall.(*LazyProc).Find",
    ),
    (
        StructWithText {
            fields: &["Name", "mu", "l", "proc"],
            text: Word(0),
        },
        "golang.org/x/sys/windows.(*LazyProc).Find",
    ),
];
/// Each of its functions makes one call: those that take a path are read themselves.
const WRAPPERS: &str = "golang.org/x/sys/windows.";

/// Functions that open a file, make it or look for it, without the letter for the kind of texts.
const FILES: &[&str] = &[
    "CopyFile",
    "CopyFile2",
    "CopyFileEx",
    "CreateDirectory",
    "CreateDirectoryEx",
    "CreateFile",
    "CreateFile2",
    "CreateHardLink",
    "CreateSymbolicLink",
    "DeleteFile",
    "FindFirstFile",
    "FindFirstFileEx",
    "GetFileAttributes",
    "GetFileAttributesEx",
    "GetPrivateProfileString",
    "MoveFile",
    "MoveFileEx",
    "NtCreateFile",
    "NtOpenFile",
    "OpenFile",
    "RemoveDirectory",
    "ReplaceFile",
    "SetCurrentDirectory",
    "WritePrivateProfileString",
    "ZwCreateFile",
    "ZwOpenFile",
];
/// Functions that start a program, or whatever opens a file.
const PROGRAMS: &[&str] = &[
    "CreateProcess",
    "CreateProcessAsUser",
    "CreateProcessWithLogon",
    "CreateProcessWithToken",
    "NtCreateUserProcess",
    "ShellExecute",
    "ShellExecuteEx",
    "WinExec",
];

/// Adds what the program calls so.
pub(super) fn add(uses: Uses<'_>, raw: &mut RawCalls) {
    let calls = own(uses);
    let of_kind = |kind: &'static [&str]| {
        let its = calls.texts.iter().filter(|(name, _)| is_among(name, kind));
        its.map(|(_, call)| *call)
    };
    raw.files.extend(of_kind(FILES));
    raw.programs.extend(of_kind(PROGRAMS));
    raw.either.extend(&calls.unknown);
}

/// The calls with the names of functions. Those of the wrappers are left out before they are: of each name one
/// call is kept, which has to be the program's own where there is one.
fn own(uses: Uses<'_>) -> Calls<'_> {
    let is_own = |call: Call| !uses.caller(call).starts_with(WRAPPERS);
    let mut calls = Calls::default();
    let sites = uses.sites(FIND).into_iter();
    for (word, site) in sites.filter(|(_, site)| is_own(site.call)) {
        uses.follow(site, word, &mut calls);
    }
    let mut made_elsewhere = Vec::new();
    let procs = uses.lazy_procs(METHODS).into_iter();
    for (call, name) in procs.filter(|(call, _)| is_own(*call)) {
        match name {
            Some(name) => uses.trace(call, Argument::Text(name), &mut calls),
            None => made_elsewhere.push(call),
        }
    }
    // What of them is found below may be all, or not.
    if !uses.shows_structs() {
        calls.unknown.extend(made_elsewhere);
    }
    for (made, find) in MADE {
        let find = uses.first_of(&[find]);
        let made = find.map_or_else(Vec::new, |find| uses.texts_made(*made, find));
        for (call, name) in made.into_iter().filter(|(call, _)| is_own(*call)) {
            uses.trace(call, name, &mut calls);
        }
    }
    calls
}

/// Whether a name is one of some functions, for texts of either kind.
fn is_among(name: &str, functions: &[&str]) -> bool {
    let plain = name.strip_suffix(['A', 'W']);
    functions.contains(&name) || plain.is_some_and(|plain| functions.contains(&plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_a_letter_for_the_kind_of_their_texts() {
        for name in ["CreateFileW", "CreateFileA", "CreateFile2", "NtOpenFile"] {
            assert!(is_among(name, FILES), "{name}");
        }
        for name in ["CreateFileMappingW", "ReadFile", "W", "CreateProcessW"] {
            assert!(!is_among(name, FILES), "{name}");
        }
    }
}
