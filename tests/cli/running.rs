//! What a run shows: on a terminal, in a log, to a machine, and when nobody reads it.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::project::{Project, Run};

const QUICK: [&str; 3] = ["build", "--rebuild", "changed"];
const ESCAPE: char = '\u{1b}';

/// A shell's command line that runs gobuildx in the project.
fn shell(project: &Project, script: &str) -> Run {
    let gobuildx = project.command(&[]);
    let mut shell = Command::new("bash");
    shell
        .args(["-o", "pipefail", "-c", script])
        .arg(gobuildx.get_program())
        .current_dir(project.root())
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    Run::of(shell.output().unwrap())
}

fn events(stdout: &str) -> Vec<Value> {
    stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

#[test]
fn a_log_gets_plain_lines() {
    let run = Project::hello()
        .run(&QUICK)
        .exits(0)
        .says("Compiling linux/")
        .says("    Built hello_linux_")
        .says("Done: 1 of 1 artifacts in ")
        .prints("Target ");
    assert!(!run.stderr.contains(ESCAPE), "{}", run.stderr);
    assert!(!run.stdout.contains(ESCAPE), "{}", run.stdout);
    assert!(!run.stderr.contains('\r'), "{}", run.stderr);
}

#[test]
fn colours_come_when_they_are_asked_for() {
    let project = Project::hello();
    project
        .run(&["build", "--rebuild", "changed", "--color", "always"])
        .exits(0)
        .says("\u{1b}[1m\u{1b}[32mDone:\u{1b}[0m");
    let run = shell(&project, r#""$0" build --target plan9 --color never"#);
    assert!(!run.stderr.contains(ESCAPE), "{}", run.stderr);
}

#[test]
fn verbose_shows_how_each_step_is_done() {
    let project = Project::hello();
    project
        .run(&["build", "--rebuild", "changed", "-v"])
        .exits(0)
        .says("  Running CGO_ENABLED=0 GOAMD64=v1 GOARCH=amd64 GOENV=off ")
        .says(" -trimpath -buildvcs=false '-ldflags=-s -w' .\n")
        .says(" Verified hello_linux_amd64_v1: proven; checked opaque, elf-interp, ");
    project.run(&["build", "-q", "-v"]).exits(2);
}

#[test]
fn quiet_leaves_the_errors_and_the_summary() {
    let project = Project::hello();
    let run = project
        .run(&["build", "--rebuild", "changed", "--quiet"])
        .exits(0)
        .prints("static: proven");
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    project.write("main.go", "package main\n\nfunc main() { x }\n");
    project
        .run(&["build", "--rebuild", "changed", "-q"])
        .exits(1)
        .says("./main.go:3:15: undefined: x")
        .says("Failed: 0 of 1 artifacts");
}

/// What a terminal shows in the end of what was written to it.
fn screen(written: &str) -> Vec<String> {
    let mut rows: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0, 0);
    let mut chars = written.chars();
    while let Some(char) = chars.next() {
        match char {
            '\r' => column = 0,
            '\n' => {
                row += 1;
                if row == rows.len() {
                    rows.push(Vec::new());
                }
            }
            ESCAPE => {
                assert_eq!(chars.next(), Some('['));
                let mut code = String::new();
                while !code.ends_with(char::is_alphabetic) {
                    code.extend(chars.next());
                }
                match code.as_str() {
                    "2K" => rows[row].clear(),
                    "1A" | "A" => row -= 1,
                    _ => assert!(code.ends_with('m'), "unknown code {code:?}"),
                }
            }
            _ => {
                let length = rows[row].len().max(column + 1);
                rows[row].resize(length, ' ');
                rows[row][column] = char;
                column += 1;
            }
        }
    }
    let text = |row: &Vec<char>| row.iter().collect::<String>().trim_end().to_owned();
    rows.iter().map(text).collect()
}

#[test]
fn a_terminal_gets_bars_of_which_nothing_remains() {
    let project = Project::hello();
    let run = shell(
        &project,
        r#"TERM=xterm script -qec "stty cols 100; '$0' build --rebuild changed" /dev/null"#,
    )
    .exits(0)
    .prints("\u{1b}[2K")
    .prints("\u{1b}[32m");
    let shown = screen(&run.stdout);
    assert!(shown[0].starts_with(" Compiled linux/"), "{shown:#?}");
    assert!(shown[1].starts_with("    Built hello_linux_"), "{shown:#?}");
    assert_eq!(shown[2], "", "{shown:#?}");
    assert!(shown[3].starts_with("Target "), "{shown:#?}");
    assert!(shown[5].starts_with("Done: 1 of 1"), "{shown:#?}");

    let run = shell(
        &project,
        r#"NO_COLOR=1 TERM=xterm script -qec "'$0' build --rebuild changed" /dev/null"#,
    )
    .exits(0);
    assert!(!run.stdout.contains("\u{1b}[3"), "{}", run.stdout);
}

#[test]
fn a_reader_that_goes_away_stops_no_build() {
    for script in [
        r#""$0" build --rebuild changed --message-format json | head -1"#,
        r#""$0" build --rebuild changed --message-format json >&-"#,
        r#""$0" build --rebuild changed >&- 2>&-"#,
        r#""$0" build --rebuild changed >/dev/full 2>/dev/full"#,
    ] {
        let project = Project::hello();
        let run = shell(&project, script).exits(0);
        assert!(!run.stderr.contains("panic"), "{}", run.stderr);
        assert_eq!(project.json("dist/report.json")["exit"], 0, "{script}");
    }
}

#[test]
fn a_machine_gets_an_object_a_line_and_the_summary_last() {
    let project = Project::hello();
    let build = ["build", "--rebuild", "changed", "--message-format", "json"];
    let run = project.run(&build).exits(0);
    assert_eq!(run.stderr, "");
    let all = events(&run.stdout);
    let times: Vec<u64> = all
        .iter()
        .map(|event| event["time_ms"].as_u64().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let summary = all.last().unwrap();
    assert_eq!(summary["event"], "summary");
    assert_eq!(summary["exit"], 0);
    let artifacts = project.json("dist/artifacts.json");
    assert_eq!(summary["artifacts"], artifacts["artifacts"]);
    for kind in ["compile", "verify", "place"] {
        let of_kind = |event: &&Value| event["step"].as_str().unwrap_or("").starts_with(kind);
        let steps: Vec<&Value> = all.iter().filter(of_kind).collect();
        assert_eq!(steps[0]["event"], "started");
        assert_eq!(steps.last().unwrap()["event"], "finished");
        assert_eq!(steps.last().unwrap()["outcome"], "done");
    }

    project.write("main.go", "package main\n\nfunc main() { x }\n");
    let run = project.run(&build).exits(1);
    assert_eq!(run.stderr, "");
    let all = events(&run.stdout);
    assert_eq!(all.last().unwrap()["event"], "summary");
    assert_eq!(all.last().unwrap()["exit"], 1);
    let failed = all.iter().find(|event| event["outcome"] == "failed");
    let message = failed.unwrap()["message"].as_str().unwrap();
    assert!(
        message.contains("./main.go:3:15: undefined: x"),
        "{message}"
    );
}

#[test]
fn the_progress_ends_at_its_total() {
    // Package net brings packages of the standard library's own vendor folder.
    let project = Project::hello().file(
        "main.go",
        "package main\n\nimport \"net\"\n\nfunc main() { println(len(net.ParseIP(\"::1\"))) }\n",
    );
    let build = ["build", "--rebuild", "all", "--message-format", "json"];
    let run = project.run(&build).exits(0);
    let mut last: BTreeMap<String, (Value, Value)> = BTreeMap::new();
    for event in events(&run.stdout) {
        if event["event"] == "progress" {
            let step = event["step"].as_str().unwrap().to_owned();
            last.insert(step, (event["compiled"].clone(), event["total"].clone()));
        }
    }
    assert_eq!(last.len(), 1, "{last:?}");
    for (compiled, total) in last.values() {
        assert_eq!(compiled, total);
        assert!(total.as_u64() > Some(40), "{total}");
    }
}

#[test]
fn a_run_that_never_got_to_a_step_ends_its_events_with_a_summary_too() {
    let run = Project::empty()
        .run(&["build", "--message-format", "json"])
        .exits(3);
    let summary = run.json();
    assert_eq!(summary["event"], "summary");
    assert_eq!(summary["exit"], 3);
    assert!(
        summary["error"].as_str().unwrap().contains("go.mod"),
        "{summary}"
    );
}

#[test]
fn a_plan_that_can_not_be_written_whole_is_a_failure() {
    let full = std::fs::File::create("/dev/full").unwrap();
    let output = Project::hello()
        .command(&["plan", "--format", "json"])
        .stdout(full)
        .output()
        .unwrap();
    Run::of(output).exits(4).says("failed to write to stdout");
}
