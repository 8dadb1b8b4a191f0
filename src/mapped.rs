//! The bytes of a file, without a copy of them: the file is mapped into memory where that can be.
//!
//! The only unsafe code of the program. What can't be mapped (empty files, pipes, the files of
//! `/proc`) is read, up to a limit.

use std::fs::{File, FileType, Metadata};
use std::io::{self, Read as _};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use crate::failure::{Exit, Failure};

/// How much is read of what can't be mapped: more than any executable that comes out of a pipe.
const READ_LIMIT: u64 = 256 << 20;

/// The bytes of a file.
#[derive(Debug)]
pub struct FileBytes(Storage);

#[derive(Debug)]
enum Storage {
    Mapped(Mmap),
    Read(Vec<u8>),
}

impl FileBytes {
    /// Opens a file for reading as a whole.
    ///
    /// # Errors
    /// When there is no such file, when it is a folder or a device, or when it can't be read.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_up_to(path, READ_LIMIT)
    }

    fn open_up_to(path: &Path, limit: u64) -> Result<Self, OpenError> {
        let fail = |reason| fail(path, reason);
        let (file, metadata) = open(path)?;
        map(&file, &metadata)
            .map_or_else(
                || read(file, limit).map_err(fail),
                |map| Ok(Storage::Mapped(map)),
            )
            .map(Self)
    }
}

impl Deref for FileBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Storage::Mapped(map) => map,
            Storage::Read(bytes) => bytes,
        }
    }
}

/// Opens what has bytes of its own, and an end: a file, or a pipe that is open already.
///
/// # Errors
/// When there is no such file, when it is a folder, a device or a pipe with a name, or when it can't
/// be opened.
pub fn open(path: &Path) -> Result<(File, Metadata), OpenError> {
    let fail = |reason| fail(path, reason);
    // Opening a device can have effects, so what it is comes first.
    let kind = std::fs::metadata(path).map_err(|error| fail(Reason::of(error)))?;
    refuse(kind.file_type(), path).map_err(fail)?;
    let file = File::open(path).map_err(|error| fail(Reason::of(error)))?;
    let metadata = file.metadata().map_err(|error| fail(Reason::of(error)))?;
    refuse(metadata.file_type(), path).map_err(fail)?;
    Ok((file, metadata))
}

fn fail(path: &Path, reason: Reason) -> OpenError {
    OpenError {
        path: path.to_owned(),
        reason,
    }
}

/// Maps a regular file. None where that can't be done: it is read then.
#[expect(
    unsafe_code,
    reason = "memory that another program can change is unsafe to borrow"
)]
fn map(file: &File, metadata: &Metadata) -> Option<Mmap> {
    if !metadata.is_file() || metadata.len() == 0 {
        return None;
    }
    // SAFETY: the map is private and read only, and nothing relies on two reads of a byte being
    // equal: all that is taken from it is checked, as for any hostile file, and copied. When
    // somebody truncates the file meanwhile, the system ends the program, with nothing damaged.
    unsafe { Mmap::map(file) }.ok()
}

fn read(file: File, limit: u64) -> Result<Storage, Reason> {
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(Reason::of)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) {
        Ok(Storage::Read(bytes))
    } else {
        Err(Reason::TooLarge(limit >> 20))
    }
}

/// Refuses what is no file with bytes of its own.
fn refuse(kind: FileType, path: &Path) -> Result<(), Reason> {
    if kind.is_dir() {
        return Err(Reason::Folder);
    }
    refuse_special(kind, path)
}

#[cfg(unix)]
fn refuse_special(kind: FileType, path: &Path) -> Result<(), Reason> {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_char_device() || kind.is_block_device() {
        return Err(Reason::Device);
    }
    if kind.is_socket() {
        return Err(Reason::Socket);
    }
    if kind.is_fifo() && !is_descriptor(path) {
        return Err(Reason::NamedPipe);
    }
    Ok(())
}

/// Other systems have none of these among their files.
#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "its signature is that of systems with special files"
)]
fn refuse_special(_: FileType, _: &Path) -> Result<(), Reason> {
    Ok(())
}

/// Whether a path names what is open already, as `/dev/stdin` and the `/dev/fd/63` of a shell do. To
/// open any other pipe may mean to wait without end for somebody who writes.
#[cfg(unix)]
fn is_descriptor(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || ["/dev/fd", "/proc/self/fd"]
            .iter()
            .any(|folder| path.starts_with(folder))
}

/// Why the bytes of a file can't be had.
#[derive(Debug, thiserror::Error)]
#[error("failed to read `{}`: {reason}", .path.display())]
pub struct OpenError {
    /// The file.
    pub path: PathBuf,
    /// What is the matter.
    pub reason: Reason,
}

/// What is the matter with a file that can't be read.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// There is none of that name.
    #[error("there is no such file")]
    Missing,
    /// It is a folder.
    #[error("it is a folder")]
    Folder,
    /// It is a device such as a terminal or a disk.
    #[error("it is a device, not a file")]
    Device,
    /// It is a socket.
    #[error("it is a socket, not a file")]
    Socket,
    /// It is a pipe with a name, for which nobody may ever write.
    #[error("it is a named pipe, not a file")]
    NamedPipe,
    /// It can't be mapped, and is too large to be read.
    #[error("it can't be mapped into memory, and more than {0} MiB are not read")]
    TooLarge(u64),
    /// The system refuses.
    #[error("{0}")]
    System(io::Error),
}

impl Reason {
    fn of(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::IsADirectory => Self::Folder,
            _ => Self::System(error),
        }
    }
}

impl Failure for OpenError {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        let hint = match self.reason {
            Reason::Folder => "name the files in it, for example `DIR/*`",
            Reason::NamedPipe => "pass it as `/dev/stdin`, with `<` before its name",
            Reason::TooLarge(_) => "save it to a file first",
            Reason::Missing | Reason::Device | Reason::Socket | Reason::System(_) => return None,
        };
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(path: &Path) -> String {
        FileBytes::open(path).unwrap_err().reason.to_string()
    }

    #[test]
    fn a_file_is_mapped_and_an_empty_one_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "bytes").unwrap();
        let bytes = FileBytes::open(&path).unwrap();
        assert_eq!(&*bytes, b"bytes");
        assert!(matches!(bytes.0, Storage::Mapped(_)));
        std::fs::write(&path, "").unwrap();
        let bytes = FileBytes::open(&path).unwrap();
        assert!(bytes.is_empty());
        assert!(matches!(bytes.0, Storage::Read(_)));
    }

    #[test]
    fn what_is_no_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(reason(folder.path()), "it is a folder");
        assert_eq!(reason(&folder.path().join("no")), "there is no such file");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn devices_are_refused_and_what_has_no_length_is_read() {
        assert_eq!(reason(Path::new("/dev/zero")), "it is a device, not a file");
        let status = FileBytes::open(Path::new("/proc/self/status")).unwrap();
        assert!(status.starts_with(b"Name:"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_read_has_a_limit() {
        let error = FileBytes::open_up_to(Path::new("/proc/self/status"), 10).unwrap_err();
        assert!(matches!(error.reason, Reason::TooLarge(_)), "{error}");
    }
}
