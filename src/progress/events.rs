//! A JSON object a line on stdout for each thing that happens: for machines.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use super::Observer;
use crate::console;
use crate::delivery::SCHEMA;
use crate::exec::{Event, Progress};
use crate::failure::Failure;
use crate::plan::StepId;
use crate::report::{RunReport, StepOutcome, message};

/// Writes events as JSON.
pub struct Events {
    begin: Instant,
    compiled: BTreeMap<StepId, usize>,
    totals: BTreeMap<StepId, usize>,
}

impl Events {
    /// An observer whose times start now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            begin: Instant::now(),
            compiled: BTreeMap::new(),
            totals: BTreeMap::new(),
        }
    }

    /// The summary of a run that failed before it had anything to report.
    pub fn failed(&self, failure: &dyn Failure) {
        self.write(json!({
            "event": "summary",
            "schema": SCHEMA,
            "exit": failure.exit().code(),
            "error": failure.to_string(),
            "artifacts": [],
        }));
    }

    fn write(&self, mut event: Value) {
        let ms = u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Some(object) = event.as_object_mut() {
            object.insert("time_ms".to_owned(), ms.into());
        }
        console::out_json_line(&event);
    }
}

impl Observer for Events {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { step } => {
                self.write(json!({ "event": "started", "step": step }));
            }
            Event::Progress { step, progress } => {
                match progress {
                    Progress::Total(total) => {
                        self.totals.insert((*step).clone(), *total);
                    }
                    Progress::Compiling => {
                        *self.compiled.entry((*step).clone()).or_default() += 1;
                    }
                }
                self.write(json!({
                    "event": "progress",
                    "step": step,
                    "compiled": self.compiled.get(*step).copied().unwrap_or(0),
                    "total": self.totals.get(*step),
                }));
            }
            Event::Hook {
                step,
                occasion,
                command,
            } => self.write(json!({
                "event": "hook",
                "step": step,
                "when": occasion.to_string(),
                "command": command,
            })),
            Event::Output { step, line } => self.write(json!({
                "event": "output",
                "step": step,
                "line": line,
            })),
            Event::Again { step, killed } => {
                self.compiled.remove(*step);
                self.write(json!({
                    "event": "again",
                    "step": step,
                    "killed": killed,
                    "message": killed.to_string(),
                }));
            }
            Event::Finished { step, outcome } => self.write(json!({
                "event": "finished",
                "step": step,
                "outcome": StepOutcome::from(*outcome),
                "message": message(&outcome.end),
                "duration_ms": outcome.duration_ms,
            })),
        }
    }

    fn end(&mut self, report: &RunReport) {
        let mut summary = serde_json::to_value(report).unwrap_or_default();
        if let Some(object) = summary.as_object_mut() {
            object.insert("event".to_owned(), "summary".into());
        }
        self.write(summary);
    }
}
