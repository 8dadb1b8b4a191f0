//! All that is known of one artifact.

use super::gates::Gates;
use super::steps::Steps;
use crate::report::run::{RunReport, StepReport, TrialReport};
use crate::report::{ArtifactRecord, PlannedRecord, SmokeRecord};
use crate::verify::{Finding, RuleId, Severity, Standing, Weight};

/// All that is known of one artifact.
#[derive(Clone, Debug)]
pub(super) struct ArtifactView<'a> {
    /// Its place on the page.
    pub(super) anchor: String,
    pub(super) planned: &'a PlannedRecord,
    /// None of one that isn't in its place.
    pub(super) record: Option<&'a ArtifactRecord>,
    pub(super) gates: Gates,
    pub(super) size: Option<Size>,
    pub(super) weight: Option<&'a Weight>,
    /// The worst first.
    pub(super) findings: Vec<&'a Finding>,
    pub(super) checked: &'a [RuleId],
    pub(super) trial: Option<&'a TrialReport>,
    pub(super) smoke: Option<&'a SmokeRecord>,
}

/// How large a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    /// As it is delivered.
    pub(super) bytes: u64,
    /// Before it was packed, if it was.
    pub(super) unpacked: Option<u64>,
}

impl<'a> ArtifactView<'a> {
    /// The artifacts of a run, in the order of the plan.
    pub(super) fn all(report: &'a RunReport) -> Vec<Self> {
        let steps = Steps::of(report);
        let numbered = (1..).zip(&report.planned);
        numbered
            .map(|(number, planned)| Self::of(number, planned, report, &steps))
            .collect()
    }

    fn of(
        number: u32,
        planned: &'a PlannedRecord,
        report: &'a RunReport,
        steps: &Steps<'a>,
    ) -> Self {
        let mut records = report.artifacts.iter();
        let record = records.find(|record| record.path == planned.path);
        let step = |id| -> Option<&'a StepReport> { steps.get(id) };
        let (findings, checked) = match (record, &planned.lost) {
            (Some(record), _) => (&record.findings[..], &record.checked[..]),
            (None, Some(lost)) => (&lost.findings[..], &lost.checked[..]),
            (None, None) => (&[][..], &[][..]),
        };
        let ids = &planned.steps;
        Self {
            anchor: format!("artifact-{number}"),
            planned,
            record,
            gates: Gates::of(planned, record, steps),
            size: record.map(|record| Size {
                bytes: record.size,
                unpacked: record.packed.as_ref().map(|packed| packed.size_before),
            }),
            weight: step(&ids.verify).and_then(|step| step.weight.as_ref()),
            findings: worst_first(findings),
            checked,
            trial: ids
                .compress
                .as_ref()
                .and_then(step)
                .and_then(|step| step.trial.as_ref()),
            smoke: ids
                .smoke
                .as_ref()
                .and_then(step)
                .and_then(|step| step.smoke.as_ref()),
        }
    }
}

impl Size {
    /// The larger one.
    pub(super) fn most(self) -> u64 {
        self.unpacked.unwrap_or(self.bytes).max(self.bytes)
    }
}

/// What closes the gate, then what the verdict hangs on, then the others, by severity.
fn worst_first(findings: &[Finding]) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| {
        let fails = finding.standing == Standing::Fails;
        std::cmp::Reverse((fails, finding.is_condition(), finding.severity))
    });
    sorted
}

/// Whether a finding is only worth knowing: nothing hangs on it.
pub(super) fn is_only_told(finding: &Finding) -> bool {
    finding.severity == Severity::Info
        && finding.standing != Standing::Fails
        && !finding.is_condition()
}
