//! Does all that is asked of a program.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bubblewrap::Holdings;
use super::cgroup::Cgroup;
use super::container::{self, Container, Image};
use super::task::{Around, Report, Start, Task, WATCH, Work};
use super::wine::Windows;
use super::{
    BlankRoot, Bubblewrap, Call, Isolation, Limits, Means, Observation, Part, Probe, Ran,
    RootError, Served, Service, Test, Tested,
};
use crate::archive::PackError;
use crate::embed::{PemError, certificates_among};
use crate::failure::{Exit, Failure};
use crate::process::{Cancel, Command, Given, ProcessError};
use crate::runner::{CpuLevel, Runner};

/// What who watches may have beyond the limit, which it holds the program to by itself.
const GRACE: Duration = Duration::from_secs(5);
/// What an engine may take to make a container.
const PREPARATION: Duration = Duration::from_secs(20);

/// A program on a blank system, and what it takes to run it there.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// What starts it, and keeps it from the machine.
    pub means: &'a Means,
    /// The blank system.
    pub root: &'a BlankRoot,
    /// Its path there.
    pub program: &'a str,
    /// The file of gobuildx itself, which watches it.
    pub own_program: &'a Path,
}

/// Why a program wasn't tested.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The blank system can't be listed.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The blank system can't be packed for a container.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The engine made no container, or it ended oddly.
    #[error("{0}")]
    NoContainer(String),
    /// The control group for it can't be made, though one could.
    #[error("failed to make a control group for a program: {0}")]
    NoGroup(std::io::Error),
    /// Wine runs no Go programs.
    #[error("{0}")]
    NoWindows(String),
    /// The file of the certificates that are to be trusted has none.
    #[error("failed to believe a service: `{}` {fault}", path.display())]
    NoTrust {
        /// Their file.
        path: PathBuf,
        /// What is wrong with it.
        fault: PemError,
    },
    /// What watches the program failed, or all was stopped.
    #[error("{}", .0.with_stderr())]
    Process(#[from] ProcessError),
    /// The certificates that are to be trusted can't be read.
    #[error("failed to read `{}`: {error}", path.display())]
    Certificates {
        /// Their file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// What watches the program said what isn't understood: a fault of gobuildx.
    #[error("failed to read what was seen of a run: {0}")]
    Report(serde_json::Error),
}

impl Failure for RunError {
    fn exit(&self) -> Exit {
        match self {
            Self::Root(error) => error.exit(),
            Self::Process(error) => error.exit(),
            Self::NoContainer(_)
            | Self::NoGroup(_)
            | Self::NoWindows(_)
            | Self::Certificates { .. } => Exit::Environment,
            Self::NoTrust { .. } => Exit::Manifest,
            Self::Pack(_) | Self::Report(_) => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Root(error) => error.hint(),
            Self::NoTrust { fault, .. } => Some(fault.help().to_owned()),
            _ => None,
        }
    }
}

/// Does all that is asked of a program. What can't be started once isn't started again.
///
/// # Errors
/// When it can't be tested, or all was stopped.
pub fn run(subject: Subject<'_>, test: &Test, cancel: &Cancel) -> Result<Tested, RunError> {
    let Subject {
        means,
        root,
        program,
        own_program,
    } = subject;
    let runs = Runs {
        subject,
        program: root.starting(&means.runner, program)?,
        on_levels: means
            .on_levels
            .iter()
            .map(|(level, runner)| Ok((*level, root.starting(runner, program)?)))
            .collect::<Result<_, RootError>>()?,
        place: match &means.isolation {
            Isolation::Bubblewrap(bubblewrap) => Place::Sandbox {
                bubblewrap,
                windows: match &means.runner {
                    Runner::Wine(wine) => Some(wine.windows(bubblewrap, cancel)?),
                    Runner::Native | Runner::Qemu(_) => None,
                },
            },
            Isolation::Container(engine) => {
                Place::Container(engine.image(root, own_program, cancel)?)
            }
        },
        limits: &test.limits,
        cancel,
    };
    let first = runs.call(runs.start(None, &test.first))?;
    let goes_on = first.refusal.is_none();
    let mut tested = Tested {
        runs: vec![Ran {
            part: Part::First,
            observation: first,
        }],
    };
    if !goes_on {
        return Ok(tested);
    }
    let checks = test.checks.iter();
    let calls = checks.map(|check| runs.start(check.cpu, &check.call));
    let checks = match &test.service {
        Some(service) => {
            let (ran, checks) = runs.service(service, calls.collect())?;
            tested.runs.push(ran);
            checks
        }
        None => calls
            .map(|call| runs.call(call))
            .collect::<Result<_, _>>()?,
    };
    let checks = checks.into_iter().enumerate();
    tested.runs.extend(checks.map(|(number, observation)| Ran {
        part: Part::Check(number),
        observation,
    }));
    Ok(tested)
}

/// Runs a program with limits.
struct Runs<'a> {
    subject: Subject<'a>,
    /// The words that start it, without arguments.
    program: Vec<OsString>,
    /// The same for CPUs of other levels.
    on_levels: BTreeMap<CpuLevel, Vec<OsString>>,
    place: Place<'a>,
    limits: &'a Limits,
    cancel: &'a Cancel,
}

/// Where a program is started.
enum Place<'a> {
    Sandbox {
        bubblewrap: &'a Bubblewrap,
        /// What programs for Windows need.
        windows: Option<Arc<Windows>>,
    },
    Container(Image<'a>),
}

impl Runs<'_> {
    /// A call with the words that start it.
    fn start(&self, cpu: Option<CpuLevel>, call: &Call) -> Start {
        let other = cpu.and_then(|level| self.on_levels.get(&level));
        Start {
            program: other.unwrap_or(&self.program).clone(),
            call: call.clone(),
        }
    }

    fn call(&self, call: Start) -> Result<Observation, RunError> {
        let start = Instant::now();
        match self.watched(Work::Call(call))? {
            Some(Report::Call(observation)) => Ok(observation),
            Some(Report::Service { service, .. }) => Ok(service),
            None => Ok(Observation::lost(start.elapsed())),
        }
    }

    fn service(
        &self,
        service: &Service,
        checks: Vec<Start>,
    ) -> Result<(Ran, Vec<Observation>), RunError> {
        let start = Instant::now();
        let work = Work::Service {
            service: service.clone(),
            trusted: trusted(&service.probe)?,
            checks,
        };
        let unseen = |observation| (observation, Served::default(), Vec::new());
        let (observation, served, checks) = match self.watched(work)? {
            Some(Report::Service {
                service,
                served,
                checks,
            }) => (service, served, checks),
            Some(Report::Call(observation)) => unseen(observation),
            None => unseen(Observation::lost(start.elapsed())),
        };
        let part = Part::Service(served);
        Ok((Ran { part, observation }, checks))
    }

    /// A control group for a run, where there can be one.
    fn group(&self) -> Result<Option<Cgroup>, RunError> {
        match &self.place {
            Place::Sandbox { bubblewrap, .. } => {
                let group = bubblewrap.group(&self.subject.root.unique_name(), self.limits);
                group.map_err(RunError::NoGroup)
            }
            Place::Container(_) => Ok(None),
        }
    }

    /// What the sandbox holds.
    fn holdings<'a>(
        &'a self,
        entries: &'a [(PathBuf, String)],
        windows: Option<&'a Windows>,
    ) -> Holdings<'a> {
        Holdings {
            grants: &self.subject.root.grants,
            entries,
            system: self.subject.means.runner.system(),
            windows,
        }
    }

    /// What keeps the program from the machine, and the names that its root has.
    fn surroundings(
        &self,
        entries: &[(PathBuf, String)],
        group: Option<&Cgroup>,
    ) -> Result<(Around, BTreeSet<String>), RunError> {
        let root = self.subject.root;
        let names = root.names(entries);
        match &self.place {
            Place::Sandbox {
                bubblewrap,
                windows,
            } => {
                let windows = windows.as_deref();
                let holdings = self.holdings(entries, windows);
                let [command, options] = bubblewrap.sandbox(&holdings, self.limits, group);
                let around = Around::Sandbox {
                    command,
                    options,
                    network: network(),
                    folders: holdings.in_memory(),
                    entries: self.limits.entries,
                    kills: group.map(|group| group.kills().to_owned()),
                };
                Ok((around, windows.map_or(names, Windows::names)))
            }
            Place::Container(_) => {
                let etc = names.contains("etc").then(|| root.entries_of("etc"));
                let etc = etc.transpose()?.into_iter().flatten();
                let around = Around::Container {
                    folders: self.holdings(entries, None).in_memory(),
                    etc: etc.map(|(_, name)| name).collect(),
                    memory: self.limits.memory,
                    threads: container::most_threads(self.limits),
                };
                Ok((around, names))
            }
        }
    }

    /// Has a run watched; none if who watches didn't come to its end.
    fn watched(&self, work: Work) -> Result<Option<Report>, RunError> {
        let root = self.subject.root;
        let entries = root.entries()?;
        // It goes with the run, however that ends.
        let group = self.group()?;
        let (around, names) = self.surroundings(&entries, group.as_ref())?;
        let task = Task {
            around,
            system: self.subject.means.runner.system(),
            program: self.program.clone(),
            names,
            canary: root.canary(),
            time: self.limits.time,
            output: self.limits.output,
            work,
        };
        let task = serde_json::to_vec(&task).map_err(RunError::Report)?;
        let report = match &self.place {
            Place::Sandbox {
                bubblewrap,
                windows,
            } => {
                let holdings = self.holdings(&entries, windows.as_deref());
                let watch = bubblewrap.around(&holdings, self.subject.own_program);
                self.around(watch, task)
            }
            Place::Container(image) => self.inside(image, task),
        };
        match report {
            Ok(report) => {
                let report = serde_json::from_slice(&report);
                Ok(Some(report.map_err(RunError::Report)?))
            }
            // It may have told all, and only have been about to end.
            Err(RunError::Process(ProcessError::TimedOut { output, .. })) => {
                Ok(serde_json::from_slice(&output.stdout).ok())
            }
            Err(error) => Err(error),
        }
    }

    /// Who watches is around the sandbox.
    fn around(&self, watch: Vec<OsString>, task: Vec<u8>) -> Result<Vec<u8>, RunError> {
        let root = self.subject.root;
        let mut words = watch.into_iter().chain([WATCH.into()]);
        let command = Command::new(words.next().unwrap_or_default())
            .args(words)
            .env(CANARY, root.canary())
            .timeout(self.limits.time + GRACE);
        let output = command.run_given(Given::default().stdin(task), self.cancel)?;
        Ok(output.stdout)
    }

    /// Who watches is in the container, too.
    fn inside(&self, image: &Image<'_>, task: Vec<u8>) -> Result<Vec<u8>, RunError> {
        let root = self.subject.root;
        let container = Container {
            grants: &root.grants,
            limits: self.limits,
            canary: &root.canary(),
            time: self.limits.time + GRACE + PREPARATION,
        };
        image.run(container, task, self.cancel)
    }
}

/// The variable that a program is not to see.
pub(super) const CANARY: &str = "GOBUILDX_CANARY";

/// The network that programs are to be kept from.
fn network() -> OsString {
    let own = fs::read_link("/proc/self/ns/net");
    own.unwrap_or_default().into_os_string()
}

fn trusted(probe: &Probe) -> Result<Option<String>, RunError> {
    let Probe::Https { ca: Some(path), .. } = probe else {
        return Ok(None);
    };
    let unread = |error| RunError::Certificates {
        path: path.clone(),
        error,
    };
    let bytes = fs::read(path).map_err(unread)?;
    certificates_among(&bytes).map_err(|fault| RunError::NoTrust {
        path: path.clone(),
        fault,
    })?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
