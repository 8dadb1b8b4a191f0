//! Hooks: commands of the manifest's author, which run only when the user says so.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::hooked::{ALLOWED, events, hello, steps};
use crate::project::{Project, Run};

#[test]
fn what_go_generate_makes_is_built_in() {
    let project = hello("[hooks]\nbefore = [[\"go\", \"generate\", \"./...\"]]\n")
        .file(
            "main.go",
            "package main\n\nimport (\n\t_ \"embed\"\n\t\"fmt\"\n)\n\n\
             //go:generate sh -c \"echo generated >made.txt\"\n\
             //go:embed made.txt\nvar made string\n\nfunc main() { fmt.Print(made) }\n",
        )
        .committed();
    project.build(&[ALLOWED]).exits(0);
    assert_eq!(project.prints("hello_linux_amd64_v1/hello"), "generated");
    assert_eq!(project.json("dist/metadata.json")["modified"], false);
    // A second run does it all again.
    fs::remove_file(project.path("made.txt")).unwrap();
    project
        .build(&[ALLOWED])
        .exits(0)
        .says("Running before everything: go generate ./...");
    assert!(project.path("made.txt").exists());
}

#[test]
fn even_the_main_package_may_be_made_by_a_hook() {
    let project = Project::empty()
        .file("go.mod", "module example.com/hello\n\ngo 1.24\n")
        .file("main.in", &crate::project::says("made"))
        .file(
            "targets.toml",
            "[hooks]\nbefore = [[\"cp\", \"main.in\", \"made.go\"]]\n",
        );
    project
        .build(&[])
        .exits(2)
        .says("the manifest has hooks")
        .says("before everything: cp main.in made.go");
    assert!(!project.path("made.go").exists());
    project.build(&[ALLOWED]).exits(0);
    assert_eq!(project.prints("hello_linux_amd64_v1/hello"), "made");
}

/// A manifest with every kind of hook, each of which leaves a line in `order.log`.
const ALL_KINDS: &str = r#"
[hooks]
before = [["sh", "-c", "echo \"$1\" >>order.log", "sh", "before 1"], ["./note", "before 2 {short_commit}"]]
after = [["./note", "after everything {version}"], ["ls", "{out}/checksums.txt"]]

[matrix]
goos = ["linux"]
goarch = ["amd64", "arm64"]

[[override]]
match = "linux/arm64"
hooks = { before = [["./note", "before {target}"]], after = [["./note", "after {goos} {binary} {path}"]] }
"#;

fn all_kinds() -> Project {
    let project = hello(ALL_KINDS).file("note", "#!/bin/sh\necho \"$1\" >>order.log\n");
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(project.path("note"), executable).unwrap();
    project.committed().tagged("v1.2.3")
}

#[test]
fn without_permission_nothing_runs_and_every_command_is_shown_as_it_would_run() {
    let project = all_kinds();
    let commit = project.git(&["rev-parse", "--short=7", "HEAD"]);
    let run = project.build(&["--matrix"]).exits(2);
    let out = project.path("dist").canonicalize();
    assert!(out.is_err(), "there is an output folder");
    let root = project.root().canonicalize().unwrap();
    let root = root.display();
    let expected = format!(
        "error: failed to build: the manifest has hooks, and nobody allowed them; they would run in `{root}`:
    before everything: sh -c 'echo \"$1\" >>order.log' sh 'before 1'
    before everything: ./note 'before 2 {commit}'
    before linux/arm64/v8.0: ./note 'before linux/arm64/v8.0'
    after linux/arm64/v8.0: ./note 'after linux hello {root}/dist/hello_linux_arm64_v8.0/hello'
    after everything: ./note 'after everything v1.2.3-{commit}'
    after everything: ls {root}/dist/checksums.txt
help: look at these commands, which may do all that you may do; then pass --allow-hooks
"
    );
    assert_eq!(run.stderr, expected);
    assert!(!project.path("order.log").exists());

    let run = project
        .build(&["--matrix", "--message-format", "json"])
        .exits(2);
    let events = events(&run);
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!(events[0]["exit"], 2);
}

#[test]
fn hooks_of_targets_that_are_not_built_need_no_permission() {
    let project = hello("[[override]]\nmatch = \"windows\"\nhooks = { before = [[\"false\"]] }\n");
    project.build(&[]).exits(0);
    project.build(&["--target", "windows/amd64"]).exits(2);
}

#[test]
fn hooks_run_one_after_the_other_in_their_order() {
    let project = all_kinds();
    let commit = project.git(&["rev-parse", "--short=7", "HEAD"]);
    let run = project
        .build(&["--matrix", ALLOWED, "--message-format", "json"])
        .exits(0);
    let root = project.root().canonicalize().unwrap();
    let path = root.join("dist/hello_linux_arm64_v8.0/hello");
    let order = project.read("order.log");
    let expected = format!(
        "before 1\nbefore 2 {commit}\nbefore linux/arm64/v8.0\nafter linux hello {}\n\
         after everything v1.2.3-{commit}\n",
        path.display()
    );
    assert_eq!(order, expected);

    let events = events(&run);
    assert_eq!(
        steps(&events, "hook"),
        [
            "hook:before.1",
            "hook:before.2",
            "hook:linux/arm64/v8.0:before.1",
            "hook:linux/arm64/v8.0:after.1",
            "hook:after.1",
            "hook:after.2",
        ]
    );
    let finished = steps(&events, "finished");
    let at = |step: &str| finished.iter().position(|one| *one == step).unwrap();
    assert!(at("hook:linux/arm64/v8.0:before.1") < at("compile:linux/arm64/v8.0"));
    assert!(at("place:hello_linux_arm64_v8.0") < at("hook:linux/arm64/v8.0:after.1"));
    let times: Vec<u64> = events
        .iter()
        .map(|e| e["time_ms"].as_u64().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let summary = events.last().unwrap();
    assert_eq!(summary["event"], "summary");
    assert_eq!(summary["hooks"].as_array().unwrap().len(), 4);
    assert_eq!(project.json("dist/report.json")["hooks"], summary["hooks"]);
}

#[test]
fn a_plan_shows_all_hooks_and_runs_none() {
    let project = all_kinds();
    let plan = project.plan(&["--matrix"]);
    let before = &plan["hooks"]["before"][0];
    assert_eq!(before["id"], "hook:before.1");
    assert_eq!(before["argv"][4], "before 1");
    assert_eq!(before["dir"], "{root}");
    assert_eq!(before["timeout_ms"], 600_000);
    assert_eq!(
        plan["hooks"]["after"][1]["argv"],
        json!(["ls", "{out}/checksums.txt"])
    );
    let by_id = |id: &str| {
        let mut steps = plan["steps"].as_array().unwrap().iter();
        steps.find(|step| step["id"] == id).unwrap()
    };
    let late = by_id("hook:linux/arm64/v8.0:after.1");
    assert_eq!(late["kind"], "hook");
    assert_eq!(late["when"], "after");
    assert_eq!(late["needs"], json!(["place:hello_linux_arm64_v8.0"]));
    assert_eq!(
        late["argv"][1],
        "after linux hello {out}/hello_linux_arm64_v8.0/hello"
    );
    let compile = by_id("compile:linux/arm64/v8.0");
    assert_eq!(compile["needs"], json!(["hook:linux/arm64/v8.0:before.1"]));
    assert_eq!(by_id("compile:linux/amd64/v1")["needs"], json!([]));

    project
        .run(&["build", "--dry-run", "--matrix"])
        .exits(0)
        .prints("hook:before.1")
        .prints("2 would run before this plan is made");
    project
        .run(&["plan"])
        .exits(0)
        .prints("only with --allow-hooks");
    assert!(!project.path("order.log").exists());
    assert!(!project.path("dist").exists());
}

#[test]
fn command_and_time_limit_are_part_of_what_a_plan_is() {
    let digest = |manifest: &str| hello(manifest).plan(&[])["digest"].clone();
    let one = digest("[hooks]\nbefore = [[\"a\"]]\n");
    assert_eq!(
        one,
        digest("[hooks]\nbefore = [[\"a\"]]\ntimeout = \"10m\"\n")
    );
    assert_ne!(
        one,
        digest("[hooks]\nbefore = [[\"a\"]]\ntimeout = \"9m\"\n")
    );
    assert_ne!(one, digest("[hooks]\nbefore = [[\"a\", \"\"]]\n"));
    assert_ne!(one, digest("[hooks]\nafter = [[\"a\"]]\n"));
}

#[test]
fn the_script_runs_the_same_hooks_and_only_when_told_to() {
    let project = all_kinds();
    let manifest = ALL_KINDS.replace(", [\"ls\", \"{out}/checksums.txt\"]", "");
    project.write("targets.toml", &manifest);
    project.git(&["add", "-A"]);
    project.git(&["commit", "-q", "-m", "Second"]);
    project
        .build(&["--matrix", ALLOWED, "--message-format", "json"])
        .exits(0);
    let by_gobuildx = project.read("order.log");
    fs::remove_file(project.path("order.log")).unwrap();
    let script = project
        .run(&["plan", "--matrix", "--format", "sh", "--rebuild", "changed"])
        .exits(0)
        .stdout;
    let project = project.file("made.sh", &script);
    let sh = |args: &[&str]| {
        let script = fs::File::open(project.path("made.sh")).unwrap();
        let mut command = std::process::Command::new("sh");
        command.args(args).current_dir("/").stdin(script);
        Run::of(command.output().unwrap())
    };
    sh(&[]).exits(2).says("--allow-hooks");
    assert!(!project.path("order.log").exists());
    sh(&["-s", "--", ALLOWED]).exits(0);
    assert_eq!(project.read("order.log"), by_gobuildx);
}

#[test]
fn an_override_of_one_binary_has_hooks_for_its_artifacts_only() {
    let project = Project::empty()
        .file("go.mod", "module example.com/two\n\ngo 1.24\n")
        .file("one/main.go", &crate::project::says("1"))
        .file("two/main.go", &crate::project::says("2"))
        .file(
            "targets.toml",
            "[[override]]\nbinary = [\"two\"]\nhooks = { after = [[\"echo\", \"{path}.sig\"], [\"echo\", \"once\"]] }\n\
             [[override]]\nhooks = { after = [[\"echo\", \"{binary}\"]], timeout = \"7s\" }\n",
        );
    let plan = project.plan(&[]);
    let steps = plan["steps"].as_array().unwrap().iter();
    let hooks: Vec<&Value> = steps.filter(|step| step["kind"] == "hook").collect();
    let words: Vec<&str> = hooks
        .iter()
        .map(|hook| hook["argv"][1].as_str().unwrap())
        .collect();
    assert_eq!(
        words,
        ["{out}/two_linux_amd64_v1/two.sig", "once", "one", "two"]
    );
    assert!(hooks.iter().all(|hook| hook["timeout_ms"] == 7_000));
    assert_eq!(
        hooks[0]["needs"],
        json!(["place:one_linux_amd64_v1", "place:two_linux_amd64_v1"])
    );
    let only_one = project.plan(&["--binary", "one"]);
    let steps = only_one["steps"].as_array().unwrap().iter();
    assert_eq!(steps.filter(|step| step["kind"] == "hook").count(), 1);
}

#[test]
fn hooks_have_the_environment_of_the_user_and_the_folder_of_the_manifest() {
    let manifest = "[hooks]\nbefore = [[\"sh\", \"-c\", \"pwd; echo mine=$MINE; cat\"]]\n";
    let project = hello(manifest)
        .env("MINE", "s3cret")
        .file("sub/x.go", "package sub\n")
        .committed();
    let output = project
        .command(&["build", "--rebuild", "changed", ALLOWED])
        .current_dir(project.path("sub"))
        .output()
        .unwrap();
    let root = project.root().canonicalize().unwrap();
    Run::of(output)
        .exits(0)
        .says(&format!("    {}\n    mine=s3cret\n", root.display()));
    let plan = project.run(&["plan", "--format", "json"]).stdout;
    assert!(!plan.contains("s3cret"), "{plan}");
}

#[test]
fn what_a_hook_prints_can_not_steer_the_terminal() {
    let manifest = "[hooks]\nbefore = [[\"printf\", 'a\\033[2Jb\\n\\033]0;x\\007'], [\"echo\", \"\\u202Ex\\ny\"]]\n";
    let project = hello(manifest);
    let run = project.build(&[]).exits(2);
    assert!(
        run.stderr.contains("echo '\\u{202e}x\\u{a}y'"),
        "{}",
        run.stderr
    );
    let run = project
        .build(&[ALLOWED])
        .exits(0)
        .says("    a\\u{1b}[2Jb\n");
    let is_clean = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
    assert!(run.stderr.chars().all(is_clean), "{:?}", run.stderr);
    let run = project.build(&[ALLOWED, "--quiet"]).exits(0);
    assert!(
        run.stderr.contains("Running before everything: printf"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("    a"), "{}", run.stderr);
}
