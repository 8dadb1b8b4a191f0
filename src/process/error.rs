//! Why a command brought no result.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use super::{Output, Reason};
use crate::failure::{Exit, Failure};

/// Why a command brought no result. Each message is complete and names the command as a shell
/// would take it.
///
/// What the command wrote is not part of the message, since a streaming caller has shown it
/// already: see [`output`](Self::output).
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// There is no such program.
    #[error("failed to run `{command}`: found no program `{}`", program.display())]
    NotFound {
        /// The command as a shell would take it.
        command: String,
        /// The program that was looked for, on the `PATH` of the command or as a path.
        program: OsString,
    },
    /// There is no such folder to run it in.
    #[error("failed to run `{command}`: there is no folder `{}`", dir.display())]
    NoFolder {
        /// The command as a shell would take it.
        command: String,
        /// The folder.
        dir: PathBuf,
    },
    /// Its arguments and variables are longer than the system hands on.
    #[error("failed to start `{}`: {}", program.display(), too_long(*longest, *all))]
    TooLong {
        /// The program.
        program: OsString,
        /// Bytes of its longest argument.
        longest: usize,
        /// Bytes of all its arguments and variables.
        all: usize,
    },
    /// The system couldn't start it.
    #[error("failed to start `{command}`: {error}")]
    Spawn {
        /// The command as a shell would take it.
        command: String,
        /// What the system said.
        error: io::Error,
    },
    /// It ran, but its end or its output couldn't be observed.
    #[error("failed to follow `{command}`: {error}")]
    Follow {
        /// The command as a shell would take it.
        command: String,
        /// What the system said.
        error: io::Error,
    },
    /// It reported a failure.
    #[error("failed to run `{command}`: it {}", ended(*status))]
    Exit {
        /// The command as a shell would take it.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote.
        output: Output,
    },
    /// A signal ended it.
    #[error("failed to run `{command}`: it was {}{}", signal_effect(*signal), signal_hint(*signal))]
    Signal {
        /// The command as a shell would take it.
        command: String,
        /// The number of the signal.
        signal: i32,
        /// What it wrote.
        output: Output,
    },
    /// It was killed because it took too long.
    #[error("failed to run `{command}`: it was not done after {after:?}")]
    TimedOut {
        /// The command as a shell would take it.
        command: String,
        /// The time that it had.
        after: Duration,
        /// What it wrote until then.
        output: Output,
    },
    /// It was killed, or never started, because the whole run was stopped.
    #[error("failed to run `{command}`: {reason}")]
    Cancelled {
        /// The command as a shell would take it.
        command: String,
        /// Why the run was stopped.
        reason: Reason,
    },
}

impl ProcessError {
    /// How the command ended, in words that follow its name: `exited with 2`.
    #[must_use]
    pub fn ending(&self) -> String {
        match self {
            Self::NotFound { .. } => "was not found".to_owned(),
            Self::NoFolder { dir, .. } => format!("can't run in `{}`", dir.display()),
            Self::TooLong { longest, all, .. } => {
                format!("can't be started: {}", too_long(*longest, *all))
            }
            Self::Spawn { error, .. } => format!("can't be started: {error}"),
            Self::Follow { error, .. } => format!("can't be followed: {error}"),
            Self::Exit { status, .. } => ended(*status),
            Self::Signal { signal, .. } => {
                format!("was {}{}", signal_effect(*signal), signal_hint(*signal))
            }
            Self::TimedOut { after, .. } => format!("was not done after {after:?}"),
            Self::Cancelled { reason, .. } => reason.to_string(),
        }
    }

    /// What is too long to be handed on to the command, where that kept it from being started.
    #[must_use]
    pub fn excess(&self) -> Option<String> {
        match self {
            Self::TooLong { longest, all, .. } => Some(too_long(*longest, *all)),
            _ => None,
        }
    }

    /// The error, and below it what the command wrote to stderr.
    #[must_use]
    pub fn with_stderr(&self) -> String {
        let stderr = self.output().map(Output::stderr_text).unwrap_or_default();
        let lines = stderr.lines().filter(|line| !line.trim().is_empty());
        std::iter::once(self.to_string())
            .chain(lines.map(|line| format!("  {line}")))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The first words that the command wrote to stderr, if any.
    #[must_use]
    pub fn first_line(&self) -> Option<String> {
        let stderr = self.output()?.stderr_text();
        let mut lines = stderr.lines().filter(|line| !line.trim().is_empty());
        lines.next().map(str::to_owned)
    }

    /// What the command wrote, if it ran at all.
    #[must_use]
    pub fn output(&self) -> Option<&Output> {
        match self {
            Self::Exit { output, .. }
            | Self::Signal { output, .. }
            | Self::TimedOut { output, .. } => Some(output),
            Self::NotFound { .. }
            | Self::NoFolder { .. }
            | Self::TooLong { .. }
            | Self::Spawn { .. }
            | Self::Follow { .. }
            | Self::Cancelled { .. } => None,
        }
    }
}

/// Source: `execve(2)`: `MAX_ARG_STRLEN`, of which the last byte is zero, and the limit of all together.
fn too_long(longest: usize, all: usize) -> String {
    const LONGEST: usize = 131_071;
    if longest > LONGEST {
        format!(
            "its longest argument has {longest} bytes, which is more than this system hands on to a program \
             (Linux: {LONGEST})"
        )
    } else {
        format!(
            "its arguments and variables have {all} bytes together, which is more than this system hands on to a \
             program (Linux: a quarter of what its stack may take, `ulimit -s`)"
        )
    }
}

fn ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exited with {code}"),
        None => format!("ended with {status}"),
    }
}

/// SIGKILL.
const KILL: i32 = 9;

fn signal_effect(signal: i32) -> String {
    let verb = if signal == KILL { "killed" } else { "ended" };
    format!("{verb} by {}", super::signal_name(signal))
}

fn signal_hint(signal: i32) -> &'static str {
    if signal == KILL {
        "; the machine probably ran out of memory"
    } else {
        ""
    }
}

impl Failure for ProcessError {
    fn exit(&self) -> Exit {
        match self {
            Self::Exit { .. } | Self::Signal { .. } | Self::TimedOut { .. } => Exit::Failed,
            Self::NotFound { .. }
            | Self::NoFolder { .. }
            | Self::TooLong { .. }
            | Self::Spawn { .. }
            | Self::Follow { .. } => Exit::Environment,
            Self::Cancelled { reason, .. } => (*reason).into(),
        }
    }
}
