//! Signals, sudden death, and two runs in one output folder.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::live::{Live, held, processes_of, wait_until, with_own_temporary};
use crate::project::Project;

const SOON: Duration = Duration::from_secs(10);

/// Nothing of a build is left that was stopped: no process, no intermediate file, no artifact and
/// no record.
#[track_caller]
fn assert_nothing_is_left(project: &Project) {
    wait_until("the processes are gone", || {
        processes_of(project).is_empty()
    });
    let names = |folder: &str| {
        let mut names: Vec<String> = fs::read_dir(project.path(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("dist"), [".gitignore", ".gobuildx"]);
    assert_eq!(names("dist/.gobuildx"), ["answers", "lock", "placed"]);
    assert_eq!(names("tmp"), [""; 0]);
}

/// The records and the artifacts agree.
#[track_caller]
fn assert_checksums_hold(project: &Project) {
    let output = Command::new("sha256sum")
        .args(["-c", "--strict", "checksums.txt"])
        .current_dir(project.path("dist"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(!output.stdout.is_empty());
}

#[test]
fn a_signal_in_the_middle_of_a_compilation_ends_everything_at_once() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let project = with_own_temporary(Project::hello());
        let mut run = Live::start(
            &project,
            &["build", "--rebuild", "all", "--message-format", "json"],
        );
        run.until(r#""compiled":1"#);
        assert!(!processes_of(&project).is_empty());
        run.signal(signal);
        let (exit, took) = run.end();
        assert_eq!(exit, Some(code), "{:#?}", run.seen);
        assert!(took < SOON, "{took:?}");
        assert_nothing_is_left(&project);
        let summary: serde_json::Value = serde_json::from_str(run.seen.last().unwrap()).unwrap();
        assert_eq!(summary["event"], "summary");
        assert_eq!(summary["exit"], code);
        assert_eq!(summary["artifacts"], serde_json::json!([]));
        assert_eq!(summary["steps"][0]["outcome"], "stopped");
    }
}

#[test]
fn whoever_interrupts_is_told_that_it_was_that() {
    let project = held();
    let mut run = Live::start(&project, &["build", "--matrix"]);
    wait_until("the C compiler runs", || project.path("reached").exists());
    run.signal("INT");
    assert_eq!(run.end().0, Some(130));
    let said = run.seen.join("\n");
    assert!(said.contains("Interrupted: 0 of 1 artifacts"), "{said}");
    assert!(!said.contains("error"), "{said}");
    assert_nothing_is_left(&project);
}

#[test]
fn ignored_signals_stay_ignored_and_sigterm_works_all_the_same() {
    let project = held();
    let start = || {
        let ignoring = ["env", "--ignore-signal=INT,HUP"];
        let run = Live::start_as(&project, &ignoring, &["build", "--matrix"]);
        wait_until("the C compiler runs", || project.path("reached").exists());
        run.signal("INT");
        run.signal("HUP");
        run
    };
    let mut run = start();
    run.signal("TERM");
    assert_eq!(run.end().0, Some(143), "{:#?}", run.seen);
    assert_nothing_is_left(&project);

    fs::remove_file(project.path("reached")).unwrap();
    let mut run = start();
    project.write("go-on", "");
    assert_eq!(run.end().0, Some(0), "{:#?}", run.seen);
}

#[test]
fn a_closed_terminal_and_a_second_signal_end_a_run_as_one_signal_does() {
    let project = held();
    let mut run = Live::start(&project, &["build", "--matrix"]);
    wait_until("the C compiler runs", || project.path("reached").exists());
    run.signal("HUP");
    // It may be gone before the second one comes.
    let _ = std::panic::catch_unwind(|| run.signal("INT"));
    assert_eq!(run.end().0, Some(129), "{:#?}", run.seen);
    assert_nothing_is_left(&project);
}

#[test]
fn what_a_killed_run_left_is_removed_and_does_not_disturb_the_next_one() {
    let project = held();
    let mut run = Live::start(&project, &["build", "--matrix"]);
    wait_until("the C compiler runs", || project.path("reached").exists());
    run.signal("KILL");
    // Its go holds no pipe of the test, so that this is the end of gobuildx alone.
    assert_eq!(run.end().0, None);
    assert!(!processes_of(&project).is_empty(), "go lives on");

    project.write("go-on", "");
    project.run(&["build", "--matrix"]).exits(0);
    assert_checksums_hold(&project);
    wait_until("the other go has ended", || {
        processes_of(&project).is_empty()
    });
    project.run(&["build", "--matrix"]).exits(0);
    assert_checksums_hold(&project);
    let private: Vec<_> = fs::read_dir(project.path("dist/.gobuildx"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with("work."))
        .collect();
    assert!(private.is_empty(), "{private:?}");
    assert_eq!(fs::read_dir(project.path("tmp")).unwrap().count(), 0);
}

#[test]
fn a_second_run_waits_for_the_first_and_says_so() {
    let project = held();
    let mut first = Live::start(&project, &["build", "--matrix"]);
    wait_until("the C compiler runs", || project.path("reached").exists());

    let mut impatient = Live::start(&project, &["build", "--matrix"]);
    impatient.until("Waiting for another gobuildx");
    impatient.signal("INT");
    let (exit, took) = impatient.end();
    assert_eq!(exit, Some(130), "{:#?}", impatient.seen);
    assert!(took < SOON, "{took:?}");
    assert_eq!(
        impatient.seen.last().unwrap(),
        "error: interrupted by SIGINT"
    );

    let mut second = Live::start(&project, &["build", "--matrix"]);
    second.until("Waiting for another gobuildx");
    project.write("go-on", "");
    assert_eq!(first.end().0, Some(0), "{:#?}", first.seen);
    assert_eq!(second.end().0, Some(0), "{:#?}", second.seen);
    assert_checksums_hold(&project);
}

#[test]
fn a_run_that_waited_builds_the_commit_that_is_there_then() {
    let project = Project::hello().committed();
    project.run(&["build"]).exits(0);
    let lock = fs::File::open(project.path("dist/.gobuildx/lock")).unwrap();
    lock.lock().unwrap();
    project.write("more.go", "package main\n");
    let mut run = Live::start(&project, &["build"]);
    run.until("Waiting for another gobuildx");
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "More"]);
    lock.unlock().unwrap();
    assert_eq!(run.end().0, Some(0), "{:#?}", run.seen);
}
