//! What starts a program on this machine and keeps it from the machine: looked for once, chosen for each program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use super::{Isolation, Isolator, NoWine, NotIsolated, Wine};
use crate::host::Host;
use crate::process::Cancel;
use crate::runner::{CannotRun, CpuLevel, Runner, Runners};
use crate::target::{Goos, Target};

/// What starts programs here.
#[derive(Clone, Debug)]
pub struct Starters {
    runners: Runners,
    isolation: Result<Isolation, NotIsolated>,
    asked: BTreeMap<Isolator, Result<Isolation, NotIsolated>>,
    wines: BTreeMap<PathBuf, Result<Wine, NoWine>>,
}

/// What somebody asks for by name.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What keeps programs from the machine.
    pub isolators: BTreeSet<Isolator>,
    /// Root folders that have wine.
    pub wines: BTreeSet<PathBuf>,
    /// The folder that their paths start at.
    pub folder: PathBuf,
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
    /// With the wine of this root folder, if it is for Windows.
    pub wine: Option<PathBuf>,
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
    /// It is for Windows, and no wine runs it.
    #[error(transparent)]
    NoWine(#[from] NoWine),
    /// Nothing keeps it from the machine.
    #[error("not isolated: {0}")]
    NotIsolated(#[from] NotIsolated),
    /// It is to be started with something that is in no [`Asked`].
    #[error("nobody looked for `{0}`, which it is to be started with")]
    NotLookedFor(String),
    /// Nothing was to be started at all.
    #[error("nothing was looked for that runs it")]
    NothingLookedFor,
}

impl CannotStart {
    /// Whether it stays so until another file appears, here or on PATH. Whether the machine isolates anything may be
    /// otherwise at any time: its settings and daemons are no files of anybody's.
    #[must_use]
    pub fn shows_in_files(&self) -> bool {
        match self {
            Self::CannotRun(_) => true,
            Self::NoWine(_)
            | Self::NotIsolated(_)
            | Self::NotLookedFor(_)
            | Self::NothingLookedFor => false,
        }
    }
}

impl Starters {
    /// Looks for what there is. What is missing is no error: a program that isn't started is told of.
    #[must_use]
    pub fn find(host: &Host, asked: &Asked, cancel: &Cancel) -> Self {
        let isolators = asked.isolators.iter();
        let isolators = isolators.map(|isolator| {
            let isolation = Isolation::find(*isolator, host, cancel);
            (*isolator, isolation)
        });
        let isolation = Isolation::find_any(host, cancel);
        let wines = asked.wines.iter();
        let wines = wines.map(|root| {
            let wine = match &isolation {
                Ok(Isolation::Bubblewrap(bubblewrap)) => {
                    Wine::find(&asked.folder.join(root), bubblewrap, cancel)
                }
                Ok(Isolation::Container(_)) => Err(NoWine::NoBubblewrap(
                    "it can't isolate anything here".to_owned(),
                )),
                Err(why) => Err(NoWine::NoBubblewrap(why.to_string())),
            };
            (root.clone(), wine)
        });
        Self {
            runners: Runners::probe(host),
            asked: isolators.collect(),
            wines: wines.collect(),
            isolation,
        }
    }

    /// What starts a program for the target.
    ///
    /// # Errors
    /// The reason, when nothing does.
    pub fn means(&self, target: &Target, wanted: &Wanted) -> Result<Means, CannotStart> {
        let isolation = match wanted.isolator {
            Some(isolator) => looked_for(&self.asked, &isolator, isolator)?,
            None => &self.isolation,
        };
        let runner = match (target.goos, wanted.cpu) {
            (Goos::Windows, None) => Runner::Wine(self.wine(target, wanted, isolation)?),
            (_, Some(level)) => self.runners.on_level(target, level)?,
            (_, None) => self.runners.runner(target)?,
        };
        let levels = wanted.levels.iter();
        let on_levels = levels.map(|level| Ok((*level, self.runners.on_level(target, *level)?)));
        Ok(Means {
            runner,
            on_levels: on_levels.collect::<Result<_, CannotRun>>()?,
            isolation: isolation.clone()?,
        })
    }

    /// What runs a program for Windows.
    fn wine(
        &self,
        target: &Target,
        wanted: &Wanted,
        isolation: &Result<Isolation, NotIsolated>,
    ) -> Result<Wine, CannotStart> {
        Wine::runs(target, &self.runners)?;
        let root = wanted.wine.as_ref().ok_or(NoWine::NotNamed)?;
        if let Ok(Isolation::Container(engine)) = isolation {
            let why = format!("{} is taken instead", engine.isolator);
            return Err(NoWine::NoBubblewrap(why).into());
        }
        let wine = looked_for(&self.wines, root, root.display())?;
        Ok(wine.clone()?)
    }
}

/// What came of looking for a thing.
fn looked_for<'a, K: Ord, T>(
    all: &'a BTreeMap<K, T>,
    thing: &K,
    name: impl fmt::Display,
) -> Result<&'a T, CannotStart> {
    all.get(thing)
        .ok_or_else(|| CannotStart::NotLookedFor(name.to_string()))
}
