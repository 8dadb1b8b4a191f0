//! How the steps share a machine: what it has, and what each step is expected to take of it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::Plan;
use super::step::{Action, Step, StepId, StepKind};
use crate::human;
use crate::ledger::{Measure, Measures};

/// What a go process is expected to take for each of its cores, where nothing was measured: the linker took 0.9 GB for
/// a program of 50 MB (caddy), and a compiler mostly takes less.
pub const UNMEASURED: u64 = 1 << 30;

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
    /// Bytes of memory: of a go process those that earlier runs took, else [`UNMEASURED`] for each core; of a program
    /// on a blank system its limit. Of other steps none: they take little, or it shows later how much.
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

    fn expect(&mut self, steps: &[Step], measures: &Measures) {
        for step in steps {
            if let Some(measure) = measures.of(step) {
                let expected = self.expected.entry(step.id.clone()).or_default();
                expected.time_ms = Some(measure.duration_ms);
                let memory = measure.memory_with(step.action.cpu());
                expected.memory = memory.or(expected.memory);
            }
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
        // It may take no more.
        Action::Smoke(smoke) => Some(smoke.test.limits.memory),
        // What packs a file takes memory by its size, which shows when it is made.
        Action::Copy(_)
        | Action::Restore(_)
        | Action::Compare(_)
        | Action::Verify(_)
        | Action::Pack(_)
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
    /// Of what is left of a plan: expects of each step what it took when as much was left of it. Of others it goes on
    /// to expect what the whole step takes.
    pub fn expect(&mut self, measures: &Measures) {
        self.tuning.expect(&self.steps, measures);
    }

    /// Tells where even the least go process is expected to take more memory than all may have.
    #[must_use]
    pub fn scarce_memory(&self) -> Option<String> {
        let processes = self
            .steps
            .iter()
            .filter(|step| matches!(step.action, Action::Compile(_) | Action::Recompile(_)));
        let least = processes
            .map(|step| self.tuning.memory_of(&step.id))
            .min()?;
        let memory = self.tuning.memory.filter(|memory| *memory < least)?;
        Some(format!(
            "go processes come one at a time, each on one core: they may take {} of memory (--memory), and each \
             is expected to take {} or more",
            human::size(memory),
            human::size(least)
        ))
    }

    /// The steps, the most urgent first: those that start the longest chain of steps, by what they took in earlier
    /// runs. What wasn't measured counts like the others of its kind. Second builds come after all first ones, so
    /// that what doesn't compile is known before. Where nothing was measured, the order is that of the plan.
    #[must_use]
    pub fn by_urgency(&self) -> Vec<&Step> {
        by_urgency(&self.steps, &self.tuning.expected)
    }
}

fn by_urgency<'a>(steps: &'a [Step], expected: &BTreeMap<StepId, Expected>) -> Vec<&'a Step> {
    let times = times(steps, expected);
    let mut sorted: Vec<&Step> = steps.iter().collect();
    if times.is_empty() {
        return sorted;
    }
    let mut chains: BTreeMap<&StepId, u64> = BTreeMap::new();
    // A step stands after all that it needs, so from behind each chain is complete when it is taken.
    for step in steps.iter().rev() {
        let after = chains.get(&step.id).copied().unwrap_or_default();
        let time = times.get(&step.id).copied().unwrap_or_default();
        let chain = after.saturating_add(time);
        chains.insert(&step.id, chain);
        for need in &step.needs {
            let longest = chains.entry(need).or_default();
            *longest = (*longest).max(chain);
        }
    }
    sorted.sort_by_key(|step| {
        let chain = chains.get(&step.id).copied().unwrap_or_default();
        (step.id.kind() == StepKind::Recompile, Reverse(chain))
    });
    sorted
}

/// Milliseconds that each step takes; none at all where nothing was measured.
fn times<'a>(
    steps: &'a [Step],
    expected: &BTreeMap<StepId, Expected>,
) -> BTreeMap<&'a StepId, u64> {
    let measured = |step: &Step| expected.get(&step.id)?.time_ms;
    let mut known: BTreeMap<StepKind, Vec<u64>> = BTreeMap::new();
    for step in steps {
        let of_kind = known.entry(step.id.kind()).or_default();
        of_kind.extend(measured(step));
    }
    let like_others = |step: &Step| mean(known.get(&step.id.kind())?);
    let time = |step: &Step| measured(step).or_else(|| like_others(step));
    steps
        .iter()
        .filter_map(|step| Some((&step.id, time(step)?)))
        .collect()
}

/// The mean of numbers, if there are any.
pub(super) fn mean(numbers: &[u64]) -> Option<u64> {
    let count = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
    let sum = numbers
        .iter()
        .fold(0_u64, |sum, one| sum.saturating_add(*one));
    sum.checked_div(count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::again::CopySources;

    /// A step of this name; what it does makes no difference here.
    fn step(name: &str, needs: &[&str]) -> Step {
        Step {
            id: id(name),
            target: "linux/amd64".parse().unwrap(),
            action: Action::Copy(CopySources {
                folders: Vec::new(),
            }),
            outputs: Vec::new(),
            needs: needs.iter().copied().map(id).collect(),
        }
    }

    fn id(name: &str) -> StepId {
        let (kind, subject) = name.split_once(':').unwrap();
        let mut kinds = StepKind::ALL.iter();
        let kind = kinds.find(|one| one.as_str() == kind).unwrap();
        StepId::new(*kind, subject)
    }

    fn order(steps: &[Step], times: &[(&str, u64)]) -> Vec<String> {
        let times = times.iter().map(|(name, time)| {
            let expected = Expected {
                time_ms: Some(*time),
                memory: None,
            };
            (id(name), expected)
        });
        let sorted = by_urgency(steps, &times.collect());
        sorted.iter().map(|step| step.id.to_string()).collect()
    }

    #[test]
    fn of_what_is_left_of_a_plan_is_expected_what_that_took_else_what_the_whole_takes() {
        let took = |duration_ms| Measure {
            duration_ms,
            cores: 1,
            memory: None,
        };
        let steps = ["copy:a", "copy:b"].map(|name| step(name, &[]));
        let mut measures = Measures::default();
        for step in &steps {
            measures.note(step, took(30));
        }
        let mut sharing = Sharing::new(&steps, (1, None), &measures);
        let mut measures = Measures::default();
        measures.note(&steps[0], took(10));
        sharing.expect(&steps, &measures);
        let times: Vec<_> = sharing.expected.values().map(|one| one.time_ms).collect();
        assert_eq!(times, [Some(10), Some(30)]);
    }

    fn two_programs() -> Vec<Step> {
        vec![
            step("compile:a", &[]),
            step("place:a", &["compile:a"]),
            step("compile:b", &[]),
            step("compress:b", &["compile:b"]),
        ]
    }

    #[test]
    fn without_times_the_order_is_that_of_the_plan() {
        let names = ["compile:a", "place:a", "compile:b", "compress:b"];
        assert_eq!(order(&two_programs(), &[]), names);
    }

    #[test]
    fn what_starts_the_longest_chain_comes_first() {
        let times = [("compile:a", 30), ("compile:b", 20), ("compress:b", 11)];
        let names = ["compile:b", "compile:a", "compress:b", "place:a"];
        assert_eq!(order(&two_programs(), &times), names);
    }

    #[test]
    fn what_was_not_measured_counts_like_others_of_its_kind() {
        let steps = ["compile:a", "compile:b", "compile:c"].map(|name| step(name, &[]));
        let times = [("compile:a", 10), ("compile:c", 30)];
        let names = ["compile:c", "compile:b", "compile:a"];
        assert_eq!(order(&steps, &times), names);
    }

    #[test]
    fn second_builds_come_after_all_first_ones() {
        let steps = [
            step("compile:a", &[]),
            step("recompile:a", &["compile:a"]),
            step("compile:b", &[]),
        ];
        let times = [("compile:a", 90), ("recompile:a", 90), ("compile:b", 1)];
        let names = ["compile:a", "compile:b", "recompile:a"];
        assert_eq!(order(&steps, &times), names);
    }

    proptest! {
        #[test]
        fn a_step_never_comes_before_what_it_needs(
            times in proptest::collection::vec(0..50_u64, 1..12),
            needs in proptest::collection::vec(any::<proptest::sample::Index>(), 12),
        ) {
            let names: Vec<String> = (0..times.len()).map(|nth| format!("compile:{nth}")).collect();
            let steps: Vec<Step> = names.iter().enumerate().zip(&needs).map(|((nth, name), need)| {
                let before: Vec<&str> = names.iter().take(nth).map(String::as_str).collect();
                let need = (nth > 0).then(|| before[need.index(nth)]);
                step(name, need.as_slice())
            }).collect();
            let of_names: Vec<(&str, u64)> = names.iter().map(String::as_str).zip(times.iter().copied()).collect();
            let sorted = order(&steps, &of_names);
            prop_assert_eq!(sorted.len(), steps.len());
            let place = |name: &str| sorted.iter().position(|one| one == name);
            for step in &steps {
                for need in &step.needs {
                    prop_assert!(place(&need.to_string()) < place(&step.id.to_string()));
                }
            }
        }
    }
}
