//! Hooks that fail, get stuck, or change what they should leave alone.

use std::time::Duration;

use serde_json::{Value, json};

use crate::hooked::{ALLOWED, events, hello, steps};
use crate::live::{Live, processes_with, wait_until};
use crate::project::Project;

/// A project whose hooks can be found among all processes.
fn marked(project: Project) -> (Project, String) {
    let mark = project.root().display().to_string();
    (project.env("HOOK_MARK", &mark), format!("HOOK_MARK={mark}"))
}

#[test]
fn a_failing_hook_ends_the_run_with_what_it_said() {
    let failing =
        "[\"sh\", \"-c\", \"echo about to; echo oh no >&2; exit 7\"], [\"touch\", \"made.2\"]";
    let project = hello(&format!("[hooks]\nbefore = [{failing}]\n"));
    let run = project.build(&[ALLOWED]).exits(1);
    let said = "error: failed to run the hook `sh -c 'echo about to; echo oh no >&2; exit 7'` before \
                everything: it exited with 7\n    about to\n    oh no\nhelp: try it by hand in the \
                manifest's folder: a hook has to end with exit code 0\n";
    assert!(run.stderr.ends_with(said), "{}", run.stderr);
    assert!(!project.path("made.2").exists());
    assert!(!project.path("dist/checksums.txt").exists());

    let run = project
        .build(&[ALLOWED, "--message-format", "json"])
        .exits(1);
    let events = events(&run);
    assert_eq!(steps(&events, "output").len(), 2);
    let summary = events.last().unwrap();
    assert_eq!(
        (&summary["event"], &summary["schema"], &summary["exit"]),
        (&json!("summary"), &json!(1), &json!(1))
    );
    assert_eq!(
        run.stderr.lines().next().unwrap(),
        said.lines().next().unwrap()
    );
}

#[test]
fn a_failing_hook_of_a_target_fails_what_comes_after_it_and_no_other_target() {
    let manifest = r#"
        [matrix]
        goos = ["linux"]
        goarch = ["amd64", "arm64"]
        [[override]]
        match = "linux/amd64"
        hooks = { before = [["false"]] }
        [hooks]
        after = [["touch", "made.after"]]
    "#;
    let project = hello(manifest);
    let run = project
        .build(&["--matrix", ALLOWED, "--keep-going"])
        .exits(1);
    let run = run.says("failed to run the hook `false` before linux/amd64/v1: it exited with 1");
    assert!(
        run.stderr.contains("Failed: 1 of 2 artifacts"),
        "{}",
        run.stderr
    );
    assert!(project.path("dist/hello_linux_arm64_v8.0/hello").exists());
    assert!(!project.path("dist/hello_linux_amd64_v1").exists());
    assert!(
        !project.path("made.after").exists(),
        "not everything succeeded"
    );

    let forced = ["--matrix", ALLOWED, "--force"];
    project.build(&forced).exits(1);
    let dist = project.path("dist/hello_linux_arm64_v8.0");
    assert!(!dist.exists(), "nothing new is compiled after a failure");
}

#[test]
fn a_failing_last_hook_leaves_the_artifacts_and_says_so_in_the_report() {
    let project = hello("[hooks]\nafter = [[\"false\"], [\"touch\", \"made.2\"]]\n");
    project
        .build(&[ALLOWED])
        .exits(1)
        .says("failed to run the hook `false` after everything")
        .says("Failed: 1 of 1 artifacts");
    assert!(project.path("dist/checksums.txt").exists());
    assert!(!project.path("made.2").exists());
    let report = project.json("dist/report.json");
    assert_eq!(report["exit"], 1);
    assert_eq!(report["hooks"][0]["outcome"], "failed");
}

#[test]
fn last_hooks_do_not_run_after_a_failure() {
    let project = hello("[hooks]\nafter = [[\"touch\", \"made.after\"]]\n");
    project.write("main.go", "package main\n\nfunc main() { nonsense }\n");
    project.build(&[ALLOWED]).exits(1);
    assert!(!project.path("made.after").exists());
}

#[test]
fn a_missing_program_is_named() {
    let missing = "[[\"no-such-program\", \"x\"]]";
    for manifest in [
        format!("[hooks]\nbefore = {missing}\n"),
        format!("[hooks]\nafter = {missing}\n"),
        format!("[[override]]\nhooks = {{ before = {missing} }}\n"),
        format!("[[override]]\nhooks = {{ after = {missing} }}\n"),
    ] {
        hello(&manifest)
            .build(&[ALLOWED])
            .exits(4)
            .says("failed to run the hook `no-such-program x`")
            .says("was not found")
            .says("install `no-such-program`");
    }
}

#[test]
fn a_stuck_hook_is_ended_with_all_that_it_started() {
    let manifest = "[hooks]\nbefore = [[\"sh\", \"-c\", \"echo waiting; sleep 1000 & sleep 1000\"]]\ntimeout = \"1s\"\n";
    let (project, mark) = marked(hello(manifest));
    project
        .build(&[ALLOWED])
        .exits(1)
        .says("it was not done after 1s\n    waiting\n")
        .says("timeout = \"…\"");
    assert_eq!(processes_with(&mark), [""; 0]);
}

#[test]
fn what_a_hook_leaves_running_is_ended_with_it() {
    let manifest = "[hooks]\nbefore = [[\"sh\", \"-c\", \"sleep 1000 >/dev/null 2>&1 &\"]]\n";
    let (project, mark) = marked(hello(manifest));
    project.build(&[ALLOWED]).exits(0);
    assert_eq!(processes_with(&mark), [""; 0]);
}

#[test]
fn an_interrupt_ends_a_hook_and_leaves_no_process() {
    let stuck = "[[\"sh\", \"-c\", \"sleep 1000 & echo at it; sleep 1000\"]]";
    for manifest in [
        format!("[hooks]\nbefore = {stuck}\n"),
        format!("[hooks]\nafter = {stuck}\n"),
        format!("[[override]]\nhooks = {{ before = {stuck} }}\n"),
        format!("[[override]]\nhooks = {{ after = {stuck} }}\n"),
    ] {
        let (project, mark) = marked(hello(&manifest));
        let args = [
            "build",
            "--rebuild",
            "changed",
            ALLOWED,
            "--message-format",
            "json",
        ];
        let mut run = Live::start(&project, &args);
        run.until(r#""line":"at it""#);
        run.signal("INT");
        let (exit, took) = run.end();
        assert_eq!(exit, Some(130), "{manifest}: {:#?}", run.seen);
        assert!(took < Duration::from_secs(3), "{took:?}");
        wait_until("the processes are gone", || {
            processes_with(&mark).is_empty()
        });
        let summary = run.seen.iter().rfind(|line| line.starts_with('{')).unwrap();
        let summary: Value = serde_json::from_str(summary).unwrap();
        assert_eq!(summary["event"], "summary");
        assert_eq!(summary["exit"], 130, "{manifest}");
    }
}

#[test]
fn a_hook_that_changes_an_artifact_fails_and_the_artifact_is_not_kept() {
    let change = "[\"sh\", \"-c\", \"echo x >>\\\"$1\\\"\", \"sh\", \"{path}\"]";
    let project = hello(&format!("[[override]]\nhooks = {{ after = [{change}] }}\n"));
    project
        .build(&[ALLOWED])
        .exits(1)
        .says("failed to run the hook `sh -c")
        .says("hello_linux_amd64_v1/hello`, which was verified before");
    assert!(!project.path("dist/hello_linux_amd64_v1").exists());
    assert!(!project.path("dist/checksums.txt").exists());
    assert_eq!(project.json("dist/artifacts.json")["artifacts"], json!([]));

    let late = change.replace("{path}", "{out}/hello_linux_amd64_v1/hello");
    project.write("targets.toml", &format!("[hooks]\nafter = [{late}]\n"));
    project
        .build(&[ALLOWED])
        .exits(1)
        .says("after everything: it changed")
        .says("Failed: 0 of 1 artifacts");
    assert!(!project.path("dist/hello_linux_amd64_v1").exists());
    assert_eq!(project.json("dist/artifacts.json")["artifacts"], json!([]));
}

#[test]
fn a_hook_that_changes_the_artifact_of_another_target_is_noticed() {
    let manifest = r#"
        [matrix]
        goos = ["linux"]
        goarch = ["amd64", "arm64"]
        [[override]]
        match = "linux/arm64"
        hooks = { after = [["sh", "-c", "echo x >>dist/hello_linux_amd64_v1/hello"]] }
    "#;
    let project = hello(manifest);
    project
        .build(&["--matrix", ALLOWED, "--jobs", "1"])
        .exits(1)
        .says("failed to keep hello_linux_amd64_v1/hello as it was verified");
    assert!(!project.path("dist/hello_linux_amd64_v1").exists());
    let artifacts = project.json("dist/artifacts.json");
    assert_eq!(artifacts["artifacts"].as_array().unwrap().len(), 1);
}

#[test]
fn a_hook_that_puts_a_link_in_the_place_of_an_artifact_or_its_folder_changes_it() {
    let folder = "hello_linux_amd64_v1";
    let file = format!("cp dist/{folder}/hello made; ln -sf $PWD/made dist/{folder}/hello");
    let whole = format!("mv dist/{folder} made.d; ln -s $PWD/made.d dist/{folder}");
    for (script, kept) in [(file, "made"), (whole, "made.d/hello")] {
        let command = format!("[[\"sh\", \"-c\", \"{script}\"]]");
        for manifest in [
            format!("[[override]]\nhooks = {{ after = {command} }}\n"),
            format!("[hooks]\nafter = {command}\n"),
        ] {
            let project = hello(&manifest);
            project.build(&[ALLOWED]).exits(1).says("was verified");
            let left = project.path("dist").join(folder);
            assert!(!left.exists() && !left.is_symlink(), "{manifest}");
            let artifacts = project.json("dist/artifacts.json");
            assert_eq!(artifacts["artifacts"], json!([]), "{manifest}");
            assert!(project.path(kept).exists(), "what it leads to is not ours");
        }
    }
}

#[test]
fn a_hook_that_removes_the_output_folder_or_its_lock_is_the_one_error() {
    for script in ["rm -rf dist", "rm dist/.gobuildx/lock"] {
        let command = format!("[[\"sh\", \"-c\", \"{script}\"]]");
        for manifest in [
            format!("[hooks]\nbefore = {command}\n"),
            format!("[hooks]\nafter = {command}\n"),
            format!("[[override]]\nhooks = {{ before = {command} }}\n"),
            format!("[[override]]\nhooks = {{ after = {command} }}\n"),
        ] {
            let run = hello(&manifest)
                .build(&[ALLOWED, "--keep-going"])
                .exits(1)
                .says("the hook removed the output folder")
                .says("leave the folder and its .gobuildx alone");
            let errors = run.stderr.matches("failed to").count();
            assert_eq!(errors, 1, "{manifest}: {}", run.stderr);
        }
    }
}

#[test]
fn a_hook_that_builds_into_the_folder_of_its_own_run_fails_at_once() {
    let build = format!("{} build --allow-hooks", env!("CARGO_BIN_EXE_gobuildx"));
    let script = format!("test -n \\\"$INNER\\\" || INNER=1 {build} $OUT");
    let manifest = format!("[hooks]\nbefore = [[\"sh\", \"-c\", \"{script}\"]]\n");
    let run = hello(&manifest)
        .build(&[ALLOWED])
        .exits(1)
        .says("it exited with 2")
        .says("the gobuildx whose hook runs this one works in it")
        .says("name another folder with --out");
    assert!(!run.stderr.contains("Waiting"), "{}", run.stderr);

    let elsewhere = hello(&manifest).env("OUT", "--rebuild=changed --out=made.dist");
    elsewhere.build(&[ALLOWED]).exits(0);
    assert!(elsewhere.path("made.dist/checksums.txt").exists());
}

#[test]
fn a_hook_that_changes_the_state_of_the_tree_is_caught_by_the_gate() {
    let project = Project::hello()
        .file(
            "targets.toml",
            "[[override]]\nhooks = { before = [[\"touch\", \"new.txt\"]] }\n",
        )
        .committed();
    project.build(&[ALLOWED]).exits(1).says("build-vcs");
}

#[test]
fn a_hook_that_changes_the_version_that_it_was_told_is_an_error() {
    let project = Project::hello()
        .file(
            "targets.toml",
            "[hooks]\nbefore = [[\"sh\", \"-c\", \"echo $1 >version.txt\", \"sh\", \"{version}\"]]\n",
        )
        .committed();
    project
        .build(&[ALLOWED])
        .exits(1)
        .says("changed what they were told")
        .says("-dirty")
        .says(".gitignore");
    // The second time the tree is what the hook leaves.
    project.build(&[ALLOWED]).exits(0);
}

/// Manifests with a hook that never stops writing, before everything and before a target.
fn flooding(more: &str) -> [String; 2] {
    let flood = "before = [[\"yes\"]]";
    [
        format!("[hooks]\n{flood}\n{more}"),
        format!("[hooks]\n{more}\n[[override]]\nhooks = {{ {flood} }}\n"),
    ]
}

#[test]
fn a_hook_that_floods_its_output_ends_with_its_time() {
    for manifest in flooding("timeout = \"1s\"\n") {
        let (project, mark) = marked(hello(&manifest));
        project
            .build(&[ALLOWED])
            .exits(1)
            .says("it was not done after 1s\n    y\n");
        assert_eq!(processes_with(&mark), [""; 0]);
    }
}

#[test]
fn a_hook_that_floods_its_output_ends_with_the_run() {
    for manifest in flooding("") {
        let (project, mark) = marked(hello(&manifest));
        let args = ["build", "--rebuild", "changed", ALLOWED];
        let mut run = Live::start(&project, &args);
        run.until("y");
        run.signal("TERM");
        assert_eq!(run.end().0, Some(143), "{manifest}");
        wait_until("the processes are gone", || {
            processes_with(&mark).is_empty()
        });
    }
}

#[test]
fn a_hook_that_floods_its_output_is_followed_to_its_end() {
    let manifest = "[hooks]\nbefore = [[\"sh\", \"-c\", \"yes | head -c 3000000; exit 3\"]]\n";
    let run = hello(manifest).build(&[ALLOWED, "--quiet"]).exits(1);
    assert!(
        run.stderr.lines().count() < 30,
        "only the last lines are said again"
    );
    assert!(run.stderr.contains("exited with 3"), "{}", run.stderr);
}
