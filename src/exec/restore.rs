//! Files that are there already, copied to where a step would have put them.

use std::fs;
use std::io;
use std::path::Path;

use super::event::{Done, End, StepFailure};
use super::place::hash;
use super::session::Session;
use crate::digest::Sha256Hex;
use crate::plan::{Place, RestoreFile};

/// What a step need not do again, if it gets the same file as before.
#[derive(Clone, Debug)]
pub struct Reuse {
    /// That file.
    pub when: Sha256Hex,
    /// What the step brought.
    pub brought: Done,
    /// The file that it made, if it makes one.
    pub made: Option<MadeFile>,
}

/// A file that a step made in an earlier run.
#[derive(Clone, Debug)]
pub struct MadeFile {
    /// Where it lies.
    pub from: Place,
    /// The digest of its bytes.
    pub sha256: Sha256Hex,
}

impl Reuse {
    /// The end of a step that gets `file` and would make `to`; none where it has to be done.
    pub(super) fn done(&self, file: &Place, to: Option<&Place>, session: &Session) -> Option<Done> {
        let digest = hash(&session.path(file)).ok()?;
        if digest.sha256 != self.when {
            return None;
        }
        if let Some((made, to)) = self.made.as_ref().zip(to) {
            restore(&session.path(&made.from), &session.path(to), &made.sha256).ok()?;
        }
        Some(self.brought.clone())
    }
}

pub(super) fn restore_file(step: &RestoreFile, session: &Session) -> End {
    let (from, to) = (session.path(&step.from), session.path(&step.to));
    match restore(&from, &to, &step.sha256) {
        Ok(()) => End::Done(Done::Restored),
        Err(error) => End::Failed(Box::new(StepFailure::Read { path: from, error })),
    }
}

/// Copies a file, which has to be what it was.
fn restore(from: &Path, to: &Path, sha256: &Sha256Hex) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)?;
    if hash(to)?.sha256 == *sha256 {
        return Ok(());
    }
    fs::remove_file(to)?;
    let why = "something changed it during the run";
    Err(io::Error::new(io::ErrorKind::InvalidData, why))
}
