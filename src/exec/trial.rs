//! Starts a file before and after it was packed, in isolation, and compares how both end.

use std::time::{Duration, Instant};

use super::event::{PackFailure, Startup, Tried};
use super::session::Session;
use crate::plan::{CommandLine, Starts, TrialHere};
use crate::process::{Cancel, Output, ProcessError};
use crate::tools::bwrap::{Ending, ended, refusal};

/// How much is kept of what a program writes.
const KEPT: usize = 64 * 1024;

/// Tries the packed file. An error is a packed file that doesn't run, or the end of the whole run.
pub(super) fn trial(
    trial: &TrialHere,
    session: &Session,
    cancel: &Cancel,
) -> Result<Tried, PackFailure> {
    let starts = match trial {
        TrialHere::Started(starts) => starts,
        TrialHere::NotStarted(because) => return Ok(Tried::NotStarted(because.to_string())),
    };
    let (before, output) = match start(&starts.unpacked, starts.seconds, session, cancel) {
        Ok(start) => start,
        Err(error @ ProcessError::Cancelled { .. }) => return Err(PackFailure::Process(error)),
        Err(error) => return Ok(Tried::NotStarted(error.to_string())),
    };
    if let Some(why) = refusal(before, &output) {
        let why = format!("it can't be started in an empty root: {why}");
        return Ok(Tried::NotStarted(why));
    }
    // Only programs that crash end with such codes at `--version`.
    if let Ending::Signal(_) | Ending::Unclear(_) = before {
        let how = &starts.how;
        let why = format!("started {how}, already the unpacked file {before}");
        return Ok(Tried::NotStarted(why));
    }
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
        Ending::Exited(_) | Ending::Unclear(_) | Ending::Signal(_) => starts.packed_seconds,
    };
    // The unpacked file was started: whatever keeps this one from it is a failure.
    let (after, output) =
        start(&starts.packed, seconds, session, cancel).map_err(PackFailure::Process)?;
    if after == before {
        return Ok(Tried::Started {
            how: starts.how.clone(),
            ending: after,
            startup: match after {
                Ending::Exited(_) => startup(starts, session, cancel)?,
                Ending::Running | Ending::Unclear(_) | Ending::Signal(_) => None,
            },
        });
    }
    Err(PackFailure::EndsDifferently {
        how: starts.how.clone(),
        before,
        after,
        said: last_lines(&output),
    })
}

/// How long both take from their start to their end. They take turns, so that what else the machine does
/// slows both down.
fn startup(
    starts: &Starts,
    session: &Session,
    cancel: &Cancel,
) -> Result<Option<Startup>, PackFailure> {
    let timed = |line: &CommandLine, seconds| {
        let begin = Instant::now();
        start(line, seconds, session, cancel).map_err(PackFailure::Process)?;
        Ok(u64::try_from(begin.elapsed().as_micros()).unwrap_or(u64::MAX))
    };
    let (mut unpacked, mut packed) = (Vec::new(), Vec::new());
    for _ in 0..starts.timed_starts {
        unpacked.push(timed(&starts.unpacked, starts.seconds)?);
        packed.push(timed(&starts.packed, starts.packed_seconds)?);
    }
    Ok(median(unpacked)
        .zip(median(packed))
        .map(|(unpacked_us, packed_us)| Startup {
            unpacked_us,
            packed_us,
        }))
}

fn median(mut times: Vec<u64>) -> Option<u64> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

fn start(
    line: &CommandLine,
    seconds: u32,
    session: &Session,
    cancel: &Cancel,
) -> Result<(Ending, Output), ProcessError> {
    let command = session
        .command(line)
        .timeout(Duration::from_secs(seconds.into()))
        .keep(KEPT);
    ended(command.run(cancel), Ending::of_sandbox)
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
    fn only_the_end_of_a_long_output_is_shown() {
        let output = Output {
            stdout: Vec::new(),
            stderr: b"1\n2\n3\n4\n5\n6\n7".to_vec(),
        };
        assert_eq!(last_lines(&output), ["3", "4", "5", "6", "7"]);
    }
}
