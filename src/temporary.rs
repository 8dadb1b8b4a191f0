//! Folders for temporary files. What a run that was killed has left of them, the next one removes.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Once;

use tempfile::TempDir;

use crate::atomic::held::{Hold, folders_named, make_held, remove_left};

/// How the names of all of them start; a word of letters and digits follows that no other one has.
const NAME: &str = "gobuildx-run-";
const RANDOM: usize = 6;

/// A folder that goes with this value.
#[derive(Debug)]
pub struct OwnFolder {
    folder: TempDir,
    /// Others leave it alone until it is gone.
    _hold: Hold,
}

impl OwnFolder {
    /// Makes one among the system's temporary files.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn make() -> io::Result<Self> {
        static SWEPT: Once = Once::new();
        let all = tempfile::env::temp_dir();
        SWEPT.call_once(|| sweep(&all));
        Self::make_in(&all)
    }

    fn make_in(all: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(NAME).rand_bytes(RANDOM);
        let (folder, hold) = make_held(|| builder.tempdir_in(all))?;
        Ok(Self {
            folder,
            _hold: hold,
        })
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The word that no other one has.
    #[must_use]
    pub fn word(&self) -> String {
        let name = self.path().file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        name.strip_prefix(NAME).unwrap_or(&name).to_owned()
    }
}

/// Removes the folders of this user's runs that were killed.
fn sweep(all: &Path) {
    for folder in folders_named(all, is_of_a_run) {
        if is_own(&folder) {
            remove_left(&folder, |folder| fs::remove_dir_all(folder));
        }
    }
}

fn is_of_a_run(name: &str) -> bool {
    let word = name.strip_prefix(NAME);
    word.is_some_and(|word| word.len() == RANDOM && word.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Whether this user has made it: anybody may make folders among the temporary files.
#[cfg(unix)]
fn is_own(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let own = rustix::process::geteuid().as_raw();
    let metadata = folder.symlink_metadata();
    metadata.is_ok_and(|metadata| metadata.uid() == own)
}

#[cfg(not(unix))]
fn is_own(_folder: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn folders_that_nobody_holds_anymore_are_removed_and_no_others() {
        let all = tempfile::tempdir().unwrap();
        let [left, others, longer] = [
            "gobuildx-run-a1B2c3",
            "gobuildx-data-a1B2c3",
            "gobuildx-run-a1B2c3d",
        ]
        .map(|name| all.path().join(name));
        for folder in [&left, &others, &longer] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("file"), "").unwrap();
        }
        let elsewhere = all.path().join("gobuildx-run-linked");
        std::os::unix::fs::symlink(&others, &elsewhere).unwrap();
        let held = OwnFolder::make_in(all.path()).unwrap();
        sweep(all.path());
        assert!(!left.exists());
        for folder in [&others.join("file"), &longer, &elsewhere, held.path()] {
            assert!(folder.exists(), "{}", folder.display());
        }
        let path = held.path().to_owned();
        assert_eq!(path, all.path().join(format!("{NAME}{}", held.word())));
        drop(held);
        assert!(!path.exists());
    }
}
