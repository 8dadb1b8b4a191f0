//! Folders for temporary files. What a run that was killed has left of them, the next one removes.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Once;

use tempfile::TempDir;

use crate::atomic::held::{Hold, folders_named, make_held, remove_left};

/// How the names of all of them start; the machine follows, and a word of letters and digits that no other one
/// has.
const NAME: &str = "gobuildx-run-";
const RANDOM: usize = 6;
/// Where the kernel has a random number, another one for each of its starts.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

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
        let machine = machine();
        if let Some(machine) = &machine {
            SWEPT.call_once(|| sweep(&all, machine));
        }
        Self::make_in(&all, machine.as_deref())
    }

    fn make_in(all: &Path, machine: Option<&str>) -> io::Result<Self> {
        let prefix = machine.map_or_else(|| NAME.to_owned(), prefix);
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).rand_bytes(RANDOM);
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
        let word = name.rsplit('-').next();
        word.unwrap_or(&name).to_owned()
    }
}

/// What this machine is called among those that may share the folder for temporary files, as they do over a
/// network; none where nothing tells them apart. One that was started anew is another.
fn machine() -> Option<String> {
    let id = fs::read_to_string(BOOT_ID).ok()?;
    let start = id.split('-').next()?;
    let is_word = !start.is_empty() && start.chars().all(|c| c.is_ascii_alphanumeric());
    is_word.then(|| start.to_owned())
}

/// How the names start of the folders of a machine's runs.
fn prefix(machine: &str) -> String {
    format!("{NAME}{machine}-")
}

/// Removes the folders of this user's runs that were killed on this machine: who holds a folder on another one
/// doesn't show.
fn sweep(all: &Path, machine: &str) {
    let prefix = prefix(machine);
    for folder in folders_named(all, |name| is_of_a_run(name, &prefix)) {
        if is_own(&folder) {
            remove_left(&folder, |folder| fs::remove_dir_all(folder));
        }
    }
}

fn is_of_a_run(name: &str, prefix: &str) -> bool {
    let word = name.strip_prefix(prefix);
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

    const MACHINE: &str = "0f1e2d3c";

    #[test]
    fn folders_that_nobody_holds_anymore_are_removed_and_no_others() {
        let all = tempfile::tempdir().unwrap();
        let [left, others, longer, of_another, of_any] = [
            "gobuildx-run-0f1e2d3c-a1B2c3",
            "gobuildx-data-0f1e2d3c-a1B2c3",
            "gobuildx-run-0f1e2d3c-a1B2c3d",
            "gobuildx-run-3c2d1e0f-a1B2c3",
            "gobuildx-run-a1B2c3",
        ]
        .map(|name| all.path().join(name));
        for folder in [&left, &others, &longer, &of_another, &of_any] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("file"), "").unwrap();
        }
        let elsewhere = all.path().join("gobuildx-run-0f1e2d3c-linked");
        std::os::unix::fs::symlink(&others, &elsewhere).unwrap();
        let held = OwnFolder::make_in(all.path(), Some(MACHINE)).unwrap();
        sweep(all.path(), MACHINE);
        assert!(!left.exists());
        let file = others.join("file");
        for folder in [&file, &longer, &of_another, &of_any, &elsewhere] {
            assert!(folder.exists(), "{}", folder.display());
        }
        assert!(held.path().exists());
        let path = held.path().to_owned();
        let name = format!("gobuildx-run-0f1e2d3c-{}", held.word());
        assert_eq!(path, all.path().join(name));
        drop(held);
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_has_a_word_of_its_own_whether_the_machine_has_a_name_or_not() {
        let all = tempfile::tempdir().unwrap();
        for machine in [Some(MACHINE), None] {
            let word = OwnFolder::make_in(all.path(), machine).unwrap().word();
            assert_eq!(word.len(), RANDOM, "{word}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_machine_has_the_same_name_for_all_its_runs() {
        let name = machine().unwrap();
        assert_eq!(name.len(), 8, "{name}");
        assert_eq!(machine(), Some(name));
    }
}
