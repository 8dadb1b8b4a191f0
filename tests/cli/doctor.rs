//! `doctor` and `targets`: what they tell of this machine.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::answers::folder_of;
use crate::project::Project;

/// A folder with a program that does what a shell script says.
fn with_program(project: &Project, path: &str, script: &str) {
    project.write(path, &format!("#!/bin/sh\n{script}\n"));
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(project.path(path), mode).unwrap();
}

fn tool<'a>(report: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    let tools = report["tools"].as_array().unwrap();
    tools.iter().find(|tool| tool["name"] == name).unwrap()
}

/// A PATH with go and git and nothing else.
fn go_and_git(project: &Project) -> String {
    fs::create_dir(project.path("bin")).unwrap();
    let git = crate::answers::program("git");
    std::os::unix::fs::symlink(git, project.path("bin/git")).unwrap();
    format!(
        "{}:{}",
        folder_of("go").display(),
        project.path("bin").display()
    )
}

#[test]
fn what_is_installed_is_found_with_its_version() {
    let report = Project::hello()
        .committed()
        .run(&["doctor", "--format", "json"])
        .exits(0)
        .json();
    let go = tool(&report, "go");
    assert_eq!(go["state"], "found");
    let version = crate::answers::go(&["env", "GOVERSION"]);
    assert_eq!(format!("go{}", go["version"].as_str().unwrap()), version);
    assert_eq!(tool(&report, "git")["need"], "required");
    assert_eq!(report["ready"], true);
    assert!(report["machine"]["memory"].as_u64().unwrap() > 0);
}

#[test]
fn a_missing_tool_is_a_fault_only_where_the_manifest_needs_it() {
    let project = Project::hello();
    let path = go_and_git(&project);
    let project = project.env("PATH", path);
    project
        .run(&["doctor"])
        .exits(0)
        .prints("--  upx")
        .prints("get it:");
    project.write("targets.toml", "[compress]\n");
    project
        .run(&["doctor"])
        .exits(4)
        .prints("NO  upx")
        .prints("[compress] packs linux/amd64")
        .prints("Not ready");
}

#[test]
fn without_go_nothing_is_ready() {
    let project = Project::hello();
    let empty = project.path("empty");
    let project = project.env("PATH", empty);
    let report = project.run(&["doctor", "--format", "json"]).exits(4).json();
    assert_eq!(tool(&report, "go")["state"], "missing");
    assert!(tool(&report, "go")["install"].is_string());
    assert_eq!(report["ready"], false);
}

#[test]
fn a_program_of_the_current_folder_is_not_run() {
    let project = Project::hello();
    with_program(&project, "upx", "touch ran; echo upx 4.2.2");
    let path = go_and_git(&project);
    let project = project.env("PATH", format!(".:{path}:"));
    let report = project.run(&["doctor", "--format", "json"]).exits(0).json();
    assert_eq!(tool(&report, "upx")["state"], "missing");
    assert!(!project.path("ran").exists());
    let notes = report["notes"].to_string();
    assert!(notes.contains("PATH has `.`"), "{notes}");
}

#[test]
fn programs_of_the_current_folder_are_not_run_by_plan_and_build() {
    let project = Project::hello().committed();
    for name in ["go", "git", "upx", "bwrap"] {
        for folder in ["", "rel/"] {
            let script = "touch \"$(/usr/bin/dirname \"$0\")/ran\"; exit 1";
            with_program(&project, &format!("{folder}{name}"), script);
        }
    }
    let path = go_and_git(&project);
    let upx = crate::answers::folder_of("upx");
    let path = format!("rel:./rel:.:{path}:{}::", upx.display());
    let project = project.env("PATH", path);
    project.write(
        "targets.toml",
        "[build]\nrebuild = \"changed\"\n[compress]\n",
    );
    project.run(&["plan"]).exits(0);
    project.run(&["build"]).exits(0);
    assert!(!project.path("ran").exists());
    assert!(!project.path("rel/ran").exists());
}

#[test]
fn a_tool_that_is_old_or_fails_says_so() {
    let project = Project::hello();
    let path = go_and_git(&project);
    with_program(&project, "bin/upx", "echo upx 3.96");
    with_program(&project, "bin/cc", "echo no licence >&2; exit 3");
    let project = project.env("PATH", format!("{path}:/usr/bin:/bin"));
    let report = project.run(&["doctor", "--format", "json"]).exits(0).json();
    assert_eq!(tool(&report, "upx")["state"], "too-old");
    let cc = tool(&report, "cc");
    assert_eq!(cc["state"], "unusable");
    assert_eq!(cc["problem"], "it exited with 3: no licence");
}

#[test]
fn settings_of_go_without_effect_are_told() {
    Project::hello()
        .env("GOFLAGS", "-mod=mod")
        .run(&["doctor"])
        .exits(0)
        .prints("GOFLAGS=-mod=mod in the environment has no effect");
}

#[test]
fn a_cache_that_can_not_be_written_to_is_a_problem() {
    let project = Project::hello().file("file", "");
    let cache = project.path("file/cache");
    project
        .env("GOCACHE", cache)
        .run(&["doctor"])
        .exits(4)
        .prints("Not ready");
}

#[test]
fn a_manifest_that_is_wrong_does_not_hide_the_rest() {
    let project = Project::hello().file("targets.toml", "[matrix]\ngoos = [\"macos\"]\n");
    let run = project.run(&["doctor"]).exits(3);
    assert!(!run.stdout.contains("\nReady"), "{}", run.stdout);
    run.prints("go  ")
        .prints("Not ready: the manifest is wrong\n")
        .says("targets.toml:2");
    let report = project.run(&["doctor", "--format", "json"]).exits(3).json();
    assert_eq!(report["ready"], false);
    let fault = report["manifest_fault"].as_str().unwrap();
    assert!(fault.contains("targets.toml"), "{fault}");
}

#[test]
fn the_table_of_targets_is_gos_own_with_what_this_machine_can_do() {
    let project = Project::empty();
    let report = project
        .run(&["targets", "--format", "json"])
        .exits(0)
        .json();
    let targets = report["targets"].as_array().unwrap();
    let list = crate::answers::go(&["tool", "dist", "list", "-json"]);
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    for of_go in list.as_array().unwrap() {
        let name = format!(
            "{}/{}",
            of_go["GOOS"].as_str().unwrap(),
            of_go["GOARCH"].as_str().unwrap()
        );
        let row = targets.iter().find(|row| row["target"] == name).unwrap();
        assert_eq!(row["first_class"], of_go["FirstClass"], "{name}");
        assert_eq!(row["cgo"], of_go["CgoSupported"], "{name}");
    }
    project
        .run(&["targets"])
        .exits(0)
        .prints("Starts here")
        .prints("natively");
    project
        .run(&["targets", "-v"])
        .exits(0)
        .prints("no: macOS 13 and newer kill packed programs");
}
