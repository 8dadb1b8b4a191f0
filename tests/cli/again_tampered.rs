//! A second build after somebody laid hands on what the first one left: it is right, or it is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::project::{Project, Run, says};

/// Two programs.
fn project() -> Project {
    Project::empty()
        .file("go.mod", "module example.com/two\n\ngo 1.24\n")
        .file("cmd/one/main.go", &says("one"))
        .file("cmd/two/main.go", &says("two"))
        .file("targets.toml", &manifest(""))
}

fn manifest(more: &str) -> String {
    format!(
        "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n\
         [build]\nrebuild = \"changed\"\n{more}"
    )
}

const ONE: &str = "dist/one_linux_amd64_v1/one";

fn build(project: &Project) -> Run {
    project.run(&["build", "--matrix"]).exits(0)
}

/// The files in the output folder that are the same each time, with their bytes.
fn made(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let names = [
        ONE,
        "dist/two_linux_amd64_v1/two",
        "dist/artifacts.json",
        "dist/checksums.txt",
        "dist/metadata.json",
    ];
    let read = |name: &str| (name.to_owned(), fs::read(project.path(name)).unwrap());
    names.into_iter().map(read).collect()
}

/// Builds until nothing is left to do, and returns what was made.
fn settled(project: &Project) -> BTreeMap<String, Vec<u8>> {
    build(project);
    build(project).says("(nothing changed)");
    made(project)
}

fn append(project: &Project, path: &str) {
    let mut bytes = fs::read(project.path(path)).unwrap();
    bytes.extend_from_slice(b" ");
    fs::write(project.path(path), bytes).unwrap();
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

fn set_modified(path: &Path, time: SystemTime) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(time).unwrap();
}

#[test]
fn records_that_somebody_edited_or_removed_are_written_anew() {
    let project = project();
    let before = settled(&project);
    for record in [
        "dist/artifacts.json",
        "dist/checksums.txt",
        "dist/metadata.json",
    ] {
        append(&project, record);
        build(&project);
        assert_eq!(made(&project), before, "{record}");
        fs::remove_file(project.path(record)).unwrap();
        build(&project);
        assert_eq!(made(&project), before, "{record}");
    }
}

#[test]
fn an_older_artifact_in_the_place_of_a_new_one_is_replaced_whatever_its_times_are() {
    let project = project();
    settled(&project);
    let older = project.path("older");
    fs::copy(project.path(ONE), &older).unwrap();
    project.write("cmd/one/main.go", &says("new"));
    let before = settled(&project);
    let time = modified(&project.path(ONE));
    fs::copy(&older, project.path(ONE)).unwrap();
    set_modified(&project.path(ONE), time);
    build(&project);
    assert_eq!(made(&project), before);
}

#[test]
fn a_source_whose_time_is_set_back_after_an_edit_is_compiled() {
    let project = project();
    let before = settled(&project);
    let source = project.path("cmd/one/main.go");
    let time = modified(&source);
    // Of the same size, too.
    project.write("cmd/one/main.go", &says("eno"));
    set_modified(&source, time);
    build(&project);
    assert_ne!(made(&project)[ONE], before[ONE]);
}

#[test]
fn times_that_are_set_back_and_nothing_else_make_nothing_anew() {
    let project = project();
    let before = settled(&project);
    let past = SystemTime::now() - Duration::from_secs(1 << 20);
    for path in ["cmd/one/main.go", "go.mod", ONE, "dist/artifacts.json"] {
        set_modified(&project.path(path), past);
    }
    build(&project).says("(nothing changed)");
    assert_eq!(made(&project), before);
}

#[test]
fn a_project_that_was_copied_with_all_that_was_made_is_built_where_it_lies_now() {
    let original = project();
    settled(&original);
    let copy = Project::empty();
    let from = original.path(".");
    let copied = std::process::Command::new("cp")
        .arg("-a")
        .args([&from, &copy.path(".")])
        .status()
        .unwrap();
    assert!(copied.success());
    // The original goes on to change.
    original.write("cmd/one/main.go", &says("elsewhere"));
    build(&original);
    copy.write("cmd/two/main.go", &says("copied"));
    let run = build(&copy);
    let place = fs::canonicalize(copy.path("dist")).unwrap();
    run.says(&place.display().to_string());

    let clean = project();
    clean.write("cmd/two/main.go", &says("copied"));
    assert_eq!(made(&copy), settled(&clean));
    build(&copy);
    build(&copy).says("(nothing changed)");
}

/// Bytes that look random and are the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(&mut next).take(length).collect()
}

/// Ways in which a file may be damaged.
fn damages(bytes: &[u8]) -> Vec<Vec<u8>> {
    let half = bytes.len() / 2;
    let mut flipped = bytes.to_vec();
    flipped[half] ^= 0x10;
    let mut noisy = bytes[..half].to_vec();
    noisy.extend(noise(bytes.len() - half));
    vec![
        Vec::new(),
        bytes[..bytes.len() - 1].to_vec(),
        bytes[..half].to_vec(),
        flipped,
        noisy,
        noise(bytes.len()),
        [bytes, bytes].concat(),
    ]
}

#[test]
fn whatever_became_of_the_private_files_the_next_build_is_right() {
    let project = project();
    let before = settled(&project);
    for name in ["ledger", "snapshot", "measures", "placed"] {
        let path = project.path("dist/.gobuildx").join(name);
        let bytes = fs::read(&path).unwrap();
        for (number, damaged) in damages(&bytes).into_iter().enumerate() {
            fs::write(&path, damaged).unwrap();
            build(&project);
            assert_eq!(made(&project), before, "{name}, damage {number}");
        }
    }
}

#[test]
fn private_files_that_became_something_else_do_no_harm() {
    for name in ["ledger", "snapshot", "measures", "placed"] {
        let project = project();
        let before = settled(&project);
        let path = project.path("dist/.gobuildx").join(name);
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        build(&project);
        assert_eq!(made(&project), before, "{name}");
    }
}

#[test]
fn an_edit_after_the_private_files_were_damaged_is_compiled() {
    let project = project();
    let before = settled(&project);
    for name in ["ledger", "snapshot"] {
        fs::write(project.path("dist/.gobuildx").join(name), noise(100)).unwrap();
    }
    project.write("cmd/one/main.go", &says("edited"));
    build(&project);
    let after = made(&project);
    assert_ne!(after[ONE], before[ONE]);
    let two = "dist/two_linux_amd64_v1/two";
    assert_eq!(after[two], before[two]);
}

#[test]
fn programs_that_are_built_twice_are_known_and_made_anew_where_they_changed() {
    let project = project().file("targets.toml", &manifest("[verify]\nreproducible = true\n"));
    let before = settled(&project);
    append(&project, ONE);
    build(&project);
    assert_eq!(made(&project), before);
    project.write("cmd/one/main.go", &says("edited"));
    let run = build(&project);
    run.says("(1 unchanged)");
    assert_ne!(made(&project)[ONE], before[ONE]);
}

#[test]
fn a_library_or_its_header_that_somebody_changed_is_made_again() {
    let project = Project::empty()
        .file("go.mod", "module example.com/lib\n\ngo 1.24\n")
        .file(
            "main.go",
            "package main\n\nimport \"C\"\n\n//export One\nfunc One() int { return 1 }\n\nfunc main() {}\n",
        )
        .file(
            "targets.toml",
            "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ncgo = [true]\n\
             [build]\nrebuild = \"changed\"\nbuildmode = \"c-archive\"\n\
             [verify]\npolicy = \"debian-12\"\n",
        );
    build(&project);
    build(&project).says("(nothing changed)");
    let record = project.json("dist/artifacts.json")["artifacts"][0].clone();
    let library = record["path"].as_str().unwrap();
    let header = record["header"]["path"].as_str().unwrap();
    for path in [library, header] {
        let path = format!("dist/{path}");
        let before = fs::read(project.path(&path)).unwrap();
        append(&project, &path);
        build(&project);
        assert_eq!(fs::read(project.path(&path)).unwrap(), before, "{path}");
        fs::remove_file(project.path(&path)).unwrap();
        build(&project);
        assert_eq!(fs::read(project.path(&path)).unwrap(), before, "{path}");
    }
}
