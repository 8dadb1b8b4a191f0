//! What starts a program on this machine and keeps it from the machine: looked for once, chosen for each program.

use super::{Isolation, NotIsolated};
use crate::host::Host;
use crate::process::Cancel;
use crate::runner::{CannotRun, CpuLevel, Runner, Runners};
use crate::target::Target;

/// What starts programs here.
#[derive(Clone, Debug)]
pub struct Starters {
    runners: Runners,
    isolation: Result<Isolation, NotIsolated>,
}

/// What starts one program.
#[derive(Clone, Debug)]
pub struct Means {
    /// What runs it.
    pub runner: Runner,
    /// What keeps it from the machine.
    pub isolation: Isolation,
}

/// Why a program isn't started here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotStart {
    /// Nothing runs it.
    #[error(transparent)]
    CannotRun(#[from] CannotRun),
    /// Nothing keeps it from the machine.
    #[error("not isolated: {0}")]
    NotIsolated(#[from] NotIsolated),
}

impl Starters {
    /// Looks for what there is. What is missing is no error: a program that isn't started is told of.
    #[must_use]
    pub fn find(host: &Host, cancel: &Cancel) -> Self {
        Self {
            runners: Runners::probe(host),
            isolation: Isolation::find(host, cancel),
        }
    }

    /// What starts a program for the target; on a CPU of this level, where one is asked for.
    ///
    /// # Errors
    /// The reason, when nothing does.
    pub fn means(&self, target: &Target, cpu: Option<CpuLevel>) -> Result<Means, CannotStart> {
        let runner = match cpu {
            Some(level) => self.runners.on_level(target, level),
            None => self.runners.runner(target),
        };
        Ok(Means {
            runner: runner?,
            isolation: self.isolation.clone()?,
        })
    }
}
