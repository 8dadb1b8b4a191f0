//! What lies in a folder.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

/// The names in a folder, sorted. They need not be text.
pub(super) fn names(folder: impl AsRef<Path>) -> io::Result<BTreeSet<OsString>> {
    let entries = fs::read_dir(folder)?;
    entries.map(|entry| Ok(entry?.file_name())).collect()
}

/// The same, as people read them.
#[cfg(target_os = "linux")]
pub(super) fn shown_names(folder: impl AsRef<Path>) -> io::Result<BTreeSet<String>> {
    let names = names(folder)?.into_iter();
    Ok(names
        .map(|name| name.to_string_lossy().into_owned())
        .collect())
}
