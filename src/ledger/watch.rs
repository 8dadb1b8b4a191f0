//! Which files and folders a run depended on, so that whatever changes later shows in their metadata.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::SystemTime;

use super::Digest;
use super::snapshot::{Watched, content};
use super::stamp::TICK;

/// What a run depended on.
#[derive(Clone, Debug, Default)]
pub struct Dependence {
    /// Files and folders, some of which need not be there: that is watched, too.
    pub paths: BTreeSet<PathBuf>,
    /// Folders that are watched with all folders below them, for new files.
    pub trees: BTreeSet<PathBuf>,
    /// Files and folders that this run itself made.
    pub made: BTreeSet<PathBuf>,
    /// What is known of things that may have changed since the run began: what they held then.
    pub known: BTreeMap<PathBuf, Digest>,
}

/// What is watched, and the paths at which nothing is.
pub(super) type Watching = (Vec<Watched>, Vec<String>);

impl Dependence {
    /// All of it as it is now; none where something changed since the run began, or can't be watched.
    /// `out` is the output folder, which is left out of trees.
    #[must_use]
    pub(super) fn watch(&self, out: &Path, begin: SystemTime) -> Option<Watching> {
        let mut paths = self.paths.clone();
        for tree in &self.trees {
            add_folders(tree, out, &mut paths)?;
        }
        // What this run wrote last is not read next time if it can't change in the same tick any more.
        thread::sleep(TICK);
        let mut watched = Vec::new();
        let mut absent = Vec::new();
        for path in paths {
            match fs::metadata(&path) {
                Err(_) => absent.push(path.to_str()?.to_owned()),
                Ok(_) => watched.push(self.unchanged(&path, begin)?),
            }
        }
        for path in &self.made {
            watched.push(Watched::now(path)?);
        }
        Some((watched, absent))
    }

    fn unchanged(&self, path: &Path, begin: SystemTime) -> Option<Watched> {
        let watched = Watched::now(path)?;
        let was_so = |known: &Digest| content(path).is_ok_and(|now| now == *known);
        let is_same = watched.is_older_than(begin) || self.known.get(path).is_some_and(was_so);
        is_same.then_some(watched)
    }
}

/// Adds a folder and all below it.
fn add_folders(tree: &Path, out: &Path, folders: &mut BTreeSet<PathBuf>) -> Option<()> {
    let mut waiting = vec![tree.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            let path = entry.path();
            if entry.file_type().ok()?.is_dir() && path != out && entry.file_name() != ".git" {
                waiting.push(path);
            }
        }
        folders.insert(folder);
    }
    Some(())
}
