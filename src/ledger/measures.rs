//! What steps took in earlier runs: time and memory. They are estimates for the next run, so they are kept by what a
//! step does and not by what it does that with: a change of sources leaves them.
//!
//! Any build of gobuildx reads them: they decide how something is made, never what.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use borsh::{BorshDeserialize, BorshSerialize};

use super::store::{seal, unseal};
use crate::atomic::{Mode, OutputFolder, PlaceError};
use crate::exec::{Done, End, Origin, Outcome, Outcomes};
use crate::plan::{Action, Garbage, Plan, Step};
use crate::process::Footprint;

/// Its path in the output folder.
const FILE: &str = ".gobuildx/measures";

/// What it starts with: a name, and the number of the form.
const MAGIC: &[u8] = b"gobuildx measures 3\n";

/// How many are kept, of steps that the plan of the last run didn't have.
const MOST: usize = 4096;

/// Measures by the names of what was measured.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures(BTreeMap<String, Measure>);

/// What a step took.
#[derive(BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Milliseconds from its start to its end.
    pub duration_ms: u64,
    /// How many cores it had meanwhile; 0 counts as one.
    pub cores: u32,
    /// The memory of its processes, where that was seen, in this run or an earlier one.
    pub memory: Option<Memory>,
}

/// The memory that a step took.
#[derive(BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// That of its processes.
    pub footprint: Footprint,
    /// How many cores it had meanwhile; 0 counts as one.
    pub cores: u32,
    /// How seldom garbage was collected.
    pub garbage: Garbage,
}

impl Measure {
    /// What a step took in this run, which was planned with so many cores and so much garbage; none of one that
    /// wasn't done in it.
    fn of(outcome: &Outcome, (planned, garbage): (u32, Garbage)) -> Option<Self> {
        let (End::Done(done), Origin::Run) = (&outcome.end, outcome.origin) else {
            return None;
        };
        let footprint = match done {
            Done::Compiled(compiled) => compiled.memory,
            _ => None,
        };
        // What is done again has one.
        let (cores, left) = match outcome.killed {
            Some(_) => (1, garbage.alone()),
            None => (planned, garbage),
        };
        let memory = footprint.map(|footprint| Memory {
            footprint,
            cores,
            garbage: left,
        });
        let killed = outcome.killed.as_ref().and_then(|killed| killed.memory);
        let killed = killed.map(|footprint| Memory {
            footprint,
            cores: planned,
            garbage,
        });
        Some(Self {
            duration_ms: outcome.duration_ms,
            cores,
            // Alone it may take so little that the next run would have it killed once more.
            memory: memory
                .into_iter()
                .chain(killed)
                .max_by_key(|memory| memory.at(garbage).with(planned)),
        })
    }

    /// Milliseconds that it would take on one core, if all its cores were busy.
    #[must_use]
    pub fn work_ms(&self) -> u64 {
        self.duration_ms
            .saturating_mul(u64::from(self.cores.max(1)))
    }

    /// Bytes that it takes with so many cores.
    #[must_use]
    pub fn memory_with(&self, cores: u32) -> Option<u64> {
        Some(self.memory?.with(cores))
    }

    /// The measure after one more: time is that of the last run. One that was too short to be looked at leaves what
    /// is known of memory.
    fn after(self, now: Self) -> Self {
        let memory = match (self.memory, now.memory) {
            (Some(before), Some(of_now)) => Some(before.after(of_now)),
            (before, of_now) => of_now.or(before),
        };
        Self { memory, ..now }
    }
}

impl Memory {
    /// Bytes with so many cores: as much more or less as there are, but never less than the largest process.
    fn with(self, cores: u32) -> u64 {
        let Footprint { all, largest } = self.footprint;
        let scaled = u128::from(all) * u128::from(cores.max(1)) / u128::from(self.cores.max(1));
        u64::try_from(scaled).unwrap_or(u64::MAX).max(largest)
    }

    /// The same where garbage is collected more or less seldom. All of it may be a heap that grows until then; how
    /// much of it would be collected sooner nothing tells.
    fn at(self, garbage: Garbage) -> Self {
        let (Garbage::Percent(from), Garbage::Percent(to)) = (self.garbage, garbage) else {
            return self;
        };
        if to <= from {
            return self;
        }
        let more = |bytes: u64| {
            let scaled = u128::from(bytes) * u128::from(to.saturating_add(100));
            let scaled = scaled / u128::from(from.saturating_add(100));
            u64::try_from(scaled).unwrap_or(u64::MAX)
        };
        let footprint = Footprint {
            all: more(self.footprint.all),
            largest: more(self.footprint.largest),
        };
        Self {
            footprint,
            garbage,
            ..self
        }
    }

    /// It rises at once and falls slowly, since a run that finds much in Go's cache says little about one that
    /// doesn't. With other cores, or where garbage was collected at another time, it stands by itself.
    fn after(self, now: Self) -> Self {
        if (self.cores, self.garbage) != (now.cores, now.garbage) {
            return now;
        }
        let fading = |bytes: u64| bytes - bytes / 8;
        let before = Footprint {
            all: fading(self.footprint.all),
            largest: fading(self.footprint.largest),
        };
        Self {
            footprint: now.footprint.max(before),
            ..now
        }
    }
}

impl Measures {
    /// Those that were written to an output folder; none where there is nothing that can be read.
    #[must_use]
    pub fn read(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let is_file = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file());
        let bytes = is_file.then(|| fs::read(&path).ok()).flatten();
        bytes
            .and_then(|bytes| Self::parse(&bytes))
            .unwrap_or_default()
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        Self::try_from_slice(unseal(bytes, MAGIC)?).ok()
    }

    /// Writes them to an output folder; where there are none, there is no file.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn write(&self, folder: &OutputFolder) -> Result<(), PlaceError> {
        if self.0.is_empty() {
            return folder.remove(FILE);
        }
        let bytes = seal(MAGIC, self);
        folder.write(FILE, &bytes, Mode::Record).map(drop)
    }

    /// What a step took when it was done last.
    #[must_use]
    pub fn of(&self, step: &Step) -> Option<&Measure> {
        self.0.get(&name(step))
    }

    /// What would have been measured where garbage is collected as seldom as this.
    #[must_use]
    pub fn at(&self, garbage: Garbage) -> Self {
        let measures = self.0.iter().map(|(name, measure)| {
            let memory = measure.memory.map(|memory| memory.at(garbage));
            (name.clone(), Measure { memory, ..*measure })
        });
        Self(measures.collect())
    }

    /// Takes note of what a step took.
    pub fn note(&mut self, step: &Step, now: Measure) {
        let entry = self.0.entry(name(step));
        entry
            .and_modify(|before| *before = before.after(now))
            .or_insert(now);
    }

    /// The measures after a run of what was left of a plan. Steps that weren't done in it stay as they are.
    #[must_use]
    pub fn after(mut self, (whole, left): (&Plan, &Plan), outcomes: &Outcomes) -> Self {
        for step in &left.steps {
            let Some(outcome) = outcomes.get(&step.id) else {
                continue;
            };
            if let Some(now) = Measure::of(outcome, (step.action.cpu(), Garbage::of(step))) {
                self.note(step, now);
            }
        }
        self.forget_others(whole.steps.iter().chain(&left.steps));
        self
    }

    /// Forgets what isn't of these steps, where that is much.
    fn forget_others<'a>(&mut self, steps: impl Iterator<Item = &'a Step>) {
        if self.0.len() > MOST {
            let known: BTreeSet<String> = steps.map(name).collect();
            self.0.retain(|name, _| known.contains(name));
        }
    }
}

/// What is the same in each run that does the same: the step, and of a compilation the programs, and whether all is
/// compiled.
fn name(step: &Step) -> String {
    let (Action::Compile(compile) | Action::Recompile(compile)) = &step.action else {
        return step.id.to_string();
    };
    let mut programs: Vec<&str> = compile
        .programs
        .iter()
        .map(|one| one.artifact.as_str())
        .collect();
    programs.sort_unstable();
    let how = if compile.compiles_all() {
        "all"
    } else {
        "changed"
    };
    format!("{} {how} {}", step.id, programs.join(" "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exec::{Attempt, Compiled, Killed, Killer};
    use crate::plan::{CopySources, StepId, StepKind};

    const USUAL: Garbage = Garbage::Percent(100);
    const SELDOM: Garbage = Garbage::Percent(400);

    fn measures() -> Measures {
        Measures(BTreeMap::from([(
            "compile:linux/amd64/v1".to_owned(),
            measured(700 << 20, 400 << 20, 2),
        )]))
    }

    fn measured(all: u64, largest: u64, cores: u32) -> Measure {
        Measure {
            duration_ms: 10,
            cores,
            memory: Some(Memory {
                footprint: Footprint { all, largest },
                cores,
                garbage: USUAL,
            }),
        }
    }

    #[test]
    fn measures_are_read_as_they_were_written() {
        let bytes = seal(MAGIC, &measures());
        assert_eq!(Measures::parse(&bytes), Some(measures()));
    }

    #[test]
    fn where_nothing_was_written_nothing_is_known() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Measures::read(folder.path()), Measures::default());
        fs::create_dir_all(folder.path().join(FILE)).unwrap();
        assert_eq!(Measures::read(folder.path()), Measures::default());
    }

    fn step(nth: usize) -> Step {
        Step {
            id: StepId::new(StepKind::Copy, nth.to_string()),
            target: "linux/amd64".parse().unwrap(),
            action: Action::Copy(CopySources {
                folders: Vec::new(),
            }),
            outputs: Vec::new(),
            needs: Vec::new(),
        }
    }

    #[test]
    fn of_too_many_those_are_kept_that_the_plan_has() {
        let mut measures = Measures::default();
        let steps: Vec<Step> = (0..=MOST).map(step).collect();
        for step in &steps {
            measures.note(step, measured(1, 1, 1));
        }
        let (kept, others) = steps.split_at(2);
        measures.forget_others(kept.iter());
        assert!(kept.iter().all(|step| measures.of(step).is_some()));
        assert!(others.iter().all(|step| measures.of(step).is_none()));
    }

    #[test]
    fn memory_grows_with_the_cores_and_is_never_less_than_the_largest_process() {
        let measure = measured(1000, 600, 2);
        let with = [1, 2, 4].map(|cores| measure.memory_with(cores));
        assert_eq!(with, [Some(600), Some(1000), Some(2000)]);
    }

    #[test]
    fn memory_rises_at_once_and_falls_slowly() {
        let high = measured(800, 400, 1);
        let low = measured(100, 100, 1);
        assert_eq!(low.after(high).memory, high.memory);
        assert_eq!(high.after(low).memory, measured(700, 350, 1).memory);
    }

    #[test]
    fn a_run_that_was_too_short_to_be_looked_at_leaves_what_is_known_of_memory() {
        let short = Measure {
            duration_ms: 3,
            cores: 4,
            memory: None,
        };
        let after = measured(800, 400, 2).after(short);
        assert_eq!(after.memory_with(2), Some(800));
        assert_eq!(
            after.work_ms(),
            short.work_ms(),
            "its time is of its own cores"
        );
    }

    /// The end of a step that was killed when it had taken this, and took that alone.
    fn done_again(killed: u64, alone: u64) -> Outcome {
        let footprint = |all| Some(Footprint { all, largest: all });
        Outcome {
            end: End::Done(Done::Compiled(Compiled {
                packages: 1,
                files: Vec::new(),
                memory: footprint(alone),
            })),
            origin: Origin::Run,
            started_ms: 0,
            duration_ms: 10,
            killed: Some(Killed {
                what: "link".to_owned(),
                by: Killer::Kernel,
                attempt: Attempt::First,
                memory: footprint(killed),
            }),
        }
    }

    #[test]
    fn what_was_killed_counts_where_it_had_taken_more_than_what_was_done_alone() {
        let measure = Measure::of(&done_again(900, 150), (4, USUAL)).unwrap();
        assert_eq!(measure.memory_with(4), Some(900));
        assert_eq!(measure.work_ms(), 10, "it took that with one core");
        let measure = Measure::of(&done_again(900, 300), (4, USUAL)).unwrap();
        assert_eq!(measure.memory_with(4), Some(1200));
    }

    /// A measure as it was taken with this GOGC.
    fn collected(measure: Measure, garbage: Garbage) -> Measure {
        let memory = measure.memory.map(|memory| Memory { garbage, ..memory });
        Measure { memory, ..measure }
    }

    #[test]
    fn more_is_expected_where_garbage_is_collected_less_often_than_when_it_was_measured() {
        let name = "compile:linux/amd64/v1";
        let measures = Measures(BTreeMap::from([(name.to_owned(), measured(800, 200, 2))]));
        let with = |measures: &Measures| measures.0[name].memory_with(2);
        let seldom = measures.at(SELDOM);
        assert_eq!(with(&seldom), Some(2000));
        assert_eq!(
            with(&seldom.at(USUAL)),
            Some(2000),
            "it isn't known what was garbage"
        );
        assert_eq!(with(&measures.at(Garbage::OfUser)), Some(800));
    }

    #[test]
    fn memory_that_was_measured_with_another_gogc_stands_by_itself() {
        let before = collected(measured(800, 400, 2), SELDOM);
        let now = measured(300, 300, 2);
        assert_eq!(before.after(now), now);
    }

    #[test]
    fn what_was_done_alone_was_done_without_the_gogc_of_the_plan() {
        // Alone it took 400 with one core: with four and more garbage it would take more than what was killed.
        let measure = Measure::of(&done_again(900, 400), (4, SELDOM)).unwrap();
        assert_eq!(measure.memory.unwrap().garbage, USUAL);
        let measure = Measure::of(&done_again(900, 80), (4, SELDOM)).unwrap();
        assert_eq!(measure.memory.unwrap().garbage, SELDOM);
    }

    #[test]
    fn memory_with_other_cores_stands_by_itself() {
        let now = measured(300, 300, 1);
        assert_eq!(measured(800, 400, 2).after(now), now);
    }

    proptest! {
        #[test]
        fn damaged_measures_say_nothing(at in any::<proptest::sample::Index>(), bit in 0..8_u8) {
            let mut bytes = seal(MAGIC, &measures());
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(Measures::parse(&bytes).is_none());
        }

        #[test]
        fn whatever_lies_there_is_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Measures::parse(&bytes).is_none());
        }
    }
}
