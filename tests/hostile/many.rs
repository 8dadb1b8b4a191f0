//! A program that wants very many things: each is read, and they are told in bounded time and memory.
#![expect(clippy::disallowed_types, reason = "tests run the real binary")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::Instant;

use serde_json::Value;

use crate::LONG;

/// Functions that open a file each.
const FUNCTIONS: usize = 4_000;

/// What the whole of gobuildx may put into memory of its own, in bytes for each of the file's.
const MEMORY: u64 = 8;

/// The project, built by gobuildx into its own folder: a static is never dropped.
static PROJECT: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("many");
    fs::create_dir_all(&root).unwrap();
    let mut source = "package main\n\nimport \"os\"\n\n".to_owned();
    let mut main = String::new();
    for number in 0..FUNCTIONS {
        let open = format!("os.Open(\"/srv/data/{number}\")");
        writeln!(source, "//go:noinline\nfunc f{number}() {{ {open} }}\n").unwrap();
        writeln!(main, "\tf{number}()").unwrap();
    }
    writeln!(source, "func main() {{\n{main}}}").unwrap();
    let manifest = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n";
    for (name, text) in [
        ("go.mod", "module example.com/many\n\ngo 1.24\n"),
        ("main.go", &source),
        ("targets.toml", manifest),
    ] {
        fs::write(root.join(name), text).unwrap();
    }
    let built = Command::new(env!("CARGO_BIN_EXE_gobuildx"))
        .args(["build", "--matrix", "--quiet"])
        .current_dir(&root)
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    root
});

const PROGRAM: &str = "dist/many_linux_amd64_v1/many";

/// Runs gobuildx with so much memory and no more.
fn run(args: &str) -> Output {
    let file = fs::metadata(PROJECT.join(PROGRAM)).unwrap().len();
    let limit = MEMORY * file / 1024;
    let script = format!("ulimit -d {limit} && exec \"$0\" {args}");
    let begin = Instant::now();
    let output = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_gobuildx")])
        .current_dir(&*PROJECT)
        .output()
        .unwrap();
    let took = begin.elapsed();
    assert!(took < LONG, "{args}: {took:?}");
    output
}

fn prints(args: &str, exit: i32) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(exit), "{args}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_told_of_very_many_findings_is_bounded_in_every_format() {
    let text = prints(&format!("inspect {PROGRAM}"), 0);
    let more = format!("and {} more", FUNCTIONS - 5);
    assert!(text.contains(&more), "{text}");
    let more = format!("and {} more like that", FUNCTIONS - 2);
    assert!(text.contains(&more), "{text}");
    let json = prints(&format!("inspect --format json {PROGRAM}"), 0);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["verdict"], "conditional");
    let findings = json[0]["findings"].as_array().unwrap();
    let mut subjects = findings.iter().map(|one| one["subject"].as_str().unwrap());
    let more = format!("{} more", FUNCTIONS - 500);
    assert!(subjects.any(|subject| subject == more));
    let sarif = prints(&format!("inspect --format sarif {PROGRAM}"), 0);
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), findings.len());
    prints(&format!("inspect -v {PROGRAM}"), 0);
}

#[test]
fn a_folder_with_such_a_program_is_verified_in_every_format_and_fails_what_lacks_the_files() {
    for format in ["human", "json", "sarif"] {
        prints(&format!("verify --format {format}"), 0);
    }
    prints("verify --policy debian-12 --format json", 1);
}

#[test]
fn less_memory_than_that_is_too_little_for_any_program() {
    // So that the limit above is one.
    let script = "ulimit -d 1024 && exec \"$0\" inspect \"$1\"";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_gobuildx"), PROGRAM])
        .current_dir(&*PROJECT)
        .output()
        .unwrap();
    assert_ne!(output.status.code(), Some(0));
}
