//! Without a manifest: what happens the first time.

use std::process::Command;

use crate::project::Project;

#[test]
fn without_a_manifest_the_machines_own_target_is_built() {
    let project = Project::hello();
    project
        .run(&["build", "--rebuild", "changed"])
        .exits(0)
        .prints("static: proven");
    let artifacts = project.json("dist/artifacts.json");
    let artifact = &artifacts["artifacts"][0];
    assert_eq!(artifacts["artifacts"].as_array().unwrap().len(), 1);
    assert_eq!(artifact["verdict"], "proven");
    let binary = project
        .path("dist")
        .join(artifact["path"].as_str().unwrap());
    let output = Command::new(binary).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "unset\n");
}

#[test]
fn without_arguments_the_help_is_shown() {
    Project::empty().run(&[]).exits(2).says("Usage: gobuildx");
}

#[test]
fn a_folder_without_a_module_is_an_error_that_says_what_to_do() {
    Project::empty()
        .run(&["build"])
        .exits(3)
        .says("failed to find a Go module")
        .says("module = ");
}

#[test]
fn a_folder_with_nothing_but_tests_of_a_main_package_is_no_program() {
    let project = Project::hello().file("checks/all_test.go", "package main\n");
    let plan = project.run(&["plan", "--format", "json"]).exits(0).json();
    let argv = plan["steps"][0]["argv"].as_array().unwrap();
    assert_eq!(argv.last().unwrap(), ".", "{argv:?}");
    project
        .file("targets.toml", "[[binary]]\npackage = \"./checks\"\n")
        .run(&["plan"])
        .exits(3)
        .says("no Go file besides tests");
}

#[cfg(unix)]
#[test]
fn a_manifest_that_is_a_link_to_nowhere_is_told_of() {
    let project = Project::hello();
    std::os::unix::fs::symlink("nowhere.toml", project.path("targets.toml")).unwrap();
    project.run(&["plan"]).exits(2).says("targets.toml");
}
