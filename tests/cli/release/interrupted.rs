//! Releases that are stopped in the middle, and what is left of them.

use std::fs;

use super::{LINUX, assert_nothing_is_released, delivered, hello, of, released, tool};
use crate::hooked::ALLOWED;
use crate::live::{Live, wait_until};
use crate::project::Project;

/// A command that tells that it runs, and goes on when it may.
const WAITS: &str = "[\"sh\", \"-c\", \"touch made-reached; while [ ! -e made-go-on ]; do sleep 0.02; done; touch $1\", \"sh\", ";

/// A release that stands still while the files are packed.
fn packing() -> Project {
    let manifest = format!(
        "[matrix]\ngoos = [\"darwin\"]\ngoarch = [\"arm64\"]\n[build]\nrebuild = \"changed\"\n\
         [release.sign]\nmacos = [{WAITS}\"made-signed\"]]\n"
    );
    of(Project::hello().file(".gitignore", "made*\n"), &manifest)
}

/// A release that stands still when all is packed and nothing is signed.
fn signing() -> Project {
    let manifest = format!("{LINUX}[release.sign]\ncmd = [{WAITS}\"{{signature}}\"]]\n");
    of(Project::hello().file(".gitignore", "made*\n"), &manifest)
}

fn started(project: &Project) -> Live {
    let run = Live::start(project, &["release", ALLOWED]);
    wait_until("its command runs", || project.path("made-reached").exists());
    run
}

/// No run's own folder, nor what it was about to place.
#[track_caller]
fn assert_no_half_files(project: &Project) {
    let entries = fs::read_dir(project.path("dist/.gobuildx")).unwrap();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.find(|name| name.starts_with("work")), None);
    let hidden = delivered(&project.path("dist"));
    let mut hidden = hidden
        .keys()
        .filter(|name| name.starts_with('.') && *name != ".gitignore");
    assert_eq!(hidden.next(), None);
}

#[test]
fn one_that_is_stopped_while_it_packs_leaves_nothing_of_a_release() {
    let project = packing();
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut run = started(&project);
        run.signal(signal);
        assert_eq!(run.end().0, Some(code), "{:#?}", run.seen);
        let said = run.seen.join("\n");
        assert!(said.contains("Interrupted: "), "{said}");
        assert!(!said.contains("error:"), "{said}");
        assert_nothing_is_released(&project);
        assert_no_half_files(&project);
        fs::remove_file(project.path("made-reached")).unwrap();
    }
    // The next one does it all.
    project.write("made-go-on", "");
    project.run(&["release", ALLOWED, "-q"]).exits(0);
    tool(
        &project.path("dist"),
        "sha256sum",
        &["-c", "--strict", "--quiet", "checksums.txt"],
    );
}

#[test]
fn one_that_is_stopped_while_it_signs_leaves_no_signature_and_records_that_hold() {
    let project = signing();
    let mut run = started(&project);
    run.signal("INT");
    assert_eq!(run.end().0, Some(130), "{:#?}", run.seen);
    assert!(!project.path("dist/checksums.txt.sig").exists());
    assert_no_half_files(&project);
    tool(
        &project.path("dist"),
        "sha256sum",
        &["-c", "--strict", "--quiet", "checksums.txt"],
    );
    project.write("made-go-on", "");
    project.run(&["release", ALLOWED, "-q"]).exits(0);
    assert!(project.path("dist/checksums.txt.sig").exists());
}

#[test]
fn what_a_killed_one_left_is_removed_by_the_next_build() {
    for project in [packing(), signing()] {
        let mut run = started(&project);
        run.signal("KILL");
        assert_eq!(run.end().0, None);
        project.write("made-go-on", "");
        project.run(&["build", "--matrix", "-q"]).exits(0);
        assert_nothing_is_released(&project);
        assert_no_half_files(&project);
    }
}

#[test]
fn a_build_removes_the_files_of_an_earlier_release_and_no_others() {
    let project = released(hello(
        "[release.image]\nname = \"registry.example/hello\"\n",
    ));
    project.write("dist/notes.txt", "mine");
    project.run(&["build", "--matrix", "-q"]).exits(0);
    assert_eq!(project.read("dist/notes.txt"), "mine");
    fs::remove_file(project.path("dist/notes.txt")).unwrap();
    assert_nothing_is_released(&project);
    assert!(!project.path("dist/oci").exists());
    tool(
        &project.path("dist"),
        "sha256sum",
        &["-c", "--strict", "--quiet", "checksums.txt"],
    );
}
