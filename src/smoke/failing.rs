//! What is wrong with a run, held against what was asked of it: pure.

use super::{Call, Farewell, Full, Observation, Part, Pattern, Ran, Served, Test, Unmade};
use crate::tools::bwrap::Ending;

/// What is wrong with one run of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which run it is, of all that were made.
    pub run: usize,
    /// What is wrong.
    pub failing: Failing,
}

/// What is wrong with a program that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failing {
    /// The kernel couldn't start it.
    NotStarted(String),
    /// The kernel ended so many of its processes, since all together had more memory than they may have.
    OutOfMemory(u64),
    /// It ended, and not as it should.
    Ended(Ending),
    /// What it wrote to a stream hasn't this in it.
    Lacks(Stream, Pattern),
    /// A folder that it may write to had no room for more.
    Full(Full),
    /// It was to make a file.
    NoFile(Unmade),
    /// The service was never well within its time; what it answered last.
    NeverWell(Option<String>),
    /// The service ended before it was told to.
    Died(Ending),
    /// The service was well, and its time was over before it could be told to end.
    NoTimeToEnd,
    /// It was told to end, and didn't.
    Ignores(Farewell),
    /// When it was told to end, it ended in this way.
    EndedBadly(Farewell, Ending),
    /// Its own processes, by name, outlived it.
    Left(Vec<String>),
}

/// What a program writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Its results.
    Stdout,
    /// What it says besides.
    Stderr,
}

impl Stream {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// What is wrong with a run.
pub(super) fn failings(test: &Test, run: &Ran) -> Vec<Failing> {
    let seen = &run.observation;
    if let Some(why) = &seen.refusal {
        return vec![Failing::NotStarted(why.clone())];
    }
    let mut failings = Vec::new();
    if seen.ended_for_memory > 0 {
        failings.push(Failing::OutOfMemory(seen.ended_for_memory));
    }
    failings.extend(match &run.part {
        Part::First => of_call(&test.first, seen),
        Part::Check(number) => match test.checks.get(*number) {
            Some(check) => of_call(&check.call, seen),
            None => Vec::new(),
        },
        Part::Service(served) => of_service(served, seen.ending).into_iter().collect(),
    });
    if !seen.left.is_empty() {
        failings.push(Failing::Left(seen.left.clone()));
    }
    // A program that does all that is asked of it may fill its folders.
    if !failings.is_empty() {
        let full = seen.full.iter().cloned().map(Failing::Full);
        failings.splice(..0, full);
    }
    failings
}

fn of_call(call: &Call, seen: &Observation) -> Vec<Failing> {
    let mut failings = Vec::new();
    if !ends_as_asked(call, seen.ending) {
        failings.push(Failing::Ended(seen.ending));
    }
    let streams = [
        (Stream::Stdout, &call.stdout, seen.output.stdout_text()),
        (Stream::Stderr, &call.stderr, seen.output.stderr_text()),
    ];
    for (stream, pattern, text) in streams {
        let lacking = pattern.iter().filter(|pattern| !pattern.is_in(&text));
        failings.extend(lacking.map(|pattern| Failing::Lacks(stream, pattern.clone())));
    }
    failings.extend(seen.unmade.iter().cloned().map(Failing::NoFile));
    failings
}

/// Whether it ended with the code that is asked for, as far as anybody can tell.
fn ends_as_asked(call: &Call, ending: Ending) -> bool {
    match ending {
        Ending::Exited(code) | Ending::Unclear(code) => code == i32::from(call.exit),
        Ending::Signal(_) | Ending::Running => false,
    }
}

fn of_service(served: &Served, ending: Ending) -> Option<Failing> {
    match (served.well_after, served.told_to_end, ending) {
        (_, Some(farewell), Ending::Running) => Some(Failing::Ignores(farewell)),
        (_, Some(farewell), ending) if farewell.ends_by(ending) => None,
        (_, Some(farewell), ending) => Some(Failing::EndedBadly(farewell, ending)),
        (None, None, Ending::Running) => {
            let why = served.last_answer.as_ref().map(|answer| answer.why.clone());
            Some(Failing::NeverWell(why))
        }
        (Some(_), None, Ending::Running) => Some(Failing::NoTimeToEnd),
        (_, None, ending) => Some(Failing::Died(ending)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::smoke::samples::{observation, test};
    use crate::smoke::{Room, Unwell};

    fn ran(part: Part, observation: Observation) -> Ran {
        Ran { part, observation }
    }

    #[test]
    fn each_thing_that_is_asked_of_a_call_and_missing_is_told() {
        let call = Call {
            exit: 3,
            stdout: Some(Pattern::new("tool *")),
            stderr: Some(Pattern::new("usage")),
            ..Call::default()
        };
        let seen = Observation {
            unmade: vec![
                Unmade::Absent("/tmp/report".to_owned()),
                Unmade::ThereBefore("/tmp/old".to_owned()),
            ],
            left: vec!["daemon".to_owned()],
            ..observation(3, "usage: tool\n")
        };
        let expected = [
            Failing::Lacks(Stream::Stdout, Pattern::new("tool *")),
            Failing::NoFile(Unmade::Absent("/tmp/report".to_owned())),
            Failing::NoFile(Unmade::ThereBefore("/tmp/old".to_owned())),
            Failing::Left(vec!["daemon".to_owned()]),
        ];
        assert_eq!(failings(&test(call), &ran(Part::First, seen)), expected);
    }

    #[test]
    fn a_code_that_is_asked_for_is_no_signal_where_that_shows() {
        let call = Call {
            exit: 139,
            ..Call::default()
        };
        for (ending, is_asked) in [
            (Ending::Exited(139), true),
            (Ending::Unclear(139), true),
            (Ending::Unclear(137), false),
            (Ending::Signal(11), false),
        ] {
            assert_eq!(ends_as_asked(&call, ending), is_asked, "{ending}");
        }
    }

    #[test]
    fn a_folder_that_was_full_is_told_first_of_what_fails_and_never_of_what_passes() {
        let full = Full {
            folder: "/tmp".to_owned(),
            of: Room::Entries,
        };
        let of = |code| {
            let seen = Observation {
                full: vec![full.clone()],
                ..observation(code, "")
            };
            failings(&test(Call::default()), &ran(Part::First, seen))
        };
        assert_eq!(of(0), []);
        let expected = [
            Failing::Full(full.clone()),
            Failing::Ended(Ending::Exited(1)),
        ];
        assert_eq!(of(1), expected);
    }

    #[test]
    fn a_service_is_to_be_well_and_then_to_end_when_told() {
        let refused = Some("Connection refused".to_owned());
        let well = Some(Duration::from_millis(5));
        let ended = Ending::Exited(1);
        let told = Farewell::Sigterm;
        let badly = Some(Failing::EndedBadly(told, ended));
        for (well_after, told_to_end, ending, expected) in [
            (well, Some(told), Ending::Exited(0), None),
            (well, Some(told), Ending::Signal(15), None),
            (well, Some(told), ended, badly),
            (
                well,
                Some(told),
                Ending::Running,
                Some(Failing::Ignores(told)),
            ),
            (well, None, Ending::Running, Some(Failing::NoTimeToEnd)),
            (well, None, ended, Some(Failing::Died(ended))),
            (None, None, ended, Some(Failing::Died(ended))),
            (
                None,
                None,
                Ending::Running,
                Some(Failing::NeverWell(refused.clone())),
            ),
        ] {
            let served = Served {
                well_after,
                last_answer: refused.clone().map(Unwell::from),
                told_to_end,
            };
            let seen = Observation {
                ending,
                ..observation(0, "")
            };
            let all = failings(&test(Call::default()), &ran(Part::Service(served), seen));
            assert_eq!(all, Vec::from_iter(expected));
        }
    }
}
