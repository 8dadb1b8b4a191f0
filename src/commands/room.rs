//! Whether the disks have room for what a plan makes, before anything is started.

use std::path::{Path, PathBuf};

use crate::disk;
use crate::exec::Session;
use crate::failure::{Exit, Failure};
use crate::human;
use crate::plan::{Action, ArtifactPath, Plan};

/// Bytes that any program of Go has: the smallest one of Go 1.26, for plan9/386, stripped and with nothing in it, has
/// 1 016 192; those of earlier releases are smaller, and none is half of it.
const LEAST: u64 = 500_000;

/// Checks that what a plan makes can be written, by the least that is needed: a build that is refused wouldn't end
/// well.
pub(super) fn check(plan: &Plan, session: &Session) -> Result<(), NoRoom> {
    let earlier = |artifact: &ArtifactPath| {
        let file = session.out.path().join(artifact.as_str());
        std::fs::metadata(file).ok().map(|file| file.len())
    };
    let processes = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Compile(compile) => Some(&compile.programs),
        _ => None,
    });
    let processes = processes.map(|programs| {
        let programs = programs.iter();
        programs.map(|one| earlier(&one.artifact)).collect()
    });
    let least = Least::of(&processes.collect::<Vec<_>>());
    has_room(session.out.path(), least.output)?;
    has_room(&session.temporary, least.temporary)
}

/// The bytes that are needed at least.
#[derive(Debug, PartialEq, Eq)]
struct Least {
    /// In the output folder, which has the folder that go writes to.
    output: u64,
    /// In the folder for temporary files, in which go links.
    temporary: u64,
}

impl Least {
    /// What go processes need, each of which makes several programs. Of each program is told how large the earlier
    /// one is that lies in its place.
    ///
    /// That one goes only when the new one takes its place, so until then the programs of one process lie beside
    /// theirs. In the end nothing is added but what had no earlier one.
    fn of(processes: &[Vec<Option<u64>>]) -> Self {
        // Without debug information, a program may be much smaller than it was.
        let size = |earlier: Option<u64>| earlier.map_or(LEAST, |size| LEAST.max(size / 2));
        let all = || processes.iter().flatten().copied();
        let together = processes
            .iter()
            .map(|programs| sum(programs.iter().copied().map(size)));
        let new = sum(all().filter(Option::is_none).map(size));
        Self {
            output: together.fold(new, u64::max),
            temporary: all().map(size).max().unwrap_or_default(),
        }
    }
}

fn sum(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.fold(0, u64::saturating_add)
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

/// Checks that scripts of C toolchains can be started from the folder for temporary files.
pub(super) fn check_scripts(plan: &Plan, session: &Session) -> Result<(), NoScripts> {
    if plan.scripts().is_empty() {
        return Ok(());
    }
    let folder = &session.temporary;
    // What stands between the folders of PATH.
    let separator = if cfg!(windows) { ';' } else { ':' };
    let why = if folder.to_string_lossy().contains(separator) {
        "its name can't be part of PATH"
    } else if disk::forbids_programs(folder) {
        "its disk is mounted `noexec`"
    } else {
        return Ok(());
    };
    Err(NoScripts {
        folder: folder.clone(),
        why,
    })
}

/// Scripts can't be started where they would lie.
#[derive(Debug, thiserror::Error)]
#[error("failed to build: scripts of C toolchains can't be started from `{}`: {why}", .folder.display())]
pub(super) struct NoScripts {
    folder: PathBuf,
    why: &'static str,
}

impl Failure for NoScripts {
    fn exit(&self) -> Exit {
        Exit::Environment
    }

    fn hint(&self) -> Option<String> {
        Some("set TMPDIR to another folder".to_owned())
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
    fn all_new_programs_need_room() {
        let least = Least::of(&[vec![None], vec![None, None], vec![Some(1)]]);
        assert_eq!(least.output, 3 * LEAST);
        assert_eq!(least.temporary, LEAST);
    }

    #[test]
    fn programs_that_replace_earlier_ones_need_room_for_those_of_one_process() {
        let earlier = Some(10 * LEAST);
        let least = Least::of(&[vec![earlier], vec![earlier, earlier], vec![earlier]]);
        let size = 10 * LEAST / 2;
        assert_eq!(least.output, 2 * size);
        assert_eq!(least.temporary, size);
    }

    #[test]
    fn where_nothing_is_compiled_no_room_is_needed() {
        let nothing = Least {
            output: 0,
            temporary: 0,
        };
        assert_eq!(Least::of(&[]), nothing);
    }

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
