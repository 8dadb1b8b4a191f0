//! Programs of old versions of Go: their functions, against `go tool nm`, and their build
//! information, against `go version -m`. The toolchains come from the Go module proxy.

use std::fs;
use std::path::Path;
use std::process::Command;

use gobuildx::inspect::{Argument, Format, Loaded, Program, Word, inspect};
use tempfile::TempDir;

use crate::calls::{Go, built, functions_agree, way};

/// Each layout of the function table, and each form of build information and of inlined calls.
const VERSIONS: [&str; 10] = [
    "1.11.13", "1.12.17", "1.13.15", "1.15.15", "1.16.15", "1.17.13", "1.18.10", "1.20.14",
    "1.21.13", "1.25.5",
];
const TARGETS: [&str; 6] = [
    "linux/amd64",
    "linux/arm64",
    "linux/386",
    "linux/mips",
    "windows/amd64",
    "darwin/amd64",
];

fn minor(version: &str) -> u32 {
    version.split('.').nth(1).unwrap().parse().unwrap()
}

/// Compares one program with what other tools say of it.
fn agrees(temp: &TempDir, version: &'static str, target: &str) {
    let go = Go::Release(version);
    let what = format!("go {version} {target}");
    let file = built(temp, go, target, "");
    let bytes = fs::read(&file).unwrap();
    let loaded = Loaded::of(Format::of(&bytes), &bytes);
    let program = Program::find(&loaded).unwrap();
    functions_agree(&what, &file, &program, 1200);
    let main = program.named("main.main");
    let path = program.file(*main.first().unwrap()).unwrap();
    assert!(path.ends_with("main.go"), "{what}: {path}");
    build_info_agrees(&what, version, &file, &bytes);

    let stripped = fs::read(built(temp, go, target, "-s -w")).unwrap();
    let loaded = Loaded::of(Format::of(&stripped), &stripped);
    let stripped = Program::find(&loaded).unwrap();
    assert_eq!(
        way(&stripped, "os/exec.Command"),
        ["main.main", "main.report", "os/exec.Command"],
        "{what}"
    );
    // Arguments of MIPS aren't read.
    if target != "linux/mips" {
        texts_agree(&what, &stripped);
    }
    // Go 1.17 and earlier don't record it.
    let goos = stripped.goos().map(|goos| goos.to_string());
    assert_eq!(goos.as_deref(), target.split('/').next(), "{what}");
    // Before, only functions that call none were inlined.
    if minor(version) >= 12 {
        let main = stripped.named("main.main");
        let into = stripped.inlined_into("os.Open");
        assert!(main.iter().all(|main| into.contains(main)), "{what}");
        let frames = stripped.named("os.OpenFile").into_iter().flat_map(|open| {
            let callers = stripped.callers(open).collect::<Vec<_>>();
            let in_main = callers
                .into_iter()
                .filter(|(caller, _)| main.contains(caller));
            in_main.map(|(caller, at)| stripped.frames(caller, at))
        });
        assert_eq!(frames.collect::<Vec<_>>(), [["os.Open"]], "{what}");
    }
}

/// Texts at calls: a constant one, and one that a function hands on.
fn texts_agree(what: &str, program: &Program<'_>) {
    let texts = |callee: &str, caller: &str| -> Vec<Argument<'_>> {
        let callees = program.named(callee);
        let calls = callees.iter().flat_map(|callee| program.callers(*callee));
        calls
            .filter(|(from, _)| program.name(*from) == caller)
            .map(|(from, at)| program.argument(from, at, Word(0)))
            .collect()
    };
    let git = Argument::Text("git");
    assert_eq!(texts("os/exec.Command", "main.report"), [git], "{what}");
    let handed_on = Argument::HandedOn(Word(0));
    assert_eq!(texts("os/exec.Command", "main.run"), [handed_on], "{what}");
    let hg = Argument::Text("hg");
    assert_eq!(texts("main.run", "main.report"), [hg], "{what}");
}

fn build_info_agrees(what: &str, version: &str, file: &Path, bytes: &[u8]) {
    let facts = inspect(bytes).unwrap();
    let output = Command::new("go")
        .args(["version", "-m"])
        .arg(file)
        .output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let line = |key: &str| {
        let mut lines = text.lines().map(str::trim_start);
        lines.find_map(|line| Some(line.strip_prefix(key)?.to_owned()))
    };
    let Some((_, said)) = text
        .lines()
        .next()
        .and_then(|first| first.rsplit_once(": "))
    else {
        // Go's own reader knows nothing before Go 1.13.
        assert!(minor(version) < 13, "{what}: {text}");
        let told = facts
            .build_info()
            .map(|info| (info.go_version.as_str(), info.path.as_str()));
        let expected = (minor(version) == 12).then_some(("go1.12.17", "example.com/calls"));
        assert_eq!(told, expected, "{what}");
        return;
    };
    let info = facts
        .build_info()
        .unwrap_or_else(|| panic!("{what}: {:?}", facts.go));
    assert_eq!(info.go_version, said, "{what}");
    assert_eq!(
        line("path\t").as_deref(),
        Some(info.path.as_str()),
        "{what}"
    );
    let main = info.main.as_ref().unwrap();
    let module = format!("{}\t{}\t{}", main.path, main.version, main.sum);
    assert_eq!(
        line("mod\t").unwrap().trim_end(),
        module.trim_end(),
        "{what}"
    );
    let settings: Vec<String> = info
        .settings
        .iter()
        .map(|one| format!("{}={}", one.key, one.value))
        .collect();
    let theirs: Vec<String> = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("build\t"))
        .map(|setting| setting.replace('"', ""))
        .collect();
    assert_eq!(settings, theirs, "{what}");
}

#[test]
fn a_program_of_go_1_17_is_read() {
    let temp = tempfile::tempdir().unwrap();
    agrees(&temp, "1.17.13", "linux/amd64");
}

#[test]
#[ignore = "needs ten toolchains and many minutes: make proofs"]
fn programs_of_all_versions_are_read() {
    let temp = tempfile::tempdir().unwrap();
    for version in VERSIONS {
        for target in TARGETS {
            agrees(&temp, version, target);
        }
    }
}
