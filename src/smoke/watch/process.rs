//! One program, from its start to its end, whatever keeps it from the machine.

use std::ffi::OsString;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::task::{Around, Start, Task};
use super::super::{Farewell, Observation};
use super::contained::Contained;
use super::sandboxed::{Sandbox, Sandboxed};

/// What a process has to end in once it was killed.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// What processes have to end in that the program doesn't wait for.
pub(super) const LAST_BREATH: Duration = Duration::from_millis(200);
pub(super) const SHORT: Duration = Duration::from_micros(200);
/// In place of the names of processes that each is gone before it is seen.
pub(super) const FLEETING: &str = "ones that come and go too quickly to be seen";

/// What a program is started with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    /// The words that start it.
    pub(super) program: &'a [OsString],
    /// Its own arguments.
    pub(super) args: &'a [String],
    /// What it reads.
    pub(super) stdin: Option<&'a str>,
    /// The files that it is to make.
    pub(super) files: &'a [String],
}

impl<'a> Words<'a> {
    /// Of the service, or what asks it.
    pub(super) fn of(task: &'a Task, args: &'a [String]) -> Self {
        Self {
            program: &task.program,
            args,
            stdin: None,
            files: &[],
        }
    }
}

/// A program that was started.
#[derive(Debug)]
pub(super) enum Process {
    Sandboxed(Box<Sandboxed>),
    Contained(Box<Contained>),
}

impl Process {
    /// Calls the program, and waits for its end.
    pub(super) fn call(task: &Task, start: &Start, until: Instant) -> io::Result<Observation> {
        let Start { program, call } = start;
        let words = Words {
            program,
            args: &call.args,
            stdin: call.stdin.as_deref(),
            files: &call.files,
        };
        Self::start(task, words, until)?.end(until)
    }

    /// Starts the program with these arguments, unless it would see something of the machine.
    pub(super) fn start(task: &Task, words: Words<'_>, until: Instant) -> io::Result<Self> {
        match &task.around {
            Around::Sandbox {
                command,
                options,
                network,
                folders,
                entries,
                kills,
            } => {
                let sandbox = Sandbox {
                    command,
                    options,
                    network,
                    folders,
                    entries: *entries,
                    kills: kills.as_deref(),
                };
                let process = Sandboxed::start((task, sandbox), words, until)?;
                Ok(Self::Sandboxed(Box::new(process)))
            }
            Around::Container { folders, .. } => {
                let process = Contained::start((task, folders), words, until)?;
                Ok(Self::Contained(Box::new(process)))
            }
        }
    }

    /// Whether it ends in this time, or what is around it does.
    pub(super) fn ends_within(&mut self, time: Duration) -> bool {
        match self {
            Self::Sandboxed(process) => process.ends_within(time),
            Self::Contained(process) => process.ends_within(time),
        }
    }

    /// Tells the program to end.
    pub(super) fn tell_to_end(&self, farewell: Farewell) {
        let program = match self {
            Self::Sandboxed(process) => process.program(),
            Self::Contained(process) => process.program(),
        };
        if let Some(program) = program {
            program.signal(match farewell {
                Farewell::Sigterm => Signal::TERM,
                // Wine makes Ctrl+C of it.
                Farewell::CtrlC => Signal::INT,
            });
        }
    }

    /// Waits for its end until then, and ends what is left of it.
    pub(super) fn end(self, until: Instant) -> io::Result<Observation> {
        match self {
            Self::Sandboxed(process) => process.end(until),
            Self::Contained(process) => process.end(until),
        }
    }
}

/// Whether something ends in this time that tells its end, or whoever tells does. What isn't its end may be told
/// before.
pub(super) fn is_told<T, E>(
    end: &mut Option<E>,
    told: &Receiver<T>,
    time: Duration,
    read: impl FnOnce(T) -> Option<E>,
) -> bool {
    if end.is_some() {
        return true;
    }
    match told.recv_timeout(time) {
        Ok(told) => {
            *end = read(told);
            end.is_some()
        }
        Err(RecvTimeoutError::Timeout) => false,
        Err(RecvTimeoutError::Disconnected) => true,
    }
}

pub(super) fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}
