//! Runs one go build, with the packages that it compiles as progress.

use std::path::PathBuf;

use super::attempt::Attempt;
use super::event::{Compiled, Done, End, FileDigest, StepFailure};
use super::full::FullDisk;
use super::overlay::write_overlay;
use super::place::hash;
use super::session::Session;
use super::{Killed, Progress};
use crate::atomic::PlaceError;
use crate::host::memory;
use crate::parallel;
use crate::plan::{Base, Compile, Place, StepId};
use crate::process::{Cancel, Gauge, ProcessError};

/// The first build.
pub(super) fn compile(
    step: &StepId,
    compile: &Compile,
    session: &Session,
    running: (&Cancel, &Gauge, Attempt),
    progress: &(dyn Fn(Progress) + Sync),
) -> End {
    let failure = |messages: Vec<String>, error, killed| StepFailure::Compile {
        subject: step.subject().to_owned(),
        full: FullDisk::find(&messages, session),
        messages,
        by_hand: session.by_hand(&compile.command),
        error,
        killed,
    };
    build(compile, session, running, progress, failure)
}

/// The second build, with a build cache that nothing needs any more when it is done.
pub(super) fn recompile(
    step: &StepId,
    compile: &Compile,
    session: &Session,
    running: (&Cancel, &Gauge, Attempt),
    progress: &(dyn Fn(Progress) + Sync),
) -> End {
    let failure = |messages: Vec<String>, error, killed| StepFailure::Recompile {
        subject: step.subject().to_owned(),
        full: FullDisk::find(&messages, session),
        messages,
        error,
        killed,
    };
    let end = build(compile, session, running, progress, failure);
    if let Some(cache) = &compile.cache {
        // The end of the run removes what this leaves.
        let _ = std::fs::remove_dir_all(session.path(cache));
    }
    end
}

fn build(
    compile: &Compile,
    session: &Session,
    (cancel, gauge, attempt): (&Cancel, &Gauge, Attempt),
    progress: &(dyn Fn(Progress) + Sync),
    failure: impl FnOnce(Vec<String>, ProcessError, Option<Killed>) -> StepFailure,
) -> End {
    // What isn't there can't be mounted.
    let mounted = [Base::BuildCache, Base::ModuleCache].map(|base| Place::new(base, ""));
    let container = compile.command.tuning.container.as_ref();
    let mounted = mounted.iter().filter(|_| container.is_some());
    let folders = std::iter::once(&compile.stage).chain(&compile.folders);
    for folder in folders.chain(mounted) {
        let folder = session.path(folder);
        if let Err(error) = std::fs::create_dir_all(&folder) {
            return End::Failed(Box::new(StepFailure::Place(PlaceError::Io {
                action: "create the folder",
                path: folder,
                error,
            })));
        }
    }
    if let Some(overlay) = &compile.overlay
        && let Err(error) = write_overlay(overlay, session)
    {
        return End::Failed(Box::new(error.into()));
    }
    let mut packages = 0;
    let mut messages = Vec::new();
    if let Some(total) = compile.total {
        progress(Progress::Total(total));
    }
    let killed_before = memory::killed();
    let result = session
        .command(&compile.command)
        .run_gauged((cancel, gauge), |line| {
            if is_import_path(line) {
                packages += 1;
                progress(Progress::Compiling);
            } else {
                messages.push(line.to_owned());
            }
        });
    if result.is_err() {
        session.remove_container(&compile.command);
    }
    match result {
        Ok(_) => match digests(compile, session) {
            Ok(files) => End::Done(Done::Compiled(Compiled {
                packages,
                files,
                memory: gauge.footprint(),
            })),
            Err(failure) => End::Failed(failure),
        },
        Err(ProcessError::Cancelled { .. }) => End::Stopped,
        Err(error) => {
            let kills = (killed_before, memory::killed());
            let killed = Killed::find(&messages, &error, kills, (attempt, gauge.footprint()));
            End::Failed(Box::new(failure(messages, error, killed)))
        }
    }
}

fn digests(compile: &Compile, session: &Session) -> Result<Vec<FileDigest>, Box<StepFailure>> {
    let files: Vec<PathBuf> = compile.outputs().map(|file| session.path(file)).collect();
    let digest = |path: &PathBuf| {
        let path = path.clone();
        hash(&path).map_err(|error| Box::new(StepFailure::Read { path, error }))
    };
    // The cores that go had are idle now.
    let digests = parallel::map(&files, compile.cpu as usize, digest);
    digests.into_iter().collect()
}

/// `go build -v` prints the import path of each package that it compiles, alone on a line; every
/// message of a compiler has a space in it.
fn is_import_path(line: &str) -> bool {
    let path = |c: char| c.is_ascii_alphanumeric() || "/.-_~+!".contains(c) || !c.is_ascii();
    !line.is_empty() && line.chars().all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_told_from_messages() {
        for path in [
            "fmt",
            "internal/runtime/atomic",
            "github.com/a/b/v2",
            "gopkg.in/yaml.v3",
        ] {
            assert!(is_import_path(path), "{path}");
        }
        for message in [
            "",
            "# example.com/x",
            "./main.go:3:2: undefined: x",
            "go: downloading github.com/a/b v1.0.0",
        ] {
            assert!(!is_import_path(message), "{message}");
        }
    }
}
