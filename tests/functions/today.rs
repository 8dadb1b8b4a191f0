//! Programs of the Go that is installed, on every architecture.

use std::collections::BTreeMap;
use std::fs;

use gobuildx::inspect::{Argument, Format, FunctionId, Loaded, NoProgram, Program, Word};

use crate::calls::{Go, built, functions_agree, way};

const TARGETS: [&str; 10] = [
    "linux/amd64",
    "linux/386",
    "linux/arm64",
    "linux/arm",
    "linux/loong64",
    "linux/mips",
    "linux/riscv64",
    "linux/s390x",
    "windows/amd64",
    "darwin/arm64",
];

#[test]
fn functions_have_the_names_and_addresses_that_nm_lists() {
    let temp = tempfile::tempdir().unwrap();
    for target in TARGETS {
        let file = built(&temp, Go::Installed, target, "");
        let bytes = fs::read(&file).unwrap();
        let loaded = Loaded::of(Format::of(&bytes), &bytes);
        let program = Program::find(&loaded).unwrap();
        functions_agree(target, &file, &program, 1500);
    }
}

#[test]
fn a_stripped_program_tells_who_calls_what_on_every_architecture() {
    let temp = tempfile::tempdir().unwrap();
    for target in TARGETS {
        let bytes = fs::read(built(&temp, Go::Installed, target, "-s -w")).unwrap();
        let loaded = Loaded::of(Format::of(&bytes), &bytes);
        let program = Program::find(&loaded).unwrap();
        let way_to = |name: &str| way(&program, name);
        assert_eq!(
            way_to("os/exec.Command"),
            ["main.main", "main.report", "os/exec.Command"],
            "{target}"
        );
        assert_eq!(
            way_to("os/user.Current"),
            ["main.main", "os/user.Current"],
            "{target}"
        );
        // os.Open has no code of its own in this program.
        assert!(program.has_name("os.Open"), "{target}");
        assert!(program.named("os.Open").is_empty(), "{target}");
        let main = program.named("main.main");
        let into = program.inlined_into("os.Open");
        assert!(main.iter().all(|main| into.contains(main)), "{target}");
    }
}

#[test]
fn the_first_reference_of_each_caller_is_found_among_all() {
    let temp = tempfile::tempdir().unwrap();
    for target in ["linux/amd64", "linux/arm", "darwin/arm64", "linux/riscv64"] {
        let bytes = fs::read(built(&temp, Go::Installed, target, "-s -w")).unwrap();
        let loaded = Loaded::of(Format::of(&bytes), &bytes);
        let program = Program::find(&loaded).unwrap();
        let mut found = 0;
        for (function, name) in program.functions() {
            let mut first = BTreeMap::new();
            for (caller, at) in program.callers(function) {
                first.entry(caller).or_insert(at);
            }
            for (caller, at) in &first {
                let reference = program.first_reference(*caller, function);
                assert_eq!(reference, Some(*at), "{target}: {name}");
                found += 1;
            }
            let others = program.functions().map(|(caller, _)| caller);
            let mut others = others.filter(|caller| !first.contains_key(caller));
            let other = others.next().unwrap();
            assert_eq!(program.first_reference(other, function), None, "{name}");
        }
        assert!(found > 1_000, "{target}: {found}");
    }
}

#[test]
fn constant_texts_are_read_where_they_are_passed() {
    let temp = tempfile::tempdir().unwrap();
    for target in [
        "linux/amd64",
        "linux/386",
        "windows/amd64",
        "linux/arm64",
        "darwin/arm64",
    ] {
        let bytes = fs::read(built(&temp, Go::Installed, target, "-s -w")).unwrap();
        let loaded = Loaded::of(Format::of(&bytes), &bytes);
        let program = Program::find(&loaded).unwrap();
        let texts = |callee: &str, caller: &str| -> Vec<(&str, Vec<&str>)> {
            let callee: Vec<FunctionId> = program.named(callee);
            let calls = callee.iter().flat_map(|callee| program.callers(*callee));
            let calls = calls.filter(|(from, _)| program.name(*from) == caller);
            calls
                .filter_map(|(from, at)| {
                    let Argument::Text(text) = program.argument(from, at, Word(0)) else {
                        return None;
                    };
                    Some((text, program.frames(from, at)))
                })
                .collect()
        };
        assert_eq!(
            texts("os/exec.Command", "main.report"),
            [("git", vec![])],
            "{target}"
        );
        assert_eq!(
            texts("time.LoadLocation", "main.report"),
            [("Europe/Paris", vec![])],
            "{target}"
        );
        // os.Open is inlined.
        assert_eq!(
            texts("os.OpenFile", "main.main"),
            [("/var/run/docker.sock", vec!["os.Open"])],
            "{target}"
        );
    }
}

#[test]
fn a_program_that_go_did_not_make_has_no_functions() {
    let bytes = fs::read("/bin/true").unwrap();
    let loaded = Loaded::of(Format::of(&bytes), &bytes);
    let why = Program::find(&loaded).err();
    assert_eq!(why, Some(NoProgram::NotFound));
}
