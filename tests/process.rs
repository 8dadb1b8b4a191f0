//! Commands run as they are shown, and leave nobody behind.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, and so may what it calls"
)]

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use gobuildx::process::{Cancel, Command, ProcessError, Reason};
use proptest::prelude::*;

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Longer than anything here takes, shorter than the processes that must not be waited for.
const SOON: Duration = Duration::from_secs(30);

fn sh(script: impl Into<OsString>) -> Command {
    Command::new("sh").arg("-c").arg(script).env("PATH", PATH)
}

fn stdout(command: &Command) -> String {
    let output = command.run(&Cancel::new()).unwrap();
    output.stdout_text().into_owned()
}

/// Waits until a process is gone, or is a zombie that whoever adopted it doesn't care for.
fn assert_dies(pid: &str) {
    let start = Instant::now();
    while let Ok(stat) = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")) {
        if stat.contains(") Z ") || stat.contains(") X ") {
            return;
        }
        assert!(start.elapsed() < SOON, "{pid} lives on: {stat}");
        thread::yield_now();
    }
}

#[test]
fn large_output_on_both_streams_is_captured() {
    let script = "dd if=/dev/zero bs=1000 count=1000 2>/dev/null; \
                  dd if=/dev/zero bs=1000 count=1000 >&2 2>/dev/null; echo end; echo end >&2";
    let output = sh(script).run(&Cancel::new()).unwrap();
    assert_eq!(output.stdout.len(), 1_000_004);
    assert_eq!(output.stderr.len(), 1_000_004);
    assert!(output.stdout.ends_with(b"\0end\n"));
}

#[test]
fn stdin_is_empty() {
    assert_eq!(stdout(&sh("cat; echo end")), "end\n");
}

#[test]
fn the_environment_is_exactly_what_was_given() {
    let env = Command::new("/usr/bin/env");
    assert_eq!(stdout(&env), "");
    let env = env.envs([("B", "2"), ("A", "x y\nz")]);
    let shown = stdout(&env);
    let mut lines: Vec<&str> = shown.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["A=x y", "B=2", "z"]);
}

#[test]
fn the_program_is_looked_for_on_the_path_of_the_command() {
    let temp = tempfile::tempdir().unwrap();
    let tool = temp.path().join("tool");
    std::os::unix::fs::symlink("/bin/echo", &tool).unwrap();
    let command = Command::new("tool").arg("hi").env("PATH", temp.path());
    assert_eq!(stdout(&command), "hi\n");
}

#[test]
fn a_relative_program_starts_at_the_folder_of_the_command() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().canonicalize().unwrap();
    std::fs::create_dir(folder.join("bin")).unwrap();
    std::os::unix::fs::symlink("/bin/pwd", folder.join("bin/tool")).unwrap();
    let command = Command::new("./bin/tool").dir(&folder);
    assert_eq!(stdout(&command), format!("{}\n", folder.display()));
    let shown = sh(command.to_string());
    assert_eq!(stdout(&shown), format!("{}\n", folder.display()));
}

#[test]
fn what_is_missing_is_named() {
    let error = Command::new("no-such-tool")
        .run(&Cancel::new())
        .unwrap_err();
    assert!(matches!(error, ProcessError::NotFound { .. }));
    let message = "failed to run `no-such-tool`: found no program `no-such-tool`";
    assert_eq!(error.to_string(), message);

    let error = sh("true").dir("/no/such").run(&Cancel::new()).unwrap_err();
    assert!(matches!(error, ProcessError::NoFolder { .. }));
    let message = "failed to run `cd /no/such && sh -c true`: there is no folder `/no/such`";
    assert_eq!(error.to_string(), message);

    let error = Command::new("true").arg("x".repeat(200_000));
    let error = error.env("PATH", PATH).run(&Cancel::new()).unwrap_err();
    let message = "failed to start `true`: its longest argument has 200000 bytes, which is more than this \
                   system hands on to a program (Linux: 131071)";
    assert_eq!(error.to_string(), message);

    let error = Command::new("/").run(&Cancel::new()).unwrap_err();
    assert!(matches!(error, ProcessError::Spawn { .. }), "{error}");
}

#[test]
fn a_failure_keeps_what_was_written() {
    let error = sh("echo out; echo why >&2; exit 3").run(&Cancel::new());
    let error = error.unwrap_err();
    let message = "failed to run `sh -c 'echo out; echo why >&2; exit 3'`: it exited with 3";
    assert_eq!(error.to_string(), message);
    let output = error.output().unwrap();
    assert_eq!(output.stdout, b"out\n");
    assert_eq!(output.stderr_text(), "why\n");
}

#[test]
fn a_signal_is_named() {
    let error = sh("kill -TERM $$").run(&Cancel::new()).unwrap_err();
    assert!(
        error.to_string().ends_with("it was ended by SIGTERM"),
        "{error}"
    );
    let error = sh("kill -KILL $$").run(&Cancel::new()).unwrap_err();
    let end = "it was killed by SIGKILL; the machine probably ran out of memory";
    assert!(error.to_string().ends_with(end), "{error}");
}

#[test]
fn lines_of_stderr_come_while_the_command_runs() {
    let temp = tempfile::tempdir().unwrap();
    let script = "mkfifo f; echo one >&2; read x < f; printf 'two\\377' >&2";
    let command = sh(script).dir(temp.path()).timeout(SOON);
    let mut lines = Vec::new();
    let output = command.run_streaming(&Cancel::new(), |line| {
        lines.push(line.to_owned());
        if line == "one" {
            std::fs::write(temp.path().join("f"), "go on\n").unwrap();
        }
    });
    assert_eq!(output.unwrap().stderr, b"one\ntwo\xff");
    assert_eq!(lines, ["one", "two\u{fffd}"]);
}

#[test]
fn no_more_output_is_kept_than_is_wanted() {
    let script = "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; echo end >&2";
    let output = sh(script).keep(1000).run(&Cancel::new()).unwrap();
    assert_eq!((output.stdout.len(), output.stderr.len()), (1000, 1000));
}

#[test]
fn a_timeout_ends_the_whole_group() {
    let command = sh("sleep 100 & echo $!; sleep 100").timeout(Duration::from_millis(200));
    let start = Instant::now();
    let error = command.run(&Cancel::new()).unwrap_err();
    assert!(start.elapsed() < SOON);
    assert!(matches!(error, ProcessError::TimedOut { .. }));
    assert!(
        error.to_string().ends_with("it was not done after 200ms"),
        "{error}"
    );
    assert_dies(error.output().unwrap().stdout_text().trim());
}

#[test]
fn what_a_command_left_running_ends_with_it() {
    let start = Instant::now();
    let pids = stdout(&sh("sleep 100 & echo $!; sleep 100 & echo $!"));
    assert!(
        start.elapsed() < SOON,
        "the pipes of the left-over processes are not waited for"
    );
    assert_eq!(pids.lines().count(), 2);
    pids.lines().for_each(assert_dies);
}

#[test]
fn what_left_the_group_is_not_waited_for() {
    let temp = tempfile::tempdir().unwrap();
    let script =
        "mkfifo f; setsid sh -c 'echo $$; echo > f; exec sleep 100' & read x < f; echo end";
    let start = Instant::now();
    let shown = stdout(&sh(script).dir(temp.path()));
    assert!(start.elapsed() < SOON);
    let (pid, end) = shown.split_once('\n').unwrap();
    assert_eq!(end, "end\n");
    stdout(&sh(format!("kill -KILL {pid}")));
}

#[test]
fn a_trigger_ends_everything_and_lets_nothing_start() {
    let cancel = Cancel::new();
    let (ready, is_ready) = channel();
    let running = thread::spawn({
        let cancel = cancel.clone();
        move || {
            let script = "sleep 100 & echo $! >&2; sleep 100 & echo $! >&2; wait";
            let mut pids = Vec::new();
            let result = sh(script).run_streaming(&cancel, |pid| {
                pids.push(pid.to_owned());
                ready.send(()).unwrap();
            });
            (result, pids)
        }
    });
    is_ready.recv().unwrap();
    is_ready.recv().unwrap();
    let start = Instant::now();
    cancel.trigger(Reason::Interrupted { signal: 2 });
    let (result, pids) = running.join().unwrap();
    assert!(start.elapsed() < SOON);
    let error = result.unwrap_err();
    assert!(
        error.to_string().ends_with("interrupted by SIGINT"),
        "{error}"
    );
    for pid in &pids {
        assert_dies(pid);
    }

    let temp = tempfile::tempdir().unwrap();
    let later = sh("touch ran").dir(temp.path()).run(&cancel);
    assert!(matches!(later, Err(ProcessError::Cancelled { .. })));
    assert!(!temp.path().join("ran").exists());
}

#[test]
fn no_start_slips_past_a_trigger() {
    for _ in 0..20 {
        let cancel = Cancel::new();
        let start = Instant::now();
        thread::scope(|scope| {
            let (begun, has_begun) = channel();
            for _ in 0..4 {
                let (cancel, begun) = (&cancel, begun.clone());
                scope.spawn(move || {
                    let _ = begun.send(());
                    let error = sh("sleep 100").run(cancel).unwrap_err();
                    assert!(matches!(error, ProcessError::Cancelled { .. }), "{error}");
                });
            }
            has_begun.recv().unwrap();
            cancel.trigger(Reason::Failed);
        });
        assert!(start.elapsed() < SOON);
    }
}

#[test]
fn a_caller_that_panics_leaves_nobody_behind() {
    let (sender, pid) = channel();
    let caller = thread::spawn(move || {
        let _ = sh("echo $$ >&2; exec sleep 100").run_streaming(&Cancel::new(), |line| {
            sender.send(line.to_owned()).unwrap();
            panic!("on purpose");
        });
    });
    caller.join().unwrap_err();
    assert_dies(&pid.recv().unwrap());
}

#[test]
fn a_flood_ends_with_its_time_however_slowly_it_is_heard() {
    let nobody = Cancel::new();
    let listeners: [&mut dyn FnMut(&str); 2] = [&mut |_| (), &mut |_| {
        assert_eq!(nobody.wait(Duration::from_millis(1)), None);
    }];
    for listener in listeners {
        let mut heard = 0_u64;
        let start = Instant::now();
        let error = sh("yes")
            .timeout(Duration::from_secs(1))
            .run_lines(&Cancel::new(), |line| {
                heard += 1;
                listener(line);
            })
            .unwrap_err();
        assert!(matches!(error, ProcessError::TimedOut { .. }), "{error}");
        assert!(heard > 0);
        assert!(start.elapsed() < SOON, "{heard} lines");
    }
}

#[test]
fn a_flood_on_both_streams_ends_with_its_time() {
    let error = sh("yes & yes >&2")
        .keep(1000)
        .timeout(Duration::from_secs(1))
        .run(&Cancel::new())
        .unwrap_err();
    assert!(matches!(error, ProcessError::TimedOut { .. }), "{error}");
    let output = error.output().unwrap();
    assert_eq!((output.stdout.len(), output.stderr.len()), (1000, 1000));
}

#[test]
fn nothing_of_a_flood_is_heard_after_a_trigger() {
    let cancel = Cancel::new();
    let mut heard = 0;
    let error = sh("yes")
        .run_lines(&cancel, |_| {
            heard += 1;
            cancel.trigger(Reason::Interrupted { signal: 15 });
        })
        .unwrap_err();
    assert!(matches!(error, ProcessError::Cancelled { .. }), "{error}");
    assert_eq!(heard, 1);
}

#[test]
fn nothing_more_is_heard_of_what_died_of_a_trigger() {
    let cancel = Cancel::new();
    let mut heard = Vec::new();
    let error = sh("printf '%s\\nmore\\nmore' $$; exec sleep 1000")
        .run_lines(&cancel, |line| {
            heard.push(line.to_owned());
            cancel.trigger(Reason::Interrupted { signal: 15 });
            let start = Instant::now();
            while Path::new("/proc").join(line).exists() {
                assert!(start.elapsed() < SOON, "{line} lives on");
                thread::yield_now();
            }
        })
        .unwrap_err();
    assert!(matches!(error, ProcessError::Cancelled { .. }), "{error}");
    assert_eq!(heard.len(), 1, "{heard:?}");
}

#[test]
fn a_command_waits_for_whoever_hears_its_lines() {
    let temp = tempfile::tempdir().unwrap();
    let written = temp.path().join("written");
    let script = "yes \"$(printf %0999d 0)\" | head -c 5000000; touch written";
    let mut heard = 0;
    let mut ran_ahead = false;
    let result = sh(script).dir(temp.path()).run_lines(&Cancel::new(), |_| {
        if heard == 0 {
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(1) && !ran_ahead {
                ran_ahead = written.exists();
                thread::yield_now();
            }
        }
        heard += 1;
    });
    result.unwrap();
    assert!(!ran_ahead, "megabytes are kept for a listener that is slow");
    assert_eq!(heard, 5000);
    assert!(written.exists());
}

#[test]
fn all_that_a_command_wrote_is_heard_however_slowly() {
    let mut heard = 0;
    let nobody = Cancel::new();
    let result = sh("yes | head -c 60000").run_lines(&Cancel::new(), |_| {
        if heard == 0 {
            // Longer than anybody waits for pipes that stay open.
            assert_eq!(nobody.wait(Duration::from_secs(3)), None);
        }
        heard += 1;
    });
    result.unwrap();
    assert_eq!(heard, 30_000);
}

#[test]
fn a_flood_from_what_left_the_group_is_not_heard_without_end() {
    let temp = tempfile::tempdir().unwrap();
    let script = "mkfifo f; setsid sh -c 'echo > f; exec yes' & read x < f";
    let start = Instant::now();
    let result = sh(script)
        .dir(temp.path())
        .run_lines(&Cancel::new(), |_| ());
    result.unwrap();
    assert!(start.elapsed() < SOON);
}

/// Any bytes that an argument can hold, the troublesome ones more often.
fn word() -> impl Strategy<Value = OsString> {
    let byte = prop_oneof![
        1..=255u8,
        prop::sample::select(b"'\"\\$`\n \x1b~-=%".to_vec())
    ];
    prop::collection::vec(byte, 0..12).prop_map(OsString::from_vec)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_shell_reads_back_what_is_shown(words in prop::collection::vec(word(), 1..6), value in word()) {
        let command = Command::new("sh")
            .args(["-c", "printf '%s\\0' \"$A\" \"$PWD\" \"$@\"", "sh"])
            .args(&words)
            .env("PATH", PATH)
            .env("A", &value)
            .dir("/usr/bin");
        let direct = command.run(&Cancel::new()).unwrap().stdout;
        let by_shell = sh(command.to_string()).run(&Cancel::new()).unwrap().stdout;
        prop_assert_eq!(&direct, &by_shell);
        let mut expected: Vec<&[u8]> = vec![value.as_bytes(), b"/usr/bin"];
        expected.extend(words.iter().map(|word: &OsString| OsStr::as_bytes(word)));
        let expected: Vec<u8> = expected.iter().flat_map(|word| [*word, b"\0"].concat()).collect();
        prop_assert_eq!(direct, expected);
    }
}

#[test]
fn lines_of_both_streams_come_in_the_order_in_which_they_are_written() {
    let mut lines = Vec::new();
    let command = sh("echo one; echo two >&2; printf three; exit 3");
    let error = command
        .run_lines(&Cancel::new(), |line| lines.push(line.to_owned()))
        .unwrap_err();
    assert_eq!(lines, ["one", "two", "three"]);
    assert_eq!(error.output(), Some(&gobuildx::process::Output::default()));
}
