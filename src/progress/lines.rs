//! A line for each thing that happens: for logs and pipes.

use super::Observer;
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
            Event::Finished { step, outcome } => self.words.finished(step, outcome),
            Event::Progress { .. } => None,
        };
        if let Some(line) = line {
            console::err(&line);
        }
    }

    fn end(&mut self, _: &RunReport) {}
}

/// Says only what fails.
pub struct Quiet;

impl Observer for Quiet {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Finished { outcome, .. } = event
            && let End::Failed(failure) = &outcome.end
        {
            console::err(&failed(failure));
        }
    }

    fn end(&mut self, _: &RunReport) {}
}
