//! Runs one command of the user's own, and sees to it that it leaves the artifacts alone.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::event::{Done, End, FileDigest, Outcomes, StepFailure};
use super::place;
use super::session::Session;
use crate::console::indented;
use crate::failure::{Exit, Failure};
use crate::plan::{ArtifactPath, HookCommand, Occasion, Plan, StepId};
use crate::printable::printable;
use crate::process::{Cancel, ProcessError};

/// How many of its last lines the message about a failed hook has.
const TAIL: usize = 20;

/// Why a hook failed.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// It could not be started, or reported a failure, or took too long.
    #[error("failed to run the hook `{command}` {occasion}: it {}{}", .error.ending(), indented(.tail))]
    Run {
        /// The command for a shell.
        command: String,
        /// When it ran.
        occasion: Occasion,
        /// The last lines that it wrote.
        tail: Vec<String>,
        /// How the process ended.
        error: Box<ProcessError>,
    },
    /// What it was given is not what it left.
    #[error(
        "failed to run the hook `{command}` {occasion}: it changed `{}`, which was verified before", .file.display()
    )]
    Changed {
        /// The command for a shell.
        command: String,
        /// When it ran.
        occasion: Occasion,
        /// The artifact that was changed.
        file: PathBuf,
    },
    /// The folder is not this run's any more.
    #[error(
        "failed to run the hook `{command}` {occasion}: the hook removed the output folder `{}`", .folder.display()
    )]
    Removed {
        /// The command for a shell.
        command: String,
        /// When it ran.
        occasion: Occasion,
        /// The output folder.
        folder: PathBuf,
    },
}

impl Failure for HookError {
    fn exit(&self) -> Exit {
        match self {
            Self::Run { error, .. } => error.exit(),
            Self::Changed { .. } | Self::Removed { .. } => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Run { error, .. } => match error.as_ref() {
                ProcessError::NotFound { program, .. } => Some(format!(
                    "install `{}`, or put its folder on PATH; a path starts at the manifest's folder",
                    printable(&program.to_string_lossy())
                )),
                ProcessError::TimedOut { .. } => Some(
                    "give it more time with `timeout = \"…\"` beside it in the manifest".to_owned(),
                ),
                ProcessError::Exit { .. } | ProcessError::Signal { .. } => Some(
                    "try it by hand in the manifest's folder: a hook has to end with exit code 0"
                        .to_owned(),
                ),
                _ => None,
            },
            Self::Changed { .. } => Some(
                "let the hook write a file of its own: artifacts stay as they were verified"
                    .to_owned(),
            ),
            Self::Removed { .. } => Some(
                "let the hook leave the folder and its .gobuildx alone: what is out of date in it \
                 is removed anyway"
                    .to_owned(),
            ),
        }
    }
}

/// Runs a hook to its end, and hands over each line that it writes.
pub fn run_hook(
    hook: &HookCommand,
    session: &Session,
    cancel: &Cancel,
    on_line: &mut dyn FnMut(&str),
) -> End {
    match run(hook, session, cancel, on_line) {
        Ok(()) => End::Done(Done::HookRan),
        Err(HookError::Run { error, .. }) if matches!(*error, ProcessError::Cancelled { .. }) => {
            End::Stopped
        }
        Err(error) => End::Failed(Box::new(StepFailure::Hook(error))),
    }
}

fn run(
    hook: &HookCommand,
    session: &Session,
    cancel: &Cancel,
    on_line: &mut dyn FnMut(&str),
) -> Result<(), HookError> {
    let files: Vec<PathBuf> = hook
        .artifacts
        .iter()
        .map(|artifact| session.out.path().join(artifact.as_str()))
        .collect();
    let placed =
        |files: &[PathBuf]| -> Vec<_> { files.iter().map(|file| place::hash(file).ok()).collect() };
    let before = placed(&files);
    let mut tail = VecDeque::new();
    let result = session.hook(hook).run_lines(cancel, |line| {
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(printable(line));
        on_line(line);
    });
    if let Err(error) = result {
        return Err(HookError::Run {
            command: session.shown(hook),
            occasion: hook.occasion.clone(),
            tail: tail.into(),
            error: Box::new(error),
        });
    }
    if !session.lock.is_held() {
        return Err(HookError::Removed {
            command: session.shown(hook),
            occasion: hook.occasion.clone(),
            folder: session.out.path().to_owned(),
        });
    }
    let after = placed(&files);
    let same = before.into_iter().zip(after).map(|(was, is)| was == is);
    match files.into_iter().zip(same).find(|(_, same)| !same) {
        None => Ok(()),
        Some((file, _)) => Err(HookError::Changed {
            command: session.shown(hook),
            occasion: hook.occasion.clone(),
            file,
        }),
    }
}

/// Lets the artifacts fail that are not any more what was verified, and tells their steps.
///
/// They are removed, unless the folder may be another run's by now.
pub fn fail_altered(plan: &Plan, outcomes: &mut Outcomes, session: &Session) -> Vec<StepId> {
    let out = session.out.path();
    let mut altered = Vec::new();
    for artifact in &plan.artifacts {
        let Some(outcome) = outcomes.get_mut(&artifact.steps.place) else {
            continue;
        };
        let End::Done(Done::Placed(placed)) = &outcome.end else {
            continue;
        };
        let is_same = |path: &ArtifactPath, placed: &FileDigest| {
            place::hash(&out.join(path.as_str())).is_ok_and(|now| now == *placed)
        };
        let same_header = match (&artifact.header, &placed.header) {
            (Some(path), Some(header)) => is_same(path, header),
            _ => true,
        };
        if !same_header || !is_same(&artifact.path, &placed.file) {
            if session.lock.is_held() {
                for path in artifact.files() {
                    remove(&out.join(path.as_str()));
                }
            }
            outcome.end = End::Failed(Box::new(StepFailure::Altered {
                artifact: artifact.path.to_string(),
            }));
            altered.push(artifact.steps.place.clone());
        }
    }
    altered
}

/// Removes a file, or the link that stands where its folder should be: what that leads to isn't ours.
fn remove(file: &Path) {
    let path = match file.parent() {
        Some(folder) if folder.is_symlink() => folder,
        _ => file,
    };
    // What can't be removed here, is when the records are written.
    let _ = std::fs::remove_file(path);
}
