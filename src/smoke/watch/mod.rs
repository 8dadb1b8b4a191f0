//! Who watches a run: gobuildx itself, once more, around the sandbox or in the container.
//!
//! It has the network of the program, so it can ask it; the processes of the program are among its own, so it sees
//! what is left of them and what they see; and with it, all of them end.

mod contained;
mod files;
mod in_time;
mod inside;
mod probe;
mod process;
mod sandboxed;
mod serving;
mod surroundings;
mod tls;

use std::io;
use std::time::Instant;

use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::thread::clear_ambient_capability_set;

use super::task::{Around, Report, Task, Work};
use crate::console::{self, OutputError};
use crate::failure::{Exit, Failure};
use process::Process;

/// Why a run wasn't watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// What is to be done wasn't understood.
    #[error("failed to read what is to be watched: {0}")]
    Task(serde_json::Error),
    /// The system refused something.
    #[error("failed to watch a program: {0}")]
    System(#[from] io::Error),
    /// What was seen can't be told.
    #[error(transparent)]
    Output(#[from] OutputError),
}

impl Failure for WatchError {
    fn exit(&self) -> Exit {
        Exit::Environment
    }
}

/// Does what stdin says, and tells what was seen.
///
/// # Errors
/// When the system refuses what it takes to watch.
pub fn watch() -> Result<(), WatchError> {
    let task: Task = serde_json::from_reader(io::stdin()).map_err(WatchError::Task)?;
    match task.around {
        Around::Sandbox { .. } => {
            // What it starts isn't to have its rights.
            clear_ambient_capability_set().map_err(io::Error::from)?;
            std::fs::write(inside::CANARY, &task.canary)?;
        }
        // The program is the same user, and isn't to change what is told of it.
        Around::Container { .. } => {
            set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(io::Error::from)?;
        }
    }
    let until = Instant::now() + task.time;
    let report = match &task.work {
        Work::Call(start) => Report::Call(Process::call(&task, start, until)?),
        Work::Service {
            service,
            trusted,
            checks,
        } => serving::watch(&task, service, trusted.as_deref(), checks, until)?,
    };
    Ok(console::deliver_json(&report)?)
}
