//! Hooks: their commands before they run, and what they write.

use super::Observer;
use crate::console::{self, STRONG};
use crate::exec::Event;
use crate::printable::printable;
use crate::report::RunReport;

/// The line for a hook that is about to run, or that wrote something itself.
pub(super) fn hook_line(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Hook {
            occasion, command, ..
        } => Some(format!("{STRONG}  Running{STRONG:#} {occasion}: {command}")),
        Event::Output { line, .. } => Some(format!("    {}", printable(line))),
        Event::Started { .. }
        | Event::Progress { .. }
        | Event::Again { .. }
        | Event::Finished { .. } => None,
    }
}

/// Says what hooks are run before there is a plan; whoever runs them says why one failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookLines {
    /// The commands: what is run on somebody's word is shown in any case.
    Commands,
    /// And what they write.
    Output,
}

impl Observer for HookLines {
    fn event(&mut self, event: &Event<'_>) {
        let is_output = matches!(event, Event::Output { .. });
        let is_wanted = !is_output || *self == Self::Output;
        if let Some(line) = hook_line(event).filter(|_| is_wanted) {
            console::err(&line);
        }
    }

    fn end(&mut self, _: &RunReport) {}
}
