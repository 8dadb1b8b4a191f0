//! How a compilation is tried: as planned, and once more alone if something was killed.

use std::borrow::Cow;

use crate::plan::Compile;

/// How a compilation is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// As planned.
    First,
    /// Alone, with as little memory as possible.
    Alone,
}

impl Attempt {
    /// What is compiled then.
    pub(super) fn of(self, compile: &Compile) -> Cow<'_, Compile> {
        match self {
            Self::First => Cow::Borrowed(compile),
            Self::Alone => Cow::Owned(compile.one_at_a_time()),
        }
    }
}
