//! Makes the files of a release: first in the folder of this run, then each appears whole in its place.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::plan::{Origin, PlannedArchive, Universal};
use super::record::{FileKind, ReleasedFile, SignedCopy};
use crate::archive::{self, Member, PackError};
use crate::atomic::{Mode, OutputFolder, PlaceError};
use crate::exec::hash;
use crate::failure::{Exit, Failure};
use crate::parallel;
use crate::process::{Cancel, Reason};
use crate::universal::{Thin, UniversalError, join};

/// What packaging works with.
#[derive(Debug)]
pub struct Packaging<'a> {
    /// The output folder.
    pub out: &'a OutputFolder,
    /// The folder of this run, on the same file system.
    pub work: &'a Path,
    /// The time of all files in archives: seconds since 1970.
    pub epoch: u64,
    /// How many archives are packed at once.
    pub cores: usize,
    /// Files that take the place of artifacts, by the artifacts' paths: copies that were signed.
    pub signed: BTreeMap<String, PathBuf>,
    /// A stop.
    pub cancel: &'a Cancel,
}

/// Why a file of a release can't be made.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// An archive can't be packed.
    #[error("failed to make `{name}`: {error}")]
    Pack {
        /// The archive.
        name: String,
        /// Why.
        error: PackError,
    },
    /// A program for both kinds of cores can't be made.
    #[error("failed to make `{name}`: {error}")]
    Universal {
        /// The program.
        name: String,
        /// Why.
        error: UniversalError,
    },
    /// A file can't be read or written.
    #[error("failed to make `{name}`: {error}")]
    Io {
        /// The file of the release.
        name: String,
        /// What the system said.
        error: io::Error,
    },
    /// It can't be put into its place.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The run was stopped.
    #[error("failed to make the release: {0}")]
    Stopped(Reason),
}

impl Failure for PackageError {
    fn exit(&self) -> Exit {
        match self {
            Self::Pack {
                error: PackError::Twice(..),
                ..
            } => Exit::Manifest,
            Self::Universal { .. } => Exit::Failed,
            Self::Stopped(reason) => (*reason).into(),
            _ => Exit::Environment,
        }
    }
}

impl Packaging<'_> {
    /// Makes programs for both kinds of cores.
    ///
    /// # Errors
    /// When one of a pair isn't a macOS program, or the disk refuses.
    pub fn universals(&self, planned: &[Universal]) -> Result<Vec<ReleasedFile>, PackageError> {
        let one = |universal: &Universal| {
            let name = || universal.path.clone();
            let io = |error| PackageError::Io {
                name: name(),
                error,
            };
            let paths = universal
                .from
                .iter()
                .map(|path| self.artifact(path.as_str()));
            let parts: Vec<(PathBuf, Vec<u8>)> = paths
                .map(|path| fs::read(&path).map(|bytes| (path, bytes)).map_err(io))
                .collect::<Result<_, _>>()?;
            let parts: Vec<Thin<'_>> = parts
                .iter()
                .map(|(path, bytes)| Thin { path, bytes })
                .collect();
            let fat = join(&parts, Vec::new()).map_err(|error| PackageError::Universal {
                name: name(),
                error,
            })?;
            self.write(&universal.path, FileKind::Universal, &fat, Mode::Executable)
        };
        planned.iter().map(one).collect()
    }

    /// Packs archives, several at once.
    ///
    /// # Errors
    /// At the first that can't be packed.
    pub fn archives(&self, planned: &[PlannedArchive]) -> Result<Vec<ReleasedFile>, PackageError> {
        let made = parallel::map(planned, self.cores, |archive| self.archive(archive));
        made.into_iter().collect()
    }

    fn archive(&self, planned: &PlannedArchive) -> Result<ReleasedFile, PackageError> {
        if let Some(reason) = self.cancel.reason() {
            return Err(PackageError::Stopped(reason));
        }
        let members: Vec<Member> = planned
            .members
            .iter()
            .map(|member| Member {
                path: member.path.clone(),
                mode: member.mode,
                from: self.origin(&member.from),
            })
            .collect();
        let name = || planned.name.clone();
        let io = |error| PackageError::Io {
            name: name(),
            error,
        };
        let path = self.work.join(&planned.name);
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        let file = options.open(&path).map_err(io)?;
        let packed = archive::pack_until(self.cancel, planned.format, &members, self.epoch, file);
        packed.map_err(|error| match self.cancel.reason() {
            Some(reason) => PackageError::Stopped(reason),
            None => PackageError::Pack {
                name: name(),
                error,
            },
        })?;
        self.place(&path, &planned.name, FileKind::Archive, Mode::Record)
    }

    /// Writes a file of the release.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(
        &self,
        name: &str,
        kind: FileKind,
        bytes: &[u8],
        mode: Mode,
    ) -> Result<ReleasedFile, PackageError> {
        let path = self.out.write(name, bytes, mode)?;
        self.told(&path, name, kind)
    }

    /// Moves a file that is made to its place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn place(
        &self,
        from: &Path,
        name: &str,
        kind: FileKind,
        mode: Mode,
    ) -> Result<ReleasedFile, PackageError> {
        let path = self.out.place(from, name, mode)?;
        self.told(&path, name, kind)
    }

    /// What there is to say of a file that is in its place.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn told(
        &self,
        path: &Path,
        name: &str,
        kind: FileKind,
    ) -> Result<ReleasedFile, PackageError> {
        let digest = hash(path).map_err(|error| PackageError::Io {
            name: name.to_owned(),
            error,
        })?;
        Ok(ReleasedFile {
            path: name.to_owned(),
            kind,
            size: digest.size,
            sha256: digest.sha256,
        })
    }

    /// What there is to say of the copies that were signed.
    ///
    /// # Errors
    /// When one can't be read.
    pub fn signed_copies(&self) -> Result<Vec<SignedCopy>, PackageError> {
        let one = |(artifact, copy): (&String, &PathBuf)| {
            let digest = hash(copy).map_err(|error| PackageError::Io {
                name: artifact.clone(),
                error,
            })?;
            Ok(SignedCopy {
                path: artifact.clone(),
                size: digest.size,
                sha256: digest.sha256,
            })
        };
        self.signed.iter().map(one).collect()
    }

    fn origin(&self, origin: &Origin) -> PathBuf {
        match origin {
            Origin::Artifact(path) => self.artifact(path.as_str()),
            Origin::Universal(path) => self.out.path().join(path),
            Origin::Project(path) => path.clone(),
        }
    }

    fn artifact(&self, path: &str) -> PathBuf {
        let signed = self.signed.get(path).cloned();
        signed.unwrap_or_else(|| self.out.path().join(path))
    }
}
