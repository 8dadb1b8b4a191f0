//! A line for each thing that happens: for logs and pipes.

use super::Observer;
use super::hooks::hook_line;
use super::words::{Words, failed};
use crate::console;
use crate::exec::{End, Event};
use crate::report::RunReport;

/// Says what happens, a line each, on stderr.
pub struct Lines {
    words: Words,
}

impl Lines {
    /// An observer with these words.
    #[must_use]
    pub fn new(words: Words) -> Self {
        Self { words }
    }
}

impl Observer for Lines {
    fn event(&mut self, event: &Event<'_>) {
        let line = match event {
            Event::Started { step } => self.words.started(step),
            Event::Again { step, killed } => Some(Words::again(step, killed)),
            Event::Finished { step, outcome } => self.words.finished(step, outcome),
            Event::Hook { .. } | Event::Output { .. } => hook_line(event),
            Event::Progress { .. } => None,
        };
        if let Some(line) = line {
            console::err(&line);
        }
    }

    fn end(&mut self, _: &RunReport) {}
}

/// Says only what fails, and what hooks are run.
pub struct Quiet;

impl Observer for Quiet {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            // What is run on somebody's word is shown in any case.
            Event::Hook { .. } => hook_line(event).iter().for_each(|line| console::err(line)),
            Event::Finished { outcome, .. } => {
                if let End::Failed(failure) = &outcome.end {
                    console::err(&failed(failure));
                }
            }
            Event::Again { step, killed } => console::err(&Words::again(step, killed)),
            Event::Started { .. } | Event::Progress { .. } | Event::Output { .. } => {}
        }
    }

    fn end(&mut self, _: &RunReport) {}
}
