//! What lies on a blank system.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Grant, System, number};
use crate::archive::{self, Format, Limits, Member, UnpackError};
use crate::atomic::{self, Mode};
use crate::failure::{Exit, Failure};
use crate::runner::Runner;
use crate::temporary::OwnFolder;
use crate::tools::bwrap::EMULATOR;

/// Where the machine's certificates are, by distribution: Debian and Alpine, Fedora, openSUSE.
///
/// Source: Go's `src/crypto/x509/root_linux.go`.
const CERTIFICATES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
];
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// The files of a blank system, as copies that any user may read.
#[derive(Debug)]
pub struct BlankRoot {
    /// What stands in the root, each with its name there.
    files: OwnFolder,
    /// What is granted.
    pub(super) grants: BTreeSet<Grant>,
    /// Set once an emulator is among the files.
    emulator: OnceCell<()>,
}

/// Why there is no blank system.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// The archive isn't unpacked.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// A file can't be copied.
    #[error("failed to copy `{}`: {error}", path.display())]
    Copy {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// There is no folder to prepare it in.
    #[error("failed to make a folder for a blank system: {0}")]
    Folder(io::Error),
    /// Something else is there already.
    #[error("failed to put `{path}` on a blank system: the archive has a file of that name")]
    Taken {
        /// The path on the blank system.
        path: String,
    },
    /// What is granted would hide what the archive has.
    #[error("failed to grant `{grant}`: it would hide `{path}` of the archive")]
    Hidden {
        /// What is granted.
        grant: Grant,
        /// The path on the blank system.
        path: String,
    },
    /// The machine has no certificates that could be granted.
    #[error("failed to grant CA certificates: this machine has none at {}", CERTIFICATES.join(", "))]
    NoCertificates,
}

impl Failure for RootError {
    fn exit(&self) -> Exit {
        match self {
            Self::Unpack(error) if error.is_of_machine() => Exit::Environment,
            Self::Unpack(_) | Self::Taken { .. } => Exit::Failed,
            Self::Hidden { .. } => Exit::Usage,
            Self::Copy { .. } | Self::Folder(_) | Self::NoCertificates => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unpack(error) if error.is_of_machine() => Some(look_at_folder()),
            Self::Unpack(error) => error.help().map(str::to_owned),
            Self::Copy { .. } | Self::Folder(_) => Some(look_at_folder()),
            Self::NoCertificates => Some(
                "install the package `ca-certificates`, or leave that out of `grant`".to_owned(),
            ),
            Self::Hidden { grant, path } => Some(format!(
                "leave `{grant}` out of what is granted, or put what lies in `{path}` elsewhere in the archive"
            )),
            Self::Taken { .. } => None,
        }
    }
}

fn look_at_folder() -> String {
    format!(
        "look at the folder for temporary files, `{}`: `TMPDIR=DIR` names another one",
        tempfile::env::temp_dir().display()
    )
}

impl BlankRoot {
    fn empty(grants: &BTreeSet<Grant>) -> Result<Self, RootError> {
        Ok(Self {
            files: OwnFolder::make().map_err(RootError::Folder)?,
            grants: grants.clone(),
            emulator: OnceCell::new(),
        })
    }

    /// Puts what is granted beside what is there already.
    fn granted(self) -> Result<Self, RootError> {
        for grant in &self.grants {
            match grant {
                Grant::CaCertificates => self.copy_certificates()?,
                Grant::ResolvConf => {
                    self.copy(Path::new(RESOLV_CONF), RESOLV_CONF, Mode::Record)?;
                }
                // They are mounted.
                Grant::Tmp | Grant::Proc | Grant::Dev => {}
            }
        }
        Ok(self)
    }

    /// What is mounted lies over what the archive has there.
    fn hide_nothing(&self, system: System) -> Result<(), RootError> {
        let mounted = self.grants.iter().filter(|grant| system.mounts(**grant));
        for grant in mounted.copied() {
            let path = format!("/{grant}");
            if self.outside(&path).symlink_metadata().is_ok() {
                return Err(RootError::Hidden { grant, path });
            }
        }
        Ok(())
    }

    /// A system that holds one program, and its path there.
    ///
    /// # Errors
    /// When the program can't be copied.
    pub fn of_program(
        program: &Path,
        grants: &BTreeSet<Grant>,
    ) -> Result<(Self, String), RootError> {
        let root = Self::empty(grants)?;
        let name = program.file_name().and_then(|name| name.to_str());
        // Grants and the emulator have names of their own.
        let taken = ["tmp", "etc", "proc", "dev", "emulator"];
        let name = name.filter(|name| !taken.contains(name)).unwrap_or("app");
        let path = format!("/{name}");
        root.copy(program, &path, Mode::Executable)?;
        Ok((root.granted()?, path))
    }

    /// A system that holds what an archive does, and the paths of the programs there.
    ///
    /// # Errors
    /// When the archive can't be unpacked.
    pub fn of_archive(
        format: Format,
        archive: &Path,
        grants: &BTreeSet<Grant>,
    ) -> Result<(Self, Vec<String>), RootError> {
        let root = Self::empty(grants)?;
        let unpacked = archive::unpack(format, archive, root.files.path(), Limits::default())?;
        let programs = unpacked
            .iter()
            .filter(|member| member.mode == Mode::Executable);
        let programs = programs.map(|member| format!("/{}", member.path));
        let programs = programs.collect();
        Ok((root.granted()?, programs))
    }

    /// Where the file at a path of the blank system lies on this one.
    #[must_use]
    pub fn outside(&self, path: &str) -> PathBuf {
        self.files.path().join(path.trim_start_matches('/'))
    }

    /// The words that start a program there, with what emulates its CPU put beside it.
    pub(super) fn starting(
        &self,
        runner: &Runner,
        program: &str,
    ) -> Result<Vec<OsString>, RootError> {
        self.hide_nothing(runner.system())?;
        // Of several programs of an archive, each is started with it.
        if let Some(emulator) = runner.emulator()
            && self.emulator.set(()).is_ok()
        {
            self.copy(&emulator.program, EMULATOR, Mode::Executable)?;
        }
        let words = runner.words().map(OsString::from);
        let program = format!("{}{program}", runner.system().folder());
        Ok(words.chain([program.into()]).collect())
    }

    fn copy_certificates(&self) -> Result<(), RootError> {
        let mut known = CERTIFICATES.iter().filter(|path| Path::new(path).exists());
        let path = known.next().ok_or(RootError::NoCertificates)?;
        self.copy(Path::new(path), path, Mode::Record)
    }

    fn copy(&self, from: &Path, path: &str, mode: Mode) -> Result<(), RootError> {
        let to = self.outside(path);
        if to.symlink_metadata().is_ok() {
            return Err(RootError::Taken {
                path: path.to_owned(),
            });
        }
        let copy = || {
            atomic::make_folders_of(self.files.path(), path)?;
            fs::copy(from, &to)?;
            mode.set(&to)
        };
        copy().map_err(|error| RootError::Copy {
            path: from.to_owned(),
            error,
        })
    }

    /// What stands in the root of the system that is granted all that it is, by name.
    pub(super) fn names(&self, entries: &[(PathBuf, String)]) -> BTreeSet<String> {
        let files = entries.iter().map(|(_, name)| name.clone());
        let mounted = self.grants.iter();
        let mounted = mounted.filter(|grant| System::Linux.mounts(**grant));
        files.chain(mounted.map(Grant::to_string)).collect()
    }

    /// All its files.
    pub(super) fn members(&self) -> Result<Vec<Member>, RootError> {
        let mut members = Vec::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            for (from, name) in self.entries_of(&folder)? {
                let path = format!("{folder}{name}");
                if from.is_dir() {
                    folders.push(format!("{path}/"));
                } else {
                    members.push(Member {
                        mode: Mode::of(&from).map_err(RootError::Folder)?,
                        path: path.parse().map_err(|_| RootError::Taken { path })?,
                        from,
                    });
                }
            }
        }
        Ok(members)
    }

    /// A name that no other blank system has, in small letters.
    pub(super) fn unique_name(&self) -> String {
        let word = self.files.word().to_ascii_lowercase();
        format!("gobuildx-{word}-{:x}", number::of_this_run())
    }

    /// A text that is nowhere else: the name of the folder here.
    pub(super) fn canary(&self) -> String {
        self.files.path().to_string_lossy().into_owned()
    }

    /// What stands directly in the root, sorted: where it is here, and its name there.
    pub(super) fn entries(&self) -> Result<Vec<(PathBuf, String)>, RootError> {
        self.entries_of("")
    }

    /// The same of a folder there.
    pub(super) fn entries_of(&self, folder: &str) -> Result<Vec<(PathBuf, String)>, RootError> {
        let read = || -> io::Result<Vec<_>> {
            let mut entries = Vec::new();
            for entry in fs::read_dir(self.outside(folder))? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                entries.push((entry.path(), name));
            }
            entries.sort();
            Ok(entries)
        };
        read().map_err(RootError::Folder)
    }
}
