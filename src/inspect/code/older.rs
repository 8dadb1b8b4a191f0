//! Build information as Go 1.17 and earlier wrote it: a header with pointers to two strings, from
//! Go 1.13 on; before, the text alone.
//!
//! Source: Go's `debug/buildinfo/buildinfo.go` for the header; Go 1.12's `cmd/go/internal/modload`
//! for the text, and `runtime.buildVersion` for the version.

use memchr::memmem;

use super::loaded::Loaded;
use super::memory::{Access, Memory, Stretch};
use super::program::NoProgram;
use crate::inspect::bounds::text;
use crate::inspect::buildinfo::{
    ALIGNMENT, BuildInfo, FLAG_INLINE, FLAGS, FRAME_END, FRAME_START, MAGIC, NoBuildInfo, parse,
    unframe,
};
use crate::inspect::{Format, InspectError};

/// More headers than any program has.
const MAX_CANDIDATES: usize = 64;
/// The longest text that is read; that of a program with a thousand modules has a tenth of it.
const LONGEST: usize = 1 << 20;
/// The longest version.
const LONGEST_VERSION: usize = 64;
/// More data that is written to than Go 1.12 gave any program, where the version is looked for.
const MAX_DATA: usize = 16 << 20;

/// The header is among what is written to.
const ANYWHERE: &[Access] = &[Access::Write, Access::Read, Access::Execute];

/// Where the size of pointers stands in the header.
const POINTER_SIZE: usize = 14;
/// Where the pointers start.
const POINTERS: u64 = 16;

/// Reads it; none of the forms are there when it isn't found.
pub(in crate::inspect) fn build_info(
    format: Format,
    bytes: &[u8],
) -> Result<Result<BuildInfo, NoBuildInfo>, InspectError> {
    let file = Loaded::of(format, bytes);
    let memory = match file.memory() {
        Ok(memory) => memory,
        Err(NoProgram::Damaged(error)) => return Err(error),
        Err(_) => return Ok(Err(NoBuildInfo::NotFound)),
    };
    Ok(with_header(&memory)
        .or_else(|| without_header(&memory).map(Ok))
        .unwrap_or(Err(NoBuildInfo::NotFound)))
}

/// Whether the header of any form is there, which says that Go made the program.
pub(super) fn has_header(memory: &Memory<'_>) -> bool {
    headers(memory).next().is_some()
}

fn headers<'m>(memory: &'m Memory<'_>) -> impl Iterator<Item = u64> + 'm {
    let places = memory.searched(ANYWHERE).flat_map(|stretch| {
        memmem::find_iter(stretch.bytes, MAGIC).map(move |offset| stretch.address + offset as u64)
    });
    places
        .filter(|address| address.is_multiple_of(ALIGNMENT as u64))
        .take(MAX_CANDIDATES)
}

fn with_header(memory: &Memory<'_>) -> Option<Result<BuildInfo, NoBuildInfo>> {
    let size = memory.pointer.size();
    headers(memory)
        .filter(|address| {
            let header = memory.at(*address).unwrap_or_default();
            let is_inline = header
                .get(FLAGS)
                .is_none_or(|flags| flags & FLAG_INLINE != 0);
            !is_inline && header.get(POINTER_SIZE).copied().map(usize::from) == Some(size)
        })
        .find_map(|address| {
            let string = |number: u64| {
                let place = address.checked_add(POINTERS + number * size as u64)?;
                go_string(memory, memory.pointer_at(place)?, LONGEST)
            };
            let version = string(0).filter(|version| !version.is_empty())?;
            // A build outside modules has no text.
            let lines = string(1).map(unframe).unwrap_or_default();
            Some(parse(lines).map(|info| BuildInfo {
                go_version: text(version),
                ..info
            }))
        })
}

/// What a string's pointer and length stand for.
fn go_string<'data>(memory: &Memory<'data>, address: u64, longest: usize) -> Option<&'data [u8]> {
    let words = memory.at(address)?;
    let length = memory.pointer_in(words.get(memory.pointer.size()..)?)?;
    let start = memory.pointer_in(words)?;
    (length <= longest as u64).then(|| memory.bytes(start, length))?
}

/// Go 1.12: the framed text among the constants. Programs that look for build information have the
/// frames too, so the version has to be there as well.
fn without_header(memory: &Memory<'_>) -> Option<BuildInfo> {
    let lines = memory.searched(ANYWHERE).find_map(|stretch| {
        let bytes = stretch.bytes;
        let start = memmem::find(bytes, FRAME_START)? + FRAME_START.len();
        let rest = bytes.get(start..)?;
        let rest = rest.get(..LONGEST).unwrap_or(rest);
        let lines = rest.get(..memmem::find(rest, FRAME_END)?)?;
        (lines.starts_with(b"path\t") && lines.ends_with(b"\n")).then_some(lines)
    })?;
    let mut written = memory.searched(&[Access::Write]);
    let version = written.find_map(|stretch| version_in(memory, stretch))?;
    let info = parse(lines).ok()?;
    Some(BuildInfo {
        go_version: text(version),
        ..info
    })
}

/// The variable with the version: the first string that is one of Go 1.12.
fn version_in<'data>(memory: &Memory<'data>, stretch: Stretch<'data>) -> Option<&'data [u8]> {
    let size = memory.pointer.size();
    let bytes = stretch.bytes.get(..MAX_DATA).unwrap_or(stretch.bytes);
    (0..bytes.len() / size).find_map(|word| {
        let length = memory.pointer_in(bytes.get((word + 1) * size..)?);
        if !length.is_some_and(|length| (6..=LONGEST_VERSION as u64).contains(&length)) {
            return None;
        }
        let version = go_string(
            memory,
            stretch.address + (word * size) as u64,
            LONGEST_VERSION,
        )?;
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-+ :".contains(byte);
        (version.starts_with(b"go1.12") && version.iter().all(is_plain)).then_some(version)
    })
}
