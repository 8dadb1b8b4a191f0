//! `gobuildx verify`: an output folder, held against its records, its manifest and the rules.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::needy::{FILE, LINUX, PARIS, TWO, build, built, misrecord, needy, standings};

#[test]
fn a_folder_as_it_was_built_is_verified_and_what_is_not_checked_is_told() {
    let project = built();
    let run = project
        .run(&["verify"])
        .exits(0)
        .prints("linux/amd64/v1  hello_linux_amd64_v1/hello  ")
        .prints("  conditional\n")
        .says(
            "Note: conditional (on time zone \"Europe/Paris\", git): hello_linux_amd64_v1/hello\n",
        )
        .says(
            "Note: not checked: signatures (the checksums have none), provenance (there is none), ",
        )
        .says("Done: 1 of 1 artifacts are as recorded and pass: ");
    assert!(!run.stderr.contains("no record names"), "{}", run.stderr);
    project
        .run(&["verify", "--policy", "alpine", "dist"])
        .exits(1)
        .prints("  fails alpine\n")
        .says("  fails alpine: needs time zone \"Europe/Paris\", git\n");
    // The manifest's policies of today hold, not those of the build.
    project.write(
        "targets.toml",
        &format!("{LINUX}[verify]\ndeny = [\"exec\"]\n"),
    );
    project.run(&["verify"]).exits(1).prints("  fails static\n");
}

#[test]
fn without_a_manifest_what_was_recorded_holds() {
    let allow = "[verify]\npolicy = \"debian-12\"\nallow = [{ rule = \"exec\", reason = \"R\" }]\n";
    let (project, run) = build(&format!("{LINUX}{allow}"));
    run.exits(0);
    std::fs::remove_file(project.path("targets.toml")).unwrap();
    let json = project.run(&["verify", "--format", "json"]).exits(0).json();
    assert_eq!(json["policies"], "records");
    let artifact = &json["artifacts"][0];
    assert_eq!(
        (&artifact["policy"], &artifact["state"]),
        (&"debian-12".into(), &"read".into())
    );
    assert_eq!(
        standings(artifact),
        [(PARIS, "provided"), ("git", "allowed")]
    );
}

#[test]
fn what_a_record_that_is_not_there_would_have_told_is_not_checked() {
    let project = built();
    let without = |record: &str| {
        std::fs::remove_file(project.path("dist").join(record)).unwrap();
        let json = project.run(&["verify", "--format", "json"]).exits(0).json();
        let told = json["not_checked"].to_string();
        let names = ["metadata.json", "report.json"];
        names.map(|name| told.contains(&format!("(there is no {name})")))
    };
    assert_eq!(without("report.html"), [false, false]);
    assert_eq!(without("metadata.json"), [true, false]);
    assert_eq!(without("report.json"), [true, true]);
    project
        .run(&["verify"])
        .exits(0)
        .says(", whether the run says the same (there is no report.json)\n");
}

#[test]
fn what_the_system_has_and_the_manifest_denies_is_conditional_as_it_was_recorded() {
    let verify = "[verify]\npolicy = \"debian-12\"\ndeny = [\"tzdata\"]\nallow = [\n\
        \x20 { rule = \"tzdata\", subject = \"Europe/Paris\", reason = \"R\" },\n\
        \x20 { rule = \"exec\", reason = \"S\" },\n]\n";
    let (project, run) = build(&format!("{LINUX}{verify}"));
    run.exits(0);
    let record = &project.json("dist/artifacts.json")["artifacts"][0];
    assert_eq!(record["verdict"], "conditional");
    assert_eq!(record["denied"], serde_json::json!(["tzdata"]));
    project.run(&["verify"]).exits(0);
    fs::remove_file(project.path("targets.toml")).unwrap();
    let json = project.run(&["verify", "--format", "json"]).exits(0).json();
    let artifact = &json["artifacts"][0];
    assert_eq!(
        standings(artifact),
        [(PARIS, "allowed"), ("git", "allowed")]
    );
}

#[test]
fn what_the_manifest_allows_and_denies_holds_under_a_named_policy_too() {
    let allow = "[verify]\nallow = [{ rule = \"exec\", reason = \"R\" }]\n";
    let (project, run) = build(&format!("{LINUX}{allow}"));
    run.exits(0);
    let args = ["verify", "--policy", "debian-12", "--format", "json"];
    let json = project.run(&args).exits(0).json();
    let artifact = &json["artifacts"][0];
    assert_eq!(artifact["policy"], "debian-12");
    assert_eq!(
        standings(artifact),
        [(PARIS, "provided"), ("git", "allowed")]
    );
    project.write(
        "targets.toml",
        &format!("{LINUX}[verify]\ndeny = [\"tzdata\"]\n"),
    );
    let json = project.run(&args).exits(1).json();
    let artifact = &json["artifacts"][0];
    assert_eq!(standings(artifact), [(PARIS, "fails"), ("git", "fails")]);
}

#[test]
fn what_was_altered_removed_or_added_is_told() {
    let project = built();
    project.write("dist/notes.txt", "mine");
    project
        .run(&["verify"])
        .exits(0)
        .says("Note: no record names notes.txt\n");
    project.write(FILE, "other bytes");
    project
        .run(&["verify"])
        .exits(1)
        .prints("  altered\n")
        .says("`hello_linux_amd64_v1/hello` is not the file that was recorded")
        .says("Failed: 1 fault; 0 of 1 artifacts are as recorded and pass: ");
    std::fs::remove_file(project.path(FILE)).unwrap();
    let json = project.run(&["verify", "--format", "json"]).exits(1).json();
    assert_eq!(json["faults"][0]["fault"], "missing");
    assert_eq!(json["artifacts"][0]["state"], "missing");
    assert_eq!(json["artifacts"][0]["verdict"], Value::Null);
    project
        .run(&["verify", "nowhere"])
        .exits(1)
        .says("failed to verify `nowhere`: there is no such folder");
    project
        .run(&["verify", "."])
        .exits(1)
        .says("failed to verify `.`: it has no artifacts.json");
}

#[test]
fn a_named_policy_leaves_programs_for_other_systems_to_their_own() {
    let (project, run) = build(TWO);
    run.exits(0);
    let run = project.run(&["verify", "--policy", "windows-10"]).exits(1);
    run.prints("  fails windows-10\n").says(
        "Note: the policy is about another system than hello_linux_amd64_v1/hello (held against static)\n",
    );
    project
        .run(&["verify", "--policy", "macos-12"])
        .exits(1)
        .says("against macos-12: none of its artifacts is for such a system");
}

#[test]
fn what_is_recorded_and_is_not_so_is_told_with_what_is_found() {
    let project = built();
    let artifacts = project.read("dist/artifacts.json");
    let report = project.read("dist/report.json");
    for (key, value, words) in [
        (
            "verdict",
            "proven",
            "verdict by today's rules should be proven, but is conditional",
        ),
        (
            "target",
            "windows/amd64/v1",
            "system should be windows, but is linux",
        ),
        (
            "target",
            "linux/amd64/v3",
            "CPU variant should be GOAMD64=v3, but is GOAMD64=v1",
        ),
        (
            "package",
            "example.com/other",
            "main package should be example.com/other, but is example.com/hello",
        ),
    ] {
        misrecord(&project, |record| record[key] = value.into());
        project
            .run(&["verify"])
            .exits(1)
            .prints("  misrecorded\n")
            .says(&format!(
                "`hello_linux_amd64_v1/hello` is not what was recorded: {words}\n"
            ));
        project.write("dist/artifacts.json", &artifacts);
        project.write("dist/report.json", &report);
    }
    misrecord(&project, |record| {
        record["packed"] = serde_json::json!({ "size_before": 1, "tool": "upx 4.2.4" });
    });
    let json = project.run(&["verify", "--format", "json"]).exits(1).json();
    assert_eq!(json["artifacts"][0]["state"], "misrecorded");
    assert_eq!(json["faults"][0]["fault"], "misrecorded");
    let message = json["faults"][0]["message"].as_str().unwrap();
    assert!(
        message.ends_with("packer should be UPX, but is none"),
        "{message}"
    );
    let sarif = project
        .run(&["verify", "--format", "sarif"])
        .exits(1)
        .json();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "dist-misrecorded");
}

#[test]
fn a_packed_file_is_packed_as_recorded_or_refused() {
    let packing = format!("{LINUX}[compress]\nupx = [\"-1\"]\n");
    let (project, run) = build(&packing);
    run.exits(0);
    project
        .run(&["verify"])
        .exits(0)
        .prints("  packed: not read\n")
        .says("Note: only the digest, the system and the architecture of packed files are compared: hello_linux_amd64_v1/hello\n");
    misrecord(&project, |record| record["packed"] = Value::Null);
    project
        .run(&["verify"])
        .exits(1)
        .says("packer should be none, but is UPX");
}

#[test]
fn a_program_that_a_copy_took_the_right_to_start_from_is_refused() {
    let project = built();
    fs::set_permissions(project.path(FILE), fs::Permissions::from_mode(0o644)).unwrap();
    project
        .run(&["verify"])
        .exits(1)
        .prints("  not-executable\n")
        .says("nobody may start `hello_linux_amd64_v1/hello`: its mode is 0644\n")
        .says(
            "help: give programs mode 0755 again (chmod 755), and copy the folder with its modes",
        );
    let sarif = project.run(&["verify", "--format", "sarif"]);
    let result = &sarif.exits(1).json()["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "dist-not-executable");
    fs::set_permissions(project.path(FILE), fs::Permissions::from_mode(0o755)).unwrap();
    project.run(&["verify"]).exits(0);
}

#[test]
fn digests_in_capitals_are_taken_as_other_checkers_take_them() {
    let project = built();
    let sums = project.read("dist/checksums.txt");
    let (digest, path) = sums.split_once("  ").unwrap();
    let capitals = format!("{}  {path}", digest.to_uppercase());
    assert_ne!(capitals, sums);
    project.write("dist/checksums.txt", &capitals);
    project.run(&["verify"]).exits(0);
}

#[test]
fn records_of_another_run_are_told() {
    let project = built();
    let mut metadata = project.json("dist/metadata.json");
    metadata["plan"] = "sha256:0".into();
    project.write("dist/metadata.json", &metadata.to_string());
    project
        .run(&["verify"])
        .exits(1)
        .says("`report.json` is of another release: its plan is `sha256:")
        .says("`, and that of metadata.json `sha256:0`\n");
}

#[test]
fn a_package_that_the_manifest_names_no_more_is_foreign() {
    let project = needy(&format!(
        "{LINUX}[[binary]]\nname = \"tool\"\npackage = \"./cmd/a\"\n"
    ))
    .file("cmd/a/main.go", "package main\n\nfunc main() {}\n")
    .file("cmd/b/main.go", "package main\n\nfunc main() {}\n");
    project.run(&["build", "--matrix", "--quiet"]).exits(0);
    project.run(&["verify"]).exits(0);
    let other = project.read("targets.toml").replace("./cmd/a", "./cmd/b");
    project.write("targets.toml", &other);
    project
        .run(&["verify"])
        .exits(1)
        .says("the manifest asks for what no record names: tool for linux/amd64/v1\n")
        .says("the manifest doesn't ask for what is there: tool_linux_amd64_v1/tool\n");
}

#[test]
fn records_that_say_different_things_are_refused() {
    let project = built();
    let mut report = project.json("dist/report.json");
    report["artifacts"][0]["verdict"] = "proven".into();
    project.write("dist/report.json", &report.to_string());
    project
        .run(&["verify"])
        .exits(1)
        .prints("  contradiction\n")
        .says("report.json and artifacts.json don't say the same of `hello_linux_amd64_v1/hello`");
    fs::remove_file(project.path("dist/report.json")).unwrap();
    project.run(&["verify"]).exits(0);
}

#[test]
fn nothing_twice_and_newer_are_no_records_to_verify_by() {
    let project = built();
    let records = project.json("dist/artifacts.json");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = records.clone();
        change(&mut changed);
        project.write("dist/artifacts.json", &changed.to_string());
        project.run(&["verify"]).exits(1)
    };
    with(&|all| all["artifacts"] = serde_json::json!([])).says(
        "failed to verify `dist`: its records name no artifact, so there is nothing to verify",
    );
    with(&|all| {
        let first = all["artifacts"][0].clone();
        all["artifacts"].as_array_mut().unwrap().push(first);
    })
    .says("artifacts.json`: it names `hello_linux_amd64_v1/hello` twice");
    with(&|all| all["schema"] = 2.into())
        .says("a newer gobuildx wrote it: it has schema 2, and this one reads schema 1")
        .says("help: update gobuildx");
}

#[test]
fn what_the_manifest_asks_for_has_to_be_there_and_nothing_else() {
    let (project, run) = build(TWO);
    run.exits(0);
    project.run(&["verify"]).exits(0);
    let more = TWO.replace("\"windows\"", "\"windows\", \"darwin\"");
    project.write("targets.toml", &more);
    project
        .run(&["verify"])
        .exits(1)
        .says("the manifest asks for what no record names: programs for darwin/amd64/v1\n")
        .says("help: build all of it with --matrix, or name what has to be there");
    let json = project.run(&["verify", "--format", "json"]).exits(1).json();
    assert_eq!(
        json["missing"],
        serde_json::json!(["programs for darwin/amd64/v1"])
    );
    for target in ["linux", "windows/amd64"] {
        project.run(&["verify", "--target", target]).exits(0);
    }
    project
        .run(&["verify", "--target", "plan9"])
        .exits(2)
        .says("`--target plan9` matches none of");
    project
        .run(&["verify", "--binary", "other", "--target", "linux"])
        .exits(1)
        .says("no record names: other for linux/amd64/v1");

    project.write("targets.toml", LINUX);
    project
        .run(&["verify"])
        .exits(1)
        .says("the manifest doesn't ask for what is there: hello_windows_amd64_v1/hello.exe\n");

    fs::remove_file(project.path("targets.toml")).unwrap();
    project
        .run(&["verify"])
        .exits(0)
        .says("whether anything is missing (no manifest says what there should be)");
    project
        .run(&["verify", "--target", "linux"])
        .exits(2)
        .says("failed to find a manifest");
}

#[test]
fn a_program_that_no_record_names_could_be_delivered_and_is_refused() {
    let project = built();
    fs::copy(project.path(FILE), project.path("dist/hello")).unwrap();
    project
        .run(&["verify"])
        .exits(1)
        .says("no record names `hello`, which could be delivered all the same\n");
    fs::remove_file(project.path("dist/hello")).unwrap();
    std::os::unix::fs::symlink("/bin/sh", project.path("dist/latest")).unwrap();
    project
        .run(&["verify"])
        .exits(1)
        .says("no record names `latest`");
}
