//! Every file below a folder, by its true path: names may be no text, and folders as deep as one likes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What is found below a folder.
#[derive(Debug)]
pub(super) enum Found {
    /// A file or a link, which is not followed.
    File,
    /// A folder that can't be looked into.
    Closed(io::Error),
}

/// Tells of everything below a folder, with paths relative to it, but not of what lies in the folders
/// that are left out.
pub(super) fn walk(
    root: &Path,
    is_left_out: impl Fn(&Path) -> bool,
    tell: &mut impl FnMut(&Path, Found),
) {
    let mut folders = vec![PathBuf::new()];
    // A list and no recursion: a folder that is made to be deep must not use up the stack.
    while let Some(below) = folders.pop() {
        let entries = match fs::read_dir(root.join(&below)) {
            Ok(entries) => entries,
            Err(error) => {
                tell(&below, Found::Closed(error));
                continue;
            }
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    tell(&below, Found::Closed(error));
                    break;
                }
            };
            let path = below.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && is_left_out(&path) => {}
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(_) | Err(_) => tell(&path, Found::File),
            }
        }
    }
}
