//! Whether the disks have room for what a plan makes, before anything is started.

use std::path::{Path, PathBuf};

use crate::disk;
use crate::exec::Session;
use crate::failure::{Exit, Failure};
use crate::human;
use crate::plan::{Action, ArtifactPath, Plan};

/// Bytes that any program of Go has, where no earlier one is there.
const LEAST: u64 = 1_000_000;

/// Checks that what a plan makes can be written: all programs to the output folder, where those of an earlier run
/// still are, and the largest one to the folder for temporary files, where go links it. That is the least that is needed: a
/// build that is refused wouldn't end well.
pub(super) fn check(plan: &Plan, session: &Session) -> Result<(), NoRoom> {
    let sizes = sizes(plan, |artifact| {
        let file = session.out.path().join(artifact.as_str());
        std::fs::metadata(file).ok().map(|file| file.len())
    });
    let all = sizes
        .iter()
        .fold(0_u64, |sum, size| sum.saturating_add(*size));
    let largest = sizes.iter().copied().max().unwrap_or_default();
    has_room(session.out.path(), all)?;
    has_room(&session.temporary, largest)
}

/// The least bytes of each program that is compiled.
fn sizes(plan: &Plan, earlier: impl Fn(&ArtifactPath) -> Option<u64>) -> Vec<u64> {
    let compiled = plan.steps.iter().flat_map(|step| match &step.action {
        Action::Compile(compile) => compile.programs.as_slice(),
        _ => &[],
    });
    let size = |artifact: &ArtifactPath| earlier(artifact).unwrap_or_default().max(LEAST);
    compiled.map(|program| size(&program.artifact)).collect()
}

/// Whether a folder's disk, if it tells, has room for so many bytes.
fn has_room(folder: &Path, needed: u64) -> Result<(), NoRoom> {
    match disk::free(folder) {
        Some(free) if free < needed => Err(NoRoom {
            folder: folder.to_owned(),
            free,
            needed,
        }),
        _ => Ok(()),
    }
}

/// A disk is too full.
#[derive(Debug, thiserror::Error)]
#[error(
    "failed to build: the disk of `{}` has {} left, and what is built takes at least {} of it",
    folder.display(),
    human::size(*free),
    human::size(*needed)
)]
pub(super) struct NoRoom {
    folder: PathBuf,
    free: u64,
    needed: u64,
}

impl Failure for NoRoom {
    fn exit(&self) -> Exit {
        Exit::Environment
    }

    fn hint(&self) -> Option<String> {
        Some(
            "make room there, or name a folder on another disk: --out for the output, TMPDIR for \
             temporary files"
                .to_owned(),
        )
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_disk_without_room_is_named_with_what_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        assert!(has_room(folder.path(), 1).is_ok());
        let error = has_room(folder.path(), u64::MAX).unwrap_err();
        assert_eq!(error.needed, u64::MAX);
        let text = error.to_string();
        assert!(
            text.contains(&folder.path().display().to_string()),
            "{text}"
        );
        assert_eq!(error.exit(), Exit::Environment);
    }
}
