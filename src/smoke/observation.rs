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
