//! Writing an archive.
//!
//! Names are sorted by their bytes, and nothing is recorded of who packed them: owner 0, no names of
//! users, the modes 0755 and 0644, one time for all files.
//!
//! Source: <https://reproducible-builds.org/docs/archives/>

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;

use structured_zstd::encoding::{CompressionLevel, StreamingEncoder};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::tar_writer::{Tar, gzip};
use super::{Format, Member, MemberPath};
use crate::process::Cancel;

/// Of 22 levels the last that costs no more time than gzip does.
const ZSTD_LEVEL: i32 = 9;

/// Why an archive can't be written.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Two files would be one where letters of either case are the same.
    #[error("failed to pack: `{0}` and `{1}` would be one file on some systems")]
    Twice(MemberPath, MemberPath),
    /// A file can't be read.
    #[error("failed to pack `{}`: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The archive can't be written.
    #[error("failed to write the archive: {0}")]
    Write(#[from] io::Error),
    /// The zip can't be written.
    #[error("failed to write the archive: {0}")]
    Zip(#[from] zip::result::ZipError),
}

/// Writes the files as an archive, all with the time `epoch`: seconds since 1970. They are packed in
/// the order of their paths.
///
/// # Errors
/// When two paths clash, a file can't be read or the archive can't be written.
pub fn pack<W: Write + Seek>(
    format: Format,
    members: &[Member],
    epoch: u64,
    out: W,
) -> Result<W, PackError> {
    pack_until(&Cancel::new(), format, members, epoch, out)
}

/// The same, until everything is stopped.
///
/// # Errors
/// As [`pack`] does, and after a stop.
pub fn pack_until<W: Write + Seek>(
    cancel: &Cancel,
    format: Format,
    members: &[Member],
    epoch: u64,
    out: W,
) -> Result<W, PackError> {
    let mut members: Vec<&Member> = members.iter().collect();
    members.sort_by(|one, other| one.path.cmp(&other.path));
    check(&members)?;
    let sources = Sources { members, cancel };
    match format {
        Format::TarGz => Ok(sources.tar(epoch, gzip(out))?.finish()?),
        Format::TarZst => {
            let level = CompressionLevel::from_level(ZSTD_LEVEL);
            let mut zstd = StreamingEncoder::new(out, level);
            zstd.set_content_checksum(true)?;
            Ok(sources.tar(epoch, zstd)?.finish()?)
        }
        Format::Zip => sources.zip(epoch, out),
    }
}

/// Writes the files as a tar that nobody unpacks later, as engines of containers read it.
///
/// # Errors
/// As [`pack`] does.
pub fn tar<W: Write>(members: &[Member], out: W) -> Result<W, PackError> {
    let members: Vec<&Member> = members.iter().collect();
    check(&members)?;
    let cancel = &Cancel::new();
    Sources { members, cancel }.tar(0, out)
}

fn check(members: &[&Member]) -> Result<(), PackError> {
    let mut folded: Vec<_> = members
        .iter()
        .map(|member| (member.path.folded(), &member.path))
        .collect();
    folded.sort();
    let twins = folded.windows(2).find_map(|pair| match pair {
        [(one, first), (other, second)] if one == other => Some((*first, *second)),
        _ => None,
    });
    twins.map_or(Ok(()), |(first, second)| {
        Err(PackError::Twice(first.clone(), second.clone()))
    })
}

/// What is packed, in its order.
struct Sources<'a> {
    members: Vec<&'a Member>,
    cancel: &'a Cancel,
}

impl Sources<'_> {
    fn open(&self, member: &Member) -> Result<(Stoppable<'_>, u64), PackError> {
        let read = |error| PackError::Read {
            path: member.from.clone(),
            error,
        };
        let file = File::open(&member.from).map_err(read)?;
        let size = file.metadata().map_err(read)?.len();
        let cancel = self.cancel;
        Ok((Stoppable { file, cancel }, size))
    }

    fn tar<W: Write>(&self, epoch: u64, out: W) -> Result<W, PackError> {
        let mut tar = Tar::new(out, epoch);
        for member in &self.members {
            let (file, size) = self.open(member)?;
            tar.file(&member.path, member.mode, size, file)?;
        }
        Ok(tar.finish()?)
    }

    fn zip<W: Write + Seek>(&self, epoch: u64, out: W) -> Result<W, PackError> {
        let mut zip = ZipWriter::new(out);
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(zip_time(epoch));
        for member in &self.members {
            let (mut file, _) = self.open(member)?;
            let options = options.unix_permissions(member.mode.bits());
            zip.start_file(member.path.as_str(), options)?;
            io::copy(&mut file, &mut zip)?;
        }
        Ok(zip.finish()?)
    }
}

/// A file that is read until everything is stopped.
struct Stoppable<'a> {
    file: File,
    cancel: &'a Cancel,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.cancel.reason() {
            Some(reason) => Err(io::Error::other(reason.to_string())),
            None => self.file.read(buffer),
        }
    }
}

/// A time as zip has it: in UTC, from 1980 to 2107, by steps of two seconds.
fn zip_time(epoch: u64) -> DateTime {
    let in_utc = i64::try_from(epoch)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map(|time| jiff::tz::Offset::UTC.to_datetime(time));
    let parts = in_utc.and_then(|time| {
        let small = |number: i8| u8::try_from(number).ok();
        let year = u16::try_from(time.year()).ok()?;
        let (month, day) = (small(time.month())?, small(time.day())?);
        let (hour, minute, second) = (
            small(time.hour())?,
            small(time.minute())?,
            small(time.second())?,
        );
        DateTime::from_date_and_time(year, month, day, hour, minute, second & !1).ok()
    });
    // Before 1980 there is only its first moment.
    parts.unwrap_or_default()
}
