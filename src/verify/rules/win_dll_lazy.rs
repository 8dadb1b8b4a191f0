//! `win-dll-lazy`: DLLs that a program loads while it runs, and Windows doesn't bring.

use std::collections::BTreeSet;

use super::runtime::{Unreached, called, reached, unread};
use crate::inspect::{LazyDllOf, Word};
use crate::verify::system::{Origin, dll_origin};
use crate::verify::uses::{Calls, StructWithText, Uses};
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("win-dll-lazy"),
    class: Class::Runtime,
    systems: Systems::Windows,
    severity: Severity::Fail,
    summary: "the program loads DLLs that are not part of Windows",
    explanation: "Go loads DLLs when their functions are first called (syscall.NewLazyDLL, and \
        NewLazySystemDLL of golang.org/x/sys/windows), or when the program asks for it (LoadDLL, \
        LoadLibrary). The import table names none of them, and the program starts without. DLLs of \
        Windows 10 are no finding, without a folder or in \\Windows\\System32; in any other folder, one \
        of the same name is. Where a function makes what loads one, its name is read if it is constant. A variable \
        that names one without its ending isn't read. A program may do without a DLL when it asks first (`Load`, \
        `Find`), which doesn't show.",
    symptom: "Failed to load …: The specified module could not be found.",
    signs: &[
        "Failed to load ….dll: The specified module could not be found.",
        "Failed to load ….dll: Module not found.",
        "Failed to load ….dll: %1 is not a valid Win32 application.",
    ],
    fixes: &[
        Fix::source("go on without it where `Load` or `Find` returns an error, and say so"),
        Fix::other(
            "ship the DLL beside the program, or have the installer of what it belongs to put it there",
        ),
        Fix::manifest(
            "`allow = [{ rule = \"win-dll-lazy\", reason = \"…\" }]` in [verify] where it is always there",
        ),
    ],
    check: Check::Functions(check),
};

/// Functions that load a DLL by the name they are called with.
const LOADS: &[(&str, Word)] = &[
    ("syscall.LoadDLL", Word(0)),
    ("syscall.MustLoadDLL", Word(0)),
    ("syscall.LoadLibrary", Word(0)),
    ("golang.org/x/sys/windows.LoadDLL", Word(0)),
    ("golang.org/x/sys/windows.MustLoadDLL", Word(0)),
    ("golang.org/x/sys/windows.LoadLibrary", Word(0)),
    ("golang.org/x/sys/windows.LoadLibraryEx", Word(0)),
];
/// Functions that make what loads a DLL later. Go inlines them; where that is a variable of a package, the
/// compiler lays it out.
const LATER: [&str; 3] = [
    "syscall.NewLazyDLL",
    "golang.org/x/sys/windows.NewLazyDLL",
    "golang.org/x/sys/windows.NewLazySystemDLL",
];
/// What they make, and what loads the DLL of such a one.
const MADE: &[(StructWithText, &str)] = &[
    (
        StructWithText {
            fields: &["mu", "dll", "Name"],
            text: Word(2),
        },
        "syscall.(*LazyDLL).Load",
    ),
    (
        StructWithText {
            fields: &["Name", "System", "mu", "dll"],
            text: Word(0),
        },
        "golang.org/x/sys/windows.(*LazyDLL).Load",
    ),
];
/// Methods of what loads a DLL later, by which it is used, and of what is of it.
const METHODS: &[(&str, LazyDllOf)] = &[
    ("syscall.(*LazyDLL).Load", LazyDllOf::Syscall),
    ("syscall.(*LazyDLL).Handle", LazyDllOf::Syscall),
    ("syscall.(*LazyDLL).NewProc", LazyDllOf::Syscall),
    ("syscall.(*LazyProc).Find", LazyDllOf::Syscall),
    ("syscall.(*LazyProc).Addr", LazyDllOf::Syscall),
    ("syscall.(*LazyProc).Call", LazyDllOf::Syscall),
    (
        "golang.org/x/sys/windows.(*LazyDLL).Load",
        LazyDllOf::Windows,
    ),
    (
        "golang.org/x/sys/windows.(*LazyDLL).Handle",
        LazyDllOf::Windows,
    ),
    (
        "golang.org/x/sys/windows.(*LazyDLL).NewProc",
        LazyDllOf::Windows,
    ),
    (
        "golang.org/x/sys/windows.(*LazyProc).Find",
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
/// Its own variables are all of Windows, and its functions hand on what they are given.
const WRAPPERS: &str = "golang.org/x/sys/windows.";

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let later = LATER.map(|name| (name, Word(0)));
    let mut calls = uses.calls(&[LOADS, &later].concat());
    let mut others = Vec::new();
    for (call, name) in uses.lazy_calls(METHODS) {
        match name {
            Some(name) => {
                calls.texts.entry(name).or_insert(call);
            }
            None => others.push(call),
        }
    }
    let later = uses.chain_past(&LATER, &[WRAPPERS]);
    let mut is_unnamed = later.is_some();
    if uses.shows_structs() && (is_unnamed || !others.is_empty()) {
        add_made(uses, &mut calls);
        // Whatever they are called with was made there, or is a variable.
        others.clear();
        is_unnamed = false;
    }
    calls.unsettle(|name| !is_foreign(name));
    let named = calls.texts.iter().filter(|(name, _)| is_foreign(name));
    let mut findings: Vec<_> = named
        .map(|(name, call)| {
            let need = Need::Library((*name).to_owned());
            let finding = called(&RULE, uses, *call, *name, need);
            if uses.called(*call).contains(".LoadLibrary") {
                // It returns the bare error; the program says what it was about.
                let symptom = "The specified module could not be found.".to_owned();
                return Finding { symptom, ..finding };
            }
            with_symptom(finding, name)
        })
        .collect();
    let in_variables = uses.lazy_dlls().into_iter();
    let in_variables = in_variables.filter(|name| !calls.texts.contains_key(name));
    findings.extend(in_variables.filter(|name| is_foreign(name)).map(|name| {
        let detail =
            format!("a variable of a package names {name} (NewLazyDLL), for when it is first used");
        let finding = RULE.finding(name, detail);
        with_symptom(finding.needing(Need::Library(name.to_owned())), name)
    }));
    let names_are_given = calls.unknown.into_iter().chain(others);
    let names_are_given: BTreeSet<_> = names_are_given
        .filter(|call| !uses.caller(*call).starts_with(WRAPPERS))
        .collect();
    let given = unread(&RULE, uses, &names_are_given, UNNAMED);
    let made = || {
        let subject = Subject::unnamed(UNNAMED);
        is_unnamed.then(|| reached(&RULE, later, Unreached::AsBad, subject, None))
    };
    // They may be optional, or of Windows: nothing is said against the program.
    findings.extend(given.or_else(made).map(|finding| Finding {
        severity: Severity::Info,
        ..finding
    }));
    findings
}

const UNNAMED: &str = "DLLs whose names don't show";

/// Adds the names that code gives to what it makes that loads a DLL later.
fn add_made<'a>(uses: Uses<'a>, calls: &mut Calls<'a>) {
    for (made, load) in MADE {
        let load = uses.first_of(&[load]);
        for (call, name) in load.map_or_else(Vec::new, |load| uses.texts_made(*made, load)) {
            uses.trace(call, name, calls);
        }
    }
}

fn is_foreign(name: &str) -> bool {
    !name.is_empty() && dll_origin(name) == Origin::Foreign
}

fn with_symptom(finding: Finding, name: &str) -> Finding {
    Finding {
        symptom: format!("Failed to load {name}: The specified module could not be found."),
        ..finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_windows_brings_is_known_with_and_without_its_ending() {
        for name in [
            "ntdll.dll",
            "NTDLL",
            r"C:\Windows\System32\sechost.dll",
            "wevtapi.dll",
        ] {
            assert!(!is_foreign(name), "{name}");
        }
        for name in [
            "wpcap.dll",
            "wintun",
            r"plugins\libgcc_s_seh-1.dll",
            r"plugins\version.dll",
        ] {
            assert!(is_foreign(name), "{name}");
        }
    }
}
