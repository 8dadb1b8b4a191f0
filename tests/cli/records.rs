//! The records in the output folder agree with the artifacts, and depend on nothing of the machine.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::project::{Project, Run};

const FIVE: &str = "[project]\nname = \"hello\"\nversion = \"v1.2.3\"\n\n[matrix]\ninclude = [\n  \
    { target = \"linux/amd64/v3\" },\n  { target = \"linux/arm/6\" },\n  { target = \"darwin/arm64\" },\n  \
    { target = \"windows/386\" },\n  { target = \"freebsd/amd64\" },\n]\n\n[build]\nrebuild = \"changed\"\n";

fn output(program: &str, args: &[&str], dir: &Path) -> String {
    let output = Command::new(program)
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(output.status.success(), "{program} {args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The rules whose findings are more than worth knowing.
fn open_rules(findings: &Value) -> Vec<String> {
    let findings = findings.as_array().unwrap().iter();
    let open = findings.filter(|finding| finding["severity"] != "info");
    open.map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_record_agrees_with_the_files_on_five_targets() {
    let project = Project::hello().file("targets.toml", FIVE);
    project.run(&["build", "--matrix"]).exits(0);
    let dist = project.path("dist");
    let record = project.json("dist/artifacts.json");
    assert_eq!(record["schema"], 1);
    assert_eq!(record["project"], "hello");
    assert_eq!(record["version"], "v1.2.3");
    let artifacts = record["artifacts"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let paths: Vec<String> = artifacts.iter().map(|a| text(&a["path"])).collect();
    assert_eq!(paths.len(), 5);
    assert!(paths.is_sorted(), "{paths:?}");

    let kinds = BTreeMap::from([
        (
            "linux/amd64/v3",
            ("ELF 64-bit LSB executable, x86-64", "GOAMD64=v3"),
        ),
        ("linux/arm/6", ("ELF 32-bit LSB executable, ARM", "GOARM=6")),
        (
            "darwin/arm64/v8.0",
            ("Mach-O 64-bit arm64 executable", "GOARM64=v8.0"),
        ),
        ("windows/386/sse2", ("PE32 executable", "GO386=sse2")),
        (
            "freebsd/amd64/v1",
            ("ELF 64-bit LSB executable, x86-64", "GOOS=freebsd"),
        ),
    ]);
    let mut sums = String::new();
    for artifact in artifacts {
        let path = text(&artifact["path"]);
        let (kind, setting) = kinds[text(&artifact["target"]).as_str()];
        assert_eq!(
            artifact["size"],
            fs::metadata(dist.join(&path)).unwrap().len()
        );
        assert_eq!(artifact["binary"], "hello");
        assert_eq!(artifact["cgo"], false);
        assert_eq!(artifact["packed"], json!(null));
        assert_eq!(artifact["modules"]["main"]["path"], "example.com/hello");
        assert_eq!(artifact["smoke"], json!(null));
        assert_eq!(artifact["verdict"], "proven");
        assert_eq!(open_rules(&artifact["findings"]), [""; 0]);
        if Command::new("file").arg("--version").output().is_ok() {
            let shown = output("file", &["-b", &path], &dist);
            assert!(shown.contains(kind), "{path}: {shown}");
        }
        let shown = output("go", &["version", "-m", &path], &dist);
        assert!(shown.starts_with(&format!("{path}: {}\n", text(&artifact["go"]))));
        assert!(shown.contains(setting), "{path}: {shown}");
        sums.extend([&text(&artifact["sha256"]), "  ", &path, "\n"]);
    }
    assert_eq!(project.read("dist/checksums.txt"), sums);
    output("sha256sum", &["-c", "--strict", "checksums.txt"], &dist);
    let report = project.json("dist/report.json");
    assert_eq!(report["schema"], 1);
    assert_eq!(report["artifacts"], record["artifacts"]);
    let steps = report["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 15);
    assert!(steps.iter().all(|step| step["outcome"] == "done"));
}

#[test]
fn the_metadata_names_the_commit_and_the_plan() {
    let project = Project::hello().committed().tagged("v1.2.3");
    let quick = ["--rebuild", "changed", "--target", "linux/amd64"];
    project.run(&[&["build"], &quick[..]].concat()).exits(0);
    let commit = project.git(&["rev-parse", "HEAD"]);
    let short = project.git(&["rev-parse", "--short=7", "HEAD"]);
    let metadata = project.json("dist/metadata.json");
    assert_eq!(metadata["schema"], 1);
    assert_eq!(metadata["project"], "hello");
    assert_eq!(metadata["version"], format!("v1.2.3-{short}"));
    assert_eq!(metadata["tag"], "v1.2.3");
    assert_eq!(metadata["commit"], commit);
    assert_eq!(metadata["modified"], false);
    assert_eq!(metadata["date"], "2024-05-06T07:08:09Z");
    let plan = [&["plan", "--format", "json"], &quick[..]].concat();
    let plan = project.run(&plan).exits(0).json();
    assert_eq!(metadata["plan"], plan["digest"]);
    assert_eq!(project.json("dist/report.json")["plan"], plan["digest"]);
    assert_eq!(project.git(&["status", "--porcelain"]), "");
}

/// Runs a script in which `"$0"` is gobuildx.
fn shell(project: &Project, script: &str) -> Run {
    let gobuildx = project.command(&[]);
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .arg(gobuildx.get_program())
        .current_dir(project.root())
        .env(
            "GOCACHE",
            output("go", &["env", "GOCACHE"], project.root()).trim(),
        );
    Run::of(command.output().unwrap())
}

/// Everything below a folder but what is of the machine: modes and contents.
fn contents(folder: &Path) -> BTreeMap<String, (u32, Option<Vec<u8>>)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(here) = folders.pop() {
        for entry in fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if [".gobuildx", "report.html", "report.json"].contains(&name.as_str()) {
                continue;
            }
            let mode = path.symlink_metadata().unwrap().permissions().mode() & 0o7777;
            let bytes = path.is_file().then(|| fs::read(&path).unwrap());
            if bytes.is_none() {
                folders.push(path);
            }
            found.insert(name, (mode, bytes));
        }
    }
    found
}

#[test]
fn neither_folder_nor_umask_nor_user_nor_language_change_anything() {
    let targets = "--target linux/amd64 --target darwin/arm64 --target windows/amd64";
    let one = Project::hello();
    let script = format!("umask 077; exec \"$0\" build --rebuild changed {targets}");
    shell(&one, &script).exits(0);
    let other = Project::hello().file("home/keep", "");
    let script = format!(
        "umask 000; export TZ=Asia/Kathmandu LC_ALL=tr_TR.UTF-8 LANG=de_DE USER=other LOGNAME=other \
         HOME=\"$PWD/home\" GOFLAGS=-race GOAMD64=v4; exec \"$0\" build --rebuild changed --jobs 1 {targets}"
    );
    shell(&other, &script).exits(0);

    let (left, right) = (contents(&one.path("dist")), contents(&other.path("dist")));
    let names: Vec<&String> = left.keys().collect();
    assert_eq!(names, right.keys().collect::<Vec<_>>());
    assert_eq!(names.len(), 10);
    for (name, (mode, bytes)) in &left {
        assert!((mode, bytes) == (&right[name].0, &right[name].1), "{name}");
        let record = bytes.is_some() && !name.contains('/');
        assert_eq!(*mode, if record { 0o644 } else { 0o755 }, "{name}");
    }
    for project in [&one, &other] {
        let report = project.path("dist/report.json").metadata().unwrap();
        assert_eq!(report.permissions().mode() & 0o777, 0o644);
    }
}
