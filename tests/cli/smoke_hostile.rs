//! `smoke` on programs that mean harm: each is contained, and gone when its time is over.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::live::{Live, wait_until};
use crate::project::Project;
use crate::smoked::{OrdinaryUser, hostile, processes_named, program, record, with};

/// What a program may have after its time limit until it is gone, also on a busy machine. How soon it
/// is gone, `cargo bench --bench contain` measures.
const GRACE: Duration = Duration::from_secs(20);
const SOON: Duration = Duration::from_secs(10);

/// For programs that don't end by themselves.
const LIMIT: Duration = Duration::from_secs(2);
/// For programs that do, also on a busy machine.
const PLENTY: Duration = Duration::from_mins(1);

/// What is said of the harm, and that nothing is left of it.
#[track_caller]
fn contained(limit: Duration, options: &[&str], harm: &[&str]) -> Value {
    let (project, name) = hostile();
    contained_in(&project, &name, limit, options, harm)
}

#[track_caller]
fn contained_in(
    project: &Project,
    name: &str,
    limit: Duration,
    options: &[&str],
    harm: &[&str],
) -> Value {
    let timeout = format!("{}s", limit.as_secs());
    let words = [
        &["smoke", "--format", "json", "--timeout", &timeout, name],
        options,
        &["--"],
        harm,
    ];
    let run = project.run(&words.concat());
    assert_eq!(processes_named(name), [""; 0]);
    let record = record(&run);
    let took = Duration::from_millis(record["time_ms"].as_u64().unwrap());
    assert!(took < limit + GRACE, "{took:?}");
    record
}

#[test]
fn a_program_that_does_not_end_is_ended() {
    for harm in ["waits", "prints", "forks"] {
        let record = contained(LIMIT, &[], &[harm]);
        assert_eq!(record["verdict"], "fail", "{harm}");
        assert_eq!(record["because"], "it didn't end within 2.0 s", "{harm}");
        assert_eq!(
            record["dimensions"]["dependencies_complete"], "unknown",
            "{harm}"
        );
    }
}

#[test]
fn a_program_that_fills_the_disk_fills_its_own() {
    let record = contained(PLENTY, &["--grant", "tmp"], &["fills"]);
    assert_eq!(record["because"], "its /tmp was full: it may have 67.1 MB");
    assert_eq!(record["besides"][0], "it exited with 1");
    assert_eq!(
        record["said"][0],
        "write /tmp/full: no space left on device"
    );
}

#[test]
fn a_program_that_makes_files_without_end_makes_no_more_than_it_may() {
    let record = contained(LIMIT, &["--grant", "tmp"], &["litters"]);
    assert_eq!(
        record["because"],
        "its /tmp was full: it may have 16384 files and folders"
    );
    assert_eq!(record["besides"][0], "it didn't end within 2.0 s");
    // One is `/tmp` itself.
    assert_eq!(
        record["said"],
        json!(["it was here", "open /tmp/16383: no space left on device"])
    );
}

#[test]
fn a_code_above_128_may_be_a_signal_and_is_told_as_either() {
    for harm in [&["exits", "137"][..], &["dies"]] {
        let record = contained(PLENTY, &[], harm);
        let told = "it exited with 137 or was ended by SIGKILL";
        assert_eq!(record["because"], told, "{harm:?}");
    }
    let record = contained(PLENTY, &[], &["exits", "193"]);
    assert_eq!(record["because"], "it exited with 193");
}

#[test]
fn a_program_has_no_rights_whoever_runs_it_and_whatever_who_watches_may() {
    let (project, name) = hostile();
    let none = "0000000000000000";
    let expected = format!(
        "CapInh:\t{none} CapPrm:\t{none} CapEff:\t{none} CapBnd:\t{none} CapAmb:\t{none} NoNewPrivs:\t1"
    );
    let grants = ["--grant", "tmp", "--grant", "proc"];
    let words = [
        &["smoke", "--format", "json", &name],
        &grants[..],
        &["--", "may"],
    ]
    .concat();
    let user = OrdinaryUser::of(&project);
    for run in [
        project.run(&words),
        user.run(&words),
        user.run_by(&["unshare", "--map-root-user"], &words),
    ] {
        let record = record(&run.exits(1));
        assert_eq!(record["said"], json!([expected]), "{record:#}");
    }
}

#[test]
fn a_program_that_takes_all_memory_has_no_more_than_its_own() {
    let record = contained(PLENTY, &[], &["eats"]);
    assert_eq!(record["because"], "it exited with 2");
    let told = &record["observed"][0]["causes"][0];
    // Without memory, Go can't always tell so.
    let crashed = record["said"][0].as_str().unwrap().starts_with("SIGSEGV: ");
    assert!(told == "memory-limit" || crashed, "{record:#}");
}

/// Whether a control group limits all processes of a run together on this machine. Without one, nothing keeps these
/// programs from taking all memory that there is.
pub fn is_limited_together() -> bool {
    let run = with("hello").run(&["smoke", "--format", "json", "hello"]);
    record(&run)["memory_limit_of"] == "all"
}

#[test]
fn memory_that_processes_share_or_that_many_have_is_limited_too() {
    if !is_limited_together() {
        return;
    }
    for (harm, ended) in [
        ("shares", "it exited with 137 or was ended by SIGKILL"),
        ("stores", "it exited with 137 or was ended by SIGKILL"),
        ("spreads", "it exited with 1"),
    ] {
        let record = contained(PLENTY, &[], &[harm]);
        let because = record["because"].as_str().unwrap();
        let told = because.starts_with("the kernel ended ")
            && because.ends_with(" of it: all together wanted more memory than 1.1 GB");
        assert!(told, "{harm}: {because}");
        assert_eq!(record["besides"][0], ended, "{harm}");
        assert_eq!(record["observed"][0]["causes"][0], "memory-limit", "{harm}");
    }
}

#[test]
fn what_a_program_leaves_behind_is_told_and_ends_with_it() {
    let (project, name) = hostile();
    let record = contained_in(&project, &name, PLENTY, &[], &["leaves"]);
    assert_eq!(record["verdict"], "fail", "{record:#}");
    // As the system names processes.
    let short: String = name.chars().take(15).collect();
    assert_eq!(
        record["because"],
        format!("it left processes behind: {short}")
    );
}

#[test]
fn processes_that_are_gone_before_they_are_seen_are_left_behind_too() {
    let record = contained(PLENTY, &[], &["hurries"]);
    assert_eq!(record["verdict"], "fail", "{record:#}");
    let because = record["because"].as_str().unwrap();
    assert!(
        because.starts_with("it left processes behind: "),
        "{because}"
    );
}

#[test]
fn nothing_of_the_machine_is_seen() {
    let (project, name) = hostile();
    let project = project
        .file("canary", "sings")
        .env("GOBUILDX_CANARY", "sings");
    let canary = project.path("canary").display().to_string();
    let paths = ["/etc/passwd", "/proc/self/environ", "/dev/null", &canary];
    let words = ["smoke", "--format", "json", &name, "--", "reads"];
    let run = project.run(&[&words[..], &paths].concat()).exits(1);
    let record = record(&run);
    let said: Vec<&str> = record["said"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    for (line, path) in said.iter().zip(paths) {
        let expected = format!(" open {path}: no such file or directory");
        assert_eq!(*line, expected);
    }
    assert_eq!(said[4..], ["[PWD=/]"]);
    assert!(!run.stdout.contains("sings"), "{}", run.stdout);
}

#[test]
fn the_program_is_nobody_whoever_runs_it() {
    let record = contained(PLENTY, &[], &["tells"]);
    assert_eq!(record["said"][0], "65534 65534");
}

#[test]
fn nothing_of_the_machine_is_written() {
    let (project, name) = hostile();
    let own = format!("/{name}");
    let record = contained_in(&project, &name, PLENTY, &[], &["writes", "/new", &own]);
    let said = record["said"].as_array().unwrap();
    assert_eq!(said[0], "open /new: read-only file system");
    assert!(
        said[1]
            .as_str()
            .unwrap()
            .starts_with(&format!("open {own}: ")),
        "{said:?}"
    );
    assert_eq!(
        fs::read(project.path(&name)).unwrap(),
        fs::read(program("hostile")).unwrap()
    );
}

#[test]
fn nothing_of_the_network_is_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let record = contained(PLENTY, &[], &["connects", &address, "192.0.2.1:80"]);
    let said = record["said"].as_array().unwrap();
    assert_eq!(
        said[0],
        format!("dial tcp {address}: connect: connection refused")
    );
    assert_eq!(
        said[1],
        "dial tcp 192.0.2.1:80: connect: network is unreachable"
    );
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn one_run_does_not_disturb_another() {
    let (project, name) = hostile();
    fs::copy(program("hello"), project.path("hello")).unwrap();
    let mut other = Live::start(
        &project,
        &["smoke", "--timeout", "1m", &name, "--", "forks"],
    );
    let inside = format!("/{name} forks ");
    let processes = || {
        let all = processes_named(&inside).into_iter();
        all.filter(|line| line.starts_with(&inside)).count()
    };
    wait_until("it forks", || processes() > 5);
    project.run(&["smoke", "hello"]).exits(0);
    assert!((5..=256).contains(&processes()));
    other.signal("INT");
    assert_eq!(other.end().0, Some(130));
    wait_until("the processes are gone", || {
        processes_named(&name).is_empty()
    });
}

/// Runs what it is called with as the first process of a space of its own, as containers do.
const AS_THE_FIRST: &[&str] = &["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

/// An ordinary user is the same one in both.
#[test]
fn two_runs_of_root_are_two_users_also_where_both_have_the_same_process_number() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let (project, name) = hostile();
    fs::copy(program("hello"), project.path("hello")).unwrap();
    let inside = format!("/{name} forks ");
    let words = ["smoke", "--timeout", "1m", &name, "--", "forks"];
    let _first = Live::start_as(&project, AS_THE_FIRST, &words);
    wait_until("the first one forks", || users_of(&inside).len() == 1);
    // Of the same user it would be one process too many.
    let mut second = Live::start_as(&project, AS_THE_FIRST, &["smoke", "hello"]);
    assert_eq!(second.end().0, Some(0), "{:#?}", second.seen);
    let _third = Live::start_as(&project, AS_THE_FIRST, &words);
    wait_until("both fork", || users_of(&inside).len() == 2);
}

/// The users of the processes that were started with these words.
fn users_of(words: &str) -> BTreeSet<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let users = processes.filter_map(|entry| {
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let user = entry.metadata().ok()?.uid();
        line.starts_with(words).then_some(user)
    });
    users.collect()
}

#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    for (signal, code) in [("INT", 130), ("QUIT", 131), ("TERM", 143)] {
        let (project, name) = hostile();
        fs::create_dir(project.path("tmp")).unwrap();
        let tmp = project.path("tmp");
        let project = project.env("TMPDIR", tmp.clone());
        let mut run = Live::start(
            &project,
            &["smoke", "--timeout", "1m", &name, "--", "waits"],
        );
        let inside = format!("/{name} waits ");
        wait_until("it waits", || {
            let lines = processes_named(&inside);
            lines.iter().any(|line| line.starts_with(&inside))
        });
        let run_of = folder_in(&tmp);
        assert_eq!(!groups_of(&run_of).is_empty(), is_limited_together());
        run.signal(signal);
        let (exit, took) = run.end();
        assert_eq!(exit, Some(code), "{:#?}", run.seen);
        assert!(took < SOON, "{took:?}");
        wait_until("the processes are gone", || {
            processes_named(&name).is_empty()
        });
        assert_eq!(fs::read_dir(&tmp).unwrap().count(), 0);
        assert!(groups_of(&run_of).is_empty());
    }
}

/// The name of the one folder for the files of a run.
#[track_caller]
fn folder_in(tmp: &Path) -> String {
    let folders: Vec<_> = fs::read_dir(tmp).unwrap().flatten().collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    folders[0].file_name().into_string().unwrap()
}

/// The control groups of a run that has this folder for its files.
fn groups_of(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("/sys/fs/cgroup")];
    let word = folder.rsplit('-').next().unwrap().to_ascii_lowercase();
    let mark = format!("gobuildx-{word}-");
    while let Some(folder) = folders.pop() {
        // Groups of others come and go.
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(&mark) {
                found.push(path);
            } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            }
        }
    }
    found
}

#[test]
fn an_update_of_gobuildx_disturbs_no_run() {
    let (project, name) = hostile();
    fs::copy(program("hello"), project.path("hello")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_gobuildx"), project.path("gobuildx")).unwrap();
    // Behind it comes the path of another gobuildx.
    let own = ["sh", "-c", "shift && exec ./gobuildx \"$@\"", "sh"];
    let inside = format!("/{name} ");
    for update in [Some("#!/bin/sh\nexit 9\n"), None] {
        let words = ["smoke", "--timeout", "5s", &name, "hello", "--", "waits"];
        let mut run = Live::start_as(&project, &own, &words);
        wait_until("it waits", || {
            let lines = processes_named(&inside);
            lines.iter().any(|line| line.starts_with(&inside))
        });
        fs::rename(project.path("gobuildx"), project.path("older")).unwrap();
        if let Some(update) = update {
            project.write("gobuildx", update);
        }
        assert_eq!(run.end().0, Some(1), "{:#?}", run.seen);
        let said = run.seen.join("\n");
        assert!(said.contains("pass  hello"), "{said}");
        fs::rename(project.path("older"), project.path("gobuildx")).unwrap();
    }
}

#[test]
fn a_run_that_is_killed_takes_its_program_along() {
    let (project, name) = hostile();
    fs::create_dir(project.path("tmp")).unwrap();
    let tmp = project.path("tmp");
    let project = project.env("TMPDIR", tmp.clone());
    let words = ["smoke", "--timeout", "1m", &name, "--", "waits"];
    let mut run = Live::start(&project, &words);
    let inside = format!("/{name} waits ");
    wait_until("it waits", || {
        let lines = processes_named(&inside);
        lines.iter().any(|line| line.starts_with(&inside))
    });
    run.signal("KILL");
    assert_eq!(run.end().0, None);
    wait_until("the processes are gone", || {
        processes_named(&name).is_empty()
    });
    // What is killed removes neither its files nor its groups, which are empty by now: the next run does.
    let run_of = folder_in(&tmp);
    fs::copy(program("hello"), project.path("hello")).unwrap();
    wait_until("the next run has removed the files and the groups", || {
        project.run(&["smoke", "hello"]).exits(0);
        groups_of(&run_of).is_empty() && fs::read_dir(&tmp).unwrap().count() == 0
    });
}
