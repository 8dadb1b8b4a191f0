//! Memory: what go processes are expected to take, what they took, and what happens when one is killed.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::answers::{compiles, words};
use crate::live::{cgo, with_cc};
use crate::project::{Project, says};

/// Whether a flag is among those of each go process.
fn all_have(plan: &Value, flag: &str) -> bool {
    let compiles = compiles(plan);
    let mut flags = compiles.iter().map(|step| words(&step["tuning"]["flags"]));
    !compiles.is_empty() && flags.all(|flags| flags.contains(&flag))
}

/// What decides how much a build takes.
const HOW: [&str; 4] = ["--jobs", "1", "--rebuild", "changed"];

fn build(project: &Project, more: &[&str]) {
    let args: Vec<&str> = ["build"].iter().chain(&HOW).chain(more).copied().collect();
    project.run(&args).exits(0);
}

/// What a step is expected to take.
fn expected(plan: &Value) -> &Value {
    &plan["tuning"]["expected"]["compile:linux/amd64/v1"]
}

#[test]
fn a_go_process_gets_as_many_cores_as_memory_allows() {
    let project = Project::hello().committed();
    let plan = |memory: &str| project.plan(&["--jobs", "4", "--memory", memory]);
    assert!(all_have(&plan("unlimited"), "-p=4"));
    assert!(all_have(&plan("64GiB"), "-p=4"));
    assert!(all_have(&plan("2GiB"), "-p=2"));
    assert!(all_have(&plan("1MiB"), "-p=1"), "it is built all the same");
    assert_eq!(plan("2GiB")["digest"], plan("unlimited")["digest"]);
}

#[test]
fn the_plan_tells_what_steps_share_and_are_expected_to_take() {
    let project = Project::hello().committed();
    let plan = project.plan(&["--jobs", "1", "--memory", "2GiB"]);
    assert_eq!(plan["tuning"]["cores"], 1);
    assert_eq!(plan["tuning"]["memory"], 2_u64 << 30);
    assert_eq!(expected(&plan)["memory"], 1 << 30);
    assert_eq!(expected(&plan)["time_ms"], Value::Null);
    let unlimited = project.plan(&["--memory", "unlimited"]);
    assert_eq!(unlimited["tuning"]["memory"], Value::Null);
}

#[test]
fn without_a_limit_of_the_user_most_of_what_is_free_is_shared() {
    let plan = Project::hello().plan(&[]);
    let memory = plan["tuning"]["memory"].as_u64().unwrap();
    assert!(memory > 1 << 20, "{memory}");
}

#[test]
fn what_a_build_took_is_expected_of_the_next_one() {
    let project = Project::hello().committed();
    build(&project, &[]);
    let steps = project.json("dist/report.json")["steps"].clone();
    let compile = &steps[0];
    let memory = compile["memory"]["all"].as_u64().unwrap();
    let largest = compile["memory"]["largest"].as_u64().unwrap();
    // Where most of it came from a cache, go may have been alone whenever it was looked at.
    assert!(
        (1 << 20..=memory).contains(&largest),
        "{largest} of {memory}"
    );
    // Other sources take about as much.
    project.write("main.go", &says("other"));
    let plan = project.plan(&HOW);
    assert_eq!(expected(&plan)["memory"], memory);
    assert_eq!(expected(&plan)["time_ms"], compile["duration_ms"]);
}

#[test]
fn damaged_measures_are_none() {
    let project = Project::hello().committed();
    build(&project, &[]);
    project.write("dist/.gobuildx/measures", "nothing");
    let plan = project.plan(&HOW);
    assert_eq!(expected(&plan)["memory"], 1 << 30);
    build(&project, &["--force"]);
    let plan = project.plan(&HOW);
    assert_ne!(expected(&plan)["memory"], 1 << 30);
}

#[test]
fn measures_that_can_not_be_written_leave_the_rest_known() {
    let project = Project::hello().committed();
    fs::create_dir_all(project.path("dist/.gobuildx/measures")).unwrap();
    build(&project, &[]);
    let run = project.run(&["build", "--rebuild", "changed"]).exits(0);
    assert!(!run.stderr.contains("won't know"), "{}", run.stderr);
    run.says("(nothing changed)");
}

#[test]
fn a_limit_that_is_none_is_answered_with_what_is_wanted() {
    for memory in ["", "2", "much", "0GiB", "-1GiB"] {
        let argument = format!("--memory={memory}");
        Project::empty()
            .run(&["build", &argument])
            .exits(2)
            .says("such as 2GiB")
            .says("`unlimited`");
    }
}

#[test]
fn processes_that_together_want_more_than_there_is_come_one_after_the_other() {
    let project = Project::hello()
        .manifest("[matrix]\ngoos = [\"linux\", \"freebsd\"]\ngoarch = [\"amd64\"]\n");
    let overlap = |memory: &str| {
        let args = ["--matrix", "--force", "--jobs", "2", "--memory", memory];
        project.build(&args).exits(0);
        let report = project.json("dist/report.json");
        let steps = report["steps"].as_array().unwrap().clone();
        let compile = |step: &&Value| step["id"].as_str().unwrap().starts_with("compile:");
        let mut times: Vec<(u64, u64)> = steps
            .iter()
            .filter(compile)
            .map(|step| {
                let start = step["started_ms"].as_u64().unwrap();
                (start, start + step["duration_ms"].as_u64().unwrap())
            })
            .collect();
        times.sort_unstable();
        assert_eq!(times.len(), 2);
        times[1].0 + 1 < times[0].1
    };
    assert!(overlap("unlimited"));
    assert!(!overlap("1MiB"));
}

/// A program with C in it, whose compiler does this when it compiles the C of the program itself. Before that go asks
/// for its version, and cgo for types, of whose end it says nothing.
fn with_killed_compiler(when: &str) -> Project {
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *' -c '*cgo2.c) {when} ;; esac\nexec /usr/bin/cc \"$@\"\n"
    );
    // Go's cache has it from an earlier run, unless it is new each time.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let c = format!("static int one(void) {{ return 1; }} // {}", now.as_nanos());
    with_cc(cgo(&c, "C.one()"), &script)
}

/// A compiler that is killed the first time only.
fn killed_once() -> Project {
    with_killed_compiler("[ -e ${0%/*}/killed ] || { : >${0%/*}/killed; kill -KILL $$; }")
}

const NOW_ALONE: &str =
    "was killed by SIGKILL, which the kernel does when memory runs out; now alone";

#[test]
fn a_step_whose_compiler_was_killed_is_done_once_more_alone() {
    let project = killed_once();
    let run = project.run(&["build", "--matrix"]).exits(0);
    run.says(NOW_ALONE);
    let report = project.json("dist/report.json");
    let step = &report["steps"][0];
    assert_eq!(step["outcome"], "done");
    assert_eq!(step["killed"]["by"], "unknown");
    let what = step["killed"]["what"].as_str().unwrap();
    assert!(what.starts_with("cc"), "{what}");
    let note = report["notes"][0].as_str().unwrap();
    assert!(note.ends_with("was done again, alone"), "{note}");
}

#[test]
fn the_events_tell_that_a_step_is_done_again() {
    let run = killed_once()
        .run(&["build", "--matrix", "--message-format", "json"])
        .exits(0);
    let events: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of_kind = |kind: &str| events.iter().filter(|event| event["event"] == kind).count();
    assert_eq!(of_kind("again"), 1);
    let again = events.iter().find(|event| event["event"] == "again");
    assert_eq!(again.unwrap()["killed"]["by"], "unknown");
    let compile = |event: &&Value| event["step"].as_str().unwrap_or("").starts_with("compile");
    let started = events.iter().filter(|event| event["event"] == "started");
    assert_eq!(started.filter(compile).count(), 2);
}

#[test]
fn a_step_whose_compiler_is_killed_each_time_fails_by_name() {
    let project = with_killed_compiler("kill -KILL $$");
    let run = project.run(&["build", "--matrix"]).exits(1);
    run.says(NOW_ALONE)
        .says("also alone and with one core: it probably needs more memory than there is");
    let step = &project.json("dist/report.json")["steps"][0];
    assert_eq!(step["outcome"], "failed");
    assert_eq!(step["killed"]["by"], "unknown");
}
