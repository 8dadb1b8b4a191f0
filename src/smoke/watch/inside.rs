//! The inside of a sandbox, seen from outside.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, StatVfs, fstatvfs, openat2};
use rustix::mount::{FsPickFlags, fsconfig_reconfigure, fsconfig_set_string, fspick};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::super::names::shown_names;
use super::super::run::CANARY as VARIABLE;
use super::super::task::Task;
use super::super::{Full, Room, System};
use super::sandboxed::Sandbox;

/// A file of the machine, as far as the program is concerned.
pub(super) const CANARY: &str = "/tmp/canary";

const SHORT: Duration = Duration::from_millis(1);

/// What has to be the program's own.
const OWN: [&str; 5] = ["ipc", "mnt", "pid", "user", "uts"];

/// One process, whatever becomes of its number.
#[derive(Debug)]
pub(super) struct Handle {
    pub(super) pid: Pid,
    handle: OwnedFd,
}

impl Handle {
    pub(super) fn open(pid: i32) -> io::Result<Self> {
        let pid = Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidData)?;
        let handle = pidfd_open(pid, PidfdFlags::empty())?;
        Ok(Self { pid, handle })
    }

    /// There is nobody to tell of an error: it says that the process is gone.
    pub(super) fn signal(&self, signal: Signal) {
        let _ = pidfd_send_signal(&self.handle, signal);
    }

    /// Whether it ends in this time.
    pub(super) fn ends_within(&self, time: Duration) -> bool {
        let Ok(timeout) = Timespec::try_from(time) else {
            return false;
        };
        let mut handles = [PollFd::new(&self.handle, PollFlags::IN)];
        poll(&mut handles, Some(&timeout)).is_ok_and(|ended| ended > 0)
    }

    fn path(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.pid)
    }
}

/// The inside of a sandbox.
#[derive(Debug)]
pub(super) struct Inside {
    /// The first of its processes, with which all others end.
    pub(super) init: Handle,
    root: File,
    /// Keeps what is mounted there, also when all processes have ended.
    _mounts: File,
    /// What it has of the machine.
    pub(super) exposed: Option<String>,
}

impl Inside {
    /// Waits until the sandbox has made its root; none if it ends before.
    pub(super) fn enter(
        init: i32,
        (task, sandbox): (&Task, Sandbox<'_>),
        until: Instant,
    ) -> io::Result<Option<Self>> {
        let Ok(init) = Handle::open(init) else {
            return Ok(None);
        };
        let root = init.path("root");
        while !is_made(&root) && Instant::now() < until {
            if init.ends_within(SHORT) {
                return Ok(None);
            }
        }
        let names = shown_names(&root)?;
        let exposed = match exposed(&init, &names, (task, sandbox.network))? {
            None => unlimited(&root, sandbox),
            exposed => exposed,
        };
        Ok(Some(Self {
            root: File::open(&root)?,
            _mounts: File::open(init.path("ns/mnt"))?,
            exposed,
            init,
        }))
    }

    /// The processes that are there besides the first one.
    fn others(&self) -> Vec<Known> {
        let mut others = Vec::new();
        let mut parents = vec![self.init.pid.as_raw_nonzero().get()];
        while let Some(parent) = parents.pop() {
            for child in children(parent) {
                parents.push(child);
                others.extend(Known::read(child).filter(|known| !known.is_zombie));
            }
        }
        others
    }

    /// The names of these that aren't the system's own.
    pub(super) fn left(&self, system: System) -> Vec<String> {
        let others = self.others().into_iter();
        let own = others.filter(|one| !system.owns(&one.started()));
        let mut names: Vec<String> = own.map(|one| one.name).collect();
        names.sort();
        names
    }

    /// The program, once it is there.
    pub(super) fn program(&self) -> Option<Handle> {
        // The second process is the one that the first one starts.
        let program = self.others().into_iter().find(|one| one.number == 2)?;
        Handle::open(program.pid).ok()
    }

    /// Whether the variable that was planted is in the environment of the program; none before the sandbox has
    /// become the program, and after its end.
    pub(super) fn has_variable(&self, program: &Handle, canary: &str) -> Option<bool> {
        let sandbox = fs::read_link(self.init.path("exe")).ok()?;
        let is_started = fs::read_link(program.path("exe")).ok()? != sandbox;
        let environment = fs::read(program.path("environ")).ok()?;
        let is_seen = is_started && !environment.is_empty();
        is_seen.then(|| {
            let environment = String::from_utf8_lossy(&environment);
            environment.contains(VARIABLE) || environment.contains(canary)
        })
    }

    /// Which of these files are there.
    pub(super) fn present(&self, files: &[String], system: System) -> BTreeSet<String> {
        let folder = system.folder();
        let present = files.iter();
        let present = present.filter(|path| self.has(&format!("{folder}{path}")));
        present.cloned().collect()
    }

    /// Those of these folders that have no room for more.
    pub(super) fn full(&self, folders: &[String]) -> Vec<Full> {
        let full = folders.iter().filter_map(|folder| {
            let file = self.find(folder).ok()?;
            let of = full(&fstatvfs(&file).ok()?)?;
            Some(Full {
                folder: folder.clone(),
                of,
            })
        });
        full.collect()
    }

    fn has(&self, path: &str) -> bool {
        self.find(path).is_ok()
    }

    fn find(&self, path: &str) -> io::Result<OwnedFd> {
        let (flags, mode) = (OFlags::PATH | OFlags::CLOEXEC, Mode::empty());
        // A link leads to where the program would have come.
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        Ok(openat2(&self.root, path, flags, mode, resolve)?)
    }
}

/// Whether the sandbox has come to its last root: not the one that it started in, nor the one in which it makes that.
fn is_made(root: &str) -> bool {
    let of = |path: &str| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.dev(), metadata.ino()))
    };
    let made = of(root).is_some_and(|made| Some(made) != of("/"));
    let exists = |name: &str| Path::new(root).join(name).exists();
    made && !(exists("oldroot") && exists("newroot"))
}

/// What the inside of a sandbox has of the machine.
fn exposed(
    init: &Handle,
    names: &BTreeSet<String>,
    (task, machine): (&Task, &OsStr),
) -> io::Result<Option<String>> {
    let foreign: Vec<&str> = names.difference(&task.names).map(String::as_str).collect();
    if !foreign.is_empty() {
        return Ok(Some(format!("its root has {}", foreign.join(", "))));
    }
    let canary = init.path("root") + CANARY;
    if fs::read_to_string(canary).is_ok_and(|text| text == task.canary) {
        return Ok(Some("it sees a file of the machine".to_owned()));
    }
    let own = |name: &str| fs::read_link(format!("/proc/self/ns/{name}"));
    for name in OWN {
        if fs::read_link(init.path(&format!("ns/{name}")))? == own(name)? {
            return Ok(Some(format!("it shares its namespace {name}")));
        }
    }
    let network = fs::read_link(init.path("ns/net"))?;
    Ok((network.as_os_str() == machine).then(|| "it has the machine's network".to_owned()))
}

/// Limits the files of the folders that the program may write to, before it is there; the one whose number has no limit.
fn unlimited(root: &str, sandbox: Sandbox<'_>) -> Option<String> {
    let mut folders = sandbox.folders.iter();
    folders.find_map(|folder| {
        let error = limit(&format!("{root}{folder}"), sandbox.entries).err()?;
        Some(format!(
            "the number of its files in {folder} has no limit: {error}"
        ))
    })
}

/// Limits the files of a file system in memory, by its path. No option of the sandbox does.
fn limit(file_system: &str, entries: u64) -> io::Result<()> {
    let picked = fspick(CWD, file_system, FsPickFlags::FSPICK_CLOEXEC)?;
    fsconfig_set_string(&picked, "nr_inodes", entries.to_string())?;
    Ok(fsconfig_reconfigure(&picked)?)
}

/// What a file system has no more of; not what it counts none of at all, as some don't count their files.
pub(super) fn full(told: &StatVfs) -> Option<Room> {
    match told {
        StatVfs {
            f_files: 1..,
            f_ffree: 0,
            ..
        } => Some(Room::Entries),
        StatVfs {
            f_blocks: 1..,
            f_bavail: 0,
            ..
        } => Some(Room::Bytes),
        _ => None,
    }
}

/// What the system tells of a process.
pub(super) struct Known {
    pub(super) pid: i32,
    /// Its number inside.
    number: i32,
    pub(super) name: String,
    pub(super) is_zombie: bool,
}

impl Known {
    pub(super) fn read(pid: i32) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let value = |name: &str| {
            let mut lines = status.lines();
            lines
                .find_map(|line| line.strip_prefix(name))
                .map(str::trim)
        };
        Some(Self {
            pid,
            number: value("NSpid:")?.split_whitespace().last()?.parse().ok()?,
            name: value("Name:")?.to_owned(),
            is_zombie: value("State:")?.starts_with(['Z', 'X']),
        })
    }
}

impl Known {
    /// The word that it was started by.
    fn started(&self) -> String {
        let line = fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        let word = line.split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(word).into_owned()
    }
}

/// The processes that a process is the parent of, whichever of its threads started them.
pub(super) fn children(parent: i32) -> Vec<i32> {
    let Ok(threads) = fs::read_dir(Path::new("/proc").join(parent.to_string()).join("task")) else {
        return Vec::new();
    };
    let children = threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    children
        .flat_map(|text| {
            let pids = text.split_whitespace().filter_map(|pid| pid.parse().ok());
            pids.collect::<Vec<i32>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rustix::fs::statvfs;

    use super::*;

    #[test]
    fn a_file_system_is_full_of_what_it_counts() {
        let told = |files: (u64, u64), blocks: (u64, u64)| {
            let mut told = statvfs("/").unwrap();
            (told.f_files, told.f_ffree) = files;
            (told.f_blocks, told.f_bavail) = blocks;
            told
        };
        assert_eq!(full(&told((9, 1), (9, 1))), None);
        assert_eq!(full(&told((9, 0), (9, 1))), Some(Room::Entries));
        assert_eq!(full(&told((9, 1), (9, 0))), Some(Room::Bytes));
        // As btrfs tells of its files, and a file system in memory that has no limits of everything.
        assert_eq!(full(&told((0, 0), (9, 1))), None);
        assert_eq!(full(&told((0, 0), (9, 0))), Some(Room::Bytes));
        assert_eq!(full(&told((0, 0), (0, 0))), None);
    }
}
