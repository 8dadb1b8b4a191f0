//! What a run says about a program, beside what was read in its file: pure.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Observation;
use crate::explain::{self, Cause, ReadError, Sighting};
use crate::tools::bwrap::Ending;
use crate::verify::{Finding, RuleId};

/// What came of the independence test of one program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// It ran on a blank system, in isolation, and did what was asked of it.
    #[serde(rename = "pass")]
    Pass,
    /// It was started, or was to be, and something is missing or wrong.
    #[serde(rename = "fail")]
    Fail,
    /// It can't be run here, or can't be isolated: nothing is said.
    #[serde(rename = "not run")]
    NotRun,
}

impl Verdict {
    /// The words for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotRun => "not run",
        }
    }
}

/// What is wrong with a program that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failing {
    /// The kernel couldn't start it.
    NotStarted(String),
    /// It ended, and not as it should.
    Ended(Ending),
}

/// What the file let expect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Predicted {
    /// The rule.
    pub rule: RuleId,
    /// What it is about.
    pub subject: String,
    /// Whether the run showed it, too.
    pub observed: bool,
}

/// What was seen in the output that tells of a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The line.
    pub text: String,
    /// What it may come from; what was predicted alone, where that is among it.
    pub causes: Vec<&'static str>,
    /// Whether the file let expect one of these.
    pub predicted: bool,
}

/// What a run says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What is wrong; none of a program that passes.
    pub failing: Option<Failing>,
    /// What is missing, by the rules that tell of it.
    pub missing: BTreeSet<RuleId>,
    /// The lines that tell of something.
    pub observed: Vec<Seen>,
    /// What the file let expect.
    pub predicted: Vec<Predicted>,
}

impl Judgement {
    /// Pass or fail.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.failing {
            None => Verdict::Pass,
            Some(_) => Verdict::Fail,
        }
    }

    /// Whether the program was started.
    #[must_use]
    pub fn was_started(&self) -> bool {
        !matches!(self.failing, Some(Failing::NotStarted(_)))
    }
}

/// Judges a run that is to end with 0, beside the findings about the program's file.
///
/// # Errors
/// When the signs can't be looked for: a fault of gobuildx.
pub fn judge(observation: &Observation, findings: &[Finding]) -> Result<Judgement, ReadError> {
    let conditions: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.is_condition())
        .collect();
    let expected: BTreeSet<RuleId> = conditions.iter().map(|finding| finding.rule).collect();
    let failing = match (&observation.refusal, observation.ending) {
        (Some(why), _) => Some(Failing::NotStarted(why.clone())),
        (None, Ending::Exited(0)) => None,
        (None, ending) => Some(Failing::Ended(ending)),
    };
    let observed = match &observation.refusal {
        Some(why) => vec![refused(why, &expected)],
        None => sightings(observation)?
            .iter()
            .map(|sighting| seen(&sighting.text, &sighting.causes, &expected))
            .collect(),
    };
    let missing: BTreeSet<RuleId> = observed
        .iter()
        .flat_map(|(_, rules)| rules)
        .copied()
        .collect();
    let predicted = conditions.into_iter().map(|finding| Predicted {
        rule: finding.rule,
        subject: finding.subject.to_string(),
        observed: missing.contains(&finding.rule),
    });
    Ok(Judgement {
        failing,
        predicted: predicted.collect(),
        observed: observed.into_iter().map(|(seen, _)| seen).collect(),
        missing,
    })
}

/// What the program wrote that tells of something, to stderr first.
fn sightings(observation: &Observation) -> Result<Vec<Sighting>, ReadError> {
    let mut all = Vec::new();
    for stream in [&observation.output.stderr, &observation.output.stdout] {
        let log = explain::read_log(stream.as_slice(), u64::MAX)?;
        all.extend(log.sightings);
    }
    Ok(all)
}

/// What the kernel said instead of starting the program.
fn refused(why: &str, expected: &BTreeSet<RuleId>) -> (Seen, Vec<RuleId>) {
    // The sandbox names its call and the path: what comes last is the system's own.
    let system = why.rsplit(": ").next().unwrap_or(why);
    let causes: Vec<Cause> = explain::causes(system)
        .into_iter()
        .map(|found| found.cause)
        .collect();
    seen(why, &causes, expected)
}

/// A text with its causes, narrowed to those that were expected where there is any.
fn seen(text: &str, causes: &[Cause], expected: &BTreeSet<RuleId>) -> (Seen, Vec<RuleId>) {
    let rules = causes.iter().filter_map(|cause| cause.rule());
    let rules: Vec<RuleId> = rules.map(|rule| rule.id).collect();
    let both: Vec<RuleId> = rules
        .iter()
        .filter(|rule| expected.contains(rule))
        .copied()
        .collect();
    let predicted = !both.is_empty();
    let names = if predicted {
        both.iter().map(|rule| rule.as_str()).collect()
    } else {
        causes.iter().map(|cause| cause.name()).collect()
    };
    // Which of several causes it is doesn't show where none was expected.
    let certain = match (causes, rules.as_slice()) {
        ([_], [only]) if !predicted => vec![*only],
        _ => both,
    };
    let seen = Seen {
        text: text.to_owned(),
        causes: names,
        predicted,
    };
    (seen, certain)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::process::Output;

    fn observation(code: i32, stderr: &str) -> Observation {
        Observation {
            ending: Ending::Exited(code),
            output: Output {
                stdout: Vec::new(),
                stderr: stderr.into(),
            },
            refusal: None,
            time: Duration::ZERO,
        }
    }

    const NO_ZONE: &str = "panic: unknown time zone Europe/Paris\n";

    #[test]
    fn what_ends_with_0_passes() {
        let judgement = judge(&observation(0, ""), &[]).unwrap();
        assert_eq!(judgement.verdict(), Verdict::Pass);
        assert!(judgement.was_started() && judgement.missing.is_empty());
    }

    #[test]
    fn what_is_missing_is_named_by_the_rule_that_told_of_it() {
        let predicted = [
            Finding::example("tzdata", "Europe/Paris"),
            Finding::example("mime", "mime.types"),
        ];
        let judgement = judge(&observation(2, NO_ZONE), &predicted).unwrap();
        assert_eq!(judgement.verdict(), Verdict::Fail);
        let missing: Vec<_> = judgement.missing.iter().map(|rule| rule.as_str()).collect();
        assert_eq!(missing, ["tzdata"]);
        let observed: Vec<_> = judgement.predicted.iter().map(|one| one.observed).collect();
        assert_eq!(observed, [true, false]);
        assert!(judgement.observed[0].predicted, "{judgement:?}");
    }

    #[test]
    fn what_nothing_let_expect_is_told_as_such() {
        let judgement = judge(&observation(2, NO_ZONE), &[]).unwrap();
        assert!(!judgement.observed[0].predicted);
        assert_eq!(judgement.observed[0].causes, ["tzdata"]);
    }

    #[test]
    fn of_several_causes_none_is_claimed_where_none_was_expected() {
        let crashed = observation(2, "Segmentation fault\n");
        let judgement = judge(&crashed, &[]).unwrap();
        assert!(judgement.observed[0].causes.len() > 1, "{judgement:?}");
        assert!(judgement.missing.is_empty(), "{judgement:?}");
    }

    #[test]
    fn a_failure_that_says_nothing_names_nothing() {
        let judgement = judge(&observation(3, "usage: server\n"), &[]).unwrap();
        assert_eq!(judgement.failing, Some(Failing::Ended(Ending::Exited(3))));
        assert!(judgement.missing.is_empty() && judgement.observed.is_empty());
    }

    #[test]
    fn a_program_without_its_loader_is_not_started() {
        let refused = Observation {
            refusal: Some("execvp /server: No such file or directory".to_owned()),
            ..observation(1, "")
        };
        let predicted = [Finding::example(
            "elf-interp",
            "/lib64/ld-linux-x86-64.so.2",
        )];
        let judgement = judge(&refused, &predicted).unwrap();
        assert!(!judgement.was_started());
        let missing: Vec<_> = judgement.missing.iter().map(|rule| rule.as_str()).collect();
        assert_eq!(missing, ["elf-interp"]);
    }
}
