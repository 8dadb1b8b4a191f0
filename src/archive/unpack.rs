//! Reading an archive that somebody else may have made.
//!
//! Only files with paths of their own below the folder are unpacked; links, devices and second files of
//! one name are refused, and so is more than there may be.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use structured_zstd::decoding::{ContentChecksum, StreamingDecoder};

use super::{Format, Member, MemberPath, ParseMemberPathError};
use crate::atomic::{self, Mode};

/// How much an archive may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files together.
    pub bytes: u64,
    /// Files.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 4 << 30,
            files: 10_000,
        }
    }
}

/// Why an archive isn't unpacked.
#[derive(Debug, thiserror::Error)]
#[error("failed to unpack `{}`: {reason}", archive.display())]
pub struct UnpackError {
    /// The archive.
    pub archive: PathBuf,
    /// What is the matter.
    pub reason: Reason,
}

impl UnpackError {
    /// Whether the fault is this machine's, and says nothing of the archive.
    #[must_use]
    pub fn is_of_machine(&self) -> bool {
        matches!(self.reason, Reason::Write { .. })
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self.reason {
            Reason::Kind(_) => Some(
                "put the file itself into the archive in place of a link: `tar --dereference` does, and `zip` without \
                 `--symlinks`",
            ),
            _ => None,
        }
    }
}

/// What is the matter with an archive.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// The path of a file leads elsewhere.
    #[error(transparent)]
    Path(#[from] ParseMemberPathError),
    /// Neither a file nor a folder.
    #[error("`{0}` is no file but a link or a device")]
    Kind(String),
    /// A second file of one name.
    #[error("`{0}` is there twice")]
    Twice(MemberPath),
    /// Two files of one name.
    #[error("two of its files have the same name")]
    SameNames,
    /// A name that isn't UTF-8.
    #[error("the name `{0}` is not UTF-8")]
    Name(String),
    /// More than there may be.
    #[error("it holds more than {0} bytes")]
    TooLarge(u64),
    /// More files than there may be.
    #[error("it holds more than {0} files")]
    TooMany(usize),
    /// The archive can't be read, be it damaged or gone.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// A file can't be where its path says, for its name or for another file.
    #[error("there can be no file `{path}`: {error}")]
    Place {
        /// The file.
        path: MemberPath,
        /// What the system said.
        error: io::Error,
    },
    /// A file can't be written, whatever the archive holds.
    #[error("`{path}` can't be written: {error}")]
    Write {
        /// The file.
        path: MemberPath,
        /// What the system said.
        error: io::Error,
    },
    /// The zip makes no sense.
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
}

impl Reason {
    /// Why a file can't be written.
    fn unwritten(path: &MemberPath, error: io::Error) -> Self {
        let path = path.clone();
        match error.kind() {
            ErrorKind::AlreadyExists
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::InvalidFilename => Self::Place { path, error },
            _ => Self::Write { path, error },
        }
    }
}

/// Unpacks an archive into a folder, which must be there and empty, and tells what was in it.
///
/// # Errors
/// When something in it isn't a plain file, when it is too large, or when it is damaged.
pub fn unpack(
    format: Format,
    archive: &Path,
    folder: &Path,
    limits: Limits,
) -> Result<Vec<Member>, UnpackError> {
    let mut members = Vec::new();
    let mut place = |path: &MemberPath, mode: Mode, bytes: &mut dyn Read| {
        let to = folder.join(path.as_str());
        let unwritten = |error| Reason::unwritten(path, error);
        atomic::make_folders_of(folder, path.as_str()).map_err(unwritten)?;
        let mut file = File::create_new(&to).map_err(unwritten)?;
        let written = copy(bytes, |bytes| file.write_all(bytes).map_err(unwritten))?;
        drop(file);
        mode.set(&to).map_err(unwritten)?;
        members.push(Member {
            path: path.clone(),
            mode,
            from: to,
        });
        Ok(written)
    };
    read(format, archive, limits, &mut place)?;
    Ok(members)
}

/// Takes each file of an archive, and tells how many bytes it had.
pub(super) type Take<'a> = dyn FnMut(&MemberPath, Mode, &mut dyn Read) -> Result<u64, Reason> + 'a;

/// Hands on each file of an archive.
pub(super) fn read(
    format: Format,
    archive: &Path,
    limits: Limits,
    take: &mut Take<'_>,
) -> Result<(), UnpackError> {
    let mut unpacking = Unpacking {
        limits,
        left: limits.bytes,
        count: 0,
        seen: BTreeSet::new(),
        take,
    };
    let mut read = || -> Result<(), Reason> {
        let file = File::open(archive)?;
        match format {
            Format::TarGz => unpacking.tar(flate2::read::MultiGzDecoder::new(file)),
            Format::TarZst => {
                let mut bytes = StreamingDecoder::new(BufReader::new(file));
                bytes.decoder.set_content_checksum(ContentChecksum::Verify);
                unpacking.tar(bytes)
            }
            Format::Zip => unpacking.zip(file),
        }
    };
    read().map_err(|reason| UnpackError {
        archive: archive.to_owned(),
        reason,
    })
}

struct Unpacking<'a, 'b> {
    limits: Limits,
    left: u64,
    count: usize,
    seen: BTreeSet<String>,
    take: &'a mut Take<'b>,
}

impl Unpacking<'_, '_> {
    fn tar(&mut self, bytes: impl Read) -> Result<(), Reason> {
        let allowance = Rc::new(Cell::new(BETWEEN));
        let mut archive = tar::Archive::new(Metered {
            bytes,
            left: Rc::clone(&allowance),
        });
        for entry in archive.entries()? {
            let mut entry = entry?;
            let name = entry.path_bytes().into_owned();
            let name =
                String::from_utf8(name).map_err(|error| Reason::Name(lossy(error.as_bytes())))?;
            match entry.header().entry_type() {
                tar::EntryType::Regular | tar::EntryType::Continuous => {}
                // Folders are made where a file needs one.
                tar::EntryType::Directory => continue,
                _ => return Err(Reason::Kind(name)),
            }
            let mode = mode(entry.header().mode()?);
            allowance.set(self.left.saturating_add(BETWEEN));
            self.file(&name, mode, &mut entry)?;
            allowance.set(BETWEEN);
        }
        // The checksum stands behind the end.
        io::copy(&mut archive.into_inner(), &mut io::sink())?;
        Ok(())
    }

    fn zip(&mut self, file: File) -> Result<(), Reason> {
        let mut archive = zip::ZipArchive::new(file)?;
        if archive.has_duplicate_names() {
            return Err(Reason::SameNames);
        }
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index)?;
            let name = String::from_utf8(entry.name_raw().to_vec())
                .map_err(|error| Reason::Name(lossy(error.as_bytes())))?;
            if entry.is_dir() {
                continue;
            }
            if !entry.is_file() {
                return Err(Reason::Kind(name));
            }
            let mode = mode(entry.unix_mode().unwrap_or(0o644));
            self.file(&name, mode, &mut entry)?;
        }
        Ok(())
    }

    fn file(&mut self, name: &str, mode: Mode, bytes: &mut impl Read) -> Result<(), Reason> {
        let path: MemberPath = name.strip_prefix("./").unwrap_or(name).parse()?;
        if self.count == self.limits.files {
            return Err(Reason::TooMany(self.limits.files));
        }
        self.count += 1;
        if !self.seen.insert(path.folded()) {
            return Err(Reason::Twice(path));
        }
        let mut bytes = bytes.take(self.left.saturating_add(1));
        let taken = (self.take)(&path, mode, &mut bytes)?;
        let too_large = Reason::TooLarge(self.limits.bytes);
        self.left = self.left.checked_sub(taken).ok_or(too_large)?;
        Ok(())
    }
}

/// Hands all bytes on, and counts them: unlike [`io::copy`], it tells what can't be read from what can't be written.
pub(super) fn copy(
    bytes: impl Read,
    mut write: impl FnMut(&[u8]) -> Result<(), Reason>,
) -> Result<u64, Reason> {
    let mut bytes = BufReader::new(bytes);
    let mut count = 0;
    loop {
        let read = match bytes.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read.is_empty() {
            return Ok(count);
        }
        write(read)?;
        let length = read.len();
        count += length as u64;
        bytes.consume(length);
    }
}

/// What a tar may have between two files: long names, folders, and padding at the end. Whoever reads names
/// keeps them in memory.
const BETWEEN: u64 = 1 << 20;

/// Bytes of which only so many may be read before more are allowed.
struct Metered<R> {
    bytes: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        let most = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            return Err(io::Error::other("there is too much between its files"));
        }
        let count = self
            .bytes
            .read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left.set(left.saturating_sub(count as u64));
        Ok(count)
    }
}

/// Whether its owner may run a file.
fn mode(permissions: u32) -> Mode {
    if permissions & 0o100 == 0 {
        Mode::Record
    } else {
        Mode::Executable
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
