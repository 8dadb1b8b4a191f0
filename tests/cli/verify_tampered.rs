//! `gobuildx verify` of folders that somebody changed, records and all, so that digests still agree.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::needy::{FILE, LINUX, build, built, misrecord, needy};
use crate::project::{Project, Run};

/// What is said of the folder after its records were changed, which are what they were again then.
fn told(project: &Project, change: impl Fn(&mut Value)) -> Run {
    let records = ["dist/artifacts.json", "dist/report.json"];
    let before = records.map(|record| project.read(record));
    misrecord(project, change);
    let run = project.run(&["verify"]).exits(1);
    for (record, text) in records.iter().zip(before) {
        project.write(record, &text);
    }
    run
}

#[test]
fn a_size_that_is_not_the_files_is_told() {
    let project = built();
    let size = fs::metadata(project.path(FILE)).unwrap().len();
    told(&project, |record| record["size"] = 1.into())
        .prints("  misrecorded\n")
        .says(&format!("size should be 1 bytes, but is {size} bytes\n"));
    project.run(&["verify"]).exits(0);
}

#[test]
fn rules_and_findings_that_are_not_the_files_are_told() {
    let project = built();
    told(&project, |record| record["checked"] = json!(["exec"]))
        .says("rule that is checked should be none, but is opaque\n");
    told(&project, |record| {
        let checked = record["checked"].as_array_mut().unwrap();
        checked.push("win-dll".into());
    })
    .says("rule that is checked should be win-dll, but is none\n");
    let at = |record: &Value, rule: &str| {
        let findings = record["findings"].as_array().unwrap();
        findings.iter().position(|one| one["rule"] == rule).unwrap()
    };
    told(&project, |record| {
        let exec = at(record, "exec");
        record["findings"].as_array_mut().unwrap().remove(exec);
    })
    .says("finding should be none, but is exec (git)\n");
    told(&project, |record| {
        let exec = at(record, "exec");
        record["findings"][exec]["subject"] = "ssh".into();
    })
    .says("finding should be exec (ssh), but is exec (git)\n");
    told(&project, |record| {
        let exec = at(record, "exec");
        record["findings"][exec]["chain"] = json!(["main.other"]);
    })
    .says("finding should be exec (git) with chain [\"main.other\"], but is exec (git) with chain");
}

#[test]
fn findings_in_the_words_of_another_gobuildx_are_not_compared_and_that_is_told() {
    let project = built();
    let mut metadata = project.json("dist/metadata.json");
    metadata["gobuildx"] = "0.0.1".into();
    project.write("dist/metadata.json", &metadata.to_string());
    misrecord(&project, |record| record["checked"] = json!(["exec"]));
    project
        .run(&["verify"])
        .exits(0)
        .says("what is recorded of findings and rules (another version of gobuildx wrote it)");
}

#[test]
fn what_should_be_compiled_in_and_is_not_is_told() {
    let project = built();
    told(&project, |record| record["embedded"] = json!(["tzdata"]))
        .says("finding should be none, but is build-embed (time zones)\n");
    let (project, run) = build(&format!("{LINUX}[embed]\ntzdata = true\n"));
    run.exits(0);
    project.run(&["verify"]).exits(0);
}

#[test]
fn a_variant_that_was_asked_for_is_no_surprise_to_whoever_verifies() {
    let v3 = LINUX.replace(
        "\n\n[build]",
        "\nvariants = { amd64 = [\"v3\"] }\n\n[build]",
    );
    let (project, run) = build(&v3);
    run.exits(0);
    project.run(&["verify"]).exits(0);
}

#[test]
fn a_commit_that_is_not_stamped_into_the_files_is_told() {
    let project = needy(LINUX).committed();
    project.run(&["build", "--matrix", "--quiet"]).exits(0);
    project.run(&["verify"]).exits(0);
    let metadata = project.json("dist/metadata.json");
    let with = |key: &str, value: Value| {
        let mut other = metadata.clone();
        other[key] = value;
        project.write("dist/metadata.json", &other.to_string());
        project.run(&["verify"]).exits(1)
    };
    let commit = metadata["commit"].as_str().unwrap();
    let zeros = "0".repeat(40);
    with("commit", zeros.as_str().into())
        .prints("  misrecorded\n")
        .says(&format!("commit should be {zeros}, but is {commit}\n"));
    with("modified", true.into()).says(&format!(
        "commit should be {commit} with changes, but is {commit}\n"
    ));
}

#[test]
fn modes_that_give_rights_away_are_told() {
    let project = built();
    for (mode, words) in [
        (
            0o4755,
            "gives its owner's or group's rights to whoever starts it: its mode is 4755\n",
        ),
        (
            0o2755,
            "gives its owner's or group's rights to whoever starts it: its mode is 2755\n",
        ),
        (0o777, "may be changed by anybody: its mode is 0777\n"),
    ] {
        fs::set_permissions(project.path(FILE), fs::Permissions::from_mode(mode)).unwrap();
        project
            .run(&["verify"])
            .exits(1)
            .prints("  unsafe-mode\n")
            .says(words)
            .says("help: give programs mode 0755 and libraries 0644 (chmod)");
    }
    let sarif = project.run(&["verify", "--format", "sarif"]).exits(1);
    let result = &sarif.json()["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "dist-unsafe-mode");
}

#[test]
fn a_report_that_names_a_file_twice_is_no_record() {
    let project = built();
    let mut report = project.json("dist/report.json");
    let mut second = report["artifacts"][0].clone();
    second["verdict"] = "proven".into();
    // The one that is as recorded comes last.
    report["artifacts"]
        .as_array_mut()
        .unwrap()
        .insert(0, second);
    project.write("dist/report.json", &report.to_string());
    project
        .run(&["verify"])
        .exits(1)
        .says("report.json`: it names `hello_linux_amd64_v1/hello` twice");
}

#[test]
fn a_program_under_a_name_that_is_no_text_is_told() {
    let project = built();
    let name = OsStr::from_bytes(b"hell\xff");
    fs::copy(project.path(FILE), project.path("dist").join(name)).unwrap();
    project
        .run(&["verify"])
        .exits(1)
        .says("no record names `hell\u{fffd}`, which could be delivered all the same\n");
}

#[test]
fn a_program_in_the_deepest_folder_is_told() {
    let project = built();
    let deep = vec!["d"; 40].join("/");
    fs::create_dir_all(project.path(&format!("dist/{deep}"))).unwrap();
    fs::copy(project.path(FILE), project.path(&format!("dist/{deep}/x"))).unwrap();
    project
        .run(&["verify"])
        .exits(1)
        .says(&format!("no record names `{deep}/x`"));
}

#[test]
fn a_folder_too_deep_to_be_looked_into_is_told() {
    let project = built();
    let half = vec!["d".repeat(250); 10].join("/");
    for folder in ["dist", "more"] {
        fs::create_dir_all(project.path(&format!("{folder}/{half}"))).unwrap();
    }
    // No path is long enough for both at once.
    let bottom = project.path(&format!("dist/{half}/more"));
    fs::rename(project.path("more"), bottom).unwrap();
    project
        .run(&["verify"])
        .exits(1)
        .says("can't be looked into, so what lies there isn't known: File name too long");
    let json = project.run(&["verify", "--format", "json"]).exits(1).json();
    assert_eq!(json["faults"][0]["fault"], "closed");
}

#[test]
fn a_program_under_the_name_of_a_record_is_told() {
    let project = built();
    fs::copy(project.path(FILE), project.path("dist/.gitignore")).unwrap();
    project
        .run(&["verify"])
        .exits(1)
        .says("no record names `.gitignore`, which could be delivered all the same\n");
}
