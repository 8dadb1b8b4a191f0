//! Reads the files of a module that say what its licence is.

use std::fs::DirEntry;
use std::path::Path;

use super::licence::{Licence, is_licence_file, named_after_its_licence};

/// More bytes than the text of a licence has.
const LONGEST_LICENCE: u64 = 256 * 1024;

/// The folder in which REUSE has a file for each licence.
const REUSE: &str = "LICENSES";

/// What the licence files in a folder say, and those that REUSE has below it; those of other folders in it don't count.
#[must_use]
pub fn licence_in(dir: &Path) -> Licence {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Licence::NotRead;
    };
    let mut texts = Vec::new();
    for entry in entries.flatten() {
        if is_licence_file(&entry.file_name().to_string_lossy()) {
            texts.extend(text(&entry));
        }
    }
    let reuse = std::fs::read_dir(dir.join(REUSE)).into_iter().flatten();
    for entry in reuse.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let (Some(stem), Some(text)) = (name.strip_suffix(".txt"), text(&entry)) {
            texts.push(named_after_its_licence(stem, &text));
        }
    }
    Licence::of(texts.iter().map(String::as_str))
}

/// The text of a file that isn't too large for a licence.
fn text(entry: &DirEntry) -> Option<String> {
    let metadata = entry.metadata().ok()?;
    let is_small = metadata.is_file() && metadata.len() <= LONGEST_LICENCE;
    is_small.then(|| {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn licences_are_read_where_reuse_has_them() {
        let temp = tempfile::tempdir().unwrap();
        assert_eq!(licence_in(temp.path()), Licence::Missing);
        let folder = temp.path().join(REUSE);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("GPL-3.0-or-later.txt"), "GNU GENERAL …").unwrap();
        fs::write(folder.join("README"), "no licence").unwrap();
        assert_eq!(licence_in(temp.path()), Licence::Known(vec!["GPL-3.0"]));
        fs::write(folder.join("LicenseRef-own.txt"), "ours").unwrap();
        assert_eq!(licence_in(temp.path()).to_string(), "GPL-3.0 AND unknown");
    }
}
