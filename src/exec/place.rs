//! Hashes a verified binary and moves it to its place, and the header of a library beside it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::event::{Done, End, FileDigest, Placed, StepFailure};
use super::session::Session;
use crate::atomic::Mode;
use crate::digest::Sha256Hex;
use crate::plan::{Place, PlaceFile};

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 20;

pub(super) fn place_file(step: &PlaceFile, session: &Session) -> End {
    match place(step, session) {
        Ok(placed) => End::Done(Done::Placed(placed)),
        Err(failure) => End::Failed(failure),
    }
}

/// The header comes first: where there is a library, there is its header.
fn place(step: &PlaceFile, session: &Session) -> Result<Placed, Box<StepFailure>> {
    let header = match &step.header {
        // go writes none for a library that exports nothing to C.
        Some(header) if session.path(&header.from).exists() => Some(place_one(
            session,
            (&header.from, &header.to),
            Mode::Record,
        )?),
        _ => None,
    };
    let file = place_one(session, (&step.from, &step.to), step.mode)?;
    Ok(Placed { file, header })
}

fn place_one(
    session: &Session,
    (from, to): (&Place, &Place),
    mode: Mode,
) -> Result<FileDigest, Box<StepFailure>> {
    let from = session.path(from);
    let digest = hash(&from).map_err(|error| {
        Box::new(StepFailure::Read {
            path: from.clone(),
            error,
        })
    })?;
    session
        .out
        .place(&from, &to.path, mode)
        .map_err(|error| Box::new(error.into()))?;
    Ok(digest)
}

/// The size and digest of a regular file. Neither the file nor its folder may be a link.
pub(crate) fn hash(path: &Path) -> io::Result<FileDigest> {
    let is_plain = path.symlink_metadata()?.is_file()
        && path.parent().is_none_or(|folder| !folder.is_symlink());
    if !is_plain {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file in a folder",
        ));
    }
    let mut hasher = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; CHUNK];
    let mut size = 0;
    loop {
        let read = match file.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            break;
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
        size += read as u64;
    }
    Ok(FileDigest {
        size,
        sha256: Sha256Hex::finished(hasher),
    })
}
