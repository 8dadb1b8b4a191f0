//! How a failure ends the program: with which exit code, and with which advice.
//!
//! Each module has its own errors; this trait is all that the command line knows of them.

use std::error::Error;

/// How the program ends. The numbers are documented and stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Success,
    /// 1: a build or a gate failed.
    Failed,
    /// 2: the command line is wrong.
    Usage,
    /// 3: the manifest is wrong.
    Manifest,
    /// 4: a tool or something else of the environment is missing.
    Environment,
    /// 128 + the number of the signal that stopped the program.
    Interrupted(u8),
}

impl Exit {
    /// The number that the process ends with.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Manifest => 3,
            Self::Environment => 4,
            Self::Interrupted(signal) => signal.saturating_add(128),
        }
    }
}

/// An error that ends the program. Its message is complete and starts with "failed to".
pub trait Failure: Error {
    /// How the program ends.
    fn exit(&self) -> Exit;

    /// The failure as a text of its own, where one line and a hint don't do.
    fn rendered(&self, _colored: bool) -> Option<String> {
        None
    }

    /// What the user can do next; one sentence.
    fn hint(&self) -> Option<String> {
        None
    }
}

impl<'a, E: Failure + 'a> From<E> for Box<dyn Failure + 'a> {
    fn from(failure: E) -> Self {
        Box::new(failure)
    }
}
