//! A program whose names an obfuscator changed: garble, from the module proxy.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::calls::SOURCE;

/// Obfuscates with the Go that is installed.
const GARBLE: &str = "mvdan.cc/garble@v0.16.0";

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    output.stdout
}

#[test]
#[ignore = "compiles garble, and Go's packages anew: make proofs"]
fn a_program_that_was_obfuscated_is_not_proven_and_the_reason_is_told() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path();
    fs::write(
        folder.join("go.mod"),
        "module example.com/calls\n\ngo 1.24\n",
    )
    .unwrap();
    fs::write(folder.join("main.go"), SOURCE).unwrap();
    run(Command::new("go")
        .args(["run", GARBLE, "build", "-o", "app", "."])
        .current_dir(folder)
        .envs([("CGO_ENABLED", "0"), ("GOFLAGS", "-buildvcs=false")])
        .env("GARBLE_CACHE", folder.join("cache")));

    let output = run(Command::new(env!("CARGO_BIN_EXE_gobuildx"))
        .args(["inspect", "--format", "json"])
        .arg(folder.join("app")));
    let json: Value = serde_json::from_slice(&output).unwrap();
    let record = &json[0];
    assert_eq!(record["verdict"], "unproven");
    let findings = record["findings"].as_array().unwrap().iter();
    let reasons: Vec<_> = findings
        .filter(|finding| finding["rule"] == "opaque")
        .map(|finding| finding["detail"].as_str().unwrap())
        .collect();
    assert_eq!(
        reasons,
        [
            "what the program uses while it runs isn't known: Go's function table is hidden, as \
             obfuscators do",
            "the Go version was removed, as obfuscators do",
        ]
    );
}
