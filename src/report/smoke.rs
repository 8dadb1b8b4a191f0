//! What `smoke` says: for machines as records, for people as text.

use std::fmt::Write as _;

use serde::Serialize;

use super::inspection::fields::{Block, Fields};
use crate::console::{BAD, GOOD, NOTE};
use crate::exec::Tested;
use crate::human;
use crate::printable::printable;
use crate::process::Output;
use crate::smoke::{Failing, Judgement, Limits, Predicted, Seen, Verdict};
use crate::target::Target;
use crate::tools::bwrap::Ending;
use crate::verify::RuleId;

/// One object of `smoke --format json`.
#[derive(Clone, Debug, Serialize)]
pub struct SmokeRecord {
    /// The program: the file, or an archive and the program in it.
    pub path: String,
    /// What it is for, where it says so.
    pub target: Option<Target>,
    /// What came of it.
    pub verdict: Verdict,
    /// What is wrong, or why it wasn't run; none of what passed.
    pub because: Option<String>,
    /// What is missing, by the rules that tell of it.
    pub missing: Vec<RuleId>,
    /// What was tested, one by one.
    pub dimensions: Dimensions,
    /// The lines of its output that tell of something.
    pub observed: Vec<Seen>,
    /// What its file let expect.
    pub predicted: Vec<Predicted>,
    /// How it was run: `natively`, `with qemu-aarch64-static`.
    pub how: Option<String>,
    /// Milliseconds from its start to its end, with the sandbox around it.
    pub time_ms: Option<u64>,
    /// The end of what it wrote to stderr, where it failed.
    pub said: Vec<String>,
}

/// What is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Dimensions {
    /// All that it needs is there.
    pub dependencies_complete: Answer,
    /// It sees nothing of the machine.
    pub environment_isolated: Answer,
    /// A blank system starts it.
    pub executable: Answer,
    /// A service answers.
    pub health: Answer,
}

/// What is known of a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It is so.
    Yes,
    /// It isn't.
    No,
    /// It wasn't tested.
    Untested,
    /// It was, and what was seen doesn't say.
    Unknown,
}

impl From<bool> for Answer {
    fn from(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }
}

impl SmokeRecord {
    /// The record of a program that wasn't run.
    #[must_use]
    pub fn not_run(path: String, target: Option<Target>, because: String) -> Self {
        Self {
            path,
            target,
            verdict: Verdict::NotRun,
            because: Some(because),
            missing: Vec::new(),
            dimensions: Dimensions {
                dependencies_complete: Answer::Untested,
                environment_isolated: Answer::Untested,
                executable: Answer::Untested,
                health: Answer::Untested,
            },
            observed: Vec::new(),
            predicted: Vec::new(),
            how: None,
            time_ms: None,
            said: Vec::new(),
        }
    }

    /// The record of a program that was run in isolation.
    #[must_use]
    pub fn of(path: String, target: Option<Target>, tested: &Tested) -> Self {
        let Tested {
            how,
            limits,
            observation,
            judgement,
        } = tested;
        let failing = judgement.failing.as_ref();
        Self {
            path,
            target,
            verdict: judgement.verdict(),
            because: failing.map(|failing| in_words(failing, limits)),
            dimensions: Dimensions {
                dependencies_complete: dependencies(judgement),
                environment_isolated: Answer::Yes,
                executable: judgement.was_started().into(),
                health: Answer::Untested,
            },
            missing: judgement.missing.iter().copied().collect(),
            how: Some(how.clone()),
            time_ms: Some(u64::try_from(observation.time.as_millis()).unwrap_or(u64::MAX)),
            said: match failing {
                Some(_) => telling_lines(&observation.output),
                None => Vec::new(),
            },
            observed: judgement.observed.clone(),
            predicted: judgement.predicted.clone(),
        }
    }
}

/// What a failed program misses, and what it said, below what failed.
pub(super) fn write_tested(text: &mut String, tested: &Tested) {
    // Writing to a String can't fail.
    if let Some(failing) = &tested.judgement.failing {
        let _ = write!(text, "\n  {}", in_words(failing, &tested.limits));
    }
    for seen in &tested.judgement.observed {
        let foreseen = if seen.predicted {
            "as inspect predicted"
        } else {
            "which inspect did not predict"
        };
        let causes = seen.causes.join(" or ");
        let _ = write!(text, "\n  {causes}, {foreseen}: {}", printable(&seen.text));
    }
    if tested.judgement.observed.is_empty() {
        for line in telling_lines(&tested.observation.output) {
            let _ = write!(text, "\n    {}", printable(&line));
        }
    }
    if let Some(rule) = tested.judgement.missing.iter().next() {
        let _ = write!(text, "\n  next: gobuildx explain {rule}");
    }
}

impl SmokeRecord {
    fn is_missing(&self, cause: &str) -> bool {
        self.missing.iter().any(|rule| rule.as_str() == cause)
    }
}

/// A program that fails without a word about it may lack something all the same; and one that does little
/// needs little of what its file let expect.
fn dependencies(judgement: &Judgement) -> Answer {
    if !judgement.missing.is_empty() {
        return Answer::No;
    }
    match judgement.failing {
        None if judgement.predicted.is_empty() => Answer::Yes,
        None | Some(_) => Answer::Unknown,
    }
}

fn in_words(failing: &Failing, limits: &Limits) -> String {
    match failing {
        Failing::NotStarted(why) => format!("a blank system can't start it: {why}"),
        Failing::Ended(Ending::Running) => {
            let time = human::time(u64::try_from(limits.time.as_millis()).unwrap_or(u64::MAX));
            format!("it didn't end within {time}")
        }
        Failing::Ended(ending) => format!("it {ending}"),
    }
}

/// Some lines that a program wrote: those at which Go starts to tell of a crash, else the last ones; of
/// stdout where it said nothing else.
fn telling_lines(output: &Output) -> Vec<String> {
    const SHOWN: usize = 5;
    const CRASHES: [&str; 3] = ["panic: ", "fatal error: ", "SIGSEGV: "];
    let (stderr, stdout) = (output.stderr_text(), output.stdout_text());
    let text = if stderr.trim().is_empty() {
        stdout
    } else {
        stderr
    };
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let mut numbered = lines.iter().enumerate();
    let crash = numbered.find(|(_, line)| CRASHES.iter().any(|crash| line.starts_with(crash)));
    let from = crash.map_or(lines.len().saturating_sub(SHOWN), |(number, _)| number);
    let shown = lines.into_iter().skip(from).take(SHOWN);
    shown.map(|line| line.chars().take(200).collect()).collect()
}

const FIELDS: Block = Block {
    indent: 4,
    labels: 9,
};

/// What came of each program, for people.
#[must_use]
pub fn smoke_text(records: &[SmokeRecord], width: Option<usize>) -> String {
    let mut fields = Fields::new(width);
    for record in records {
        let (style, word) = match record.verdict {
            Verdict::Pass => (GOOD, "pass"),
            Verdict::Fail => (BAD, "FAIL"),
            Verdict::NotRun => (NOTE, "not run"),
        };
        fields.title(style, &format!("{word}  {}", record.path));
        if let Some(because) = &record.because {
            fields.field(FIELDS, "because", style, because);
        }
        if let (Some(how), Some(time)) = (&record.how, record.time_ms) {
            let ran = format!("{how}, in isolation, {}", human::time(time));
            fields.field(FIELDS, "ran", PLAIN, &ran);
        }
        write_observed(&mut fields, record);
        let unseen = record.predicted.iter().filter(|one| !one.observed);
        let mut unseen: Vec<&str> = unseen.map(|one| one.rule.as_str()).collect();
        unseen.dedup();
        if !unseen.is_empty() && record.how.is_some() {
            let how = match record.verdict {
                Verdict::Pass => "not needed in this run",
                // It may not have come that far.
                Verdict::Fail | Verdict::NotRun => "not seen in this run",
            };
            let text = format!("{}: {how}", unseen.join(", "));
            fields.field(FIELDS, "predicted", PLAIN, &text);
        }
        let mut label = "said";
        for line in record.said.iter().filter(|_| record.observed.is_empty()) {
            fields.field(FIELDS, label, PLAIN, line);
            label = "";
        }
        let mut causes = record.observed.iter().flat_map(|seen| &seen.causes);
        if let Some(cause) = causes.find(|cause| record.is_missing(cause)) {
            fields.field(FIELDS, "next", NOTE, &format!("gobuildx explain {cause}"));
        }
    }
    fields.finish()
}

fn write_observed(fields: &mut Fields, record: &SmokeRecord) {
    for seen in &record.observed {
        let names = seen.causes.join(" or ");
        let foreseen = if seen.predicted {
            "as inspect predicted"
        } else {
            "which inspect did not predict"
        };
        // What one of several causes may have is no more than a hint.
        let is_certain = seen.causes.iter().any(|cause| record.is_missing(cause));
        let label = match record.verdict {
            Verdict::Fail if is_certain => "missing",
            Verdict::Fail | Verdict::Pass | Verdict::NotRun => "observed",
        };
        fields.field(FIELDS, label, NOTE, &format!("{names}, {foreseen}"));
        fields.field(FIELDS, "", PLAIN, &seen.text);
    }
}

const PLAIN: anstyle::Style = anstyle::Style::new();
