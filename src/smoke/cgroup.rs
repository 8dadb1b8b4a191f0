//! A control group of a run's own: what all processes of the program may take together, which limits of each process
//! don't say.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::Limits;
use crate::atomic::held::{Hold, folders_named, make_held, remove_left};
use crate::host::cgroup::{Controller, Membership, Version, tell};

/// What is limited.
const CONTROLLERS: [Controller; 2] = [Controller::Memory, Controller::Pids];

/// Threads that stand around the program: those of the sandbox.
const AROUND: u64 = 32;

/// What processes that were killed may take to be gone.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(5);

/// Where groups are made for runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cgroups(Vec<Parent>);

/// A group that others are made in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parent {
    version: Version,
    folder: PathBuf,
    controllers: Vec<Controller>,
}

impl Cgroups {
    /// Those around this process, of which only making one tells whether that is allowed.
    pub(super) fn find() -> Option<Self> {
        let mut parents: Vec<Parent> = Vec::new();
        for controller in CONTROLLERS {
            let membership = Membership::of_process(controller)?;
            let folder = match membership.version {
                Version::V1 => membership.folders().next()?,
                // A group with processes enables nothing for others in it, so it is made beside this process's own.
                Version::V2 => membership.folders().find(|folder| enable_all(folder))?,
            };
            match parents.iter_mut().find(|parent| parent.folder == folder) {
                Some(parent) => parent.controllers.push(controller),
                None => parents.push(Parent {
                    version: membership.version,
                    folder: folder.to_owned(),
                    controllers: vec![controller],
                }),
            }
        }
        Some(Self(parents))
    }

    /// Makes a group of this name, which nobody is in yet.
    pub(super) fn make(&self, name: &str, limits: &Limits) -> io::Result<Cgroup> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("{name}-{}", MADE.fetch_add(1, Ordering::Relaxed));
        // It goes as far as it was made.
        let mut group = Cgroup {
            folders: Vec::new(),
            holds: Vec::new(),
            kills: PathBuf::new(),
        };
        for parent in &self.0 {
            let folder = parent.folder.join(&name);
            let make = || fs::create_dir(&folder).map(|()| folder.clone());
            let (folder, hold) = make_held(make)?;
            group.holds.push(hold);
            group.folders.push(folder.clone());
            for controller in &parent.controllers {
                controller.limit(parent.version, &folder, limits)?;
            }
            if parent.controllers.contains(&Controller::Memory) {
                group.kills = folder.join(parent.version.kills_file());
            }
        }
        Ok(group)
    }

    /// Removes the groups that runs left which were killed.
    pub(super) fn sweep(&self) {
        for parent in &self.0 {
            for group in folders_named(&parent.folder, is_of_a_run) {
                remove_left(&group, |group| fs::remove_dir(group));
            }
        }
    }
}

/// Whether a group has a name as runs give it: the word of a folder for temporary files, or that of a trial; the number
/// of the run, and that of the group.
fn is_of_a_run(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let [NAME, of, run, number] = parts.as_slice() else {
        return false;
    };
    of.chars().all(|c| c.is_ascii_alphanumeric())
        && u32::from_str_radix(run, 16).is_ok()
        && number.parse::<u32>().is_ok()
}

/// How the names of all groups start.
const NAME: &str = "gobuildx";

/// Whether groups in this one may have all limits.
fn enable_all(folder: &Path) -> bool {
    let enabled = fs::read_to_string(folder.join("cgroup.subtree_control")).unwrap_or_default();
    let mut all = CONTROLLERS.iter();
    all.all(|one| enabled.split_whitespace().any(|name| name == one.as_str()))
}

impl Controller {
    /// Limits a group.
    fn limit(self, version: Version, group: &Path, limits: &Limits) -> io::Result<()> {
        let value = match self {
            Self::Memory => limits.memory_of_all(),
            Self::Pids => limits.processes + AROUND,
        };
        tell(&group.join(self.limit_file(version)), &value.to_string())?;
        // What is swapped out is memory, too. Not every kernel counts it.
        let swap = match (self, version) {
            (Self::Memory, Version::V1) => ("memory.memsw.limit_in_bytes", value),
            (Self::Memory, Version::V2) => ("memory.swap.max", 0),
            (Self::Pids, _) => return Ok(()),
        };
        let (file, value) = (group.join(swap.0), swap.1);
        match tell(&file, &value.to_string()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            told => told,
        }
    }
}

/// A group that goes with this value. A gobuildx that is killed leaves it, without processes, to the next one.
#[derive(Debug)]
pub(super) struct Cgroup {
    folders: Vec<PathBuf>,
    /// Of the folders, which tell others that this run lives.
    holds: Vec<Hold>,
    kills: PathBuf,
}

impl Cgroup {
    /// The files that a process enters it by.
    pub(super) fn entries(&self) -> impl Iterator<Item = PathBuf> {
        self.folders
            .iter()
            .map(|folder| folder.join("cgroup.procs"))
    }

    /// The file that tells how many of its processes the kernel ended for their memory.
    pub(super) fn kills(&self) -> &Path {
        &self.kills
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let last = Instant::now() + PATIENCE;
        for folder in &self.folders {
            // As long as a process is there that was killed, it is busy. There is nobody to tell that it stays.
            while fs::remove_dir(folder).is_err() && folder.exists() && Instant::now() < last {
                thread::park_timeout(PAUSE);
            }
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_group_enables_all_that_is_limited_or_no_run_is_in_it() {
        let top = tempfile::tempdir().unwrap();
        let control = top.path().join("cgroup.subtree_control");
        fs::write(&control, "cpu memory pids\n").unwrap();
        assert!(enable_all(top.path()));
        fs::write(&control, "cpu memory\n").unwrap();
        assert!(!enable_all(top.path()));
    }

    #[test]
    fn limits_are_written_to_the_files_that_the_kernel_has() {
        let group = tempfile::tempdir().unwrap();
        for name in ["memory.max", "pids.max"] {
            fs::write(group.path().join(name), "").unwrap();
        }
        let limits = Limits::default();
        for controller in CONTROLLERS {
            controller
                .limit(Version::V2, group.path(), &limits)
                .unwrap();
        }
        let read = |name: &str| fs::read_to_string(group.path().join(name)).unwrap();
        assert_eq!(read("memory.max"), limits.memory_of_all().to_string());
        assert_eq!(read("pids.max"), "288");
        assert!(!group.path().join("memory.swap.max").exists());
    }

    #[test]
    fn where_the_kernel_has_no_groups_no_file_is_made_and_nothing_stays() {
        let top = tempfile::tempdir().unwrap();
        let groups = Cgroups(vec![Parent {
            version: Version::V2,
            folder: top.path().to_owned(),
            controllers: CONTROLLERS.to_vec(),
        }]);
        let error = groups.make("run", &Limits::default()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert_eq!(fs::read_dir(top.path()).unwrap().count(), 0);
    }

    #[test]
    fn groups_that_nobody_has_anymore_are_removed_and_no_others() {
        let top = tempfile::tempdir().unwrap();
        let [left, trial, held, others] = [
            "gobuildx-a1b2c3-fde1df9-0",
            "gobuildx-trial-1f-12",
            "gobuildx-d4e5f6-fde1df9-1",
            "gobuildx-jobs",
        ]
        .map(|name| top.path().join(name));
        for folder in [&left, &trial, &others] {
            fs::create_dir(folder).unwrap();
        }
        let make = || fs::create_dir(&held).map(|()| held.clone());
        let (_, lock) = make_held(make).unwrap();
        let groups = Cgroups(vec![Parent {
            version: Version::V1,
            folder: top.path().to_owned(),
            controllers: CONTROLLERS.to_vec(),
        }]);
        groups.sweep();
        let stay = [&left, &trial, &held, &others].map(|folder| folder.exists());
        assert_eq!(stay, [false, false, true, true]);
        drop(lock);
        groups.sweep();
        assert!(!held.exists());
    }
}
