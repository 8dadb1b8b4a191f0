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
