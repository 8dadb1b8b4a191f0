//! `examples/Makefile`: a team's own Makefile runs gobuildx.

use std::path::Path;
use std::process::Command;

use crate::project::Run;

/// Runs make beside the examples, with an output folder of the test's own.
fn make(dist: &Path, target: &str, flags: &str) -> Run {
    let output = Command::new("make")
        .args(["--no-print-directory", "-C", "examples", target])
        .arg(concat!("GOBUILDX=", env!("CARGO_BIN_EXE_gobuildx")))
        .arg(format!("DIST={}", dist.display()))
        .arg(format!("GOBUILDX_FLAGS={flags}"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    Run::of(output)
}

#[test]
fn a_makefile_builds_checks_and_cleans() {
    let temp = tempfile::tempdir().unwrap();
    let dist = temp.path().join("a dist");
    make(&dist, "build", "--binary=tool")
        .exits(0)
        .prints("proven");
    make(&dist, "check", "").exits(0);

    let only = "--binary=tool --target=linux/arm64 --rebuild=changed";
    make(&dist, "plan", only).exits(0).prints("linux/arm64");
    make(&dist, "matrix", only).exits(0).prints("proven");
    let tool = dist.join("tool_linux_arm64_v8.0/tool");
    std::fs::write(&tool, "something else").unwrap();
    make(&dist, "check", "").exits(2);

    make(&dist, "clean", "").exits(0);
    assert!(!dist.exists());
}

#[test]
fn without_a_target_a_makefile_says_what_it_can_do() {
    let temp = tempfile::tempdir().unwrap();
    let help = make(&temp.path().join("dist"), "help", "").exits(0);
    for target in [
        "build ",
        "matrix ",
        "check ",
        "plan ",
        "release ",
        "publish ",
        "rollback ",
        "clean ",
    ] {
        assert!(help.stdout.contains(target), "{target}: {}", help.stdout);
    }
}
