//! The files of an image for one platform, as one tar in gzip.
//!
//! Entries are sorted by the bytes of their paths, folders before what is in them. All belong to root, so that the
//! program can't change itself; only the folder for temporary files may be written to.
//!
//! Source: OCI image specification v1.1, `layer.md`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};

use super::extra::Content;
use super::{Digest, Hashed, Hashing, ImageError, Part, ProgramName};
use crate::archive::{FolderMode, MemberPath, Tar, gzip};
use crate::atomic::Mode;

/// A layer that was written.
pub(super) struct Layer {
    /// The digest of what was written.
    pub(super) digest: Digest,
    /// How long that is.
    pub(super) size: u64,
    /// The digest of the tar in it.
    pub(super) diff_id: Digest,
    /// How long the tar is.
    pub(super) unpacked: u64,
}

/// What an entry of the tar is.
enum Entry<'a> {
    Folder(FolderMode),
    File(&'a [u8]),
    Program,
}

/// Writes the layer of one part.
pub(super) fn write(
    name: &ProgramName,
    part: &Part,
    files: &BTreeMap<&'static str, Content<'_>>,
    (epoch, out): (u64, &mut dyn Write),
) -> Result<Layer, ImageError> {
    let packed = Hashing::new(out);
    let tar = Hashing::new(gzip(packed));
    let mut tar = Tar::new(tar, epoch);
    for (path, entry) in entries(name, files)? {
        match entry {
            Entry::Folder(mode) => tar.folder(&path, mode),
            Entry::File(bytes) => tar.file(&path, Mode::Record, bytes.len() as u64, bytes),
            Entry::Program => {
                append_program(&mut tar, &path, part)?;
                Ok(())
            }
        }
        .map_err(ImageError::Write)?;
    }
    let finished = tar.finish().map_err(ImageError::Write)?.finish();
    let packed = finished.inner.finish().map_err(ImageError::Write)?.finish();
    Ok(Layer {
        digest: packed.digest,
        size: packed.size,
        diff_id: finished.digest,
        unpacked: finished.size,
    })
}

/// What stands in the image, sorted.
fn entries<'a>(
    name: &ProgramName,
    files: &'a BTreeMap<&'static str, Content<'_>>,
) -> Result<BTreeMap<MemberPath, Entry<'a>>, ImageError> {
    let member = |path: &str| {
        let member = path.trim_start_matches('/').parse::<MemberPath>();
        member.map_err(|error| ImageError::Write(io::Error::other(error)))
    };
    let mut entries = BTreeMap::new();
    entries.insert(name.member().clone(), Entry::Program);
    for (path, content) in files {
        let above = path.match_indices('/').skip(1).map(|(slash, _)| slash);
        for folder in above.filter_map(|slash| path.get(..slash)) {
            entries.insert(member(folder)?, Entry::Folder(FolderMode::Ordinary));
        }
        let entry = match content {
            Content::File(bytes) => Entry::File(bytes),
            Content::Shared => Entry::Folder(FolderMode::Shared),
        };
        entries.insert(member(path)?, entry);
    }
    Ok(entries)
}

/// Appends the program, whose bytes have to be those that were proven.
fn append_program<W: Write>(
    tar: &mut Tar<W>,
    path: &MemberPath,
    part: &Part,
) -> Result<(), ImageError> {
    let read = |error| ImageError::Read {
        path: part.program.clone(),
        error,
    };
    let file = File::open(&part.program).map_err(read)?;
    let size = file.metadata().map_err(read)?.len();
    // No more than its header says, also where the file grows meanwhile.
    let mut bytes = Hashing::new(file.take(size));
    tar.file(path, Mode::Executable, size, &mut bytes)
        .map_err(ImageError::Write)?;
    let Hashed {
        digest,
        size: taken,
        ..
    } = bytes.finish();
    if digest == part.digest && taken == size {
        Ok(())
    } else {
        Err(ImageError::Changed {
            path: part.program.clone(),
            expected: part.digest.clone(),
            found: digest,
        })
    }
}
