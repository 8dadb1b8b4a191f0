//! Holds one binary against its expectation and policy.

use super::event::{Done, End, StepFailure, Verified};
use super::session::Session;
use crate::atomic::Mode;
use crate::inspect::{BuildInfo, Loaded, Program, inspect};
use crate::mapped::FileBytes;
use crate::plan::{Base, VerifyFile};
use crate::verify::{Evidence, Outcome, Weight, verify};

pub(super) fn verify_file(step: &VerifyFile, session: &Session) -> End {
    match examine(step, session) {
        Ok(verified) => End::Done(Done::Verified(Box::new(verified))),
        Err(failure) => End::Failed(failure),
    }
}

fn examine(step: &VerifyFile, session: &Session) -> Result<Verified, Box<StepFailure>> {
    let path = session.path(&step.file);
    let bytes = FileBytes::open(&path).map_err(|error| Box::new(error.into()))?;
    let facts = inspect(&bytes).map_err(|error| {
        Box::new(StepFailure::Inspect {
            artifact: step.artifact.to_string(),
            error,
        })
    })?;
    let loaded = Loaded::of(facts.format, &bytes);
    let program = Program::find(&loaded);
    let evidence = Evidence {
        bytes: &bytes,
        facts: &facts,
        program: program.as_ref(),
        expectation: Some(&step.expectation),
        source_dirs: &session.source_dirs,
    };
    let verification = verify(&evidence, &step.policy);
    if verification.outcome == Outcome::Passed {
        return Ok(Verified {
            verification,
            denied: step.policy.deny.clone(),
            go: facts.build_info().map(|go| go.go_version.clone()),
            modules: facts.build_info().map(BuildInfo::linked),
            interpreter: facts.interpreter.clone(),
            needed: facts
                .needed
                .iter()
                .map(|library| library.name.clone())
                .collect(),
            weight: Weight::of(&evidence),
        });
    }
    debug_assert_eq!(step.rejected.base, Base::Out);
    // What was found matters more than whether the file could be kept.
    let kept = session
        .out
        .place(&path, &step.rejected.path, Mode::Executable);
    Err(Box::new(StepFailure::Gate {
        artifact: step.artifact.to_string(),
        verification,
        kept,
    }))
}
