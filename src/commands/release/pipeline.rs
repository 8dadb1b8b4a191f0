//! How far a release has come, and how that is told.

use serde_json::json;

use crate::cli::MessageFormat;
use crate::console::{self, BAD, GOOD};
use crate::delivery::SCHEMA;
use crate::failure::{Exit, Failure};
use crate::printable::printable;
use crate::release::{ReleasedFile, Stage, StageEnd, Stages};
use crate::text_table::{Align, Table};

/// The stages that have ended so far, and what they made.
#[derive(Debug, Default)]
pub(super) struct Pipeline {
    pub(super) stages: Stages,
    /// What was made.
    pub(super) files: Vec<ReleasedFile>,
    /// What it is of.
    pub(super) version: Option<String>,
    /// Where it is made; none before the first stage is begun.
    pub(super) place: Option<String>,
}

impl Pipeline {
    /// Does the work of a stage unless that is left out, and notes how it ended: what was done, in words.
    pub(super) fn stage<T>(
        &mut self,
        stage: Stage,
        work: impl FnOnce(&mut Self) -> Result<(T, String), Box<dyn Failure>>,
    ) -> Result<Option<T>, Box<dyn Failure>> {
        if self.stages.left_out(stage).is_some() {
            return Ok(None);
        }
        match work(self) {
            Ok((value, says)) => {
                self.stages.end(stage, StageEnd::Done(says));
                Ok(Some(value))
            }
            Err(failure) => {
                let message = failure.to_string();
                self.stages
                    .end(stage, StageEnd::Failed(first_line(&message)));
                Err(failure)
            }
        }
    }

    /// Looks whether a stage that comes later can go well; if not, that is how it ended.
    pub(super) fn possible(
        &mut self,
        stage: Stage,
        look: impl FnOnce() -> Result<(), Box<dyn Failure>>,
    ) -> Result<(), Box<dyn Failure>> {
        look().inspect_err(|failure| {
            let first = first_line(&failure.to_string());
            self.stages.end(stage, StageEnd::Failed(first));
        })
    }

    /// Tells how it went: a table, or the last event.
    pub(super) fn tell(&self, format: MessageFormat, exit: Exit, failure: Option<&dyn Failure>) {
        match format {
            // What keeps a release from being begun is said by its failure.
            MessageFormat::Human => {
                if let Some(place) = &self.place {
                    self.tell_people(exit, place);
                }
            }
            MessageFormat::Json => {
                let stages = self.stages.whole().into_iter();
                let stages: Vec<_> = stages
                    .map(|(stage, end)| {
                        let (outcome, says) = end.words();
                        json!({ "stage": stage, "outcome": outcome, "says": says })
                    })
                    .collect();
                console::out_json_line(&json!({
                    "event": "release",
                    "schema": SCHEMA,
                    "version": self.version,
                    "exit": exit.code(),
                    "error": failure.map(ToString::to_string),
                    "stages": stages,
                    "files": self.files,
                }));
            }
        }
    }

    fn tell_people(&self, exit: Exit, place: &str) {
        let mut table = Table::new(&[
            ("Stage", Align::Left),
            ("", Align::Left),
            ("What", Align::Left),
        ]);
        for (stage, end) in self.stages.whole() {
            let (word, says) = end.words();
            table.row(vec![stage.to_string(), word.to_owned(), printable(says)]);
        }
        console::out(&format!("\n{}", table.fitted(console::width())));
        let version = self.version.as_deref().unwrap_or("the release");
        let (style, word) = match exit {
            Exit::Success => (GOOD, "Done:"),
            Exit::Interrupted(_) => (BAD, "Interrupted:"),
            _ => (BAD, "Failed:"),
        };
        console::err(&format!(
            "{style}{word}{style:#} {} of {}, in {place}",
            crate::human::counted(self.files.len(), "file", "files"),
            printable(version)
        ));
    }
}

/// What a message says first: faults of a manifest have a word before that.
pub(super) fn first_line(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    first.strip_prefix("error: ").unwrap_or(first).to_owned()
}
