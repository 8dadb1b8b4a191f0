//! What was seen of a program that ran.

use std::time::{Duration, Instant};

use crate::process::{Cancel, Command, Output, ProcessError};
use crate::tools::bwrap::{Ending, ended, refusal};

/// How a program ended, and what it wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// How it ended.
    pub ending: Ending,
    /// What it wrote, as much as is kept.
    pub output: Output,
    /// Why it was never started, in the words of the sandbox or of the emulator in it.
    pub refusal: Option<String>,
    /// From start to end, with the sandbox around it.
    pub time: Duration,
}

impl Observation {
    /// Why the sandbox itself failed, before it came to the program.
    #[must_use]
    pub fn sandbox_failure(&self) -> Option<&str> {
        let why = self.refusal.as_deref()?;
        let is_sandbox = self.output.stderr.starts_with(b"bwrap: ");
        (is_sandbox && !why.starts_with("execvp ")).then_some(why)
    }
}

/// Runs a command that starts a program on a blank system.
///
/// # Errors
/// When the sandbox couldn't be started at all, or the run was stopped.
pub fn observe(command: &Command, cancel: &Cancel) -> Result<Observation, ProcessError> {
    let start = Instant::now();
    let (ending, output) = ended(command.run(cancel))?;
    Ok(Observation {
        refusal: refusal(ending, &output),
        ending,
        output,
        time: start.elapsed(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observation(stderr: &str) -> Observation {
        let output = Output {
            stdout: Vec::new(),
            stderr: stderr.into(),
        };
        let ending = Ending::Exited(1);
        Observation {
            refusal: refusal(ending, &output),
            ending,
            output,
            time: Duration::ZERO,
        }
    }

    #[test]
    fn a_sandbox_that_fails_says_nothing_about_the_program() {
        let sandbox = observation("bwrap: Creating new namespace failed\n");
        assert_eq!(
            sandbox.sandbox_failure(),
            Some("Creating new namespace failed")
        );
        for program in [
            "bwrap: execvp /server: No such file or directory\n",
            "emulator: Could not open '/lib/ld-musl-aarch64.so.1'\n",
            "usage: server\n",
        ] {
            assert_eq!(observation(program).sandbox_failure(), None, "{program}");
        }
    }
}
