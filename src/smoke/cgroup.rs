//! A control group of a run's own: what all processes of the program may take together, which limits of each process
//! don't say.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::Limits;
use crate::host::cgroup::{Controller, Membership, Version};

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
            kills: PathBuf::new(),
        };
        for parent in &self.0 {
            let folder = parent.folder.join(&name);
            fs::create_dir(&folder)?;
            group.folders.push(folder.clone());
            for controller in &parent.controllers {
                controller.limit(parent.version, &folder, limits)?;
            }
            if parent.controllers.contains(&Controller::Memory) {
                group.kills = folder.join(match parent.version {
                    Version::V1 => "memory.oom_control",
                    Version::V2 => "memory.events",
                });
            }
        }
        Ok(group)
    }
}

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
        fs::write(group.join(self.limit_file(version)), value.to_string())?;
        // What is swapped out is memory, too. Not every kernel counts it.
        let swap = match (self, version) {
            (Self::Memory, Version::V1) => ("memory.memsw.limit_in_bytes", value),
            (Self::Memory, Version::V2) => ("memory.swap.max", 0),
            (Self::Pids, _) => return Ok(()),
        };
        let (file, value) = (group.join(swap.0), swap.1);
        if file.exists() {
            fs::write(file, value.to_string())?;
        }
        Ok(())
    }
}

/// A group that goes with this value. A gobuildx that is killed leaves it, without processes.
#[derive(Debug)]
pub(super) struct Cgroup {
    folders: Vec<PathBuf>,
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

/// How many processes the kernel ended for their memory, by the text of the file that tells it.
#[cfg(target_os = "linux")]
pub(super) fn kills(text: &str) -> u64 {
    let mut lines = text.lines();
    let count = lines.find_map(|line| line.strip_prefix("oom_kill "));
    count
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_ended_is_counted_in_either_version() {
        assert_eq!(kills("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"), 3);
        assert_eq!(
            kills("low 0\nmax 9\noom 2\noom_kill 2\noom_group_kill 0\n"),
            2
        );
        assert_eq!(kills(""), 0);
    }

    #[test]
    fn a_group_of_the_newer_kind_has_both_limits_in_one_folder() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().to_owned();
        fs::write(folder.join("cgroup.subtree_control"), "cpu memory pids\n").unwrap();
        assert!(enable_all(&folder));
        fs::write(folder.join("cgroup.subtree_control"), "cpu memory\n").unwrap();
        assert!(!enable_all(&folder));
        let groups = Cgroups(vec![Parent {
            version: Version::V2,
            folder,
            controllers: CONTROLLERS.to_vec(),
        }]);
        let limits = Limits::default();
        let group = groups.make("run", &limits).unwrap();
        let made = group.folders[0].clone();
        let read = |name: &str| fs::read_to_string(made.join(name)).unwrap();
        assert_eq!(read("memory.max"), limits.memory_of_all().to_string());
        assert_eq!(read("pids.max"), "288");
        assert!(!made.join("memory.swap.max").exists());
        assert_eq!(group.kills(), made.join("memory.events"));
        assert_eq!(
            group.entries().collect::<Vec<_>>(),
            [made.join("cgroup.procs")]
        );
        // What isn't the kernel's folder isn't empty.
        fs::remove_file(made.join("memory.max")).unwrap();
        fs::remove_file(made.join("pids.max")).unwrap();
        drop(group);
        assert!(!made.exists());
    }
}
