//! Programs of old versions of Go: their functions, against `go tool nm`, and their build
//! information, against `go version -m`. The toolchains come from the Go module proxy.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gobuildx::inspect::{Format, Program, Search, inspect};
use tempfile::TempDir;

const SOURCE: &str = r#"package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
)

//go:noinline
func report() {
	fmt.Println(exec.Command("git", "status").Run())
}

func main() {
	report()
	fmt.Println(os.Open("/var/run/docker.sock"))
	u, _ := user.Current()
	fmt.Println(u)
}
"#;

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

fn built(temp: &TempDir, version: &str, target: &str, ldflags: &str) -> PathBuf {
    let (goos, goarch) = target.split_once('/').unwrap();
    let folder = temp.path();
    fs::write(
        folder.join("go.mod"),
        "module example.com/calls\n\ngo 1.11\n",
    )
    .unwrap();
    fs::write(folder.join("main.go"), SOURCE).unwrap();
    let file = folder.join(format!("{version}-{goos}-{goarch}"));
    let output = Command::new("go")
        .args(["build", "-ldflags", ldflags, "-o"])
        .arg(&file)
        .current_dir(folder)
        // Flags of today are none of then.
        .envs([("GOENV", "off"), ("GOFLAGS", ""), ("GO111MODULE", "on")])
        .envs([("GOOS", goos), ("GOARCH", goarch), ("CGO_ENABLED", "0")])
        .env("GOTOOLCHAIN", format!("go{version}"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "go {version} builds for {target}; its toolchain has to be on the module proxy: {output:?}"
    );
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
        let address = u64::from_str_radix(address, 16).unwrap();
        symbols.entry(address).or_default().push(plain(&name));
    }
    symbols
}

/// A name as symbols and the table both have it.
fn plain(name: &str) -> String {
    let name = name
        .trim_end_matches(".abi0")
        .trim_end_matches(".abiinternal")
        .trim_start_matches('_')
        .replace('·', ".");
    // From Go 1.18 on the table has no type arguments, and takes lengths of arrays for them.
    match name.split_once('[').zip(name.rsplit_once(']')) {
        Some(((front, _), (_, back))) => format!("{front}[...]{back}"),
        None => name,
    }
}

/// Compares one program with what other tools say of it.
fn agrees(temp: &TempDir, version: &str, target: &str) {
    let what = format!("go {version} {target}");
    let file = built(temp, version, target, "");
    let bytes = fs::read(&file).unwrap();
    let program = Program::read(Format::of(&bytes), &bytes).unwrap().unwrap();
    let symbols = nm(&file);
    let other: BTreeSet<&str> = program
        .functions()
        .filter(|(function, name)| {
            let address = program.address(*function).unwrap();
            !symbols
                .get(&address)
                .is_some_and(|names| names.contains(&plain(name)))
        })
        .map(|(_, name)| name)
        .collect();
    // nm shows no markers that the linker itself puts into the table.
    let is_marker =
        |name: &&str| name.starts_with("go.") || name.starts_with("go:") || name.contains("text");
    assert!(other.iter().all(is_marker), "{what}: {other:?}");
    assert!(program.functions().count() > 1200, "{what}");
    let main = program.named("main.main");
    let path = program.file(*main.first().unwrap()).unwrap();
    assert!(path.ends_with("main.go"), "{what}: {path}");
    build_info_agrees(&what, version, &file, &bytes);

    let stripped = fs::read(built(temp, version, target, "-s -w")).unwrap();
    let stripped = Program::read(Format::of(&stripped), &stripped)
        .unwrap()
        .unwrap();
    let way = stripped.chain(&stripped.named("os/exec.Command"), |name| {
        if name == "main.main" {
            Search::Ends
        } else {
            Search::GoesOn
        }
    });
    let mut way: Vec<&str> = way
        .unwrap()
        .into_iter()
        .map(|id| stripped.name(id))
        .collect();
    way.retain(|name| !name.contains("-tramp"));
    assert_eq!(
        way,
        ["main.main", "main.report", "os/exec.Command"],
        "{what}"
    );
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
