//! Why a program is made again.

use std::fmt;

use super::Change;
use crate::plan::StepId;

/// Why a program is made again, or some of what comes after its compilation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The user wants it.
    Forced,
    /// Nothing is known of an earlier run, or that didn't come so far.
    New,
    /// Something that it is made from, or how, is another.
    Changed(Change),
    /// The file in the output folder isn't what was put there.
    Altered(String),
    /// A command of the user's own runs before it, and may change its sources.
    Hook,
    /// go can't tell what it is made from.
    Unknown,
    /// The file as go made it is wanted, and only what was made of that is left.
    NotKept,
    /// This step has to be done.
    Step(StepId, Box<Reason>),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forced => f.write_str("--force was given"),
            Self::New => f.write_str("nothing is known of an earlier build of it"),
            Self::Changed(change) => change.fmt(f),
            Self::Altered(path) => write!(f, "{path} isn't what was built"),
            Self::Hook => f.write_str("a hook runs before it"),
            Self::Unknown => f.write_str("go can't tell what it is made from"),
            Self::NotKept => f.write_str("its file before packing isn't kept"),
            Self::Step(step, reason) => write!(f, "{}: {reason}", step.kind().as_str()),
        }
    }
}
