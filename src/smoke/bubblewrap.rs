//! Bubblewrap keeps a program from the machine: a root, processes and a network of its own; and an ordinary user with
//! limits, whoever the caller is.
//!
//! The kernel's limit of processes says nothing to root, so root becomes a user whom nobody else is. That
//! user may not read root's folders, so a first bubblewrap shows it the files where it may. Where there is no other
//! user, as in a container that has root alone, root stays what it is; it is tried whether the limit binds it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ceilings::{Ceilings, within};
use super::cgroup::{Cgroup, Cgroups};
use super::ids::Ids;
use super::namespaces;
use super::number;
use super::wine::Windows;
use super::{Grant, Limits, MemoryOf, NotIsolated, System};
use crate::host::{Host, OwnProgram};
use crate::installing::ToolId;
use crate::process::{Cancel, Command, Output, ProcessError, in_cgroup};
use crate::tools::bwrap::{ALONE, Bound, complaint, starting};

/// What the probe may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the first bubblewrap shows the files.
const STAGE: &str = "/tmp";

/// Bytes of the root itself: it holds nothing but the places that files are bound to.
const ROOT_SIZE: u64 = 1 << 20;

/// Where the files of the blank system are there, and the program that watches.
const STAGED: &str = "/tmp/root";
const OWN_PROGRAM: &str = "/tmp/gobuildx";
const WHOLE_PROC: &str = "/tmp/proc";

/// Threads of an ordinary user that stand around the program's: those of the sandboxes and of who watches.
const AROUND: u64 = 32;

/// The network is that of who watches, which nobody else has; the root is empty at first. The program is nobody,
/// whoever runs it: that hangs on the machine.
const BLANK: &[&str] = &[
    "--share-net",
    "--unshare-user",
    "--disable-userns",
    "--uid",
    "65534",
    "--gid",
    "65534",
];

/// What stands around the program's user has no right to end its processes, though it ends with the caller itself.
/// With the first of its own processes, the kernel ends all others.
const OUTER: &[&str] = &[
    "--unshare-pid",
    "--unshare-net",
    "--die-with-parent",
    "--dev-bind",
    "/",
    "/",
    "--proc",
    "/proc",
];

/// The right of who watches to limit the files of a sandbox that it has made. It hands that on to nobody.
const LIMITING: &[&str] = &["--cap-add", "CAP_SYS_ADMIN"];

/// What isolates programs on this machine: it was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bubblewrap {
    bwrap: PathBuf,
    prlimit: PathBuf,
    user: User,
    /// Where groups are made that limit all processes of a run together; none where that can't be.
    groups: Option<Cgroups>,
    /// What no process of a run may have more of.
    ceilings: Ceilings,
}

/// A file or a folder that the first bubblewrap shows where any user may get at it.
#[derive(Clone, Debug)]
pub(super) struct Staged<'a> {
    /// Where it is on this machine.
    pub(super) from: &'a Path,
    /// Where the first bubblewrap has it.
    pub(super) to: String,
    /// What may be done with it there.
    pub(super) access: Access,
}

/// What the blank system holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holdings<'a> {
    /// What it is granted.
    pub(super) grants: &'a BTreeSet<Grant>,
    /// Its files: where they are on this machine, and their names there.
    pub(super) entries: &'a [(PathBuf, String)],
    /// What the program takes it for.
    pub(super) system: System,
    /// What programs for Windows need.
    pub(super) windows: Option<&'a Windows>,
}

impl Holdings<'_> {
    /// The folders in memory that the program may write to, by their paths in the sandbox.
    pub(super) fn in_memory(&self) -> Vec<String> {
        let granted = self.grants.contains(&Grant::Tmp);
        let granted = granted.then(|| format!("{}/tmp", self.system.folder()));
        let of_windows = self.windows.map(|_| Windows::IN_MEMORY);
        let of_windows = of_windows.into_iter().flatten().map(str::to_owned);
        granted.into_iter().chain(of_windows).collect()
    }
}

/// What may be done with a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Access {
    /// It is read.
    Read,
    /// It is written to, too.
    Write,
}

/// Who runs the program.
#[derive(Clone, Debug, PartialEq, Eq)]
enum User {
    /// A user of its own, since the caller is root.
    Other {
        /// What makes the process another user's.
        setpriv: PathBuf,
        ids: Ids,
    },
    /// The caller: an ordinary user, or root where there is no other.
    Caller { uid: u32 },
}

impl Bubblewrap {
    /// Finds what isolates programs, and tries it.
    ///
    /// # Errors
    /// The reason, where nothing can be isolated.
    pub fn find(host: &Host, cancel: &Cancel) -> Result<Self, NotIsolated> {
        Self::installed(host)?.tried(cancel)
    }

    fn installed(host: &Host) -> Result<Self, NotIsolated> {
        let find = |program, tool| {
            let found = host.program(program);
            found.ok_or_else(|| NotIsolated::lacks(program, tool, host))
        };
        let uid = caller().ok_or(NotIsolated::System)?;
        let others = (uid == ROOT).then(Ids::of_this_run).flatten();
        Ok(Self {
            bwrap: find("bwrap", ToolId::Bubblewrap)?,
            prlimit: find("prlimit", ToolId::UtilLinux)?,
            user: match others {
                Some(ids) => User::Other {
                    setpriv: find("setpriv", ToolId::UtilLinux)?,
                    ids,
                },
                None => User::Caller { uid },
            },
            groups: Cgroups::find(),
            ceilings: Ceilings::of_process(),
        })
    }

    /// Starts the sandbox's own program in a root that has the machine's files, read-only. Without a group it is
    /// started once more where that would be one process too many.
    fn tried(mut self, cancel: &Cancel) -> Result<Self, NotIsolated> {
        let limits = Limits::default();
        if let Some(groups) = &self.groups {
            groups.sweep();
        }
        if self.starts_in_group(&limits, cancel) {
            return Ok(self);
        }
        self.groups = None;
        let tried = self.starts(&[], self.confining(&limits), cancel);
        tried.map_err(|error| NotIsolated::of_bwrap(complaint(&error)))?;
        match self.starts(&[], self.confined_to(1, &limits), cancel) {
            Ok(_) => Err(NotIsolated::Unlimited),
            Err(error) => match complaint(&error) {
                why if namespaces::is_one_too_many(&why) => Ok(self),
                // That nothing is limited isn't seen, nor that it is.
                why => Err(NotIsolated::of_bwrap(why)),
            },
        }
    }

    /// Whether it starts in a group of its own. Why not is no matter: then there is none.
    fn starts_in_group(&self, limits: &Limits, cancel: &Cancel) -> bool {
        let name = format!("gobuildx-trial-{:x}", number::of_this_run());
        let (Ok(Some(group)), Ok(own_program)) = (self.group(&name, limits), OwnProgram::find())
        else {
            return false;
        };
        let Ok(own_program) = own_program.path() else {
            return false;
        };
        let mut words = entering(&group);
        words.extend(self.confining(limits));
        let started = self.starts(&[staged_program(&own_program)], words, cancel);
        started.is_ok_and(|output| output.stdout_text().starts_with("bubblewrap "))
    }

    fn starts(
        &self,
        staged: &[Staged<'_>],
        confining: Vec<OsString>,
        cancel: &Cancel,
    ) -> Result<Output, ProcessError> {
        let mut words = self.staging(staged);
        words.push("--".into());
        words.extend(confining);
        words.extend(ALONE.iter().chain(BLANK).map(OsString::from));
        words.extend(["--ro-bind", "/", "/"].map(OsString::from));
        words.extend([self.bwrap.clone().into(), "--version".into()]);
        command(words).timeout(PATIENCE).run(cancel)
    }

    /// What the limit of memory is about.
    pub(super) fn memory_of(&self) -> MemoryOf {
        match self.groups {
            Some(_) => MemoryOf::All,
            None => MemoryOf::Each,
        }
    }

    /// Which limits are stricter, because the caller may have no more itself.
    pub(super) fn stricter(&self, limits: &Limits) -> Vec<String> {
        self.ceilings.stricter(limits, self.processes(limits))
    }

    /// A group for one run, of this name, where there can be one.
    pub(super) fn group(&self, name: &str, limits: &Limits) -> io::Result<Option<Cgroup>> {
        let groups = self.groups.as_ref();
        groups.map(|groups| groups.make(name, limits)).transpose()
    }

    /// The words of the command that starts `argv` in a root with these files and no others, without limits.
    pub fn starting<W: From<String>>(
        &self,
        bound: impl IntoIterator<Item = Bound<W>>,
        argv: impl IntoIterator<Item = &'static str>,
    ) -> Vec<W> {
        starting(&self.bwrap, bound, argv)
    }

    /// The command that runs something in a sandbox with these options, after some of the machine's files were staged.
    pub(super) fn unwatched(
        &self,
        staged: &[Staged<'_>],
        options: Vec<OsString>,
        argv: impl IntoIterator<Item = OsString>,
    ) -> Command {
        let mut words = self.staging(staged);
        words.push("--".into());
        words.extend(self.confining(&Limits::default()));
        words.extend(empty_root());
        words.extend(options);
        words.extend(["--remount-ro", "/", "--"].map(OsString::from));
        words.extend(argv);
        command(words)
    }

    /// Makes a folder that the program's user may write to.
    pub(super) fn make_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir(folder)?;
        match &self.user {
            User::Other { ids, .. } => give(folder, *ids),
            User::Caller { .. } => Ok(()),
        }
    }

    /// The words that enter the group and become an ordinary user with limits and the sandbox, and the options that
    /// make this one a blank system; it shares the network of who starts it.
    pub(super) fn sandbox(
        &self,
        holdings: &Holdings<'_>,
        limits: &Limits,
        group: Option<&Cgroup>,
    ) -> [Vec<OsString>; 2] {
        let Holdings {
            grants,
            entries,
            system,
            windows,
        } = *holdings;
        let mut words = empty_root();
        words.extend(windows.into_iter().flat_map(|one| one.furniture(limits)));
        let folder = system.folder();
        for (_, name) in entries {
            let from = format!("{STAGED}/{name}").into();
            let to = format!("{folder}/{name}").into();
            words.extend(["--ro-bind".into(), from, to]);
        }
        for grant in grants.iter().filter(|grant| system.mounts(**grant)) {
            match grant {
                Grant::Tmp => {
                    words.extend(["--perms", "1777"].map(OsString::from));
                    words.extend(size(limits.disk));
                    words.extend(["--tmpfs".into(), format!("{folder}/tmp").into()]);
                }
                Grant::Proc => words.extend(["--proc", "/proc"].map(OsString::from)),
                Grant::Dev => {
                    // Its devices are mounts of their own, and stay as they are.
                    let words_of_dev = ["--dev", "/dev", "--remount-ro", "/dev"];
                    words.extend(words_of_dev.map(OsString::from));
                }
                // Files like the program's own.
                Grant::CaCertificates | Grant::ResolvConf => {}
            }
        }
        words.extend(["--remount-ro", "/", "--"].map(OsString::from));
        let mut command: Vec<OsString> = group.into_iter().flat_map(entering).collect();
        command.extend(self.confining(limits));
        [command, words]
    }

    /// The words that start gobuildx itself around the sandbox, with processes and a network of its own; there the
    /// files of the blank system are where any user may read them.
    pub(super) fn around(&self, holdings: &Holdings<'_>, own_program: &Path) -> Vec<OsString> {
        let entries = holdings.entries.iter();
        let mut staged: Vec<Staged<'_>> = entries
            .map(|(from, name)| Staged {
                from,
                to: format!("{STAGED}/{name}"),
                access: Access::Read,
            })
            .collect();
        staged.push(staged_program(own_program));
        let windows = holdings.windows.into_iter();
        staged.extend(windows.flat_map(|one| one.staged(Access::Read)));
        let mut words = self.staging(&staged);
        if !holdings.in_memory().is_empty() {
            words.extend(LIMITING.iter().map(OsString::from));
        }
        words.extend(["--", OWN_PROGRAM].map(OsString::from));
        words
    }

    /// The outer bubblewrap with more of the machine's files, where any user may get at them.
    fn staging(&self, staged: &[Staged<'_>]) -> Vec<OsString> {
        let mut words = self.outer();
        for Staged { from, to, access } in staged {
            let bind = match access {
                Access::Read => "--ro-bind",
                Access::Write => "--bind",
            };
            words.extend([bind.into(), (*from).into(), to.into()]);
        }
        words
    }

    /// The outer bubblewrap, with the machine's files but for the folder of temporary ones.
    fn outer(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec![self.bwrap.clone().into()];
        if let User::Caller { .. } = self.user {
            words.push("--unshare-user".into());
        }
        words.extend(OUTER.iter().map(OsString::from));
        words.extend(["--tmpfs", STAGE].map(OsString::from));
        // As any user may read it.
        words.extend(["--perms", "0755", "--dir", STAGED].map(OsString::from));
        // The kernel grants a `/proc` to who sees a whole one, and root's bubblewrap covers parts of its own.
        words.extend(["--dev-bind", "/proc", WHOLE_PROC].map(OsString::from));
        words
    }

    /// What comes before the inner bubblewrap's arguments: becoming an ordinary user with limits.
    fn confining(&self, limits: &Limits) -> Vec<OsString> {
        self.confined_to(self.processes(limits), limits)
    }

    /// The processes that the program's user may have in all, with those that it has by now.
    fn processes(&self, limits: &Limits) -> u64 {
        let (uid, around) = match &self.user {
            User::Other { ids, .. } => (ids.uid, 0),
            User::Caller { uid } => (*uid, AROUND),
        };
        let others = super::users::threads_of(uid).saturating_add(around);
        others.saturating_add(limits.processes)
    }

    /// The same with so many processes of that user in all.
    fn confined_to(&self, processes: u64, limits: &Limits) -> Vec<OsString> {
        let mut words: Vec<OsString> = Vec::new();
        if let User::Other { setpriv, ids } = &self.user {
            words.push(setpriv.into());
            words.extend(["--reuid".into(), ids.uid.to_string().into()]);
            words.extend(["--regid".into(), ids.gid.to_string().into()]);
            words.push("--clear-groups".into());
        }
        words.push(self.prlimit.clone().into());
        let Ceilings {
            memory: most_memory,
            processes: most_processes,
            files: most_files,
            addresses,
            work,
            file_size,
        } = self.ceilings;
        for (option, value) in [
            ("nproc", within(most_processes, processes)),
            // Not the address space: Go reserves far more of that than it uses.
            ("data", within(most_memory, limits.memory)),
            ("nofile", within(most_files, limits.files)),
        ] {
            words.push(format!("--{option}={value}").into());
        }
        // What the caller has less of for now than it may have says nothing of the program.
        for (option, most) in [("as", addresses), ("cpu", work), ("fsize", file_size)] {
            let most = most.map_or_else(|| "unlimited".to_owned(), |most| most.to_string());
            words.push(format!("--{option}={most}").into());
        }
        words.push("--core=0".into());
        words.push(self.bwrap.clone().into());
        words
    }
}

const ROOT: u32 = 0;

/// gobuildx itself, where any user may start it.
fn staged_program(own_program: &Path) -> Staged<'_> {
    Staged {
        from: own_program,
        to: OWN_PROGRAM.to_owned(),
        access: Access::Read,
    }
}

/// The words that enter a group before all others.
fn entering(group: &Cgroup) -> Vec<OsString> {
    let words = in_cgroup(group.entries());
    std::iter::once(OWN_PROGRAM.into()).chain(words).collect()
}

/// The options that make a sandbox, and its root empty.
fn empty_root() -> Vec<OsString> {
    let mut words: Vec<OsString> = Vec::new();
    words.extend(ALONE.iter().chain(BLANK).map(OsString::from));
    words.extend(size(ROOT_SIZE));
    words.extend(["--tmpfs", "/"].map(OsString::from));
    words
}

/// The options that limit the next file system.
fn size(bytes: u64) -> [OsString; 2] {
    ["--size".into(), bytes.to_string().into()]
}

/// Gives a folder to a user.
#[cfg(unix)]
fn give(folder: &Path, ids: Ids) -> io::Result<()> {
    std::os::unix::fs::chown(folder, Some(ids.uid), Some(ids.gid))
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "other systems have owners that can't be set"
)]
fn give(_folder: &Path, _ids: Ids) -> io::Result<()> {
    Ok(())
}

/// The caller's user, on Linux.
#[cfg(target_os = "linux")]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn caller() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

#[cfg(not(target_os = "linux"))]
fn caller() -> Option<u32> {
    None
}

fn command(words: Vec<OsString>) -> Command {
    let mut words = words.into_iter();
    Command::new(words.next().unwrap_or_default()).args(words)
}
