//! A second build of a program with assembly, which may include any file of its module.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::project::{Project, Run};

/// A program that prints a number of a header behind a link, which leads out of the project.
fn project(outside: &Path) -> Project {
    header(outside, 1);
    fs::write(outside.join("notes.txt"), "").unwrap();
    let project = Project::empty()
        .file("go.mod", "module example.com/one\n\ngo 1.24\n")
        .file(
            "main.go",
            "package main\n\nfunc value() int\n\nfunc main() { println(value()) }\n",
        )
        .file(
            "value_amd64.s",
            "#include \"textflag.h\"\n#include \"headers/value.h\"\n\n\
             TEXT ·value(SB), NOSPLIT, $0-8\n\tMOVQ $VALUE, AX\n\tMOVQ AX, ret+0(FP)\n\tRET\n",
        )
        .file(
            "targets.toml",
            "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n",
        );
    symlink(outside, project.path("headers")).unwrap();
    // A circle.
    symlink(project.root(), outside.join("project")).unwrap();
    project
}

fn header(folder: &Path, value: u32) {
    fs::write(folder.join("value.h"), format!("#define VALUE {value}\n")).unwrap();
}

fn build(project: &Project, more: &[&str]) -> Run {
    let args: Vec<&str> = ["build"].iter().chain(more).copied().collect();
    project.run(&args).exits(0)
}

fn printed(project: &Project) -> String {
    let program = project.path("dist/one_linux_amd64_v1/one");
    let output = std::process::Command::new(program).output().unwrap();
    String::from_utf8(output.stderr).unwrap().trim().to_owned()
}

#[test]
fn what_assembly_includes_through_a_link_is_seen_and_nothing_is_made_twice() {
    let outside = tempfile::tempdir().unwrap();
    let project = project(outside.path());
    build(&project, &[]);
    assert_eq!(printed(&project), "1");
    // Another output folder is no source, under whatever name it is asked for.
    build(
        &project,
        &["--out", "./missing/../dist2", "--rebuild", "changed"],
    );
    assert!(project.path("dist2/one_linux_amd64_v1/one").exists());
    assert!(!project.path("missing").exists());
    build(&project, &[]).says("(nothing changed)");
    build(&project, &[]).says("(nothing changed)");

    header(outside.path(), 2);
    let run = build(&project, &["--explain"]);
    assert_eq!(printed(&project), "2");
    run.prints("headers/value.h changed");
}
