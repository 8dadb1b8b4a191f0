//! The steps of a run by their names.

use std::collections::BTreeMap;

use crate::plan::StepId;
use crate::report::run::{RunReport, StepReport};

/// The steps of a run by their names.
#[derive(Clone, Debug)]
pub(super) struct Steps<'a>(BTreeMap<&'a StepId, &'a StepReport>);

impl<'a> Steps<'a> {
    pub(super) fn of(report: &'a RunReport) -> Self {
        Self(report.steps.iter().map(|step| (&step.id, step)).collect())
    }

    pub(super) fn get(&self, id: &StepId) -> Option<&'a StepReport> {
        self.0.get(id).copied()
    }
}
