//! Starts a file before and after it was packed, in isolation, and compares how both end.

use std::fmt;
use std::time::Duration;

use super::event::{PackFailure, Tried};
use super::session::Session;
use crate::plan::{CommandLine, Starts, TrialHere};
use crate::process::{Cancel, Output, ProcessError};

/// How much is kept of what a program writes.
const KEPT: usize = 64 * 1024;

/// How a program ended that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this code.
    Exited(i32),
    /// A signal ended it.
    Signal(i32),
    /// It didn't end while one waited.
    Running,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exited with {code}"),
            Self::Signal(signal) => match signal_hook::low_level::signal_name(*signal) {
                Some(name) => write!(f, "was ended by {name}"),
                None => write!(f, "was ended by signal {signal}"),
            },
            Self::Running => f.write_str("kept running"),
        }
    }
}

/// What came of one start.
enum Start {
    Ended(Ending, Output),
    /// What was to start the program didn't.
    Never(String),
}

/// Tries the packed file. An error is a packed file that doesn't run, or the end of the whole run.
pub(super) fn trial(
    trial: &TrialHere,
    session: &Session,
    cancel: &Cancel,
) -> Result<Tried, PackFailure> {
    let starts = match trial {
        TrialHere::Started(starts) => starts,
        TrialHere::NotStarted(because) => return Ok(Tried::NotStarted(because.clone())),
    };
    let before = match start(&starts.unpacked, starts.seconds, session, cancel)? {
        Start::Ended(Ending::Signal(signal), _) => {
            return Ok(Tried::NotStarted(format!(
                "started {}, already the unpacked file {}",
                starts.how,
                Ending::Signal(signal)
            )));
        }
        Start::Ended(before, _) => before,
        Start::Never(why) => return Ok(Tried::NotStarted(why)),
    };
    compare(starts, before, session, cancel)
}

fn compare(
    starts: &Starts,
    before: Ending,
    session: &Session,
    cancel: &Cancel,
) -> Result<Tried, PackFailure> {
    // A program that keeps running tells nothing more by running longer.
    let seconds = match before {
        Ending::Running => starts.seconds,
        Ending::Exited(_) | Ending::Signal(_) => starts.packed_seconds,
    };
    let (after, said) = match start(&starts.packed, seconds, session, cancel)? {
        Start::Ended(after, output) => (after, last_lines(&output)),
        Start::Never(why) => return Ok(Tried::NotStarted(why)),
    };
    if after == before {
        return Ok(Tried::Started {
            how: starts.how.clone(),
            ending: after,
        });
    }
    Err(PackFailure::EndsDifferently {
        how: starts.how.clone(),
        before,
        after,
        said,
    })
}

fn start(
    line: &CommandLine,
    seconds: u32,
    session: &Session,
    cancel: &Cancel,
) -> Result<Start, PackFailure> {
    let command = session
        .command(line)
        .timeout(Duration::from_secs(seconds.into()))
        .keep(KEPT);
    match command.run(cancel) {
        Ok(output) => Ok(Start::Ended(Ending::Exited(0), output)),
        Err(error @ ProcessError::Cancelled { .. }) => Err(PackFailure::Process(error)),
        Err(error) => Ok(judge(error)),
    }
}

/// The starters as they call themselves when they can't start a program.
const STARTERS: [&str; 2] = ["bwrap: ", "emulator: "];

fn judge(error: ProcessError) -> Start {
    match error {
        ProcessError::Exit { status, output, .. } => {
            let stderr = output.stderr_text();
            let last = stderr.lines().last().unwrap_or_default();
            if let Some(why) = STARTERS.iter().find_map(|name| last.strip_prefix(name)) {
                return Start::Never(format!("it can't be started in an empty root: {why}"));
            }
            let code = status.code().unwrap_or(-1);
            Start::Ended(ending(code), output)
        }
        ProcessError::Signal { signal, output, .. } => Start::Ended(Ending::Signal(signal), output),
        ProcessError::TimedOut { output, .. } => Start::Ended(Ending::Running, output),
        error => Start::Never(error.to_string()),
    }
}

/// The sandbox passes a signal on as 128 and its number.
fn ending(code: i32) -> Ending {
    const SIGNALS: std::ops::RangeInclusive<i32> = 129..=192;
    if SIGNALS.contains(&code) {
        Ending::Signal(code - 128)
    } else {
        Ending::Exited(code)
    }
}

/// The end of what a program wrote to stderr.
fn last_lines(output: &Output) -> Vec<String> {
    const SHOWN: usize = 5;
    let text = output.stderr_text();
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(SHOWN);
    let last = lines.into_iter().skip(from);
    last.map(|line| line.chars().take(200).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_above_128_are_signals() {
        assert_eq!(ending(2), Ending::Exited(2));
        assert_eq!(ending(139), Ending::Signal(11));
        assert_eq!(ending(255), Ending::Exited(255));
        assert_eq!(ending(139).to_string(), "was ended by SIGSEGV");
    }

    #[test]
    fn only_the_end_of_a_long_output_is_shown() {
        let output = Output {
            stdout: Vec::new(),
            stderr: b"1\n2\n3\n4\n5\n6\n7".to_vec(),
        };
        assert_eq!(last_lines(&output), ["3", "4", "5", "6", "7"]);
    }
}
