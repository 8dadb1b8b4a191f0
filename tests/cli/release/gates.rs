//! The stages of a release: each is a gate, and behind one that is closed nothing is made.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    LINUX, assert_nothing_is_released, delivered, hello, of, released, stages, stages_of, text,
};
use crate::audit::{parses, with_database};
use crate::hooked::{ALLOWED, events};
use crate::live::cgo;
use crate::project::Project;

const IMAGE: &str = "[release.image]\nname = \"registry.example/hello\"\n";

/// How each stage that comes after one ended.
#[track_caller]
fn assert_stopped_by(stages: &std::collections::BTreeMap<String, (String, String)>, by: &str) {
    let order = [
        "tests", "build", "verify", "smoke", "audit", "package", "sign", "push", "gitops",
    ];
    let (outcome, why) = &stages[by];
    assert_eq!(outcome, "failed", "{why}");
    let at = order.iter().position(|stage| *stage == by).unwrap();
    for later in &order[at + 1..] {
        // What the plan has no steps for says so.
        let (outcome, _) = &stages[*later];
        assert_eq!(outcome, "not run", "{later}");
    }
    assert_eq!(stages["package"].1, format!("{by} failed"));
}

#[test]
fn a_test_that_fails_stops_everything_and_nothing_is_built() {
    let project =
        hello("[release.steps]\ntests = [[\"sh\", \"-c\", \"echo broken >&2; exit 3\"]]\n");
    let stages = stages(&project, 1, &[ALLOWED]);
    assert_stopped_by(&stages, "tests");
    assert!(stages["tests"].1.contains("sh -c"), "{stages:?}");
    let left = delivered(&project.path("dist"));
    assert_eq!(left.keys().collect::<Vec<_>>(), [".gitignore"]);
    project.run(&["release", ALLOWED]).exits(1).says("broken");
}

#[test]
fn tests_that_go_well_come_first_and_know_the_version() {
    let script = "test ! -e dist/hello_linux_amd64_v1 && echo $1 >made.txt";
    let project = of(
        Project::hello().file(".gitignore", "made*\n"),
        &format!(
            "{LINUX}[release.steps]\ntests = [[\"sh\", \"-c\", {script:?}, \"test\", \"{{version}}\"], [\"true\"]]\n"
        ),
    );
    let stages = stages(&project, 0, &[ALLOWED]);
    assert_eq!(
        stages["tests"],
        ("done".to_owned(), "2 commands".to_owned())
    );
    assert_eq!(project.read("made.txt").trim(), super::version(&project));
}

#[test]
fn commands_run_only_where_they_are_allowed() {
    let commands = "[release.steps]\ntests = [[\"touch\", \"made-by-tests\"]]\n\
                    [release.sign]\ncmd = [[\"touch\", \"{signature}\", \"made-by-sign\"]]\n";
    let project = of(
        Project::hello().file(".gitignore", "made*\n"),
        &format!("{LINUX}{commands}"),
    );
    project
        .run(&["release"])
        .exits(2)
        .says("touch made-by-tests")
        .says("made-by-sign")
        .says("--allow-hooks");
    assert!(!project.path("made-by-tests").exists());
    assert!(!project.path("made-by-sign").exists());
    assert!(!project.path("dist").exists());
    // Showing them runs none.
    project
        .run(&["release", "--dry-run"])
        .exits(0)
        .prints("touch made-by-tests");
    assert!(!project.path("made-by-tests").exists());
    project.run(&["release", ALLOWED]).exits(0);
    assert!(project.path("made-by-tests").exists());
    assert!(project.path("made-by-sign").exists());
    assert!(project.path("dist/checksums.txt.sig").exists());
}

#[test]
fn a_program_that_does_not_pass_its_policy_is_never_packed() {
    let project = cgo("static int one(void) { return 1; }", "C.one()").manifest(
        "[[matrix.include]]\ntarget = \"linux/amd64\"\ncgo = true\ntoolchain = \"host\"\n[build]\nrebuild = \"changed\"\n",
    );
    let project = released_once(project);
    assert_nothing_is_released(&project);
}

/// A release that a gate refuses.
fn released_once(project: Project) -> Project {
    let project = project.committed();
    let stages = stages(&project, 1, &[]);
    assert_stopped_by(&stages, "verify");
    project
}

#[test]
fn a_program_that_does_not_start_on_a_blank_system_is_never_packed() {
    let project = hello(&format!(
        "[smoke]\nargs = []\nstdout = \"something else\"\n{IMAGE}"
    ));
    let stages = stages(&project, 1, &[]);
    assert_stopped_by(&stages, "smoke");
    assert_eq!(stages["verify"].0, "done");
    assert_nothing_is_released(&project);
}

#[test]
fn what_was_released_before_is_gone_when_a_gate_closes() {
    let project = released(hello(IMAGE));
    assert!(project.path("dist/release.json").exists());
    project.write("main.go", "package main\n\nfunc main() { x }\n");
    let stages = stages(&project, 1, &[]);
    assert_stopped_by(&stages, "build");
    assert_nothing_is_released(&project);
}

#[test]
fn an_advisory_that_a_program_is_hit_by_stops_the_release() {
    let audit = "[audit]\ndatabase = \"vulndb\"\n";
    let project = with_database(parses("v0.3.5"))
        .manifest(&format!("{LINUX}{audit}"))
        .committed();
    let stages = stages(&project, 1, &[]);
    assert_stopped_by(&stages, "audit");
    assert_eq!(stages["build"].0, "done");
    assert_nothing_is_released(&project);
    project
        .run(&["release", "-q"])
        .exits(1)
        .says("GO-2021-0113");

    let project = with_database(parses("v0.3.7"))
        .manifest(&format!("{LINUX}{audit}"))
        .committed();
    let stages = super::stages(&project, 0, &[]);
    assert_eq!(stages["audit"].0, "done", "{stages:?}");
    assert!(!project.json("dist/report.json")["audit"].is_null());
}

#[test]
fn what_nobody_configured_is_not_run_and_fails_nothing() {
    let project = hello("");
    let stages = stages(&project, 0, &[]);
    for (stage, why) in [
        ("tests", "no `[release.steps]` names `tests`"),
        ("smoke", "no `[smoke]` says how programs are started"),
        ("audit", "no `[audit]` says what is denied"),
        ("push", "no `[release.image]` says what is pushed"),
        ("gitops", "there is no image that files could name"),
    ] {
        assert_eq!(stages[stage], ("not run".to_owned(), why.to_owned()));
    }
    assert_eq!(stages["sign"].0, "not run");
    assert!(
        stages["sign"].1.contains("the provenance isn't signed"),
        "{stages:?}"
    );
    for stage in ["build", "verify", "package"] {
        assert_eq!(stages[stage].0, "done", "{stages:?}");
    }
}

#[test]
fn a_dry_run_shows_all_and_writes_nothing() {
    let more = "[release.steps]\ntests = [[\"go\", \"vet\", \"./...\"]]\n";
    let project = hello(&format!("{more}{IMAGE}"));
    let before = delivered(project.root());
    let run = project.run(&["release", "--dry-run"]).exits(0);
    let version = format!(
        "v1.2.3-{}",
        project.git(&["rev-parse", "--short=7", "HEAD"])
    );
    let start = format!("hello_{version}_linux_amd64");
    let run = run
        .prints(&format!("  {start}.tar.gz: hello\n"))
        .prints(&format!("  {start}.cdx.json: hello_linux_amd64_v1/hello\n"))
        .prints(&format!(
            "  {start}.spdx.json: hello_linux_amd64_v1/hello\n"
        ))
        .prints(&format!(
            "  registry.example/hello:{version}: hello for linux/amd64/v1\n"
        ))
        .prints(&format!("  {start}.image.tar: hello for linux/amd64/v1\n"))
        .prints("  tests    go vet ./...\n")
        .prints("  smoke    not run: no `[smoke]` says how programs are started\n");
    assert_eq!(run.stderr, "");
    let published = project.run(&["release", "--dry-run", "--publish"]).exits(0);
    published.prints("  push     the image to registry.example/hello\n");
    assert_eq!(delivered(project.root()), before);
}

#[test]
fn no_command_gets_the_keys_that_sign() {
    let manifest = format!(
        "{LINUX}[release.steps]\ntests = [[\"sh\", \"-c\", \"echo pass=$KEY_PASSWORD >seen; \
         echo home=$HOME >>seen\"]]\n[release.sign]\nminisign = \"env:SIGNING_KEY\"\n\
         password = \"env:KEY_PASSWORD\"\n"
    );
    let keys = tempfile::tempdir().unwrap();
    let at = |name: &str| keys.path().join(name).display().to_string();
    let made = std::process::Command::new("minisign")
        .args(["-G", "-W", "-p", &at("key.pub"), "-s", &at("key")])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let key = std::fs::read_to_string(at("key")).unwrap();
    let project = of(Project::hello(), &manifest)
        .env("SIGNING_KEY", key)
        .env("KEY_PASSWORD", "correct horse");
    project.run(&["release", "-q", ALLOWED]).exits(0);
    let seen = project.read("seen");
    assert!(seen.starts_with("pass=\nhome=/"), "{seen}");
    assert!(project.path("dist/checksums.txt.minisig").is_file());
}

#[test]
fn a_file_below_the_name_of_a_program_is_refused() {
    let project = hello("[release]\nfiles = [\"Hello/*\"]\n");
    project.write("Hello/notes.txt", "notes\n");
    project
        .run(&["release", "-q"])
        .exits(3)
        .says("`Hello/notes.txt` of `files` has the name of a program in `hello_");
}

#[test]
fn a_dry_run_names_every_file_that_a_release_makes() {
    let project = hello(IMAGE);
    let run = project.run(&["release", "--dry-run", "--message-format", "json"]);
    let document: Value = serde_json::from_str(&run.exits(0).stdout).unwrap();
    let named = document["files"].as_array().unwrap().iter();
    let image = "registry.example/hello:";
    let named = named
        .map(text)
        .filter(|name| !name.starts_with(image))
        .map(str::to_owned);
    let named: BTreeSet<String> = named.collect();

    project.run(&["release", "-q"]).exits(0);
    let record = project.json("dist/release.json");
    let made = record["files"].as_array().unwrap().iter();
    let made = made.map(|file| match text(&file["path"]) {
        path if path.starts_with("oci/") => "oci/".to_owned(),
        path => path.to_owned(),
    });
    let made: BTreeSet<String> = made.chain(["release.json".to_owned()]).collect();
    assert_eq!(named, made);
    assert!(made.contains("Dockerfile"), "{made:?}");
}

#[test]
fn a_machine_gets_the_release_as_the_last_event() {
    let project = hello(IMAGE);
    let run = project
        .run(&["release", "--message-format", "json"])
        .exits(0);
    assert_eq!(run.stderr, "");
    let all = events(&run);
    let last = all.last().unwrap();
    assert_eq!(last["event"], "release");
    assert_eq!(last["schema"], 1);
    assert_eq!(last["version"], super::version(&project));
    assert_eq!(last["files"], project.json("dist/release.json")["files"]);
    let names: Vec<&Value> = all.iter().map(|event| &event["event"]).collect();
    assert!(names.contains(&&Value::from("summary")), "{names:?}");
    assert_eq!(names.iter().filter(|name| **name == "release").count(), 1);
    let stages = stages_of(&run);
    assert_eq!(stages.len(), 9);

    // Also of one that never gets to its first step.
    project.write("targets.toml", "[release]\nfiles = [\"nothing\"]\n");
    let run = project
        .run(&["release", "--message-format", "json"])
        .exits(3);
    let last = events(&run).pop().unwrap();
    assert_eq!(last["event"], "release", "{last}");
    assert_eq!(last["exit"], 3);
}
