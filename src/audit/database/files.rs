//! The files of a database, wherever they are.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use zip::ZipArchive;
use zip::result::ZipError;

use super::index::MODULES;
use super::{DatabaseError, FileFault, Source};
use crate::fetch::{Address, Client};

/// More than any file with all entries has.
const LARGEST_FILE: u64 = 512 << 20;

/// What every zip starts with.
const ZIP: &[u8] = b"PK";

/// The files of a database.
pub(super) enum Files<'c> {
    Folder(PathBuf),
    Zip(Box<Zip>),
    Server(&'c Client, Address),
}

/// What is at a source.
pub(super) enum Found<'c> {
    /// Files by their paths.
    Files(Files<'c>),
    /// Entries.
    Json(Vec<u8>),
}

/// A folder in a zip.
pub(super) struct Zip {
    archive: Mutex<ZipArchive<File>>,
    /// What comes before the paths of its files.
    folder: String,
}

impl<'c> Files<'c> {
    /// Looks at what is there.
    pub(super) fn open(source: &Source, client: &'c Client) -> Result<Found<'c>, DatabaseError> {
        let path = match source {
            Source::Address(address) => {
                return Ok(Found::Files(Self::Server(client, address.clone())));
            }
            Source::Path(path) if path.is_dir() => {
                return Ok(Found::Files(Self::Folder(path.clone())));
            }
            Source::Path(path) => path,
        };
        open_file(path)
            .map_err(|fault| match fault {
                FileFault::Unreadable(error) => DatabaseError::Open {
                    database: source.to_string(),
                    error,
                },
                fault => fault.of(&source.to_string(), &path.display().to_string()),
            })?
            .ok_or_else(|| DatabaseError::Kind(source.to_string()))
    }

    /// A file, by its path with slashes; none where there is none.
    pub(super) fn read(
        &self,
        database: &str,
        path: &str,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, DatabaseError> {
        let read = match self {
            Self::Folder(folder) => match regular(&folder.join(path)) {
                Ok(file) => limited(file, limit).map(Some),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error.into()),
            },
            Self::Zip(zip) => zip.read(path, limit),
            Self::Server(client, address) => {
                return match client.bytes(&address.join(path), limit) {
                    Ok(bytes) => Ok(Some(bytes)),
                    Err(error) if error.is_missing() => Ok(None),
                    Err(error) => Err(DatabaseError::Fetch {
                        database: database.to_owned(),
                        error,
                    }),
                };
            }
        };
        read.map_err(|fault| fault.of(database, path))
    }
}

/// Opens a file that has an end: a pipe may keep its reader waiting.
fn regular(path: &Path) -> io::Result<File> {
    if fs::metadata(path)?.is_file() {
        File::open(path)
    } else {
        Err(io::Error::other("it is not a regular file"))
    }
}

/// What a file is, by how it starts; none where it is nothing that is known.
fn open_file<'c>(path: &Path) -> Result<Option<Found<'c>>, FileFault> {
    if fs::metadata(path)?.len() > LARGEST_FILE {
        return Err(FileFault::TooLarge(LARGEST_FILE));
    }
    let mut start = Vec::new();
    File::open(path)?.take(64).read_to_end(&mut start)?;
    if start.starts_with(ZIP) {
        let zip = Zip::open(File::open(path)?)?;
        return Ok(Some(Found::Files(Files::Zip(Box::new(zip)))));
    }
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_none_or(|byte| !b"[{".contains(byte)) {
        return Ok(None);
    }
    let bytes = limited(File::open(path)?, LARGEST_FILE)?;
    Ok(Some(Found::Json(bytes)))
}

/// All that there is, unless that is too much.
fn limited(bytes: impl Read, limit: u64) -> Result<Vec<u8>, FileFault> {
    let mut all = Vec::new();
    bytes.take(limit.saturating_add(1)).read_to_end(&mut all)?;
    if all.len() as u64 > limit {
        return Err(FileFault::TooLarge(limit));
    }
    Ok(all)
}

impl Zip {
    fn open(file: File) -> Result<Self, FileFault> {
        let archive = ZipArchive::new(file).map_err(io::Error::from)?;
        let folders = archive.file_names().filter_map(|name| {
            let name = name.ok()?;
            let folder = name.strip_suffix(MODULES)?;
            (folder.is_empty() || folder.ends_with('/')).then(|| folder.to_owned())
        });
        let folder = folders.min_by_key(String::len);
        Ok(Self {
            folder: folder.unwrap_or_default(),
            archive: Mutex::new(archive),
        })
    }

    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FileFault> {
        let mut archive = self.archive.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{}{path}", self.folder);
        match archive.by_name(&name) {
            Ok(file) => limited(file, limit).map(Some),
            Err(ZipError::FileNotFound) => Ok(None),
            Err(error) => Err(io::Error::from(error).into()),
        }
    }
}
