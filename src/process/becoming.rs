//! Another program in place of this one, after something was set that only a process itself can set.

use std::convert::Infallible;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;

use super::umask::ParseUmaskError;
use crate::failure::{Exit, Failure};

/// Why gobuildx didn't become a program.
#[derive(Debug, thiserror::Error)]
pub enum BecomeError {
    /// The arguments are not those of the verb.
    #[error("failed to start a program: its name or what it is to have is missing")]
    Arguments,
    /// The first of them is no umask.
    #[error("failed to start a program: {0}")]
    Umask(#[from] ParseUmaskError),
    /// A control group isn't entered.
    #[error("failed to enter a control group by `{}`: {error}", file.display())]
    Group {
        /// The file that is written to.
        file: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The system refused.
    #[error("failed to start `{}`: {error}", program.display())]
    Start {
        /// The program.
        program: OsString,
        /// What the system said.
        error: io::Error,
    },
}

impl Failure for BecomeError {
    fn exit(&self) -> Exit {
        Exit::Environment
    }
}

/// Becomes the program that these words call.
pub(super) fn start(mut words: impl Iterator<Item = OsString>) -> Result<Infallible, BecomeError> {
    let program = words.next().ok_or(BecomeError::Arguments)?;
    #[expect(
        clippy::disallowed_types,
        reason = "the process becomes it, and stays in the group that was started"
    )]
    let error = std::process::Command::new(&program).args(words).exec();
    Err(BecomeError::Start { program, error })
}
