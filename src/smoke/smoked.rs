//! The whole way of one program: run, seen, judged.

use super::{Judgement, MemoryOf, RunError, Subject, Test, Tested, Verdict, judge, run};
use crate::explain::ReadError;
use crate::failure::{Exit, Failure};
use crate::process::Cancel;
use crate::verify::Finding;

/// What came of a program that was to be run on a blank system.
#[derive(Clone, Debug)]
pub enum Smoked {
    /// It was run.
    Ran(Box<Judged>),
    /// It can't be run here, or not in isolation, and why.
    NotRun(String),
}

/// What came of a test of one program.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What ran it, as people read it: `natively`, `with qemu-aarch64-static, in a container of docker`.
    pub how: String,
    /// What the limit of memory was about.
    pub memory_of: MemoryOf,
    /// Which limits were stricter than usual, because the caller may have no more: `64 open files`.
    pub stricter: Vec<String>,
    /// What was asked.
    pub test: Test,
    /// What was seen.
    pub tested: Tested,
    /// What that says.
    pub judgement: Judgement,
}

/// Why nothing can be said of a program.
#[derive(Debug, thiserror::Error)]
pub enum SmokeError {
    /// It wasn't tested.
    #[error(transparent)]
    Run(#[from] RunError),
    /// What it wrote can't be looked through.
    #[error("failed to look for known messages: {0}")]
    Signs(#[from] ReadError),
}

impl Failure for SmokeError {
    fn exit(&self) -> Exit {
        match self {
            Self::Run(error) => error.exit(),
            Self::Signs(_) => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Run(error) => error.hint(),
            Self::Signs(_) => None,
        }
    }
}

impl Smoked {
    /// Pass, fail, or not run.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Ran(judged) => judged.judgement.verdict(),
            Self::NotRun(_) => Verdict::NotRun,
        }
    }
}

/// Runs a program, and judges it beside the findings about its file.
///
/// # Errors
/// When nothing can be said of it, or all was stopped.
pub fn smoke(
    subject: Subject<'_>,
    test: &Test,
    findings: &[Finding],
    cancel: &Cancel,
) -> Result<Smoked, SmokeError> {
    let tested = match run(subject, test, cancel) {
        Ok(tested) => tested,
        Err(why @ (RunError::NoContainer(_) | RunError::NoGroup(_))) => {
            return Ok(Smoked::NotRun(format!("not isolated: {why}")));
        }
        Err(RunError::NoWindows(why)) => return Ok(Smoked::NotRun(why)),
        Err(error) => return Err(error.into()),
    };
    if let Some(why) = tested.not_isolated() {
        return Ok(Smoked::NotRun(format!("not isolated: {why}")));
    }
    Ok(Smoked::Ran(Box::new(Judged {
        how: subject.means.to_string(),
        memory_of: subject.means.isolation.memory_of(),
        stricter: subject.means.isolation.stricter(&test.limits),
        test: test.clone(),
        judgement: judge(test, &tested, findings)?,
        tested,
    })))
}
