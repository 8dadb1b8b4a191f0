//! Digests of files, which are read only where their metadata says that they may have changed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use borsh::{BorshDeserialize, BorshSerialize};
use sha2::{Digest as _, Sha256};

use super::FileStamp;
use super::snapshot::Watched;
use crate::exec::FileDigest;
use crate::parallel;

/// SHA-256 of the content of a file, or of whatever stands for it.
pub type Digest = [u8; 32];

/// Files that were read, by their paths.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, KnownFile>);

/// A file that was read.
#[derive(BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KnownFile {
    stamp: FileStamp,
    /// Whether a change after that would show in the stamp.
    is_settled: bool,
    digest: Digest,
}

impl Files {
    /// These files as they are now; of those that are known already, only what may have changed is
    /// read. A file that can't be read isn't among them. Below `root` paths are relative.
    #[must_use]
    pub fn read<'a>(
        &self,
        root: &Path,
        paths: impl Iterator<Item = &'a str>,
        workers: usize,
    ) -> Self {
        let when = SystemTime::now();
        let paths: Vec<&str> = paths.collect();
        let read = |path: &&str| {
            let file = read(&root.join(path), self.0.get(*path), when).ok()?;
            Some(((*path).to_owned(), file))
        };
        let files = parallel::map(&paths, workers, read);
        Self(files.into_iter().flatten().collect())
    }

    /// Whether a file that is watched has been the same since it was read.
    #[must_use]
    pub fn is_as(&self, path: &str, watched: &Watched) -> bool {
        self.get(path).is_some_and(|(stamp, _)| watched.has(&stamp))
    }

    /// What is known of a file.
    pub(super) fn get(&self, path: &str) -> Option<(FileStamp, Digest)> {
        let file = self.0.get(path)?;
        Some((file.stamp, file.digest))
    }

    /// The digest of a file.
    #[must_use]
    pub fn digest(&self, path: &str) -> Option<Digest> {
        self.0.get(path).map(|file| file.digest)
    }

    /// Size and digest of a file.
    #[must_use]
    pub fn file_digest(&self, path: &str) -> Option<FileDigest> {
        let file = self.0.get(path)?;
        Some(FileDigest {
            size: file.stamp.size(),
            sha256: file.digest.into(),
        })
    }

    /// The paths and digests of all.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Digest)> {
        let files = self.0.iter();
        files.map(|(path, file)| (path.as_str(), file.digest))
    }

    /// These files as they were when they were read first: a run that didn't look at what changed meanwhile made
    /// nothing from it.
    #[must_use]
    pub fn as_read_first(mut self, first: &Self) -> Self {
        for (path, file) in &first.0 {
            // What was read twice alike is settled by now.
            if self.get(path) != Some((file.stamp, file.digest)) {
                self.0.insert(path.clone(), *file);
            }
        }
        self
    }
}

impl KnownFile {
    /// A file as it is now.
    pub(super) fn now(path: &Path) -> io::Result<Self> {
        read(path, None, SystemTime::now())
    }

    /// Whether a file, which may lie elsewhere by now, is the one that was read.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        let now = read(path, Some(self), SystemTime::now());
        now.is_ok_and(|now| now.digest == self.digest)
    }
}

/// Reads a file, unless it is known and as it was.
fn read(path: &Path, known: Option<&KnownFile>, when: SystemTime) -> io::Result<KnownFile> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    let stamp = FileStamp::of(&metadata);
    let is_settled = stamp.is_settled(when);
    let digest = match known {
        Some(known) if known.stamp == stamp && known.is_settled => known.digest,
        _ => Sha256::digest(fs::read(path)?).into(),
    };
    Ok(KnownFile {
        stamp,
        is_settled,
        digest,
    })
}
