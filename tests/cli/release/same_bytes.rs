//! Two releases of one commit are the same, whoever makes them and wherever.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{LINUX, delivered, file, of, tool};
use crate::answers::go;
use crate::live::folders;
use crate::project::{PRINTS_VERSION, Project, Run};

const MANIFEST: &str = "[release]\narchives = [\"tar.gz\", \"tar.zst\", \"zip\"]\nfiles = [\"LICENSE\", \"install.sh\"]\n\
    [release.sign]\nminisign = \"keys/minisign.key\"\ndsse = \"env:PROVENANCE_KEY\"\n\
    [release.image]\nname = \"registry.example/hello\"\nbinary = \"hello\"\nexpose = [8080]\nlabels = { team = \"{project}\" }\n";

/// A project that uses all that a release has, with keys that lie outside of its commit.
fn everything() -> Project {
    let project = Project::empty()
        .file("go.mod", "module example.com/hello\n\ngo 1.24\n")
        .file("cmd/hello/main.go", PRINTS_VERSION)
        .file("cmd/tool/main.go", PRINTS_VERSION)
        .file("LICENSE", "You may.\n")
        .file("install.sh", "#!/bin/sh\n")
        .file(".gitignore", "/keys\n");
    let matrix = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\", \"arm64\"]\n[build]\nrebuild = \"changed\"\n";
    let project = of(project, &format!("{matrix}{MANIFEST}"));
    fs::create_dir(project.path("keys")).unwrap();
    let made = Command::new("minisign")
        .args([
            "-G",
            "-W",
            "-p",
            "keys/minisign.pub",
            "-s",
            "keys/minisign.key",
        ])
        .current_dir(project.root())
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let pem = tool(
        project.root(),
        "openssl",
        &["genpkey", "-algorithm", "ed25519"],
    );
    project.write("keys/provenance.pem", &pem);
    project
}

/// Releases a folder as somebody else on another machine would.
fn elsewhere(project: &Project, folder: &Path, home: &Path) -> Run {
    let script = "umask 077; exec taskset -c 0 unshare --user --map-user=4321 --map-group=4321 \"$0\" \"$@\"";
    let gobuildx = project.command(&[]);
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .arg(gobuildx.get_program())
        .args(["release", "--quiet", "--jobs", "1"])
        .current_dir(folder)
        .env_clear()
        .env("PATH", folders())
        .env("HOME", home)
        .env("USER", "mallory")
        .env("TZ", "Pacific/Kiritimati")
        .env("LC_ALL", "C.UTF-8")
        .env("LANG", "tr_TR.UTF-8")
        .env("PROVENANCE_KEY", project.read("keys/provenance.pem"));
    for variable in ["GOCACHE", "GOMODCACHE", "GOPROXY"] {
        command.env(variable, go(&["env", variable]));
    }
    Run::of(command.output().unwrap())
}

#[test]
fn every_file_is_the_same_in_another_folder_for_another_user_on_another_machine() {
    let project = everything();
    let key = project.read("keys/provenance.pem");
    let project = project
        .env("PROVENANCE_KEY", key)
        .env("LC_ALL", "C")
        .env("TZ", "UTC");
    project.run(&["release", "--quiet"]).exits(0);

    let temp = tempfile::tempdir().unwrap();
    let deep = temp.path().join("a/much/deeper/folder/with a space");
    fs::create_dir_all(&deep).unwrap();
    let url = format!("file://{}", project.root().display());
    tool(&deep, "git", &["clone", "-q", &url, "."]);
    tool(
        &deep,
        "cp",
        &["-r", project.path("keys").to_str().unwrap(), "."],
    );
    elsewhere(&project, &deep, temp.path()).exits(0);

    let (here, there) = (
        delivered(&project.path("dist")),
        delivered(&deep.join("dist")),
    );
    let names =
        |files: &std::collections::BTreeMap<String, _>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&here), names(&there));
    let others: Vec<&String> = here
        .keys()
        .filter(|name| here[*name] != there[*name])
        .collect();
    assert!(others.is_empty(), "{others:?}");
    for name in [
        "checksums.txt.minisig",
        "provenance.intoto.jsonl",
        "oci/index.json",
        "Dockerfile",
    ] {
        assert!(here.contains_key(name), "{name}");
    }
    let minisign = ["-Vm", "dist/checksums.txt", "-p", "keys/minisign.pub"];
    let said = tool(project.root(), "minisign", &minisign);
    assert!(
        said.contains("Signature and comment signature verified"),
        "{said}"
    );
}

#[test]
fn what_was_released_before_in_the_folder_makes_no_difference() {
    let project = everything();
    let key = project.read("keys/provenance.pem");
    let project = project.env("PROVENANCE_KEY", key);
    project.run(&["release", "--quiet"]).exits(0);
    let first = delivered(&project.path("dist"));
    // Files that others have: only the contents count, and whether they may be started.
    tool(project.root(), "touch", &["-d", "2001-01-01", "LICENSE"]);
    tool(project.root(), "chmod", &["600", "LICENSE"]);
    project.run(&["release", "--quiet", "--force"]).exits(0);
    assert_eq!(delivered(&project.path("dist")), first);
}

#[test]
fn a_time_from_the_environment_is_in_all_of_it() {
    let manifest =
        "[release]\narchives = [\"tar.gz\"]\n[release.image]\nname = \"registry.example/hello\"\n";
    let project = of(Project::hello(), &format!("{LINUX}{manifest}"));
    let run = |epoch: &str| {
        let mut command = project.command(&["release", "--quiet"]);
        command.env("SOURCE_DATE_EPOCH", epoch);
        Run::of(command.output().unwrap())
    };
    run("1000000000").exits(0);
    let archive = file(&project, "linux_amd64.tar.gz");
    let listed = tool(
        project.root(),
        "tar",
        &["--full-time", "-tvf", archive.to_str().unwrap()],
    );
    assert!(listed.contains(" 2001-09-09 01:46:40 "), "{listed}");
    let bill = fs::read_to_string(file(&project, "linux_amd64.cdx.json")).unwrap();
    assert!(bill.contains("2001-09-09T01:46:40Z"), "{bill}");
    let bill = fs::read_to_string(file(&project, "linux_amd64.spdx.json")).unwrap();
    assert!(
        bill.contains("\"created\": \"2001-09-09T01:46:40Z\""),
        "{bill}"
    );
    let inspected = super::harness::skopeo([
        "inspect",
        &format!("oci:{}", project.path("dist/oci").display()),
    ]);
    assert!(
        inspected.contains("\"Created\": \"2001-09-09T01:46:40Z\""),
        "{inspected}"
    );
    assert!(
        project
            .read("dist/provenance.json")
            .contains("2001-09-09T01:46:40Z")
    );

    run("yesterday")
        .exits(4)
        .says("failed to read SOURCE_DATE_EPOCH: `yesterday` is not a number of seconds");
}
