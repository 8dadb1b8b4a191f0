//! Signals stop the program and all that it runs; an ignored one stays ignored.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, and so may what it calls"
)]

use std::io::Write as _;

use gobuildx::failure::Exit;
use gobuildx::interrupt;
use gobuildx::process::{Cancel, Command};

/// Not a test of its own: the program that the tests below send signals to. It runs a command,
/// shows that it is ready, and ends with the exit code of the reason.
#[test]
#[ignore = "run by the other tests"]
fn program() {
    let cancel = Cancel::new();
    interrupt::listen(&cancel).unwrap();
    // The command is over when it was killed: then its end is seen here.
    let sleeper = Command::new("/bin/sh").args(["-c", "echo ready >&2; exec sleep 100"]);
    let error = sleeper.run_streaming(&cancel, |line| {
        let message = format!("{line} {}\n", std::process::id());
        std::io::stderr().write_all(message.as_bytes()).unwrap();
    });
    assert!(error.is_err());
    panic!(
        "exit code {}",
        cancel
            .reason()
            .map_or(0, |reason| Exit::from(reason).code())
    );
}

/// Starts the program with some signals ignored, sends signals to it when it is ready, and tells
/// what it wrote at its end.
fn send(ignored: &str, signals: &str) -> String {
    let program = std::env::current_exe().unwrap();
    let run = r#"trap "" $0; exec "$@" --exact program --ignored --nocapture"#;
    let ignore = if ignored.is_empty() { "USR2" } else { ignored };
    let command = Command::new("/bin/sh")
        .args(["-c", run, ignore])
        .arg(program)
        .env("PATH", "/usr/bin:/bin");
    let mut was_ready = false;
    let result = command.run_streaming(&Cancel::new(), |line| {
        if let Some(pid) = line.strip_prefix("ready ") {
            was_ready = true;
            let script = format!("for s in {signals}; do kill -$s {pid}; done");
            let kill = Command::new("/bin/sh").args(["-c", &script]);
            kill.run(&Cancel::new()).unwrap();
        }
    });
    let error = result.unwrap_err();
    assert!(was_ready, "{error}");
    error.output().unwrap().stderr_text().into_owned()
}

#[test]
fn each_signal_has_its_exit_code() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let said = send("", signal);
        assert!(said.contains(&format!("exit code {code}\n")), "{said}");
    }
}

#[test]
fn an_ignored_signal_stays_ignored_and_sigterm_works_all_the_same() {
    for signal in ["INT", "HUP"] {
        let said = send(signal, &format!("{signal} TERM"));
        assert!(said.contains("exit code 143\n"), "{said}");
    }
}

#[test]
fn a_second_signal_does_no_harm() {
    let said = send("", "INT INT INT");
    assert!(said.contains("exit code 130\n"), "{said}");
}
