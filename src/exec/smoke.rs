//! Runs one program on a blank system, as its users will get it: from an archive.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::event::{Done, End, SmokeFailure, Smoked, StepFailure};
use super::session::Session;
use crate::archive::{self, Member, PackError};
use crate::atomic::Mode;
use crate::inspect::{Program, inspect};
use crate::mapped::FileBytes;
use crate::plan::{SmokeFile, SmokeHere};
use crate::process::{Cancel, ProcessError};
use crate::runner::Runner;
use crate::smoke::{self, BlankRoot, Isolation, Judged, RunError, Subject, Verdict};
use crate::verify::{Evidence, Finding, Policy, verify};

pub(super) fn smoke_file(step: &SmokeFile, session: &Session, cancel: &Cancel) -> End {
    let failed = |reason| {
        End::Failed(Box::new(StepFailure::Smoke {
            artifact: step.artifact.to_string(),
            reason,
        }))
    };
    let smoked = match &step.tuning {
        SmokeHere::NotRun(because) => Ok(Smoked::NotRun(because.clone())),
        SmokeHere::Run { runner, isolation } => run(step, session, (runner, isolation), cancel),
    };
    match smoked {
        Ok(Smoked::NotRun(because)) if !step.may_be_left_out => {
            failed(SmokeFailure::NotRun(because))
        }
        Ok(Smoked::Ran(judged)) if judged.verdict() == Verdict::Fail => {
            failed(SmokeFailure::Failed(judged))
        }
        Ok(smoked) => End::Done(Done::Smoked(smoked)),
        Err(SmokeFailure::Run(RunError::Process(ProcessError::Cancelled { .. }))) => End::Stopped,
        Err(reason) => failed(reason),
    }
}

fn run(
    step: &SmokeFile,
    session: &Session,
    (runner, isolation): (&Runner, &Isolation),
    cancel: &Cancel,
) -> Result<Smoked, SmokeFailure> {
    let archive = session.path(&step.archive);
    pack(step, session, &archive)?;
    let (root, programs) = BlankRoot::of_archive(step.format, &archive, &step.test.grants)?;
    let [program] = programs.as_slice() else {
        return Err(SmokeFailure::NoProgram);
    };
    let findings = findings(&session.path(&step.read))?;
    let subject = Subject {
        isolation,
        root: &root,
        program: &root.starting(runner, program)?,
        own_program: &session.own_program,
    };
    let test = step.test.in_folder(&session.root);
    let tested = smoke::run(subject, &test, cancel)?;
    if let Some(why) = tested.not_isolated() {
        return Ok(Smoked::NotRun(format!("not isolated: {why}")));
    }
    let judgement = smoke::judge(&test, &tested, &findings)?;
    Ok(Smoked::Ran(Box::new(Judged {
        how: runner.to_string(),
        test,
        tested,
        judgement,
    })))
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

/// What the file lets expect, before it was compressed.
fn findings(path: &Path) -> Result<Vec<Finding>, SmokeFailure> {
    let bytes = FileBytes::open(path)?;
    let facts = inspect(&bytes)?;
    let program = Program::find(facts.format, &bytes);
    let evidence = Evidence {
        bytes: &bytes,
        facts: &facts,
        program: program.as_ref(),
        expectation: None,
        source_dirs: &[],
    };
    Ok(verify(&evidence, &Policy::default()).findings)
}
