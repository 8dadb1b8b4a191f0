//! How a program ended that was to be started in the sandbox, and whether it was started at all.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::process::{Output, ProcessError};

/// How a program ended that was started.
#[derive(
    BorshDeserialize,
    BorshSerialize,
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
)]
pub enum Ending {
    /// By itself, with this code.
    Exited(i32),
    /// With this code, or by the signal of this number less 128: the sandbox tells both in the same way.
    Unclear(i32),
    /// A signal ended it.
    Signal(i32),
    /// It didn't end while one waited.
    Running,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exited with {code}"),
            Self::Unclear(code) => {
                let signal = Self::Signal(code - SIGNALLED);
                write!(f, "exited with {code} or {signal}")
            }
            Self::Signal(signal) => match signal_hook::low_level::signal_name(*signal) {
                Some(name) => write!(f, "was ended by {name}"),
                None => write!(f, "was ended by signal {signal}"),
            },
            Self::Running => f.write_str("kept running"),
        }
    }
}

/// What is added to the number of a signal.
const SIGNALLED: i32 = 128;

impl Ending {
    /// What the code of the sandbox says of the program in it.
    #[must_use]
    pub fn of_sandbox(code: i32) -> Self {
        const SIGNALS: std::ops::RangeInclusive<i32> = SIGNALLED + 1..=SIGNALLED + 64;
        if SIGNALS.contains(&code) {
            Self::Unclear(code)
        } else {
            Self::Exited(code)
        }
    }
}

/// How a command ended, and what was written. What its code says is told by `of_code`: it may be that of a program
/// in the command.
///
/// # Errors
/// When the command itself couldn't be run, or the run was stopped.
pub fn ended(
    run: Result<Output, ProcessError>,
    of_code: impl FnOnce(i32) -> Ending,
) -> Result<(Ending, Output), ProcessError> {
    match run {
        Ok(output) => Ok((Ending::Exited(0), output)),
        Err(ProcessError::Exit { status, output, .. }) => {
            Ok((of_code(status.code().unwrap_or(-1)), output))
        }
        Err(ProcessError::Signal { signal, output, .. }) => Ok((Ending::Signal(signal), output)),
        Err(ProcessError::TimedOut { output, .. }) => Ok((Ending::Running, output)),
        Err(error) => Err(error),
    }
}

/// What can't start a program, as it calls itself, and the codes that it then exits with.
const STARTERS: [(&str, &[i32]); 2] = [("bwrap: ", &[1]), ("emulator: ", &[1, 255])];

/// Why the program was never started, in the words of the sandbox or of the emulator in it.
///
/// A program may say such words too, so nothing else may have been written. Even then it could be
/// the program: for a file of which another start is known, its ending is what counts.
#[must_use]
pub fn refusal(ending: Ending, output: &Output) -> Option<String> {
    let Ending::Exited(code) = ending else {
        return None;
    };
    let stderr = output.stderr_text();
    let mut lines = stderr.lines();
    let (Some(line), None, true) = (lines.next(), lines.next(), output.stdout.is_empty()) else {
        return None;
    };
    STARTERS.iter().find_map(|(name, codes)| {
        let why = line.strip_prefix(name)?;
        codes.contains(&code).then(|| why.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_code_above_128_the_sandbox_doesnt_tell_whether_it_was_a_signal() {
        assert_eq!(Ending::of_sandbox(2), Ending::Exited(2));
        assert_eq!(Ending::of_sandbox(255), Ending::Exited(255));
        let unclear = Ending::of_sandbox(139);
        assert_eq!(unclear, Ending::Unclear(139));
        let told = "exited with 139 or was ended by SIGSEGV";
        assert_eq!(unclear.to_string(), told);
    }

    fn why(code: i32, stdout: &str, stderr: &str) -> Option<String> {
        let output = Output {
            stdout: stdout.into(),
            stderr: stderr.into(),
        };
        refusal(Ending::Exited(code), &output)
    }

    #[test]
    fn only_a_starter_that_says_nothing_else_did_not_start_the_program() {
        let said = "bwrap: execvp /app: No such file or directory\n";
        let expected = Some("execvp /app: No such file or directory".to_owned());
        assert_eq!(why(1, "", said), expected);
        assert_eq!(why(255, "", "emulator: no\n").as_deref(), Some("no"));
        assert_eq!(why(2, "", said), None);
        assert_eq!(why(1, "hello\n", said), None);
        assert_eq!(why(1, "", &format!("hello\n{said}")), None);
        assert_eq!(why(1, "", &format!("{said}bye\n")), None);
        assert_eq!(why(1, "", ""), None);
    }
}
