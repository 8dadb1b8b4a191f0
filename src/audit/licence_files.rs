//! Reads the files of a module that say what its licence is.

use std::path::Path;

use super::licence::{Licence, is_licence_file};

/// More bytes than the text of a licence has.
const LONGEST_LICENCE: u64 = 256 * 1024;

/// What the licence files in a folder say; those of the folders in it don't count.
#[must_use]
pub fn licence_in(dir: &Path) -> Licence {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Licence::NotRead;
    };
    let mut texts = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_small = entry
            .metadata()
            .is_ok_and(|it| it.is_file() && it.len() <= LONGEST_LICENCE);
        if is_small && is_licence_file(&name.to_string_lossy()) {
            let bytes = std::fs::read(entry.path()).unwrap_or_default();
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Licence::of(texts.iter().map(String::as_str))
}
