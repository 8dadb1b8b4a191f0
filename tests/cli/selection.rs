//! What is asked for on the command line, and what of the manifest can't be built.

use std::process::Command;

use crate::answers::{artifacts, compiles};
use crate::project::{PRINTS_VERSION, Project, Run};

/// A program for all systems, one for Linux only, and a library.
fn three_packages() -> Project {
    Project::empty()
        .file("go.mod", "module example.com/three\n\ngo 1.24\n")
        .file("cmd/all/main.go", PRINTS_VERSION)
        .file(
            "cmd/daemon/main.go",
            &format!("//go:build linux\n\n{PRINTS_VERSION}"),
        )
        .file("library/library.go", "package library\n")
        .file("empty/notes.txt", "no Go here\n")
}

const MATRIX: &str = r#"
    [matrix]
    goos = ["linux", "windows"]
    goarch = ["amd64", "arm64"]
    exclude = [{ goos = "windows", goarch = "arm64" }]
    [[binary]]
    name = "all"
    package = "./cmd/all"
"#;

fn run_in(project: &Project, folder: &str, args: &[&str]) -> Run {
    let mut command = project.command(args);
    command.current_dir(project.path(folder));
    Run::of(command.output().unwrap())
}

#[test]
fn a_package_without_files_for_a_target_is_an_error_until_its_targets_are_named() {
    let binary = "[[binary]]\nname = \"daemon\"\npackage = \"./cmd/daemon\"\n";
    let project = three_packages().manifest(&format!("{MATRIX}{binary}"));
    project
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("no Go file of `./cmd/daemon` is for windows/amd64/v1")
        .says("targets.toml:")
        .says("targets = [");
    project.run(&["plan", "--target", "linux"]).exits(0);
    let project = project.manifest(&format!("{MATRIX}{binary}targets = [\"linux/*\"]\n"));
    let plan = project.plan(&["--matrix"]);
    let paths = artifacts(&plan);
    assert_eq!(paths.len(), 5);
    assert!(paths.contains(&"daemon_linux_arm64_v8.0/daemon"));
    assert!(paths.contains(&"all_windows_amd64_v1/all.exe"));
}

#[test]
fn packages_that_cant_be_built_are_told_together_and_once() {
    let run = three_packages()
        .manifest(&format!(
            "{MATRIX}
            [[binary]]
            package = \"./library\"
            [[binary]]
            package = \"./missing\"
            [[binary]]
            package = \"./empty\"
            "
        ))
        .run(&["plan", "--matrix"])
        .exits(3);
    for fault in [
        "`./library` is the package `library`, not a main package",
        "there is no package `./missing` in the module `.`",
        "there is no Go file besides tests in `./empty`",
    ] {
        assert_eq!(
            run.stderr.matches(fault).count(),
            1,
            "{fault}: {}",
            run.stderr
        );
    }
    let place = |fault: &str| run.stderr.find(fault).unwrap();
    assert!(place("./library") < place("./missing"));
}

#[test]
fn broken_source_is_a_failed_build_and_no_fault_of_the_manifest() {
    for broken in [
        "package main\n\nfunc main() { undefined() }\n",
        "package main\n\nfunc main() {\n",
        "package main\n\nimport fmt\n\nfunc main() {}\n",
        "pakcage main\n",
    ] {
        let project = Project::hello().manifest("[[binary]]\n");
        project.write("main.go", broken);
        project.run(&["plan"]).exits(0);
        project.build(&[]).exits(1).says("main.go:");
    }
}

#[test]
fn a_package_that_go_cant_name_is_not_left_out_in_silence() {
    Project::hello()
        .file("cmd/broken/main.go", "pakcage main\n")
        .run(&["build"])
        .exits(3)
        .says("go can't load `./cmd/broken`")
        .says("main.go:1:1");
}

#[test]
fn a_project_of_libraries_has_nothing_to_build() {
    Project::hello()
        .file("main.go", "package hello\n")
        .run(&["build"])
        .exits(3)
        .says("failed to find a main package");
}

#[test]
fn a_target_that_matches_nothing_is_an_error_that_lists_the_targets() {
    let project = three_packages().manifest(MATRIX);
    project
        .run(&["plan", "--target", "plan9/*"])
        .exits(2)
        .says("`--target plan9/*`")
        .says("linux/amd64/v1, linux/arm64/v8.0, windows/amd64/v1");
    let plan = project.plan(&["--target", "linux/arm64", "--target", "windows"]);
    assert_eq!(
        artifacts(&plan),
        ["all_linux_arm64_v8.0/all", "all_windows_amd64_v1/all.exe"]
    );
}

#[test]
fn a_binary_that_is_not_there_is_an_error_that_lists_the_binaries() {
    let project = three_packages();
    project
        .run(&["plan", "--binary", "al"])
        .exits(2)
        .says("`al`")
        .says("all, daemon");
    let plan = project.plan(&["--binary", "daemon"]);
    assert_eq!(artifacts(&plan), ["daemon_linux_amd64_v1/daemon"]);
}

#[test]
fn the_manifest_is_found_from_a_folder_below_up_to_the_top_of_the_repository() {
    let project = three_packages().manifest(MATRIX).committed();
    let plan = run_in(&project, "cmd/all", &["plan", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(plan["digest"], project.plan(&[])["digest"]);
    run_in(
        &project,
        "library",
        &["build", "--rebuild", "changed", "--binary", "all"],
    )
    .exits(0);
    assert!(project.path("dist/all_linux_amd64_v1/all").is_file());
    assert!(!project.path("library/dist").exists());
}

#[test]
fn outside_of_a_repository_a_manifest_above_is_somebody_elses() {
    let project = three_packages().manifest("this is no manifest");
    project.run(&["plan"]).exits(3);
    let plan = run_in(&project, "cmd/all", &["plan", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(compiles(&plan).len(), 1);
    let inner = three_packages().manifest("this is no manifest");
    std::fs::create_dir(inner.path("cmd/.git")).unwrap();
    let run = run_in(&inner, "cmd/all", &["plan"]);
    assert!(!run.stderr.contains("targets.toml"), "{}", run.stderr);
}

#[test]
fn a_manifest_elsewhere_is_of_the_project_it_lies_in() {
    let project = three_packages().manifest(MATRIX);
    let elsewhere = tempfile::tempdir().unwrap();
    let file = project.path("targets.toml");
    let mut command = project.command(&["plan", "--format", "json", "--manifest"]);
    command.arg(file).current_dir(elsewhere.path());
    let plan = Run::of(command.output().unwrap()).exits(0).json();
    assert_eq!(plan["digest"], project.plan(&[])["digest"]);
    project
        .run(&["plan", "--manifest", "missing.toml"])
        .exits(2)
        .says("missing.toml");
}

#[test]
fn artifacts_go_where_out_says_as_seen_from_the_current_folder() {
    let project = three_packages().manifest(MATRIX).committed();
    run_in(
        &project,
        "cmd",
        &["build", "--rebuild", "changed", "--out", "../release/today"],
    )
    .exits(0);
    assert!(
        project
            .path("release/today/all_linux_amd64_v1/all")
            .is_file()
    );
    assert!(!project.path("dist").exists());
    assert_eq!(project.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_pair_that_go_doesnt_build_for_is_an_error_before_anything_is_built() {
    let project = three_packages().manifest(
        "[[matrix.include]]\ntarget = \"linux/amd64\"\n[[matrix.include]]\ntarget = \"darwin/386\"\n",
    );
    let run = project.run(&["build", "--matrix"]).exits(3);
    assert!(run.stderr.contains("darwin/386"), "{}", run.stderr);
    assert!(!project.path("dist").exists());
}

#[test]
fn binaries_that_are_all_for_other_targets_are_an_error_that_says_so() {
    Project::hello()
        .file(
            "targets.toml",
            "[[binary]]\ntargets = [\"windows\"]\n\n[matrix]\ngoos = [\"linux\", \"windows\"]\ngoarch = [\"amd64\"]\n",
        )
        .run(&["plan", "--target", "linux"])
        .exits(3)
        .says("each has `targets` that leave them out");
}

#[test]
fn an_override_for_a_binary_that_is_not_there_is_told_with_its_place() {
    Project::hello()
        .file(
            "targets.toml",
            "[[override]]\nbinary = [\"helo\"]\ntags = [\"extra\"]\n",
        )
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("targets.toml:2:11")
        .says("no binary is named `helo`")
        .says("the binaries are hello");
}

#[test]
fn a_broken_go_mod_is_named_with_what_go_says() {
    Project::hello()
        .file("go.mod", "modul example.com/hello\n")
        .run(&["plan"])
        .exits(3)
        .says("failed to read")
        .says("go.mod:1: unknown directive");
}

#[test]
fn a_package_whose_folder_is_no_safe_name_needs_one() {
    let project = Project::hello().file("cmd/tool.exe/main.go", PRINTS_VERSION);
    project
        .run(&["plan"])
        .exits(3)
        .says("named `tool.exe`")
        .says("[[binary]]");
    project
        .file(
            "targets.toml",
            "[[binary]]\nname = \"tool\"\npackage = \"./cmd/tool.exe\"\n",
        )
        .run(&["plan"])
        .exits(0);
}

#[test]
fn a_manifest_without_end_is_refused() {
    let project = Project::hello();
    let made = Command::new("mkfifo").arg(project.path("pipe")).status();
    assert!(made.unwrap().success());
    for file in ["pipe", "/dev/zero"] {
        project
            .run(&["plan", "--manifest", file])
            .exits(2)
            .says("failed to read the manifest `")
            .says(&format!("{file}`: it is not a regular file"));
    }
    project.write("large.toml", &"#\n".repeat(2 << 20));
    project.run(&["plan", "--manifest", "large.toml"]).exits(0);
    project.write("large.toml", &"#\n".repeat((2 << 20) + 1));
    project
        .run(&["plan", "--manifest", "large.toml"])
        .exits(2)
        .says("large.toml`: it has more than 4 MiB");
}
