//! Names in a foreign repository that would steer the terminal: none reaches it as it is.

use crate::answers::folder_of;
use crate::project::{PRINTS_VERSION, Project, Run};

/// A folder whose name colours what follows, in both ways that terminals know.
const FOLDER: &str = "y\u{1b}[31m\u{9b}31mz";
const SHOWN: &str = "y\\u{1b}[31m\\u{9b}31mz";

/// Two modules, one of them in such a folder.
fn project() -> Project {
    Project::hello()
        .file(
            &format!("{FOLDER}/go.mod"),
            "module example.com/z\n\ngo 1.24\n",
        )
        .file(&format!("{FOLDER}/main.go"), PRINTS_VERSION)
}

#[track_caller]
fn is_harmless(run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        let steers = |c: char| c.is_control() && c != '\n';
        assert!(!text.contains(steers), "{text:?}");
    }
}

#[test]
fn init_names_folders_and_files_without_obeying_them() {
    let run = project().run(&["init"]).exits(0).says(SHOWN);
    is_harmless(&run);
    let manifest = format!("{FOLDER}/targets.toml");
    let run = project()
        .committed()
        .run(&["init", "--manifest", &manifest])
        .exits(0)
        .says(&format!("Wrote {SHOWN}/targets.toml"))
        .says(&format!("commit {SHOWN}/targets.toml"));
    is_harmless(&run);
}

#[test]
fn a_manifest_in_such_a_folder_is_told_of_without_obeying_its_name() {
    let manifest = format!("{FOLDER}/targets.toml");
    let project = project().file(&manifest, "[matrix]\ngoos = [\"macos\"]\n");
    let run = project
        .run(&["doctor", "--manifest", &manifest])
        .exits(3)
        .says(&format!("{SHOWN}/targets.toml:2"));
    is_harmless(&run);
    let missing = format!("{FOLDER}/none.toml");
    let run = project
        .run(&["plan", "--manifest", &missing])
        .exits(2)
        .says("failed to read the manifest")
        .says(&format!("{SHOWN}/none.toml"));
    is_harmless(&run);
}

#[test]
fn doctor_names_the_manifest_and_json_escapes_it() {
    let manifest = format!("{FOLDER}/targets.toml");
    let project = project().file(&manifest, "").env(
        "PATH",
        format!("{}:/usr/bin:rel\u{9b}31m", folder_of("go").display()),
    );
    let run = project
        .run(&["doctor", "--manifest", &manifest])
        .exits(0)
        .prints(&format!("{SHOWN}/targets.toml\n"))
        .prints("`rel\\u{9b}31m`");
    is_harmless(&run);
    let run = project
        .run(&["doctor", "--manifest", &manifest, "--format", "json"])
        .exits(0);
    is_harmless(&run);
    let named = run.json()["manifest"].as_str().unwrap().to_owned();
    assert!(named.ends_with(&manifest), "{named:?}");
}
