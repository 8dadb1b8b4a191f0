//! Folders that a run holds as long as it lives: what a run that was killed has left is held by nobody.

use std::fs;
#[cfg(unix)]
use std::fs::File;
use std::io;
use std::path::Path;

/// What tells others on this machine that a folder is somebody's; it goes with this value, at the latest with the
/// process. File systems of a network don't hand on locks of folders.
#[derive(Debug)]
pub struct Hold {
    #[cfg(unix)]
    _file: File,
}

impl Hold {
    /// Waits for the folder.
    #[cfg(unix)]
    fn of(folder: &Path) -> io::Result<Self> {
        let file = File::open(folder)?;
        file.lock()?;
        Ok(Self { _file: file })
    }

    /// Other systems open no folders: there nobody removes what others may have.
    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "other systems may refuse it")]
    fn of(_folder: &Path) -> io::Result<Self> {
        Ok(Self {})
    }
}

/// Makes a folder, and holds it.
///
/// # Errors
/// When the system refuses either.
pub fn make_held<T: AsRef<Path>>(make: impl Fn() -> io::Result<T>) -> io::Result<(T, Hold)> {
    // Before it is held somebody may take it for one that was left.
    const TRIES: usize = 3;
    for _ in 0..TRIES {
        let folder = make()?;
        match Hold::of(folder.as_ref()) {
            Ok(hold) if folder.as_ref().exists() => return Ok((folder, hold)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("others remove it all the time"))
}

/// Removes a folder that nobody holds; with what is in it, if `remove` does.
#[cfg(unix)]
pub fn remove_left(folder: &Path, remove: impl FnOnce(&Path) -> io::Result<()>) {
    // What can't be removed is another user's, or in use all the same.
    if let Ok(file) = File::open(folder)
        && file.try_lock().is_ok()
    {
        let _ = remove(folder);
    }
}

/// Other systems don't tell what is held.
#[cfg(not(unix))]
pub fn remove_left(_folder: &Path, _remove: impl FnOnce(&Path) -> io::Result<()>) {}

/// The folders in this one whose names are such.
pub fn folders_named(folder: &Path, is_such: impl Fn(&str) -> bool) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| {
        // A link is none.
        entry.file_type().is_ok_and(|kind| kind.is_dir())
            && entry.file_name().to_str().is_some_and(&is_such)
    });
    folders.map(|entry| entry.path()).collect()
}
