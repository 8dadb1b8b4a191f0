//! The output folder: what is refused, what is left alone, and what happens when it is full.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::Project;

const QUICK: [&str; 3] = ["build", "--rebuild", "changed"];

fn quick<'a>(more: &[&'a str]) -> Vec<&'a str> {
    QUICK.iter().chain(more).copied().collect()
}

/// All files and folders below a folder.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(tree(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[test]
fn a_folder_with_files_of_somebody_else_is_refused_and_untouched() {
    let project = Project::hello().file("mine/notes.txt", "precious");
    for out in ["mine", ".", "mine/.."] {
        let before = tree(project.root());
        project
            .run(&quick(&["--out", out]))
            .exits(4)
            .says("it has files that gobuildx didn't make")
            .says("help: name another folder with --out");
        assert_eq!(tree(project.root()), before);
    }
}

#[test]
fn a_file_in_place_of_the_folder_is_named() {
    let project = Project::hello().file("dist", "a file");
    project
        .run(&QUICK)
        .exits(4)
        .says("dist`: it is a file, not a folder");
    assert_eq!(project.read("dist"), "a file");

    fs::remove_file(project.path("dist")).unwrap();
    symlink("nowhere", project.path("dist")).unwrap();
    project
        .run(&QUICK)
        .exits(4)
        .says("dist`: it is a symbolic link, not a folder");
}

#[test]
fn the_folder_may_be_a_link_to_another() {
    let project = Project::hello();
    fs::create_dir(project.path("real")).unwrap();
    symlink("real", project.path("dist")).unwrap();
    project.run(&QUICK).exits(0);
    assert!(project.path("dist").is_symlink());
    assert!(project.path("real/artifacts.json").is_file());
}

#[test]
fn a_planted_link_is_not_followed() {
    let project = Project::hello()
        .file("dist/.gobuildx/placed", "")
        .file("elsewhere/hello", "precious");
    let folder = format!("dist/hello_linux_{}", host_folder());
    symlink("../elsewhere", project.path(&folder)).unwrap();
    project
        .run(&QUICK)
        .exits(1)
        .says("it is a symbolic link, not a folder")
        .prints("failed to be written");
    assert_eq!(project.read("elsewhere/hello"), "precious");
    assert_eq!(tree(&project.path("elsewhere")).len(), 1);
}

fn host_folder() -> &'static str {
    if cfg!(target_arch = "x86_64") {
        "amd64_v1"
    } else {
        "arm64_v8.0"
    }
}

#[test]
fn what_is_no_longer_built_is_removed_and_other_files_stay() {
    let project = Project::hello();
    let both = ["--target", "linux/amd64", "--target", "windows/amd64"];
    project.run(&quick(&both)).exits(0);
    project.write("dist/notes.txt", "mine");
    project.write("dist/hello_linux_amd64_v1/notes.txt", "mine");
    project.run(&quick(&["--target", "windows/amd64"])).exits(0);
    let artifacts = project.json("dist/artifacts.json");
    assert_eq!(artifacts["artifacts"].as_array().unwrap().len(), 1);
    assert_eq!(artifacts["artifacts"][0]["target"], "windows/amd64/v1");
    assert!(!project.path("dist/hello_linux_amd64_v1/hello").exists());
    assert_eq!(project.read("dist/notes.txt"), "mine");
    assert_eq!(project.read("dist/hello_linux_amd64_v1/notes.txt"), "mine");

    // A folder that only held an artifact goes with it.
    project.run(&quick(&["--target", "linux/amd64"])).exits(0);
    assert!(!project.path("dist/hello_windows_amd64_v1").exists());
}

/// A small file system, unmounted at the end.
pub struct Small(PathBuf);

impl Small {
    /// Mounts one, or says why there is none.
    #[expect(clippy::print_stderr, reason = "--nocapture shows what was skipped")]
    pub fn mount(path: PathBuf, size: &str) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let mounted = Self::command("mount", &["-t", "tmpfs", "-o", size, "tmpfs"], &path);
        if let Err(reason) = mounted {
            eprintln!("skipped, no file system can be mounted: {reason}");
            return None;
        }
        Some(Self(path))
    }

    fn command(program: &str, args: &[&str], path: &Path) -> Result<(), String> {
        let output = Command::new(program).args(args).arg(path).output().unwrap();
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success().then_some(()).ok_or(reason)
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Self::command("umount", &["-l"], &self.0);
    }
}

#[test]
fn a_full_disk_is_told_and_leaves_no_half_of_a_file() {
    let project = Project::hello();
    let Some(small) = Small::mount(project.path("full"), "size=1100k") else {
        return;
    };
    project
        .run(&quick(&["--out", "full"]))
        .exits(1)
        .says("no space left on device")
        .says("which has the output: make room there, or name a folder on another disk with --out")
        .prints("failed to compile");
    let names = |path: &Path| path.strip_prefix(&small.0).unwrap().display().to_string();
    let left: Vec<String> = tree(&small.0).iter().map(|path| names(path)).collect();
    assert_eq!(
        left,
        [
            ".gitignore",
            ".gobuildx",
            // What go said is whole.
            ".gobuildx/answers",
            ".gobuildx/lock",
            ".gobuildx/placed",
            "artifacts.json",
            "metadata.json",
            "report.html",
            "report.json"
        ]
    );
}

#[test]
fn a_disk_for_temporary_files_that_fills_while_go_runs_is_named_with_what_to_set() {
    let project = Project::hello();
    let Some(small) = Small::mount(project.path("full"), "size=2m") else {
        return;
    };
    let project = project.env("TMPDIR", &small.0);
    project
        .run(&["build"])
        .exits(1)
        .says("failed to compile linux/amd64/v1")
        .says(&format!("the disk of `{}/gobuildx-", small.0.display()))
        .says("make room there, or set TMPDIR to a folder on another disk");
    let left = fs::read_dir(&small.0).unwrap().count();
    assert_eq!(left, 0, "what was written there is gone");
}

#[test]
fn a_folder_for_temporary_files_that_is_not_there_is_named() {
    Project::hello()
        .env("TMPDIR", "/nonexist")
        .run(&["build"])
        .exits(4)
        .says("failed to create a folder for temporary files in `/nonexist`: ")
        .says("help: set TMPDIR to a folder that is there");
}

#[test]
fn a_disk_without_room_for_a_program_is_told_before_anything_is_compiled() {
    let project = Project::hello();
    let Some(_small) = Small::mount(project.path("full"), "size=400k") else {
        return;
    };
    let run = project.run(&quick(&["--out", "full"])).exits(4);
    assert!(!run.stderr.contains("Compiling"), "{}", run.stderr);
    run.says("failed to build: the disk of `")
        .says("full` has ")
        .says("takes at least 500.0 kB of it")
        .says("help: make room there");
}

#[test]
fn programs_that_take_the_places_of_earlier_ones_need_no_room_for_all_of_them() {
    let project = Project::hello().manifest(
        "[matrix]\ngoos = [\"linux\", \"freebsd\", \"windows\"]\ngoarch = [\"amd64\", \"arm64\"]\n",
    );
    let Some(small) = Small::mount(project.path("full"), "size=64m") else {
        return;
    };
    let args = quick(&["--matrix", "--jobs", "1", "--out", "full"]);
    project.run(&args).exits(0);
    let artifacts = project.json("full/artifacts.json")["artifacts"].clone();
    let sizes = artifacts.as_array().unwrap().iter();
    let sizes: Vec<u64> = sizes.map(|one| one["size"].as_u64().unwrap()).collect();
    let (all, largest) = (sizes.iter().sum::<u64>(), sizes.iter().max().unwrap());
    // One is made while another one is put into its place.
    let free = 3 * largest;
    assert!(free < all);
    let size = format!("remount,size={}", all + free);
    Small::command("mount", &["-o", &size], &small.0).unwrap();
    let again: Vec<&str> = args.iter().chain(&["--force"]).copied().collect();
    project.run(&again).exits(0);
}

#[test]
fn a_disk_without_any_room_is_named() {
    let project = Project::hello();
    let Some(small) = Small::mount(project.path("full"), "size=16k") else {
        return;
    };
    project.write("full/.gobuildx/placed", "");
    let _ = fs::write(small.0.join(".gobuildx/filler"), vec![0; 1 << 16]);
    project
        .run(&quick(&["--out", "full"]))
        .exits(4)
        .says("full/.git")
        .says("No space left on device");
}

#[test]
fn a_folder_that_can_not_be_written_to_is_named() {
    let project = Project::hello();
    let Some(small) = Small::mount(project.path("fixed"), "size=400k") else {
        return;
    };
    Small::command("mount", &["-o", "remount,ro"], &small.0).unwrap();
    project
        .run(&quick(&["--out", "fixed"]))
        .exits(4)
        .says("fixed/.gobuildx`: Read-only file system");
}
