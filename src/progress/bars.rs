//! A bar for each compilation that runs, below lines for what is finished: for terminals.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use textwrap::core::display_width;

use super::Observer;
use super::hooks::hook_line;
use super::words::Words;
use crate::console;
use crate::exec::{Event, Progress};
use crate::human::counted;
use crate::plan::StepId;
use crate::report::RunReport;
use crate::text_table::padded;

/// Shows what happens on a terminal.
pub struct Bars {
    words: Words,
    screen: MultiProgress,
    running: BTreeMap<StepId, ProgressBar>,
    width: usize,
}

impl Bars {
    /// An observer with these words that draws on stderr.
    #[must_use]
    pub fn new(words: Words) -> Self {
        let widths = words
            .compilations()
            .map(|step| display_width(step.subject()));
        let width = widths.max().unwrap_or(0);
        Self {
            words,
            screen: MultiProgress::with_draw_target(ProgressDrawTarget::stderr()),
            running: BTreeMap::new(),
            width,
        }
    }

    fn start(&mut self, step: &StepId) {
        if let Some(command) = self.words.command(step) {
            self.say(&command);
        }
        let Some(makes) = self.words.makes(step) else {
            return;
        };
        let bar = ProgressBar::no_length()
            .with_style(style("{prefix} {spinner} {packages} {elapsed} {wide_msg}"))
            .with_prefix(padded(step.subject(), self.width))
            .with_message(makes.to_owned());
        let bar = self.screen.add(bar);
        bar.enable_steady_tick(Duration::from_millis(200));
        self.running.insert(step.clone(), bar);
    }

    fn progress(&self, step: &StepId, progress: Progress) {
        let Some(bar) = self.running.get(step) else {
            return;
        };
        match progress {
            Progress::Compiling => bar.inc(1),
            Progress::Total(total) => {
                bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
                bar.set_style(style("{prefix} {bar:24} {pos}/{all} {elapsed} {wide_msg}"));
            }
        }
    }

    /// Writes a line above the bars.
    fn say(&self, line: &str) {
        self.screen.suspend(|| console::err(line));
    }
}

impl Observer for Bars {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { step } => self.start(step),
            Event::Progress { step, progress } => self.progress(step, *progress),
            Event::Hook { .. } | Event::Output { .. } => {
                if let Some(line) = hook_line(event) {
                    self.say(&line);
                }
            }
            Event::Again { step, killed } => {
                if let Some(bar) = self.running.remove(*step) {
                    bar.finish_and_clear();
                }
                self.say(&Words::again(step, killed));
            }
            Event::Finished { step, outcome } => {
                if let Some(bar) = self.running.remove(*step) {
                    bar.finish_and_clear();
                }
                if let Some(line) = self.words.finished(step, outcome) {
                    self.say(&line);
                }
            }
        }
    }

    fn end(&mut self, _: &RunReport) {
        // What a terminal that is gone doesn't show is no loss.
        let _ = self.screen.clear();
    }
}

/// A style from a template that is part of the program.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
        .with_key("packages", |state: &ProgressState, out: &mut dyn Write| {
            packages(Some(state.pos()), out);
        })
        .with_key("all", |state: &ProgressState, out: &mut dyn Write| {
            packages(state.len(), out);
        })
}

fn packages(count: Option<u64>, out: &mut dyn Write) {
    // A bar that has no room for a word does without it.
    let _ = out.write_str(&counted(count.unwrap_or(0), "package", "packages"));
}
