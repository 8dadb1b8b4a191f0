//! A program whose calls are known, and what other tools and this crate say of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gobuildx::inspect::{Program, Search};
use tempfile::TempDir;

pub(crate) const SOURCE: &str = r#"package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"time"
)

//go:noinline
func run(name string) {
	fmt.Println(exec.Command(name, "status").Run())
}

//go:noinline
func report() {
	fmt.Println(exec.Command("git", "status").Run())
	fmt.Println(time.LoadLocation("Europe/Paris"))
	run("hg")
}

func main() {
	report()
	fmt.Println(os.Open("/var/run/docker.sock"))
	u, _ := user.Current()
	fmt.Println(u)
}
"#;

/// Which Go builds: what is installed, or a release from the module proxy, by its version.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Go {
    Installed,
    Release(&'static str),
}

/// Where the program is built, and with which flags of the linker.
pub(crate) fn built(temp: &TempDir, go: Go, target: &str, ldflags: &str) -> PathBuf {
    let (goos, goarch) = target.split_once('/').unwrap();
    let (toolchain, name) = match go {
        Go::Installed => ("local".to_owned(), "today"),
        Go::Release(version) => (format!("go{version}"), version),
    };
    let folder = temp.path();
    fs::write(
        folder.join("go.mod"),
        "module example.com/calls\n\ngo 1.11\n",
    )
    .unwrap();
    fs::write(folder.join("main.go"), SOURCE).unwrap();
    let file = folder.join(format!("{name}-{goos}-{goarch}"));
    let output = Command::new("go")
        .args(["build", "-ldflags", ldflags, "-o"])
        .arg(&file)
        .current_dir(folder)
        // Flags of today are none of then.
        .envs([("GOENV", "off"), ("GOFLAGS", ""), ("GO111MODULE", "on")])
        .envs([("GOOS", goos), ("GOARCH", goarch), ("CGO_ENABLED", "0")])
        .env("GOTOOLCHAIN", toolchain)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{go:?} builds for {target}; its toolchain has to be on the module proxy: {output:?}"
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

/// A name as symbols and the table both have it: symbols tell the calling convention, and those of
/// Mach-O files may have an underscore in front.
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

/// Compares the functions with those that `go tool nm` lists, of which there are at least so many.
pub(crate) fn functions_agree(what: &str, file: &Path, program: &Program<'_>, least: usize) {
    let symbols = nm(file);
    let mut found = 0;
    for (function, name) in program.functions() {
        let address = program.address(function).unwrap();
        let names = symbols.get(&address).map_or(&[][..], Vec::as_slice);
        if names.contains(&plain(name)) {
            found += 1;
            continue;
        }
        // nm shows no markers that the linker itself puts into the table.
        let is_marker = name.starts_with("go.") || name.starts_with("go:") || name.contains("text");
        assert!(is_marker, "{what}: {name} {names:?}");
    }
    assert!(found > least, "{what}: {found} functions");
}

/// The names along the shortest way from `main.main`.
pub(crate) fn way<'a>(program: &'a Program<'_>, to: &str) -> Vec<&'a str> {
    let chain = program.chain(&program.named(to), |name| {
        if name == "main.main" {
            Search::Ends
        } else {
            Search::GoesOn
        }
    });
    let chain = chain.unwrap_or_else(|| panic!("no way to {to}"));
    let names = chain.into_iter().map(|function| program.name(function));
    // Where a call can't reach as far, the linker puts a step between.
    names.filter(|name| !name.contains("-tramp")).collect()
}
