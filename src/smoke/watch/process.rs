//! One program, from its start to its end, whatever keeps it from the machine.

use std::io;
use std::time::{Duration, Instant};

use super::super::Observation;
use super::super::task::{Around, Task};
use super::contained::Contained;
use super::sandboxed::{Sandbox, Sandboxed};

/// What a process has to end in once it was killed.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// A program that was started.
#[derive(Debug)]
pub(super) enum Process {
    Sandboxed(Box<Sandboxed>),
    Contained(Box<Contained>),
}

impl Process {
    /// Starts the program with these arguments, unless it would see something of the machine.
    pub(super) fn start(
        task: &Task,
        args: &[String],
        stdin: Option<&str>,
        until: Instant,
    ) -> io::Result<Self> {
        match &task.around {
            Around::Sandbox {
                command,
                options,
                network,
            } => {
                let sandbox = Sandbox {
                    command,
                    options,
                    network,
                };
                let process = Sandboxed::start((task, sandbox), args, stdin, until)?;
                Ok(Self::Sandboxed(Box::new(process)))
            }
            Around::Container { .. } => {
                let process = Contained::start(task, args, stdin, until)?;
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
    pub(super) fn terminate(&self) {
        match self {
            Self::Sandboxed(process) => process.terminate(),
            Self::Contained(process) => process.terminate(),
        }
    }

    /// Waits for its end until then, and ends what is left of it.
    pub(super) fn end(self, files: &[String], until: Instant) -> io::Result<Observation> {
        match self {
            Self::Sandboxed(process) => process.end(files, until),
            Self::Contained(process) => process.end(files, until),
        }
    }
}

pub(super) fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}
