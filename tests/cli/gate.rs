//! What fails: compilers, the static gate, tools that are missing or end oddly.

use std::process::Command;

use crate::live::cgo;
use crate::project::Project;

const MATRIX: &str = "[matrix]\ngoos = [\"linux\", \"windows\"]\ngoarch = [\"amd64\", \"arm64\"]\n\
                      exclude = [{ goos = \"windows\", goarch = \"arm64\" }]\n";
const FAULT: &str = "package main\n\nvar number int = \"text\"\n";

/// The outcome of each step by its name.
fn outcomes(project: &Project) -> Vec<(String, String)> {
    let report = project.json("dist/report.json");
    let steps = report["steps"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    steps
        .iter()
        .map(|step| (text(&step["id"]), text(&step["outcome"])))
        .collect()
}

fn outcome(project: &Project, id: &str) -> String {
    let all = outcomes(project);
    let found = all.iter().find(|(step, _)| step == id);
    found
        .unwrap_or_else(|| panic!("no {id} in {all:?}"))
        .1
        .clone()
}

#[test]
fn a_target_that_does_not_compile_is_explained_and_the_others_are_kept() {
    let project = Project::hello()
        .file("targets.toml", MATRIX)
        .file("bad_linux_amd64.go", FAULT);
    let run = project
        .run(&["build", "--matrix", "--rebuild", "changed", "--jobs", "2"])
        .exits(1)
        .says("error: failed to compile linux/amd64/v1\n")
        .says("./bad_linux_amd64.go:3:18: cannot use \"text\"")
        .prints("failed to compile")
        .prints("not built");
    assert_eq!(outcome(&project, "compile:linux/amd64/v1"), "failed");
    assert_eq!(outcome(&project, "verify:hello_linux_amd64_v1"), "skipped");
    assert_eq!(outcome(&project, "place:hello_linux_amd64_v1"), "skipped");
    assert_eq!(outcome(&project, "place:hello_linux_arm64_v8.0"), "done");
    assert_eq!(outcome(&project, "compile:windows/amd64/v1"), "stopped");
    let artifacts = project.json("dist/artifacts.json");
    assert_eq!(artifacts["artifacts"].as_array().unwrap().len(), 1);
    assert!(project.path("dist/hello_linux_arm64_v8.0/hello").exists());
    assert!(!project.path("dist/hello_linux_amd64_v1").exists());

    let by_hand = run.stderr.split_once("run it again: ").unwrap().1;
    let by_hand = by_hand.lines().next().unwrap();
    let again = Command::new("sh")
        .args(["-c", by_hand])
        .current_dir("/")
        .output()
        .unwrap();
    assert!(!again.status.success(), "{by_hand}");
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(
        said.contains("./bad_linux_amd64.go:3:18: cannot use \"text\""),
        "{by_hand}\n{said}"
    );
}

#[test]
fn with_keep_going_all_other_targets_are_built() {
    let project = Project::hello()
        .file("targets.toml", MATRIX)
        .file("bad_linux_amd64.go", FAULT);
    let build = ["build", "--matrix", "--rebuild", "changed", "--keep-going"];
    project.run(&build).exits(1);
    assert_eq!(outcome(&project, "compile:linux/amd64/v1"), "failed");
    assert_eq!(outcome(&project, "place:hello_linux_arm64_v8.0"), "done");
    assert_eq!(outcome(&project, "place:hello_windows_amd64_v1"), "done");
}

const DYNAMIC: &str = "[[matrix.include]]\ntarget = \"linux/amd64\"\ncgo = true\ntoolchain = \"host\"\n\n\
                       [build]\nrebuild = \"changed\"\n";

#[test]
fn a_program_that_needs_the_c_library_is_kept_out_and_told_why() {
    let project = cgo("#include <stdlib.h>", "C.abs(-1)").file("targets.toml", DYNAMIC);
    project
        .run(&["build", "--matrix"])
        .exits(1)
        .says("failed to verify c_linux_amd64_v1/c")
        .says("libc.so.6 (the C library")
        .says("symptom: ")
        .says("fix: ")
        .prints("failed the gate");
    assert!(!project.path("dist/c_linux_amd64_v1").exists());
    assert!(
        project
            .path("dist/.gobuildx/rejected/c_linux_amd64_v1/c")
            .is_file()
    );
    assert_eq!(
        project.json("dist/artifacts.json")["artifacts"],
        serde_json::json!([])
    );
    assert!(!project.path("dist/checksums.txt").exists());
    let report = project.json("dist/report.json");
    let steps = report["steps"].as_array().unwrap();
    let found = |step: &&serde_json::Value| step["findings"][0]["rule"] == "elf-interp";
    assert_eq!(steps.iter().filter(found).count(), 1, "{report:#}");

    // What is allowed with a reason passes, and is told to be conditional.
    let allow = "\n[verify]\nallow = [\n  { rule = \"elf-needed\", reason = \"R\" },\n  \
                 { rule = \"elf-interp\", reason = \"R\" },\n  { rule = \"glibc-min\", reason = \"R\" },\n]\n";
    project.write("targets.toml", &format!("{DYNAMIC}{allow}"));
    project
        .run(&["build", "--matrix"])
        .exits(0)
        .prints("  conditional\n")
        .says("Note: conditional: linux/amd64/v1+host (on /lib64/ld-linux-x86-64.so.2, libc.so.6, glibc ≥ 2.")
        .says("; allowed: R)");
    assert!(project.path("dist/c_linux_amd64_v1/c").is_file());
    assert!(!project.path("dist/.gobuildx/rejected").exists());
    let artifacts = project.json("dist/artifacts.json");
    assert_eq!(artifacts["artifacts"][0]["verdict"], "conditional");
}

#[test]
fn a_static_program_with_c_in_it_is_proven() {
    let project = cgo("#include <stdlib.h>", "C.abs(-1)");
    project
        .run(&["build", "--matrix"])
        .exits(0)
        .prints("static: proven");
    let artifact = &project.json("dist/artifacts.json")["artifacts"][0];
    assert_eq!(artifact["cgo"], true);
    assert_eq!(artifact["toolchain"], "host");
    let output = Command::new(project.path("dist/c_linux_amd64_v1/c"))
        .output()
        .unwrap();
    assert_eq!(output.stdout, b"1\n");
}

#[test]
fn a_missing_go_is_named_with_what_to_do() {
    Project::hello()
        .env("PATH", "/nonexistent")
        .run(&["build"])
        .exits(4)
        .says("go")
        .says("help: ");
}

#[test]
fn explain_tells_why_a_finding_matters_and_what_else_was_looked_for() {
    let project = cgo("#include <stdlib.h>", "C.abs(-1)").file("targets.toml", DYNAMIC);
    project
        .run(&["build", "--matrix", "--explain"])
        .exits(1)
        .prints("elf-interp: the program needs a dynamic loader, so it is not static\n  ")
        .prints("  c_linux_amd64_v1/c: the kernel")
        .prints("These rules found nothing.")
        .prints("  build-target  the binary is for another system");
}
