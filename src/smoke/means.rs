//! What starts a program on this machine and keeps it from the machine: looked for once, chosen for each program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Isolation, Isolator, NotIsolated};
use crate::host::Host;
use crate::process::Cancel;
use crate::runner::{CannotRun, CpuLevel, Runner, Runners};
use crate::target::Target;

/// What starts programs here.
#[derive(Clone, Debug)]
pub struct Starters {
    runners: Runners,
    isolation: Result<Isolation, NotIsolated>,
    asked: BTreeMap<Isolator, Result<Isolation, NotIsolated>>,
}

/// How a program is to be started, where somebody says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// On a CPU of this level.
    pub cpu: Option<CpuLevel>,
    /// Now and then also on CPUs of these.
    pub levels: BTreeSet<CpuLevel>,
    /// Kept from the machine by this.
    pub isolator: Option<Isolator>,
}

/// What starts one program.
#[derive(Clone, Debug)]
pub struct Means {
    /// What runs it.
    pub runner: Runner,
    /// What runs it on CPUs of other levels.
    pub on_levels: BTreeMap<CpuLevel, Runner>,
    /// What keeps it from the machine.
    pub isolation: Isolation,
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.runner.fmt(f)?;
        match &self.isolation {
            Isolation::Bubblewrap(_) => Ok(()),
            Isolation::Container(engine) => write!(f, ", in a container of {}", engine.isolator),
        }
    }
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
    pub fn find(host: &Host, asked: &BTreeSet<Isolator>, cancel: &Cancel) -> Self {
        let asked = asked.iter().map(|isolator| {
            let isolation = Isolation::find(*isolator, host, cancel);
            (*isolator, isolation)
        });
        Self {
            runners: Runners::probe(host),
            isolation: Isolation::find_any(host, cancel),
            asked: asked.collect(),
        }
    }

    /// What starts a program for the target.
    ///
    /// # Errors
    /// The reason, when nothing does.
    pub fn means(&self, target: &Target, wanted: &Wanted) -> Result<Means, CannotStart> {
        let asked = wanted.isolator.and_then(|one| self.asked.get(&one));
        let isolation = asked.unwrap_or(&self.isolation);
        let runner = match wanted.cpu {
            Some(level) => self.runners.on_level(target, level),
            None => self.runners.runner(target),
        };
        let levels = wanted.levels.iter();
        let on_levels = levels.map(|level| Ok((*level, self.runners.on_level(target, *level)?)));
        Ok(Means {
            runner: runner?,
            on_levels: on_levels.collect::<Result<_, CannotRun>>()?,
            isolation: isolation.clone()?,
        })
    }
}
