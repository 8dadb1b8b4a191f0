//! What a page says of the dependencies.

use super::mark::{Mark, Tone};
use crate::audit::{
    AuditedModule, AuditedProgram, Check, Finding, Grade, Known, Standing, Verdict,
};
use crate::report::AuditReport;

/// What the dependencies are like.
#[derive(Clone, Debug)]
pub(super) struct AuditView<'a> {
    pub(super) verdict: Mark,
    /// What it comes to, in a line.
    pub(super) outcome: String,
    /// What breaks a rule, with what the policy says of it.
    pub(super) findings: Vec<(Mark, &'a Finding)>,
    /// The modules, with how good they are.
    pub(super) modules: Vec<(Mark, &'a AuditedModule)>,
    /// The programs, and by what their modules are known.
    pub(super) programs: Vec<(&'a str, String)>,
    /// What was asked in full.
    pub(super) checked: String,
    /// What has no whole answer, and why.
    pub(super) gaps: Vec<(&'a Check, &'a str)>,
    /// Allowances that were about nothing.
    pub(super) unused: &'a [String],
}

impl<'a> AuditView<'a> {
    pub(super) fn of(report: &'a AuditReport) -> Self {
        let audit = &report.audit;
        Self {
            verdict: verdict(audit.verdict),
            outcome: report.verdict(),
            findings: audit.findings.iter().map(|it| (standing(it), it)).collect(),
            modules: audit.modules.iter().map(|it| (graded(it), it)).collect(),
            programs: audit.programs.iter().map(program).collect(),
            checked: report.checked(),
            gaps: audit.gaps().collect(),
            unused: &audit.unused,
        }
    }
}

fn verdict(verdict: Verdict) -> Mark {
    match verdict {
        Verdict::Denied => Mark::bad("denied"),
        Verdict::Undecided => Mark::bad("undecided"),
        Verdict::CleanAsFarAsAsked => Mark::unknown("clean as far as asked"),
        Verdict::Clean => Mark::good("clean"),
    }
}

fn standing(finding: &Finding) -> Mark {
    match &finding.standing {
        Standing::Denied { expired: None } => Mark::bad("denied"),
        Standing::Denied { expired: Some(day) } => Mark::bad(format!("allowed until {day}")),
        Standing::Allowed { until, .. } => Mark::caution(format!("allowed until {until}")),
        Standing::Told => Mark::unknown("told"),
    }
}

fn graded(module: &AuditedModule) -> Mark {
    let grade = module.rating.grade;
    let tone = match grade {
        Grade::Good => Tone::Good,
        Grade::Unknown => Tone::Unknown,
        Grade::Fair | Grade::Poor => Tone::Caution,
        Grade::Bad => Tone::Bad,
    };
    Mark {
        tone,
        word: grade.to_string().into(),
    }
}

fn program(program: &AuditedProgram) -> (&str, String) {
    let known = match &program.known {
        Known::File {
            path,
            unpacked_by: None,
        } => format!("read from {path}"),
        Known::File {
            path,
            unpacked_by: Some(by),
        } => format!("read from a copy of {path}, which {by} unpacked"),
        Known::Listed { why } if why.is_empty() => "as go lists its packages".to_owned(),
        Known::Listed { why } => format!("as go lists its packages ({why})"),
    };
    (&program.name, known)
}
