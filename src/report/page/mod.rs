//! `report.html`: a run for people, on one page that loads nothing from anywhere.
//!
//! What the page says is a value first ([`View`]), made from the report of the run and nothing else; `draw`
//! turns it into HTML. The same report makes the same page.

mod artifact;
mod audit;
#[cfg(test)]
mod audit_tests;
mod draw;
mod foreseen;
mod gates;
mod head;
mod html;
mod mark;
mod segment;
mod share;
mod steps;
#[cfg(test)]
mod tests;
mod timeline;

use self::artifact::ArtifactView;
use self::audit::AuditView;
use self::head::Head;
use self::timeline::Timeline;
use super::AuditReport;
use super::run::{HookReport, RunReport, StepOutcome, StepReport};

/// The page of a run.
#[must_use]
pub(super) fn page(report: &RunReport) -> String {
    draw::document(&View::of(report))
}

/// The page of an audit.
#[must_use]
pub(super) fn audit_page(report: &AuditReport) -> String {
    draw::audit_document(&AuditView::of(report))
}

/// What the page says.
#[derive(Clone, Debug)]
struct View<'a> {
    head: Head<'a>,
    /// The steps and hooks that failed, each with what it said.
    failures: Vec<Failed<'a>>,
    notes: &'a [String],
    artifacts: Vec<ArtifactView<'a>>,
    audit: Option<AuditView<'a>>,
    timeline: Timeline<'a>,
    steps: &'a [StepReport],
    hooks: &'a [HookReport],
    removed: &'a [String],
}

/// A step or a hook that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failed<'a> {
    name: String,
    message: &'a str,
}

impl<'a> View<'a> {
    fn of(report: &'a RunReport) -> Self {
        Self {
            head: Head::of(report),
            failures: failures(report),
            notes: &report.notes,
            artifacts: ArtifactView::all(report),
            audit: report.audit.as_ref().map(AuditView::of),
            timeline: Timeline::of(&report.steps, report.duration_ms),
            steps: &report.steps,
            hooks: &report.hooks,
            removed: &report.removed,
        }
    }
}

fn failures(report: &RunReport) -> Vec<Failed<'_>> {
    let steps = report.steps.iter();
    let steps = steps.map(|step| (step.id.to_string(), step.outcome, step.message.as_deref()));
    let hooks = report.hooks.iter();
    let hooks = hooks.map(|hook| (hook.id.clone(), hook.outcome, hook.message.as_deref()));
    let failed = steps
        .chain(hooks)
        .filter(|(_, outcome, _)| *outcome == StepOutcome::Failed);
    failed
        .map(|(name, _, message)| Failed {
            name,
            message: message.unwrap_or_default(),
        })
        .collect()
}
