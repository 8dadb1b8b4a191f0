//! The independence test: a program is run on a system that has nothing but it.
//!
//! What is isolated how ([`Isolation`]), what the blank system holds ([`BlankRoot`]), how much a program may
//! take there ([`Limits`]), what is asked of it ([`Test`]), what was seen ([`Tested`]), and what that says beside what
//! was read in the file ([`judge`]). Judging is pure.

mod bubblewrap;
mod ceilings;
mod cgroup;
mod container;
mod failing;
mod grant;
mod homeless;
mod ids;
mod isolation;
mod judge;
mod limits;
mod means;
mod names;
mod namespaces;
mod number;
mod observation;
mod root;
mod run;
#[cfg(test)]
mod samples;
mod smoked;
mod system;
mod task;
mod test;
mod users;
#[cfg(target_os = "linux")]
mod watch;
mod wine;

pub use bubblewrap::Bubblewrap;
pub use container::Engine;
pub use failing::{Failing, Stream, Wrong};
pub use grant::{Grant, ParseGrantError};
pub use isolation::{Isolation, Isolator, NotIsolated, ParseIsolatorError};
pub use judge::{Judgement, Predicted, Seen, Verdict, judge};
pub use limits::{Limits, MemoryOf};
pub use means::{Asked, CannotStart, Means, Starters, Wanted};
pub use observation::{
    Full, Isolated, Observation, Part, Ran, Room, Served, Tested, Unmade, Unwell,
};
pub use root::{BlankRoot, RootError};
pub use run::{RunError, Subject, run};
pub use smoked::{Judged, SmokeError, Smoked, smoke};
pub use system::{Farewell, System};
pub use task::WATCH;
pub use test::{Call, Check, FIRST_ARGUMENT, Pattern, Probe, Service, Test};
#[cfg(target_os = "linux")]
pub use watch::{WatchError, watch};
pub use wine::{NoWine, WINE_ROOT, Wine};
