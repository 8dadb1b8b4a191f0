//! `gobuildx release` and `gobuildx image`, held against real tools: tar, unzip, skopeo, umoci, a registry, git.

mod archives;
mod gates;
mod image;
mod interrupted;
mod papers;
mod published;
mod rollout;
mod same_bytes;
mod tls;
mod versions;

#[expect(dead_code, reason = "tests of the registry itself need more")]
#[path = "../../registry/harness.rs"]
mod harness;
#[path = "../../registry/proxy.rs"]
mod proxy;
#[expect(dead_code, reason = "tests of the registry itself need more")]
#[path = "../../registry/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::project::{Project, Run};

/// One target, by Go's build cache.
const LINUX: &str =
    "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n[build]\nrebuild = \"changed\"\n";
/// The version that a tag gives, but for the commit.
const TAG: &str = "v1.2.3";

/// The hello project for one target, committed and tagged.
fn hello(more: &str) -> Project {
    of(Project::hello(), &format!("{LINUX}{more}"))
}

/// A project with a manifest, committed and tagged.
fn of(project: Project, manifest: &str) -> Project {
    project.manifest(manifest).committed().tagged(TAG)
}

/// The project, released.
#[track_caller]
fn released(project: Project) -> Project {
    project.run(&["release", "--quiet"]).exits(0);
    project
}

/// What `release` would make.
#[track_caller]
fn planned(project: &Project) -> Value {
    let args = ["release", "--dry-run", "--message-format", "json"];
    project.run(&args).exits(0).json()["release"].clone()
}

/// The names of the archives of a plan.
fn archives(planned: &Value) -> Vec<&str> {
    let archives = planned["archives"].as_array().unwrap().iter();
    archives.map(|one| one["name"].as_str().unwrap()).collect()
}

/// The version of what was released.
fn version(project: &Project) -> String {
    text(&project.json("dist/release.json")["version"]).to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A file of the release that starts with the project's name and version.
fn file(project: &Project, rest: &str) -> std::path::PathBuf {
    project.path(&format!("dist/hello_{}_{rest}", version(project)))
}

/// Releases with events; the stages of the last one, and how they ended.
#[track_caller]
fn stages(project: &Project, code: i32, more: &[&str]) -> BTreeMap<String, (String, String)> {
    let mut args = vec!["release", "--message-format", "json"];
    args.extend(more);
    stages_of(&project.run(&args).exits(code))
}

/// The stages of the last event, and how they ended.
#[track_caller]
fn stages_of(run: &Run) -> BTreeMap<String, (String, String)> {
    let last: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"], "release", "{last}");
    assert_eq!(last["exit"], run.code, "{last}");
    let stages = last["stages"].as_array().unwrap().iter();
    let own = |value: &Value| text(value).to_owned();
    stages
        .map(|one| {
            (
                own(&one["stage"]),
                (own(&one["outcome"]), own(&one["says"])),
            )
        })
        .collect()
}

/// A tool that has to succeed, in a folder.
#[track_caller]
fn tool(folder: &Path, program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} {args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// All files below a folder but what is of this run alone, with their modes and digests.
fn delivered(folder: &Path) -> BTreeMap<String, (u32, String)> {
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

fn walk(folder: &Path, above: &str, found: &mut BTreeMap<String, (u32, String)>) {
    use std::os::unix::fs::PermissionsExt as _;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name == ".gobuildx" || name.starts_with("report.") {
            continue;
        }
        let name = format!("{above}{name}");
        if path.is_dir() {
            walk(&path, &format!("{name}/"), found);
        } else {
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
            found.insert(name, (mode, sha256(&path)));
        }
    }
}

/// A file's digest, in hexadecimal digits.
fn sha256(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    hashed(&bytes)
}

/// The digest of bytes, likewise.
fn hashed(bytes: &[u8]) -> String {
    gobuildx::digest::hex(&Sha256::digest(bytes))
}

/// Nothing of a release lies in the output folder.
#[track_caller]
fn assert_nothing_is_released(project: &Project) {
    let names = delivered(&project.path("dist"));
    let is_of_release = |name: &&String| {
        !name.contains('/')
            && ![
                ".gitignore",
                "artifacts.json",
                "metadata.json",
                "checksums.txt",
            ]
            .contains(&name.as_str())
            || name.starts_with("oci/")
    };
    let left: Vec<&String> = names.keys().filter(is_of_release).collect();
    assert!(left.is_empty(), "{left:?}");
}
