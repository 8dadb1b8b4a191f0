//! What is shown while a plan runs: lines, lines with bars, or JSON.

mod bars;
mod bringing;
mod download;
mod events;
mod hooks;
mod lines;
mod spinner;
mod words;

pub use bars::Bars;
pub use bringing::ReleaseProgress;
pub use download::Download;
pub use events::Events;
pub use hooks::HookLines;
pub use lines::{Lines, Quiet};
pub use spinner::Spinner;
pub use words::Words;

use crate::exec::Event;
use crate::report::RunReport;

/// Somebody who watches a run.
pub trait Observer {
    /// Something happened.
    fn event(&mut self, event: &Event<'_>);

    /// The run ended.
    fn end(&mut self, report: &RunReport);
}
