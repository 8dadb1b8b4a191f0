//! A Windows that wine has made. Programs get it read-only, but for the folders of their user, which are empty and their
//! own each time.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::temporary::OwnFolder;

use super::super::bubblewrap::{Access, Bubblewrap, Staged};
use super::super::names::names;
use super::super::{Limits, System};
use super::{PREFIX, Root, SHELL, trial};
use crate::atomic::Mode;
use crate::disk;
use crate::human;
use crate::process::{Cancel, Command, Output, ProcessError, Reason};
use crate::tools::bwrap::complaint;

/// What making it may take, which is some seconds of all cores.
const MAKING: Duration = Duration::from_mins(3);
/// What the smallest program may take.
const TRIAL: Duration = Duration::from_mins(1);

/// Bytes that it takes, with some to spare: wine 10 makes one of 0.53 GB.
const ROOM: u64 = 600_000_000;
/// What it may take at most, and how often that is looked at: it lies on a disk of this machine, which has no limit.
const MOST: u64 = 2 * ROOM;
const LOOK: Duration = Duration::from_millis(250);

/// Where the first bubblewrap shows it, and the smallest program.
const STAGED: &str = "/tmp/windows";
const STAGED_TRIAL: &str = "/tmp/trial.exe";

/// Makes it, and has the server write down what it has of it in memory.
const MAKE: &str = r#""$0" wineboot --init; "$1" -k; "$1" -w"#;
/// No offers to fetch other software.
const WITHOUT: [&str; 3] = [
    "--setenv",
    "WINEDLLOVERRIDES",
    "mscoree=;mshtml=;winemenubuilder.exe=d",
];

/// Where it has the drive C:.
const DRIVE: &str = "drive_c";
/// What belongs to a user, by its folders there: programs write to it.
const WRITTEN: [&str; 2] = ["users", "ProgramData"];
/// The registry, which each run has in memory, and what says that it is complete.
const REGISTRY: [&str; 4] = ["system.reg", "user.reg", "userdef.reg", ".update-timestamp"];

/// What every Go program loads at its start, and wine hasn't always had.
const LIBRARY: &str = "bcryptprimitives.dll";

/// Why there is no Windows to run programs on, said of a wine.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoWindows {
    /// All was stopped.
    #[error(transparent)]
    Stopped(ProcessError),
    /// The files can't be written.
    #[error("has no place for a Windows: {0}")]
    NoPlace(#[from] io::Error),
    /// There is no room for the files.
    #[error(
        "has no room for a Windows, which takes {}: {} are free where temporary files go (TMPDIR)",
        human::size(ROOM),
        human::size(*free)
    )]
    Full {
        /// In bytes.
        free: u64,
    },
    /// It doesn't make one.
    #[error("made no Windows: {0}")]
    NotMade(String),
    /// It writes without end.
    #[error("made no Windows: it wrote more than {} for it", human::size(MOST))]
    TooMuch,
    /// It is too old.
    #[error(
        "runs no Go program: it has no {LIBRARY}, which each loads at its start; Debian has a newer wine since trixie"
    )]
    LacksLibrary,
    /// The smallest program doesn't run.
    #[error("runs no Go program: {0}")]
    TrialFailed(String),
}

/// A Windows that wine has made. It goes with this value.
#[derive(Debug)]
pub(in super::super) struct Windows {
    wine: Root,
    /// Where it lies.
    prefix: PathBuf,
    /// The folder that it lies in, which goes with this value.
    files: OwnFolder,
    /// Its folders that a program finds empty.
    empty: Vec<PathBuf>,
    /// Its folders and files that stay as they are.
    kept: Vec<PathBuf>,
}

impl Windows {
    pub(super) fn make(
        wine: &Root,
        bubblewrap: &Bubblewrap,
        cancel: &Cancel,
    ) -> Result<Self, NoWindows> {
        let files = OwnFolder::make()?;
        if let Some(free) = disk::free(files.path()).filter(|free| *free < ROOM) {
            return Err(NoWindows::Full { free });
        }
        let mut windows = Self {
            wine: wine.clone(),
            prefix: files.path().join("prefix"),
            files,
            empty: Vec::new(),
            kept: Vec::new(),
        };
        bubblewrap.make_folder(&windows.prefix)?;
        let made = windows.boot(bubblewrap, cancel)?;
        windows.look().map_err(|_| {
            let stderr = made.stderr_text();
            let why = stderr.lines().next().unwrap_or("it doesn't say why");
            NoWindows::NotMade(why.to_owned())
        })?;
        windows.try_program(bubblewrap, cancel)?;
        Ok(windows)
    }

    /// Has wine make it.
    fn boot(&self, bubblewrap: &Bubblewrap, cancel: &Cancel) -> Result<Output, NoWindows> {
        let staged = self.staged(Access::Write);
        let mut options = self.wine.furniture(&Limits::default());
        options.extend(["--bind", STAGED, PREFIX].map(OsString::from));
        options.extend(WITHOUT.map(OsString::from));
        let programs = self.wine.programs;
        let shell = [SHELL, "-c", MAKE, programs.wine, programs.server];
        let making = bubblewrap.unwatched(&staged, options, shell.map(OsString::from));
        within_room(&making.timeout(MAKING), &self.prefix, cancel)
    }

    /// Reads what it consists of.
    fn look(&mut self) -> io::Result<()> {
        let prefix = &self.prefix;
        for name in REGISTRY {
            // A link would be followed where all of this machine can be seen.
            if !fs::symlink_metadata(prefix.join(name))?.is_file() {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.kept.push(name.into());
        }
        if !fs::symlink_metadata(prefix.join(DRIVE))?.is_dir() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        for name in names(prefix.join(DRIVE))? {
            let path = Path::new(DRIVE).join(&name);
            if fs::symlink_metadata(prefix.join(&path))?.is_symlink() {
                continue;
            }
            if WRITTEN.iter().any(|written| name == **written) {
                self.empty.extend(folders(prefix, path)?);
            } else {
                self.kept.push(path);
            }
        }
        Ok(())
    }

    /// Runs the smallest program as others are run.
    fn try_program(&self, bubblewrap: &Bubblewrap, cancel: &Cancel) -> Result<(), NoWindows> {
        let program = self.files.path().join("trial.exe");
        let written = fs::write(&program, trial::program());
        let written = written.and_then(|()| Mode::Executable.set(&program));
        written?;
        let mut staged = self.staged(Access::Read);
        staged.push(Staged {
            from: &program,
            to: STAGED_TRIAL.to_owned(),
            access: Access::Read,
        });
        let to = format!("{}/trial.exe", System::Windows.folder());
        let mut options = self.furniture(&Limits::default());
        options.extend(["--ro-bind", STAGED_TRIAL, &to].map(OsString::from));
        let start = [self.wine.programs.wine, &to].map(OsString::from);
        let start = bubblewrap.unwatched(&staged, options, start);
        match start.timeout(TRIAL).run(cancel) {
            Err(ProcessError::Exit { status, .. }) if status.code() == Some(trial::WELL.into()) => {
                Ok(())
            }
            Ok(_) => Err(NoWindows::TrialFailed(
                "it says that all is well, and runs nothing".to_owned(),
            )),
            Err(error) if error.output().is_some_and(lacks_library) => Err(NoWindows::LacksLibrary),
            Err(error) => Err(failed(error, NoWindows::TrialFailed)),
        }
    }

    /// What the first bubblewrap has to show.
    pub(in super::super) fn staged(&self, access: Access) -> Vec<Staged<'_>> {
        let windows = Staged {
            from: &self.prefix,
            to: STAGED.to_owned(),
            access,
        };
        vec![self.wine.staged(), windows]
    }

    /// The options that give the sandbox what a program for Windows needs.
    pub(in super::super) fn furniture(&self, limits: &Limits) -> Vec<OsString> {
        let mut words = self.wine.furniture(limits);
        words.extend(["--size".into(), limits.disk.to_string().into()]);
        words.extend(["--tmpfs", PREFIX].map(OsString::from));
        for path in &self.kept {
            let [from, to] = [STAGED, PREFIX].map(|top| Path::new(top).join(path));
            words.extend(["--ro-bind".into(), from.into(), to.into()]);
        }
        for path in &self.empty {
            words.extend(["--dir".into(), Path::new(PREFIX).join(path).into()]);
        }
        // The root of the sandbox is no drive.
        let folder = System::Windows.folder();
        for (drive, leads_to) in [("c:", "../drive_c"), ("d:", folder)] {
            let drive = format!("{PREFIX}/dosdevices/{drive}");
            words.extend(["--symlink".into(), leads_to.into(), drive.into()]);
        }
        words.extend(["--chdir", folder].map(OsString::from));
        words
    }

    /// The folders in memory that a program may write to.
    pub(in super::super) const IN_MEMORY: [&'static str; 2] = ["/tmp", PREFIX];

    /// The names that the root of the sandbox has.
    pub(in super::super) fn names(&self) -> BTreeSet<String> {
        let own = [PREFIX, System::Windows.folder()];
        let own = own.map(|path| path.trim_start_matches('/'));
        let names = self.wine.names().chain(own);
        names.map(str::to_owned).collect()
    }
}

/// Runs what makes it, until it has written too much.
fn within_room(making: &Command, prefix: &Path, cancel: &Cancel) -> Result<Output, NoWindows> {
    let own = Cancel::new();
    let mut is_too_much = false;
    let made = thread::scope(|scope| {
        let run = thread::Builder::new().spawn_scoped(scope, || making.run(&own))?;
        while !run.is_finished() {
            if let Some(reason) = cancel.wait(LOOK) {
                own.trigger(reason);
                break;
            }
            is_too_much = size(prefix) > MOST;
            if is_too_much {
                own.trigger(Reason::Failed);
                break;
            }
        }
        let ended = run.join();
        ended.map_err(|_| io::Error::other("the thread that waits for it failed"))
    });
    match made? {
        _ if is_too_much => Err(NoWindows::TooMuch),
        made => made.map_err(|error| failed(error, NoWindows::NotMade)),
    }
}

/// Bytes of the files below a folder. What goes meanwhile has none.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.filter_map(|entry| {
        let metadata = entry.metadata().ok()?;
        if metadata.is_dir() {
            Some(size(&entry.path()))
        } else {
            Some(metadata.len())
        }
    });
    sizes.sum()
}

/// Whether the library is named as missing.
fn lacks_library(output: &Output) -> bool {
    let stderr = output.stderr_text();
    let mut lines = stderr.lines();
    lines.any(|line| line.contains(LIBRARY) && line.contains("not found"))
}

/// A command that failed: everything was stopped, or it says something of wine.
fn failed(error: ProcessError, of_wine: impl FnOnce(String) -> NoWindows) -> NoWindows {
    match error {
        ProcessError::Cancelled { .. } => NoWindows::Stopped(error),
        error => of_wine(complaint(&error)),
    }
}

/// A folder and those below it, each behind the one that it lies in.
fn folders(prefix: &Path, top: PathBuf) -> io::Result<Vec<PathBuf>> {
    let mut all = vec![top];
    let mut next = 0;
    while let Some(folder) = all.get(next).cloned() {
        for name in names(prefix.join(&folder))? {
            let path = folder.join(name);
            // Links lead to folders of who made it.
            if fs::symlink_metadata(prefix.join(&path))?.is_dir() {
                all.push(path);
            }
        }
        next += 1;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_that_stops_go_programs_is_known_in_the_words_of_wine_and_of_go() {
        let lacks = |stderr: &str| {
            lacks_library(&Output {
                stdout: Vec::new(),
                stderr: stderr.into(),
            })
        };
        assert!(lacks("fatal error: bcryptprimitives.dll not found\n"));
        assert!(lacks(
            "0024:err:module:import_dll Library bcryptprimitives.dll (which is needed by L\"D:\\\\trial.exe\") not found\n"
        ));
        assert!(!lacks("Library user32.dll not found\n"));
        assert!(!lacks("loaded bcryptprimitives.dll\n"));
    }

    #[test]
    fn folders_come_behind_those_that_they_lie_in() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("users/wine/AppData")).unwrap();
        fs::write(root.path().join("users/file"), "").unwrap();
        let all = folders(root.path(), "users".into()).unwrap();
        let expected = ["users", "users/wine", "users/wine/AppData"];
        assert_eq!(all, expected.map(PathBuf::from));
    }
}
