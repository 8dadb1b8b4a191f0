//! Functions of Windows that a program asks for by name and calls by their addresses, past all that Go has
//! for them.
//!
//! Source: Microsoft's documentation of the functions; `LazyProc` in Go's `syscall/dll_windows.go`, and in
//! `windows/dll_windows.go` of golang.org/x/sys.

use std::collections::BTreeSet;

use crate::inspect::{LazyDllOf, Word};
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

/// What of Windows a program calls so.
#[derive(Clone, Debug, Default)]
pub(super) struct DllFunctions {
    /// What opens files, or may: functions whose names don't show.
    pub(super) files: BTreeSet<Call>,
    /// What starts programs.
    pub(super) programs: BTreeSet<Call>,
}

impl DllFunctions {
    pub(super) fn of(uses: Uses<'_>) -> Self {
        let mut calls = uses.calls(FIND);
        for (call, name) in uses.lazy_procs(METHODS) {
            calls.texts.entry(name).or_insert(call);
        }
        for (made, find) in MADE {
            let find = uses.first_of(&[find]);
            for (call, name) in find.map_or_else(Vec::new, |find| uses.texts_made(*made, find)) {
                uses.trace(call, name, &mut calls);
            }
        }
        let is_wrapper = |call: &Call| uses.caller(*call).starts_with(WRAPPERS);
        let of_kind = |kind: &[&str]| {
            let Calls { texts, .. } = &calls;
            let its = texts.iter().filter(|(name, _)| is_among(name, kind));
            let its = its.map(|(_, call)| *call);
            its.filter(|call| !is_wrapper(call))
                .collect::<BTreeSet<_>>()
        };
        let (mut files, programs) = (of_kind(FILES), of_kind(PROGRAMS));
        let unknown = calls.unknown.iter().copied();
        files.extend(unknown.filter(|call| !is_wrapper(call)));
        Self { files, programs }
    }
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
