//! What `smoke` says: for machines as records, for people as text.

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

use super::inspection::fields::{Block, Fields};
use crate::console::{BAD, GOOD, NOTE};
use crate::human;
use crate::printable::printable;
use crate::process::Output;
use crate::smoke::{
    Failing, Full, Isolated, Judged, Judgement, Limits, MemoryOf, Part, Predicted, Probe, Room,
    Seen, Served, Smoked, Test, Tested, Unmade, Verdict, Wrong,
};
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
    /// What is wrong first, or why it wasn't run; none of what passed.
    pub because: Option<String>,
    /// What else is wrong.
    pub besides: Vec<String>,
    /// What to do about it, where it couldn't be tested.
    pub next: Option<String>,
    /// What is missing, by the rules that tell of it.
    pub missing: Vec<RuleId>,
    /// Milliseconds from the start of the service until it was well.
    pub well_after_ms: Option<u64>,
    /// Whom an answer by TLS was believed; none where nothing was asked by it.
    pub believed: Option<Believed>,
    /// What it had although nobody granted it, as everything in a container has.
    pub ungranted: Vec<String>,
    /// What was tested, one by one.
    pub dimensions: Dimensions,
    /// The lines of its output that tell of something.
    pub observed: Vec<Seen>,
    /// What its file let expect.
    pub predicted: Vec<Predicted>,
    /// How it was run: `natively`, `with qemu-aarch64-static, in a container of docker`.
    pub how: Option<String>,
    /// Whether the limit of memory was about all its processes together.
    pub memory_limit_of: Option<MemoryOf>,
    /// Limits that were stricter than usual, because who called gobuildx may have no more.
    pub stricter_limits: Vec<String>,
    /// Milliseconds from its start to its end, with the sandbox around it.
    pub time_ms: Option<u64>,
    /// The end of what it wrote to stderr, where it failed.
    pub said: Vec<String>,
}

/// Whom an answer by TLS is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Believed {
    /// Whom the certificates of `ca` prove.
    Ca,
    /// Whoever answers: nothing is said of the certificate.
    Anyone,
}

impl Believed {
    fn of(test: &Test) -> Option<Self> {
        match &test.service.as_ref()?.probe {
            Probe::Https { ca: Some(_), .. } => Some(Self::Ca),
            Probe::Https { ca: None, .. } => Some(Self::Anyone),
            Probe::Http(_) | Probe::Tcp | Probe::Command(_) => None,
        }
    }
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
            besides: Vec::new(),
            next: None,
            ungranted: Vec::new(),
            missing: Vec::new(),
            well_after_ms: None,
            believed: None,
            dimensions: Dimensions {
                dependencies_complete: Answer::Untested,
                environment_isolated: Answer::Untested,
                executable: Answer::Untested,
                health: Answer::Untested,
            },
            observed: Vec::new(),
            predicted: Vec::new(),
            how: None,
            memory_limit_of: None,
            stricter_limits: Vec::new(),
            time_ms: None,
            said: Vec::new(),
        }
    }

    /// The record of what can't be tested: a file that isn't there or isn't whole.
    #[must_use]
    pub fn untested(path: String, because: String, next: Option<String>) -> Self {
        Self {
            verdict: Verdict::Fail,
            next,
            ..Self::not_run(path, None, because)
        }
    }

    /// The record of what came of a program.
    #[must_use]
    pub fn of(path: String, target: Option<Target>, smoked: &Smoked) -> Self {
        match smoked {
            Smoked::Ran(judged) => Self::ran(path, target, judged),
            Smoked::NotRun(because) => Self::not_run(path, target, because.clone()),
        }
    }

    /// The record of a program that was run in isolation.
    #[must_use]
    pub fn ran(path: String, target: Option<Target>, judged: &Judged) -> Self {
        let Judged {
            how,
            memory_of,
            stricter,
            test,
            tested,
            judgement,
        } = judged;
        let told = judgement.wrong.iter();
        let mut told = told.map(|wrong| in_words(wrong, test, tested));
        let because = told.next();
        let besides = told.collect();
        let failed = judgement.wrong.first();
        let failed = failed.and_then(|wrong| tested.runs.get(wrong.run));
        Self {
            path,
            target,
            verdict: judgement.verdict(),
            because,
            besides,
            next: None,
            ungranted: tested.ungranted().into_iter().map(str::to_owned).collect(),
            dimensions: Dimensions {
                dependencies_complete: dependencies(judgement, tested),
                environment_isolated: isolated(tested),
                executable: judgement.was_started().into(),
                health: match served(tested) {
                    Some(served) => served.well_after.is_some().into(),
                    None => Answer::Untested,
                },
            },
            well_after_ms: served(tested)
                .and_then(|served| served.well_after)
                .map(milliseconds),
            believed: Believed::of(test).filter(|_| served(tested).is_some()),
            missing: judgement.missing.iter().copied().collect(),
            how: Some(how.clone()),
            memory_limit_of: Some(*memory_of),
            stricter_limits: stricter.clone(),
            time_ms: Some(milliseconds(tested.time())),
            said: match failed {
                Some(run) => telling_lines(&run.observation.output),
                None => Vec::new(),
            },
            observed: judgement.observed.clone(),
            predicted: judgement.predicted.clone(),
        }
    }
}

/// What is wrong with a program and what it said, below what failed.
pub(super) fn write_judged(text: &mut String, judged: &Judged) {
    // Writing to a String can't fail.
    let record = SmokeRecord::ran(String::new(), None, judged);
    for wrong in record.because.iter().chain(&record.besides) {
        let _ = write!(text, "\n  {}", printable(wrong));
    }
    for seen in &record.observed {
        let causes = seen.causes.join(" or ");
        let foreseen = seen.foreseen();
        let _ = write!(text, "\n  {causes}, {foreseen}: {}", printable(&seen.text));
    }
    for line in record.said.iter().filter(|_| record.observed.is_empty()) {
        let _ = write!(text, "\n    {}", printable(line));
    }
    if let Some(limits) = record.limits() {
        let _ = write!(text, "\n  limits: {limits}");
    }
    if let Some(rule) = record.missing.first() {
        let _ = write!(text, "\n  next: gobuildx explain {rule}");
    }
}

impl Seen {
    fn foreseen(&self) -> &'static str {
        if self.predicted {
            "as inspect predicted"
        } else {
            "which inspect did not predict"
        }
    }
}

/// What is said where it isn't sure that a control group limits the memory of a run.
const OF_EACH: &str = "the limit is sure for each process alone, not for all or what they share";

impl SmokeRecord {
    /// What being healthy says nothing about, behind a time.
    pub(in crate::report) fn whoever(&self) -> &'static str {
        match self.believed {
            Some(Believed::Anyone) => ", whatever its certificate is",
            Some(Believed::Ca) | None => "",
        }
    }

    /// Which limits were stricter, and why.
    pub(in crate::report) fn limits(&self) -> Option<String> {
        let limits = self.stricter_limits.join(", ");
        (!limits.is_empty()).then(|| format!("{limits}: the caller may have no more"))
    }

    fn is_missing(&self, cause: &str) -> bool {
        self.missing.iter().any(|rule| rule.as_str() == cause)
    }
}

/// A program that fails without a word about it may lack something all the same; and one that does little
/// needs little of what its file let expect. One that had more than was granted may have used it.
fn dependencies(judgement: &Judgement, tested: &Tested) -> Answer {
    if !judgement.missing.is_empty() {
        return Answer::No;
    }
    let was_blank = tested.ungranted().is_empty();
    if was_blank && judgement.wrong.is_empty() && judgement.predicted.is_empty() {
        Answer::Yes
    } else {
        Answer::Unknown
    }
}

/// A run that nobody could look at says nothing, and hasn't passed.
fn isolated(tested: &Tested) -> Answer {
    let mut runs = tested.runs.iter();
    if runs.all(|run| run.observation.isolated == Isolated::Yes) {
        Answer::Yes
    } else if tested.not_isolated().is_some() {
        Answer::No
    } else {
        Answer::Unknown
    }
}

/// What was seen of the service, where there was one.
fn served(tested: &Tested) -> Option<&Served> {
    tested.runs.iter().find_map(|run| match &run.part {
        Part::Service(served) => Some(served),
        Part::First | Part::Check(_) => None,
    })
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn in_words(wrong: &Wrong, test: &Test, tested: &Tested) -> String {
    let failing = failing_in_words(&wrong.failing, &test.limits);
    match tested.runs.get(wrong.run).map(|run| &run.part) {
        Some(Part::Check(number)) => match test.checks.get(*number) {
            Some(check) => format!("check `{}`: {failing}", check.name),
            None => failing,
        },
        Some(Part::Service(_)) => format!("as a service: {failing}"),
        Some(Part::First) | None => failing,
    }
}

fn failing_in_words(failing: &Failing, limits: &Limits) -> String {
    let time = || human::time(milliseconds(limits.time));
    match failing {
        Failing::NotStarted(why) => format!("a blank system can't start it: {why}"),
        Failing::OutOfMemory(processes) => {
            let ended = human::counted(*processes, "process", "processes");
            let memory = human::size(limits.memory_of_all());
            format!("the kernel ended {ended} of it: all together wanted more memory than {memory}")
        }
        Failing::Ended(Ending::Running) => format!("it didn't end within {}", time()),
        Failing::Ended(ending) => format!("it {ending}"),
        Failing::Lacks(stream, pattern) => {
            format!("its {} doesn't have `{pattern}`", stream.as_str())
        }
        Failing::Full(Full { folder, of }) => {
            let most = match of {
                Room::Bytes => human::size(limits.disk),
                Room::Entries => {
                    human::counted(limits.entries, "file or folder", "files and folders")
                }
            };
            format!("its {folder} was full: it may have {most}")
        }
        Failing::NoFile(Unmade::Absent(path)) => format!("it made no file `{path}`"),
        Failing::NoFile(Unmade::ThereBefore(path)) => {
            format!("it made no file `{path}`: that was there before it was started")
        }
        Failing::NeverWell(Some(answer)) => {
            format!("it was never healthy within {}: {answer}", time())
        }
        Failing::NeverWell(None) => format!("it was never healthy within {}", time()),
        Failing::Died(ending) => format!("it {ending}, though nobody told it to end"),
        Failing::NoTimeToEnd => format!("it had no time left of {} to end", time()),
        Failing::Ignores(farewell) => {
            format!("it ignores {farewell}: it didn't end within {}", time())
        }
        Failing::EndedBadly(farewell, ending) => format!("after {farewell} it {ending}"),
        Failing::Left(names) => format!("it left processes behind: {}", names.join(", ")),
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
pub fn smoke_text(records: &[&SmokeRecord], width: Option<usize>) -> String {
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
        for besides in &record.besides {
            fields.field(FIELDS, "", style, besides);
        }
        if let (Some(how), Some(time)) = (&record.how, record.time_ms) {
            let ran = format!("{how}, in isolation, {}", human::time(time));
            fields.field(FIELDS, "ran", PLAIN, &ran);
        }
        if let Some(limits) = record.limits() {
            fields.field(FIELDS, "limits", NOTE, &limits);
        }
        if record.memory_limit_of == Some(MemoryOf::Each) {
            fields.field(FIELDS, "memory", NOTE, OF_EACH);
        }
        if !record.ungranted.is_empty() {
            let text = format!("{}, ungranted", record.ungranted.join(", "));
            fields.field(FIELDS, "had", NOTE, &text);
        }
        if let Some(time) = record.well_after_ms {
            let whoever = record.whoever();
            let text = format!("healthy {} after its start{whoever}", human::time(time));
            fields.field(FIELDS, "service", PLAIN, &text);
        }
        write_observed(&mut fields, record);
        write_unseen(&mut fields, record);
        let mut label = "said";
        for line in record.said.iter().filter(|_| record.observed.is_empty()) {
            fields.field(FIELDS, label, PLAIN, line);
            label = "";
        }
        let mut causes = record.observed.iter().flat_map(|seen| &seen.causes);
        if let Some(cause) = causes.find(|cause| record.is_missing(cause)) {
            fields.field(FIELDS, "next", NOTE, &format!("gobuildx explain {cause}"));
        }
        if let Some(next) = &record.next {
            fields.field(FIELDS, "next", NOTE, next);
        }
    }
    fields.finish()
}

/// What was predicted and not observed.
fn write_unseen(fields: &mut Fields, record: &SmokeRecord) {
    let is_observed = |rule: RuleId| {
        let mut predicted = record.predicted.iter();
        predicted.any(|one| one.rule == rule && one.observed)
    };
    // What else a rule tells of, the record has.
    let unseen = record.predicted.iter();
    let unseen = unseen.filter(|one| !is_observed(one.rule));
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
}

fn write_observed(fields: &mut Fields, record: &SmokeRecord) {
    for seen in &record.observed {
        let names = seen.causes.join(" or ");
        let foreseen = seen.foreseen();
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
