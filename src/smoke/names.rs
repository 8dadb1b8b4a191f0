//! What lies in a folder.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// The names in a folder, sorted.
pub(super) fn names(folder: impl AsRef<Path>) -> io::Result<BTreeSet<String>> {
    let entries = fs::read_dir(folder)?;
    entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}
