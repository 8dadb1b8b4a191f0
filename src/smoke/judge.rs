//! What a run says about a program, beside what was read in its file: pure.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

use super::failing::{Failing, Wrong, failings};
use super::homeless;
use super::{Part, Ran, Test, Tested};
use crate::explain::{self, Cause, ReadError, meant};
use crate::verify::{Class, Finding, Rule, RuleId};

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
    /// What is wrong, in the order of the runs; nothing with a program that passes.
    pub wrong: Vec<Wrong>,
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
        if self.wrong.is_empty() {
            Verdict::Pass
        } else {
            Verdict::Fail
        }
    }

    /// Whether the program was started.
    #[must_use]
    pub fn was_started(&self) -> bool {
        let first = self.wrong.first().map(|wrong| &wrong.failing);
        !matches!(first, Some(Failing::NotStarted(_)))
    }
}

/// Judges what was seen of a program by what was asked of it, beside the findings about its file.
///
/// # Errors
/// When the signs can't be looked for: a fault of gobuildx.
pub fn judge(test: &Test, tested: &Tested, findings: &[Finding]) -> Result<Judgement, ReadError> {
    let conditions: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.is_condition())
        .collect();
    let mut told = Vec::new();
    for run in &tested.runs {
        match &run.observation.refusal {
            Some(why) => told.push((why.clone(), refused(why))),
            None => told.extend(sightings(run)?),
        }
    }
    let expected = |told: &[(String, Vec<Cause>)]| {
        let causes = told.iter().flat_map(|(_, causes)| causes);
        let shown = shown(causes.copied(), &conditions, &tested.runs);
        let rules: BTreeSet<RuleId> = shown.iter().map(|finding| finding.rule).collect();
        (shown, rules)
    };
    if let Some(home) = homeless::reader(&conditions) {
        let (_, rules) = expected(&told);
        let is_expected = |cause: &Cause| cause.rule().is_some_and(|one| rules.contains(&one.id));
        for (text, causes) in &mut told {
            if !causes.iter().any(is_expected) && homeless::may_tell(text, causes) {
                causes.push(home);
            }
        }
    }
    let (shown, expected) = expected(&told);
    let observed: Vec<(Seen, Vec<RuleId>)> = told
        .into_iter()
        .map(|(text, causes)| seen(text, &causes, &expected))
        .collect();
    let runs = tested.runs.iter().enumerate();
    let wrong = runs.flat_map(|(number, run)| {
        let failings = failings(test, run).into_iter();
        failings.map(move |failing| Wrong {
            run: number,
            failing,
        })
    });
    let missing: BTreeSet<RuleId> = observed
        .iter()
        .flat_map(|(_, rules)| rules)
        .copied()
        .collect();
    let predicted = conditions.iter().map(|finding| Predicted {
        rule: finding.rule,
        subject: finding.subject.to_string(),
        observed: missing.contains(&finding.rule)
            && shown.iter().any(|one| std::ptr::eq(*one, *finding)),
    });
    Ok(Judgement {
        wrong: wrong.collect(),
        predicted: predicted.collect(),
        observed: observed.into_iter().map(|(seen, _)| seen).collect(),
        missing,
    })
}

/// The conditions that the runs showed. Of a cause that was told only one line is, so all that was said is asked which
/// of the findings of its rule it names.
fn shown<'a>(
    causes: impl Iterator<Item = Cause>,
    conditions: &[&'a Finding],
    runs: &[Ran],
) -> Vec<&'a Finding> {
    let texts = runs.iter().flat_map(|run| match &run.observation.refusal {
        Some(why) => vec![Cow::Borrowed(why.as_str())],
        None => said(run).map(String::from_utf8_lossy).to_vec(),
    });
    let texts: Vec<_> = texts.collect();
    let rules: BTreeSet<RuleId> = causes.filter_map(Cause::rule).map(|rule| rule.id).collect();
    let rules = rules.into_iter().filter_map(Rule::get);
    let shown = rules.flat_map(|rule| {
        let found = conditions.iter().copied();
        let found: Vec<_> = found.filter(|one| one.rule == rule.id).collect();
        let lines = texts.iter().flat_map(|text| text.lines());
        meant(&found, Cause::Rule(rule), lines)
    });
    shown.collect()
}

/// What the program wrote, to stderr first, and last what it told who asked it.
fn said(run: &Ran) -> [&[u8]; 3] {
    let output = &run.observation.output;
    let answer = match &run.part {
        Part::Service(served) => served.last_answer.as_ref(),
        Part::First | Part::Check(_) => None,
    };
    let answer = answer.map_or("", |answer| &answer.body);
    [&output.stderr, &output.stdout, answer.as_bytes()]
}

/// What engines of containers say of a program whose memory had a limit.
const OUT_OF_MEMORY: &str = "OOMKilled";

/// What the program said that tells of something, or the kernel of it, with what it may come from.
fn sightings(run: &Ran) -> Result<Vec<(String, Vec<Cause>)>, ReadError> {
    let mut all = Vec::new();
    if run.observation.ended_for_memory > 0 {
        let found = explain::causes(OUT_OF_MEMORY).into_iter();
        let causes = found.map(|found| found.cause).collect();
        all.push((OUT_OF_MEMORY.to_owned(), causes));
    }
    for said in said(run) {
        let log = explain::read_log(said, u64::MAX)?;
        all.extend(log.sightings.into_iter().map(|one| (one.text, one.causes)));
    }
    Ok(all)
}

/// What it may come from that the kernel said this instead of starting the program.
fn refused(why: &str) -> Vec<Cause> {
    // The sandbox names its call and the path: what comes last is the system's own.
    let system = why.rsplit(": ").next().unwrap_or(why);
    let found = explain::causes(system).into_iter();
    let causes = found.map(|found| found.cause);
    // What a program wants while it runs keeps none from being started, though programs say the same words of it.
    let is_about_start = |cause: &Cause| {
        let rule = cause.rule();
        rule.is_none_or(|rule| rule.class != Class::Runtime)
    };
    causes.filter(is_about_start).collect()
}

/// A text with its causes, narrowed to those that were expected where there is any.
fn seen(text: String, causes: &[Cause], expected: &BTreeSet<RuleId>) -> (Seen, Vec<RuleId>) {
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
        text,
        causes: names,
        predicted,
    };
    (seen, certain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smoke::samples::{observation, test};
    use crate::smoke::{Call, Observation};
    use crate::tools::bwrap::Ending;
    use crate::verify::Need;

    fn tested(part: Part, observation: Observation) -> Tested {
        Tested {
            runs: vec![Ran { part, observation }],
        }
    }

    fn judge(observation: &Observation, findings: &[Finding]) -> Result<Judgement, ReadError> {
        let tested = tested(Part::First, observation.clone());
        super::judge(&test(Call::default()), &tested, findings)
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

    fn needing(rule: &str, subject: &str, need: Need) -> Finding {
        Finding::example(rule, subject).needing(need)
    }

    #[test]
    fn of_what_a_rule_let_expect_only_that_is_observed_which_the_output_names() {
        let program = |name: &str| {
            let need = Need::Program(Some(name.to_owned()));
            needing("exec", &format!("the program \"{name}\""), need)
        };
        let predicted = ["git", "ffmpeg", "convert"].map(program);
        let lacks = |name: &str| format!("exec: \"{name}\": executable file not found in $PATH\n");
        let observed = |names: &[&str]| {
            let lines: String = names.iter().map(|name| lacks(name)).collect();
            let judgement = judge(&observation(1, &lines), &predicted).unwrap();
            let predicted: Vec<_> = judgement.predicted.iter().map(|one| one.observed).collect();
            (judgement.observed[0].predicted, predicted)
        };
        assert_eq!(observed(&["git"]), (true, vec![true, false, false]));
        // Of one rule only the first line is told.
        assert_eq!(
            observed(&["git", "convert"]),
            (true, vec![true, false, true])
        );
        assert_eq!(observed(&["make"]), (false, vec![false; 3]));
    }

    #[test]
    fn what_has_no_name_is_observed_where_the_output_names_nothing_that_has_one() {
        let predicted = [
            needing(
                "exec",
                "programs whose names don't show",
                Need::Program(None),
            ),
            needing("exec", "git", Need::Program(Some("git".to_owned()))),
        ];
        let lacking = "exec: \"make\": executable file not found in $PATH\n";
        let judgement = judge(&observation(1, lacking), &predicted).unwrap();
        let observed: Vec<_> = judgement.predicted.iter().map(|one| one.observed).collect();
        assert_eq!(observed, [true, false]);
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
        let ended = Failing::Ended(Ending::Exited(3));
        assert_eq!(judgement.wrong[0].failing, ended);
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
        // It says such words, too, but only where it runs.
        let predicted = [predicted, [Finding::example("ca-roots", "certificates")]].concat();
        let judgement = judge(&refused, &predicted).unwrap();
        assert!(!judgement.was_started());
        let missing: Vec<_> = judgement.missing.iter().map(|rule| rule.as_str()).collect();
        assert_eq!(missing, ["elf-interp"]);
    }
}
