//! Hashes a verified binary and moves it to its place.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::event::{Done, End, Placed, StepFailure};
use super::session::Session;
use crate::atomic::Mode;
use crate::digest::hex;
use crate::plan::PlaceFile;

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 20;

pub(super) fn place_file(step: &PlaceFile, session: &Session) -> End {
    match place(step, session) {
        Ok(placed) => End::Done(Done::Placed(placed)),
        Err(failure) => End::Failed(failure),
    }
}

fn place(step: &PlaceFile, session: &Session) -> Result<Placed, Box<StepFailure>> {
    let from = session.path(&step.from);
    let placed = hash(&from).map_err(|error| {
        Box::new(StepFailure::Read {
            path: from.clone(),
            error,
        })
    })?;
    session
        .out
        .place(&from, &step.to.path, Mode::Executable)
        .map_err(|error| Box::new(error.into()))?;
    Ok(placed)
}

/// The size and digest of a file.
pub(super) fn hash(path: &Path) -> io::Result<Placed> {
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
    Ok(Placed {
        size,
        sha256: hex(&hasher.finalize()),
    })
}
