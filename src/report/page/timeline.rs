//! Which step ran when, and beside which others.

use super::share::Share;
use crate::report::run::{StepOutcome, StepReport};

/// The steps that ran, in lanes in which none overlaps another. A lane is no core: which core a step ran on
/// isn't known.
#[derive(Clone, Debug)]
pub(super) struct Timeline<'a> {
    pub(super) lanes: Vec<Vec<Bar<'a>>>,
    pub(super) ticks: Vec<Tick>,
}

/// A step on the timeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar<'a> {
    pub(super) step: &'a StepReport,
    pub(super) start: Share,
    pub(super) width: Share,
}

/// A time on the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) ms: u64,
    pub(super) place: Share,
}

/// At most so many intervals between times on the axis.
const INTERVALS: u64 = 6;

impl<'a> Timeline<'a> {
    /// The timeline of steps in a run that took so long.
    pub(super) fn of(steps: &'a [StepReport], duration_ms: u64) -> Self {
        let mut ran: Vec<&StepReport> = steps.iter().filter(|step| has_run(step)).collect();
        ran.sort_by_key(|step| (step.started_ms, step.id.clone()));
        let ends = ran.iter().map(|step| end(step));
        let whole = ends.max().unwrap_or(0).max(duration_ms).max(1);
        let mut lanes: Vec<Vec<Bar<'a>>> = Vec::new();
        for step in ran {
            let start = Share::of(step.started_ms, whole);
            let bar = Bar {
                step,
                start,
                width: Share::of(end(step), whole).since(start),
            };
            let is_free = |lane: &&mut Vec<Bar<'a>>| {
                lane.last()
                    .is_none_or(|last| end(last.step) <= step.started_ms)
            };
            match lanes.iter_mut().find(is_free) {
                Some(lane) => lane.push(bar),
                None => lanes.push(vec![bar]),
            }
        }
        Self {
            lanes,
            ticks: ticks(whole),
        }
    }
}

/// A step that was never started has no time.
pub(super) fn has_run(step: &StepReport) -> bool {
    match step.outcome {
        StepOutcome::Done | StepOutcome::Failed => true,
        StepOutcome::Stopped => step.duration_ms > 0,
        StepOutcome::Skipped | StepOutcome::Kept => false,
    }
}

fn end(step: &StepReport) -> u64 {
    step.started_ms.saturating_add(step.duration_ms)
}

/// Round times, a few of them.
fn ticks(whole: u64) -> Vec<Tick> {
    let least = whole.div_ceil(INTERVALS);
    let interval = intervals().find(|interval| *interval >= least);
    let interval = interval.unwrap_or(whole);
    let times = (0..=INTERVALS).map(|number| number.saturating_mul(interval));
    times
        .take_while(|ms| *ms <= whole)
        .map(|ms| Tick {
            ms,
            place: Share::of(ms, whole),
        })
        .collect()
}

/// 1, 2 or 5 of something in milliseconds and seconds; minutes as people count them.
fn intervals() -> impl Iterator<Item = u64> {
    let decimal = (0..5).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
    let seconds = decimal.filter(|ms| *ms < 20_000);
    let longer = [20, 30, 60, 120, 300, 600, 1_200, 1_800].map(|seconds| seconds * 1_000);
    let hours = (1..=24).map(|hours| hours * 3_600_000);
    seconds.chain(longer).chain(hours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{StepId, StepKind};

    fn step(name: &str, started_ms: u64, duration_ms: u64, outcome: StepOutcome) -> StepReport {
        StepReport {
            id: StepId::new(StepKind::Compile, name),
            target: "linux/amd64".parse().unwrap(),
            outcome,
            message: None,
            findings: Vec::new(),
            weight: None,
            difference: None,
            trial: None,
            smoke: None,
            started_ms,
            duration_ms,
            memory: None,
            killed: None,
        }
    }

    fn names<'a>(timeline: &'a Timeline<'_>) -> Vec<Vec<&'a str>> {
        let lanes = timeline.lanes.iter();
        let names = |lane: &'a Vec<Bar<'_>>| lane.iter().map(|bar| bar.step.id.subject()).collect();
        lanes.map(names).collect()
    }

    #[test]
    fn steps_that_overlap_are_side_by_side() {
        let done = StepOutcome::Done;
        let steps = [
            step("late", 100, 50, done),
            step("long", 0, 120, done),
            step("short", 0, 100, done),
            step("inside", 105, 5, done),
        ];
        let timeline = Timeline::of(&steps, 200);
        assert_eq!(
            names(&timeline),
            [vec!["long"], vec!["short", "late"], vec!["inside"]]
        );
        let bar = timeline.lanes[1][1];
        assert_eq!(
            (bar.start.to_string(), bar.width.to_string()),
            ("50.00%".into(), "25.00%".into())
        );
    }

    #[test]
    fn a_step_that_never_started_is_not_on_it() {
        let steps = [
            step("skipped", 7, 0, StepOutcome::Skipped),
            step("stopped", 7, 0, StepOutcome::Stopped),
            step("ended", 0, 7, StepOutcome::Stopped),
            step("quick", 3, 0, StepOutcome::Done),
        ];
        assert_eq!(
            names(&Timeline::of(&steps, 7)),
            [vec!["ended"], vec!["quick"]]
        );
    }

    #[test]
    fn the_axis_has_a_few_round_times_within_the_run() {
        for (whole, wanted) in [
            (1, vec![0, 1]),
            (21_800, vec![0, 5_000, 10_000, 15_000, 20_000]),
            (125_000, vec![0, 30_000, 60_000, 90_000, 120_000]),
        ] {
            let times: Vec<u64> = ticks(whole).iter().map(|tick| tick.ms).collect();
            assert_eq!(times, wanted, "{whole}");
        }
        assert!(ticks(u64::MAX).len() >= 2);
    }
}
