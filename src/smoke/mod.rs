//! The independence test: a program is run on a system that has nothing but it.
//!
//! What is isolated how ([`Isolation`]), what the blank system holds ([`BlankRoot`]), how much a program may
//! take there ([`Limits`]), what was seen ([`Observation`]), and what that says beside what was read in the
//! file ([`judge`]). Judging is pure.

mod grant;
mod isolation;
mod judge;
mod limits;
mod observation;
mod root;
mod test;
mod users;

pub use grant::{Grant, ParseGrantError};
pub use isolation::{Isolation, NotIsolated};
pub use judge::{Failing, Judgement, Predicted, Seen, Verdict, judge};
pub use limits::Limits;
pub use observation::{Observation, observe};
pub use root::{BlankRoot, RootError};
pub use test::{Call, Check, Pattern, Probe, Service, Test};
