//! A program of Go, and an image of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use gobuildx::atomic::OutputFolder;
use gobuildx::oci::{
    Blueprint, Digest, Image, Labels, Layout, Materials, Part, Platform, Port, User,
};
use gobuildx::process::Cancel;
use gobuildx::target::Target;

const SOURCE: &str = r#"package main

import (
	"fmt"
	"os"
	"runtime"
)

func main() { fmt.Println("hello from", runtime.GOARCH, os.Args[1:]) }
"#;

pub(crate) const ARCHITECTURES: [&str; 2] = ["amd64", "arm64"];
pub(crate) const EPOCH: u64 = 1_700_000_000;

/// The folder with the programs, which are compiled once.
fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = PROGRAMS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        for goarch in ARCHITECTURES {
            compile(SOURCE, goarch, folder.path());
        }
        folder
    });
    folder.path()
}

/// Compiles a program in a folder, where it gets the name of its architecture.
pub(crate) fn compile(source: &str, goarch: &str, folder: &Path) {
    fs::write(folder.join("main.go"), source).unwrap();
    fs::write(folder.join("go.mod"), "module hello\n\ngo 1.24\n").unwrap();
    let built = Command::new("go")
        .args(["build", "-trimpath", "-ldflags=-s -w", "-o", goarch, "."])
        .current_dir(folder)
        .envs([("GOOS", "linux"), ("GOARCH", goarch), ("CGO_ENABLED", "0")])
        .envs([("GOFLAGS", ""), ("GOTOOLCHAIN", "local")])
        .status();
    assert!(built.unwrap().success());
}

/// The program for an architecture.
pub(crate) fn program(goarch: &str) -> PathBuf {
    programs().join(goarch)
}

/// What an image of the programs is made of.
pub(crate) fn blueprint(tag: &str) -> Blueprint {
    let part = |goarch: &str| {
        let target: Target = format!("linux/{goarch}").parse().unwrap();
        let program = program(goarch);
        Part {
            platform: Platform::of(&target).unwrap(),
            digest: Digest::of(&fs::read(&program).unwrap()),
            program,
            extras: BTreeSet::new(),
        }
    };
    Blueprint {
        program: "hello".parse().unwrap(),
        tag: tag.parse().unwrap(),
        args: vec!["world".to_owned()],
        env: BTreeMap::new(),
        ports: [Port::tcp(8080)].into(),
        user: User::default(),
        labels: Labels {
            version: Some(tag.to_owned()),
            ..Labels::default()
        },
        epoch: EPOCH,
        parts: ARCHITECTURES.map(part).into(),
    }
}

/// The image in a folder.
pub(crate) fn image(blueprint: &Blueprint, folder: &Path) -> (Layout, Image) {
    let into = OutputFolder::create(folder).unwrap();
    Layout::write(blueprint, &Materials::default(), &into, &Cancel::new()).unwrap()
}

/// A small image of one program that is none, for tests of what is sent.
pub(crate) fn small_image(content: &[u8], folder: &Path) -> Layout {
    let program = folder.with_extension("program");
    fs::write(&program, content).unwrap();
    let mut blueprint = blueprint("v1");
    blueprint.parts.truncate(1);
    blueprint.parts[0].digest = Digest::of(content);
    blueprint.parts[0].program = program;
    image(&blueprint, folder).0
}

/// Bytes that gzip makes no smaller.
pub(crate) fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut all = Vec::with_capacity(bytes + 8);
    while all.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        all.extend(state.to_le_bytes());
    }
    all.truncate(bytes);
    all
}
