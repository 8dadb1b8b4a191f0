//! Compares what two builds made of one artifact.

use std::path::{Path, PathBuf};

use super::event::{Done, End, StepFailure, Unlike};
use super::session::Session;
use crate::atomic::{Mode, PlaceError};
use crate::mapped::FileBytes;
use crate::plan::{Builds, CompareFiles};
use crate::reproduce::{Difference, LineDifference, Trace, first_line};

pub(super) fn compare_files(step: &CompareFiles, session: &Session) -> End {
    match compare(step, session) {
        Ok(()) => End::Done(Done::Reproduced),
        Err(failure) => End::Failed(failure),
    }
}

fn compare(step: &CompareFiles, session: &Session) -> Result<(), Box<StepFailure>> {
    let binary = binary_difference(step, session)?;
    let header = match &step.header {
        Some(header) => header_difference(header, session)?,
        None => None,
    };
    if binary.is_none() && header.is_none() {
        return Ok(());
    }
    let mut kept = Vec::new();
    if binary.is_some() {
        kept.extend(keep(&step.binary, session, Mode::Executable));
    }
    if let (Some(builds), Some(_)) = (&step.header, &header) {
        kept.extend(keep(builds, session, Mode::Record));
    }
    Err(Box::new(StepFailure::Differs {
        artifact: step.artifact.to_string(),
        unlike: Unlike { binary, header },
        kept,
    }))
}

fn binary_difference(
    step: &CompareFiles,
    session: &Session,
) -> Result<Option<Difference>, Box<StepFailure>> {
    let open = |path: &Path| FileBytes::open(path).map_err(|error| Box::new(error.into()));
    let first = open(&session.path(&step.binary.first))?;
    let second = open(&session.path(&step.binary.second))?;
    let traces = step.tuning.traces.iter().filter_map(|trace| {
        let text = trace.text.resolve(&|place| session.path(place));
        Some(Trace {
            of: trace.of,
            text: text.into_string().ok()?,
        })
    });
    let traces: Vec<Trace> = traces.collect();
    Ok(Difference::between(&first, &second, step.trimpath, &traces))
}

/// A header that only one build has differs from nothing.
fn header_difference(
    header: &Builds,
    session: &Session,
) -> Result<Option<LineDifference>, Box<StepFailure>> {
    let read = |path: PathBuf| match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read.map_err(|error| Box::new(StepFailure::Read { path, error })),
    };
    let first = read(session.path(&header.first))?;
    let second = read(session.path(&header.second))?;
    Ok(first_line(&first, &second))
}

/// What was found matters more than whether the files could be kept.
fn keep(
    builds: &Builds,
    session: &Session,
    mode: Mode,
) -> impl Iterator<Item = Result<PathBuf, PlaceError>> {
    let files = [&builds.first, &builds.second].into_iter();
    files
        .zip(&builds.kept)
        .map(move |(file, kept)| session.out.place(&session.path(file), &kept.path, mode))
}
