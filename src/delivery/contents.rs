//! What is in archives of a release: no program that the records don't know.

use std::collections::BTreeSet;
use std::path::Path;

use super::stray::{Stray, of_bytes};
use super::{Fault, FaultKind};
use crate::archive::{Format, Limits, look};
use crate::digest::Sha256Hex;

/// The programs in archives that are none of those that are known by their digests, and archives that can't be read.
pub(super) fn contents<'a>(
    folder: &Path,
    archives: impl Iterator<Item = &'a str>,
    known: &BTreeSet<&Sha256Hex>,
) -> Vec<Fault> {
    archives
        .flat_map(|archive| of_archive(folder, archive, known))
        .collect()
}

fn of_archive(folder: &Path, archive: &str, known: &BTreeSet<&Sha256Hex>) -> Vec<Fault> {
    let fault = |kind| Fault {
        path: archive.to_owned(),
        kind,
    };
    let path = folder.join(archive);
    let Some(format) = Format::of(&path) else {
        let why = "its name isn't that of an archive".to_owned();
        return vec![fault(FaultKind::Unreadable(why))];
    };
    match look(format, &path, Limits::default()) {
        Ok(contents) => contents
            .into_iter()
            .filter(|content| of_bytes(&content.head) == Stray::Deliverable)
            .filter(|content| !known.contains(&content.sha256))
            .map(|content| fault(FaultKind::Contained(content.path.to_string())))
            .collect(),
        Err(error) => vec![fault(FaultKind::Unreadable(error.reason.to_string()))],
    }
}
