//! How the steps share a machine: what it has, and what each step is expected to take of it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::Plan;
use super::step::{Action, Step, StepId, StepKind};
use crate::ledger::{Measure, Measures};

/// What a go process is expected to take for each of its cores, where nothing was measured: most compilers and
/// linkers take less.
pub const UNMEASURED: u64 = 512 << 20;

/// What the machine has for all steps together, and what they are expected to take. Never part of the identity.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Sharing {
    /// Cores.
    pub cores: u32,
    /// Bytes of memory for all go processes; none where there is no limit.
    pub memory: Option<u64>,
    /// What steps are expected to take, as far as that is known.
    pub expected: BTreeMap<StepId, Expected>,
}

/// What a step is expected to take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// Milliseconds, which the last run took that did the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<u64>,
    /// Bytes of memory: those that earlier runs took, else [`UNMEASURED`] for each core. Of steps that run no go
    /// process none: they take little.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
}

impl Sharing {
    pub(super) fn new(
        steps: &[Step],
        (cores, memory): (u32, Option<u64>),
        measures: &Measures,
    ) -> Self {
        let expected = steps.iter().map(|step| {
            let measure = measures.of(step);
            let expected = Expected {
                time_ms: measure.map(|measure| measure.duration_ms),
                memory: memory_of(step, measure),
            };
            (step.id.clone(), expected)
        });
        Self {
            cores,
            memory,
            expected: expected
                .filter(|(_, expected)| *expected != Expected::default())
                .collect(),
        }
    }

    /// Bytes that a step asks for.
    #[must_use]
    pub fn memory_of(&self, step: &StepId) -> u64 {
        let expected = self.expected.get(step);
        expected
            .and_then(|expected| expected.memory)
            .unwrap_or_default()
    }
}

fn memory_of(step: &Step, measure: Option<&Measure>) -> Option<u64> {
    match &step.action {
        Action::Compile(compile) | Action::Recompile(compile) => {
            Some(expected_memory(measure, compile.cpu))
        }
        Action::Copy(_)
        | Action::Restore(_)
        | Action::Compare(_)
        | Action::Verify(_)
        | Action::Pack(_)
        | Action::Smoke(_)
        | Action::Place(_)
        | Action::Hook(_) => None,
    }
}

/// Bytes that a go process is expected to take with so many cores.
pub(super) fn expected_memory(measure: Option<&Measure>, cores: u32) -> u64 {
    let measured = measure.and_then(|measure| measure.memory_with(cores));
    measured.unwrap_or_else(|| UNMEASURED.saturating_mul(u64::from(cores.max(1))))
}

impl Plan {
    /// The steps, the most urgent first: those that start the longest chain of steps, by what they took in earlier
    /// runs. What wasn't measured counts like the others of its kind. Second builds come after all first ones, so
    /// that what doesn't compile is known before. Where nothing was measured, the order is that of the plan.
    #[must_use]
    pub fn by_urgency(&self) -> Vec<&Step> {
        let mut steps: Vec<&Step> = self.steps.iter().collect();
        let times = self.times();
        if times.is_empty() {
            return steps;
        }
        let mut chains: BTreeMap<&StepId, u64> = BTreeMap::new();
        // A step stands after all that it needs, so from behind each chain is complete when it is taken.
        for step in self.steps.iter().rev() {
            let after = chains.get(&step.id).copied().unwrap_or_default();
            let time = times.get(&step.id).copied().unwrap_or_default();
            let chain = after.saturating_add(time);
            chains.insert(&step.id, chain);
            for need in &step.needs {
                let longest = chains.entry(need).or_default();
                *longest = (*longest).max(chain);
            }
        }
        steps.sort_by_key(|step| {
            let chain = chains.get(&step.id).copied().unwrap_or_default();
            (step.id.kind() == StepKind::Recompile, Reverse(chain))
        });
        steps
    }

    /// Milliseconds that each step takes; none at all where nothing was measured.
    fn times(&self) -> BTreeMap<&StepId, u64> {
        let measured = |step: &Step| self.tuning.expected.get(&step.id)?.time_ms;
        let mut known: BTreeMap<StepKind, Vec<u64>> = BTreeMap::new();
        for step in &self.steps {
            known
                .entry(step.id.kind())
                .or_default()
                .extend(measured(step));
        }
        let like_others = |step: &Step| mean(known.get(&step.id.kind())?);
        let steps = self.steps.iter();
        let time = |step: &Step| measured(step).or_else(|| like_others(step));
        steps
            .filter_map(|step| Some((&step.id, time(step)?)))
            .collect()
    }
}

/// The mean of numbers, if there are any.
pub(super) fn mean(numbers: &[u64]) -> Option<u64> {
    let count = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
    let sum = numbers
        .iter()
        .fold(0_u64, |sum, one| sum.saturating_add(*one));
    sum.checked_div(count)
}
