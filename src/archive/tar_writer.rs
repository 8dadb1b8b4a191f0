//! Writing a tar entry by entry, and gzip, so that the same entries give the same bytes.
//!
//! Nothing is recorded of who writes: owner 0, no names of users, one time for all entries. gzip gets no name
//! and no time of its own.
//!
//! Source: <https://reproducible-builds.org/docs/archives/>, and ustar in POSIX.1-2017, `pax`.

use std::io::{self, Read, Write};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use super::MemberPath;
use crate::atomic::Mode;

/// The byte that gzip has for the system: 255, unknown, on all of them (RFC 1952, 2.3.1).
const UNKNOWN_SYSTEM: u8 = 255;

/// What is written becomes smaller: always the same bytes of the same bytes.
pub fn gzip<W: Write>(out: W) -> GzEncoder<W> {
    let gzip = GzBuilder::new().operating_system(UNKNOWN_SYSTEM);
    gzip.write(out, Compression::best())
}

/// Who may do what in a folder of a tar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderMode {
    /// 0755: everybody may look.
    Ordinary,
    /// 1777: everybody may make files, and remove their own.
    Shared,
}

impl FolderMode {
    fn bits(self) -> u32 {
        match self {
            Self::Ordinary => 0o755,
            Self::Shared => 0o1777,
        }
    }
}

/// A tar that is being written. Its entries come in the order in which they are given.
pub struct Tar<W: Write> {
    tar: Builder<W>,
    epoch: u64,
}

impl<W: Write> Tar<W> {
    /// An empty one, whose entries all have this time: seconds since 1970.
    pub fn new(out: W, epoch: u64) -> Self {
        Self {
            tar: Builder::new(out),
            epoch,
        }
    }

    /// Appends a folder.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn folder(&mut self, path: &MemberPath, mode: FolderMode) -> io::Result<()> {
        let mut header = self.header(mode.bits(), 0);
        header.set_entry_type(EntryType::Directory);
        let path = format!("{path}/");
        self.tar.append_data(&mut header, path, io::empty())
    }

    /// Appends a file of so many bytes.
    ///
    /// # Errors
    /// When its bytes can't be read, or it can't be written.
    pub fn file(
        &mut self,
        path: &MemberPath,
        mode: Mode,
        size: u64,
        bytes: impl Read,
    ) -> io::Result<()> {
        let mut header = self.header(mode.bits(), size);
        self.tar.append_data(&mut header, path.as_str(), bytes)
    }

    /// Writes the end.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(self) -> io::Result<W> {
        self.tar.into_inner()
    }

    fn header(&self, bits: u32, size: u64) -> Header {
        let mut header = Header::new_ustar();
        header.set_size(size);
        header.set_mode(bits);
        header.set_mtime(self.epoch);
        header.set_uid(0);
        header.set_gid(0);
        header
    }
}
