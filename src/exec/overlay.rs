//! Writes the sources that a plan makes, and tells go of them.

use std::fs;
use std::io;
use std::path::Path;

use super::session::Session;
use crate::atomic::{Mode, PlaceError};
use crate::plan::{Overlay, Plan, Script};

/// Writes all sources, before the first compilation reads one, and the scripts that it starts.
pub(super) fn write_sources(plan: &Plan, session: &Session) -> Result<(), PlaceError> {
    let mut sources = plan.sources.iter();
    sources.try_for_each(|source| write(&session.path(&source.file), &source.text))?;
    let folder = session.path(&Script::folder());
    plan.scripts().into_iter().try_for_each(|script| {
        let file = folder.join(&script.name);
        write(&file, &script.text())?;
        Mode::Executable.set(&file).map_err(|error| PlaceError::Io {
            action: "make executable",
            path: file,
            error,
        })
    })
}

/// Writes the file that tells go where the sources of one compilation lie.
pub(super) fn write_overlay(overlay: &Overlay, session: &Session) -> Result<(), PlaceError> {
    let file = session.path(&overlay.file);
    match overlay.text(|place| session.path(place)) {
        Some(text) => write(&file, &text),
        None => Err(PlaceError::Io {
            action: "tell go of the file",
            path: file,
            error: io::Error::new(io::ErrorKind::InvalidData, "the path is not UTF-8"),
        }),
    }
}

fn write(file: &Path, text: &str) -> Result<(), PlaceError> {
    let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder.and_then(|()| fs::write(file, text));
    written.map_err(|error| PlaceError::Io {
        action: "write",
        path: file.to_owned(),
        error,
    })
}
