//! Folders made by hand, one difference at a time.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::fixture::recorded;
use super::*;
use crate::digest::hex;
use crate::failure::Failure as _;

const PATH: &str = "a_linux_amd64_v1/a";

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn record(path: &str, sha256: &str) -> Value {
    recorded(&json!({
        "path": path, "sha256": sha256, "verdict": "conditional",
        "findings": [
            { "rule": "exec", "subject": "git", "allowed": "it is there" },
            { "rule": "of-tomorrow", "subject": "x", "allowed": "it is there" },
        ],
    }))
}

fn write_records(folder: &Path, records: &[Value]) {
    let file = json!({ "schema": 1, "project": "p", "version": "v", "artifacts": records });
    fs::write(folder.join("artifacts.json"), file.to_string()).unwrap();
    let lines = records.iter().map(|record| {
        let text = |key: &str| record[key].as_str().unwrap().to_owned();
        format!("{}  {}\n", text("sha256"), text("path"))
    });
    fs::write(folder.join("checksums.txt"), lines.collect::<String>()).unwrap();
}

/// A folder with one artifact, as it was recorded.
fn sound() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    fs::create_dir(temp.path().join("a_linux_amd64_v1")).unwrap();
    fs::write(temp.path().join(PATH), "bytes").unwrap();
    set_mode(&temp.path().join(PATH), 0o755);
    write_records(temp.path(), &[record(PATH, &sha256("bytes"))]);
    temp
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

fn words(folder: &Path) -> Vec<String> {
    let delivery = open(folder).unwrap();
    delivery
        .faults
        .iter()
        .map(|fault| format!("{} {}", fault.kind.as_str(), fault.path))
        .collect()
}

#[test]
fn a_folder_that_is_as_recorded_has_no_fault() {
    let temp = sound();
    let delivery = open(temp.path()).unwrap();
    assert_eq!((delivery.faults, delivery.extra), (vec![], vec![]));
}

#[test]
fn an_altered_and_a_missing_file_are_told() {
    let temp = sound();
    fs::write(temp.path().join(PATH), "other").unwrap();
    assert_eq!(words(temp.path()), ["altered a_linux_amd64_v1/a"]);
    fs::remove_file(temp.path().join(PATH)).unwrap();
    assert_eq!(words(temp.path()), ["missing a_linux_amd64_v1/a"]);
}

#[cfg(unix)]
#[test]
fn a_program_that_nobody_may_start_is_told_with_its_mode() {
    let temp = sound();
    set_mode(&temp.path().join(PATH), 0o640);
    let faults = open(temp.path()).unwrap().faults;
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let words = format!("nobody may start `{PATH}`: its mode is 0640");
    assert_eq!(told, [words]);
    // Neither libraries nor programs for Windows need the right to be started.
    for changes in [
        json!({ "buildmode": "c-shared" }),
        json!({ "target": "windows/amd64/v1" }),
    ] {
        let mut record = record(PATH, &sha256("bytes"));
        for (key, value) in changes.as_object().unwrap() {
            record[key] = value.clone();
        }
        write_records(temp.path(), &[record]);
        assert_eq!(open(temp.path()).unwrap().faults, []);
    }
}

#[test]
fn digits_of_a_digest_may_be_of_either_case() {
    let temp = sound();
    let digest = sha256("bytes").to_uppercase();
    let line = format!("{digest}  {PATH}\n");
    fs::write(temp.path().join("checksums.txt"), line).unwrap();
    assert_eq!(words(temp.path()), [""; 0]);
    let other = format!("{}  {PATH}\n", sha256("other").to_uppercase());
    fs::write(temp.path().join("checksums.txt"), other).unwrap();
    assert_eq!(words(temp.path()), ["contradiction a_linux_amd64_v1/a"]);
}

#[cfg(unix)]
#[test]
fn a_link_is_no_file_even_to_the_same_bytes() {
    let temp = sound();
    let file = temp.path().join(PATH);
    fs::rename(&file, temp.path().join("moved")).unwrap();
    std::os::unix::fs::symlink("../moved", &file).unwrap();
    assert_eq!(words(temp.path()), ["no-file a_linux_amd64_v1/a"]);
}

#[test]
fn a_path_that_leads_out_of_the_folder_is_not_followed() {
    let temp = sound();
    let outside = [
        record("../x", &sha256("")),
        record("/etc/passwd", &sha256("")),
    ];
    write_records(temp.path(), &outside);
    assert_eq!(words(temp.path()), ["outside ../x", "outside /etc/passwd"]);
}

#[test]
fn records_that_contradict_each_other_are_told() {
    let temp = sound();
    let other = format!("{}  {PATH}\n", sha256("other"));
    fs::write(temp.path().join("checksums.txt"), other).unwrap();
    assert_eq!(words(temp.path()), ["contradiction a_linux_amd64_v1/a"]);
    fs::remove_file(temp.path().join("checksums.txt")).unwrap();
    assert_eq!(words(temp.path()), ["contradiction a_linux_amd64_v1/a"]);
}

#[test]
fn a_file_that_no_record_names_is_told_and_the_folders_own_are_not() {
    let temp = sound();
    fs::create_dir_all(temp.path().join(".gobuildx/rejected")).unwrap();
    fs::write(temp.path().join(".gobuildx/lock"), "").unwrap();
    let metadata = json!({ "schema": 1, "project": "p", "version": "v" });
    fs::write(temp.path().join("metadata.json"), metadata.to_string()).unwrap();
    fs::write(temp.path().join("a_linux_amd64_v1/notes"), "x").unwrap();
    let delivery = open(temp.path()).unwrap();
    assert_eq!(delivery.extra, ["a_linux_amd64_v1/notes"]);
    assert_eq!(delivery.faults, []);
}

#[test]
fn a_program_or_a_link_that_no_record_names_is_a_fault() {
    let temp = sound();
    fs::write(temp.path().join("more.exe"), "MZ").unwrap();
    assert_eq!(words(temp.path()), ["unrecorded more.exe"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(PATH, temp.path().join("latest")).unwrap();
        let both = ["unrecorded latest", "unrecorded more.exe"];
        assert_eq!(words(temp.path()), both);
    }
}

#[test]
fn the_report_of_the_run_says_the_same() {
    let temp = sound();
    let report = temp.path().join("report.json");
    fs::copy(temp.path().join("artifacts.json"), &report).unwrap();
    assert_eq!(words(temp.path()), [""; 0]);
    let text = fs::read_to_string(&report).unwrap();
    fs::write(&report, text.replace("conditional", "proven")).unwrap();
    assert_eq!(words(temp.path()), ["contradiction a_linux_amd64_v1/a"]);
    let fault = open(temp.path()).unwrap().faults[0].to_string();
    assert!(
        fault.starts_with("report.json and artifacts.json don't"),
        "{fault}"
    );
}

#[test]
fn a_record_of_another_release_is_told() {
    let temp = sound();
    let artifacts = fs::read_to_string(temp.path().join("artifacts.json")).unwrap();
    let mut report: Value = serde_json::from_str(&artifacts).unwrap();
    report["version"] = "v0".into();
    let metadata = json!({ "schema": 1, "project": "p", "version": "v", "go": "go1.25.0" });
    for (file, record, words) in [
        (
            "report.json",
            &report,
            "its version is `v0`, and that of artifacts.json `v`",
        ),
        (
            "metadata.json",
            &metadata,
            "its Go version is `go1.25.0`, and that of artifacts.json `go1.26.8`",
        ),
    ] {
        let path = temp.path().join(file);
        fs::write(&path, record.to_string()).unwrap();
        let faults = open(temp.path()).unwrap().faults;
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(told, [format!("`{file}` is of another release: {words}")]);
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn records_that_name_nothing_or_one_file_twice_are_errors() {
    let temp = sound();
    write_records(temp.path(), &[]);
    let nothing = open(temp.path()).unwrap_err();
    assert!(matches!(nothing, DeliveryError::Nothing(_)), "{nothing}");
    let digest = sha256("bytes");
    write_records(temp.path(), &[record(PATH, &digest), record(PATH, &digest)]);
    let twice = open(temp.path()).unwrap_err().to_string();
    assert!(
        twice.ends_with("it names `a_linux_amd64_v1/a` twice"),
        "{twice}"
    );
}

#[test]
fn records_of_a_newer_version_ask_for_an_update_whatever_they_look_like() {
    let temp = sound();
    let file = temp.path().join("artifacts.json");
    fs::write(file, r#"{"schema": 7, "things": {}}"#).unwrap();
    let newer = open(temp.path()).unwrap_err();
    assert!(
        newer.to_string().contains("a newer gobuildx wrote it"),
        "{newer}"
    );
    assert!(newer.hint().unwrap().starts_with("update gobuildx"));
}

#[test]
fn what_can_not_be_a_record_is_an_error() {
    let temp = sound();
    for (file, text) in [
        ("artifacts.json", "{"),
        (
            "artifacts.json",
            r#"{"schema": 2, "project": "", "version": "", "artifacts": []}"#,
        ),
        ("checksums.txt", "no digest\n"),
        ("metadata.json", "{}"),
    ] {
        let path = temp.path().join(file);
        let before = fs::read(&path).ok();
        fs::write(&path, text).unwrap();
        assert!(
            matches!(open(temp.path()), Err(DeliveryError::Record { .. })),
            "{text}"
        );
        match before {
            Some(before) => fs::write(&path, before).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
    }
    fs::remove_file(temp.path().join("artifacts.json")).unwrap();
    assert!(matches!(
        open(temp.path()),
        Err(DeliveryError::NoRecords(_))
    ));
}

#[test]
fn what_was_allowed_is_allowed_again() {
    let temp = sound();
    let delivery = open(temp.path()).unwrap();
    let policy = delivery.records.artifacts[0].policy();
    let rules: Vec<&str> = policy
        .allow_subjects
        .keys()
        .map(|rule| rule.as_str())
        .collect();
    assert_eq!(rules, ["exec"]);
}

#[test]
fn what_was_denied_is_denied_again() {
    let temp = sound();
    let mut record = record(PATH, &sha256("bytes"));
    record["denied"] = json!(["tzdata", "of-tomorrow"]);
    write_records(temp.path(), &[record]);
    let delivery = open(temp.path()).unwrap();
    let policy = delivery.records.artifacts[0].policy();
    let rules: Vec<&str> = policy.deny.iter().map(|rule| rule.as_str()).collect();
    assert_eq!(rules, ["tzdata"]);
}
