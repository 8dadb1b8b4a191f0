//! The functions of real Go programs and who calls them, against what `go tool nm` says.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gobuildx::inspect::{Argument, Format, FunctionId, Program, Search, Word};
use tempfile::TempDir;

const SOURCE: &str = r#"package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"time"
)

//go:noinline
func report() {
	fmt.Println(exec.Command("git", "status").Run())
	fmt.Println(time.LoadLocation("Europe/Paris"))
}

func main() {
	report()
	fmt.Println(os.Open("/var/run/docker.sock"))
	u, _ := user.Current()
	fmt.Println(u)
}
"#;

/// Where the program is built, and with which flags of the linker.
fn built(temp: &TempDir, target: &str, ldflags: &str) -> PathBuf {
    let (goos, goarch) = target.split_once('/').unwrap();
    let folder = temp.path();
    fs::write(
        folder.join("go.mod"),
        "module example.com/calls\n\ngo 1.24\n",
    )
    .unwrap();
    fs::write(folder.join("main.go"), SOURCE).unwrap();
    let file = folder.join(format!("{goos}_{goarch}"));
    let output = Command::new("go")
        .args(["build", "-trimpath", "-ldflags", ldflags, "-o"])
        .arg(&file)
        .current_dir(folder)
        .env("GOOS", goos)
        .env("GOARCH", goarch)
        .env("CGO_ENABLED", "0")
        .env("GOFLAGS", "")
        .output()
        .unwrap();
    assert!(output.status.success(), "{target}: {output:?}");
    file
}

/// The functions that `go tool nm` lists, by address.
fn nm(file: &Path) -> BTreeMap<u64, Vec<String>> {
    let output = Command::new("go").args(["tool", "nm"]).arg(file).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let mut symbols: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(address), Some("T" | "t")) = (words.next(), words.next()) else {
            continue;
        };
        let name = words.collect::<Vec<_>>().join(" ");
        // The symbol tells the calling convention, the function table doesn't; and symbols of
        // Mach-O files may have an underscore in front.
        let name = name
            .trim_end_matches(".abi0")
            .trim_start_matches('_')
            .replace('·', ".");
        let address = u64::from_str_radix(address, 16).unwrap();
        symbols.entry(address).or_default().push(name);
    }
    symbols
}

const TARGETS: [&str; 9] = [
    "linux/amd64",
    "linux/386",
    "linux/arm64",
    "linux/arm",
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
        let file = built(&temp, target, "");
        let bytes = fs::read(&file).unwrap();
        let program = Program::read(Format::of(&bytes), &bytes).unwrap().unwrap();
        let symbols = nm(&file);
        let mut found = 0;
        for (function, name) in program.functions() {
            let address = program.address(function).unwrap();
            let names = symbols.get(&address).map_or(&[][..], Vec::as_slice);
            // nm shows no markers that the linker itself puts into the table.
            if names.contains(&name.trim_start_matches('_').replace('·', ".")) {
                found += 1;
            } else {
                assert!(
                    name.starts_with("go:") || name.contains("text"),
                    "{target}: {name} {names:?}"
                );
            }
        }
        assert!(found > 1500, "{target}: {found} functions");
    }
}

/// The names along the shortest way from `main.main`.
fn way<'a>(program: &'a Program<'_>, to: &str) -> Vec<&'a str> {
    let targets = program.named(to);
    let chain = program.chain(&targets, |name| {
        if name == "main.main" {
            Search::Ends
        } else {
            Search::GoesOn
        }
    });
    let chain = chain.unwrap_or_else(|| panic!("no way to {to}"));
    chain
        .into_iter()
        .map(|function| program.name(function))
        .collect()
}

#[test]
fn a_stripped_program_tells_who_calls_what_on_every_architecture() {
    let temp = tempfile::tempdir().unwrap();
    for target in TARGETS {
        let bytes = fs::read(built(&temp, target, "-s -w")).unwrap();
        let program = Program::read(Format::of(&bytes), &bytes).unwrap().unwrap();
        let way_to = |name: &str| {
            let mut way = way(&program, name);
            // Where a call can't reach as far, the linker puts a step between.
            way.retain(|name| !name.contains("-tramp"));
            way
        };
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
fn constant_texts_are_read_where_they_are_passed() {
    let temp = tempfile::tempdir().unwrap();
    for target in [
        "linux/amd64",
        "linux/386",
        "windows/amd64",
        "linux/arm64",
        "darwin/arm64",
    ] {
        let bytes = fs::read(built(&temp, target, "-s -w")).unwrap();
        let program = Program::read(Format::of(&bytes), &bytes).unwrap().unwrap();
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
    assert!(Program::read(Format::of(&bytes), &bytes).unwrap().is_none());
}
