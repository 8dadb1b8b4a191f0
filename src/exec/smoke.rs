//! Runs one program on a blank system, as its users will get it: from an archive.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::event::{Done, End, SmokeFailure, StepFailure};
use super::session::Session;
use crate::archive::{self, Member, PackError};
use crate::atomic::Mode;
use crate::plan::{SmokeFile, SmokeHere};
use crate::process::{Cancel, ProcessError};
use crate::smoke::{self, BlankRoot, Means, RunError, SmokeError, Smoked, Subject, Verdict};
use crate::verify::{Finding, Policy};

pub(super) fn smoke_file(
    step: &SmokeFile,
    findings: Vec<Finding>,
    session: &Session,
    cancel: &Cancel,
) -> End {
    let failed = |reason| {
        End::Failed(Box::new(StepFailure::Smoke {
            artifact: step.artifact.to_string(),
            reason,
        }))
    };
    let smoked = match &step.tuning {
        SmokeHere::NotRun(because) => Ok(Smoked::NotRun(because.to_string())),
        SmokeHere::Run(means) => run(step, means, findings, session, cancel),
    };
    match smoked {
        Ok(Smoked::NotRun(because)) if !step.may_be_left_out => {
            failed(SmokeFailure::NotRun(because))
        }
        Ok(Smoked::Ran(judged)) if judged.judgement.verdict() == Verdict::Fail => {
            failed(SmokeFailure::Failed(judged))
        }
        Ok(smoked) => End::Done(Done::Smoked(smoked)),
        Err(SmokeFailure::Test(SmokeError::Run(RunError::Process(ProcessError::Cancelled {
            ..
        })))) => End::Stopped,
        Err(reason) => failed(reason),
    }
}

fn run(
    step: &SmokeFile,
    means: &Means,
    findings: Vec<Finding>,
    session: &Session,
    cancel: &Cancel,
) -> Result<Smoked, SmokeFailure> {
    let archive = session.path(&step.archive);
    pack(step, session, &archive)?;
    let (root, programs) = BlankRoot::of_archive(step.format, &archive, &step.test.grants)?;
    let [program] = programs.as_slice() else {
        return Err(SmokeFailure::NoProgram);
    };
    let subject = Subject {
        means,
        root: &root,
        program,
        own_program: &session.own_program.path()?,
    };
    let test = step.test.in_folder(&session.root);
    Ok(smoke::smoke(
        subject,
        &test,
        &without_policy(findings),
        cancel,
    )?)
}

/// What was found, whatever a policy made of it: what another system has, the blank one lacks all the same.
pub(crate) fn without_policy(findings: Vec<Finding>) -> Vec<Finding> {
    Policy::default().weigh(findings, Vec::new()).findings
}

fn pack(step: &SmokeFile, session: &Session, archive: &Path) -> Result<(), SmokeFailure> {
    let write = |error| SmokeFailure::Pack(PackError::Write(error));
    if let Some(folder) = archive.parent() {
        fs::create_dir_all(folder).map_err(write)?;
    }
    let name = step.artifact.file_name().parse();
    let member = Member {
        path: name.map_err(SmokeFailure::Name)?,
        mode: Mode::Executable,
        from: session.path(&step.file),
    };
    let file = BufWriter::new(File::create(archive).map_err(write)?);
    let mut file = archive::pack(step.format, &[member], step.epoch, file)?;
    file.flush().map_err(write)
}
