//! Which files and folders a run depended on, so that whatever changes later shows in their metadata.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::SystemTime;

use super::Digest;
use super::snapshot::{Watched, content};
use super::stamp::TICK;
use crate::dist;

/// What a run depended on.
#[derive(Clone, Debug, Default)]
pub struct Dependence {
    /// Files and folders, some of which need not be there: that is watched, too.
    pub paths: BTreeSet<PathBuf>,
    /// Folders that are watched with all folders below them, for new files.
    pub trees: BTreeSet<PathBuf>,
    /// Files that this run itself made.
    pub made: Vec<Watched>,
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
        let mut seen = BTreeSet::new();
        for tree in &self.trees {
            add_folders(tree, out, &mut seen, &mut paths)?;
        }
        paths.extend(seen);
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
        watched.extend(self.made.iter().cloned());
        Some((watched, absent))
    }

    fn unchanged(&self, path: &Path, begin: SystemTime) -> Option<Watched> {
        let watched = Watched::now(path)?;
        let was_so = |known: &Digest| content(path).is_ok_and(|now| now == *known);
        let is_same = watched.is_older_than(begin) || self.known.get(path).is_some_and(was_so);
        is_same.then_some(watched)
    }
}

/// Adds a folder with all folders below it, and all files there that go or git may read one day, though they don't
/// today. Other output folders don't count. A repository in a repository isn't understood. Links aren't followed, as go doesn't when it looks
/// for packages and files to embed: a package behind one is a tree of its own.
fn add_folders(
    tree: &Path,
    out: &Path,
    seen: &mut BTreeSet<PathBuf>,
    paths: &mut BTreeSet<PathBuf>,
) -> Option<()> {
    let mut waiting = vec![tree.to_owned()];
    while let Some(folder) = waiting.pop() {
        if !seen.insert(folder.clone()) {
            continue;
        }
        for entry in fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            let (path, kind) = (entry.path(), entry.file_type().ok()?);
            if path == out {
                continue;
            }
            if kind.is_dir()
                && dist::is_output_folder(&path)
                && let ignoring = path.join(dist::IGNORING)
                && ignoring.is_file()
            {
                // Nothing in it counts as long as git is told so.
                paths.insert(ignoring);
                continue;
            }
            if entry.file_name() == ".git" {
                if folder != tree {
                    return None;
                }
            } else if kind.is_dir() {
                waiting.push(path);
            } else if may_be_read(&path) {
                paths.insert(path);
            }
        }
    }
    Some(())
}

/// Files that decide which others count.
pub(crate) const TELLING: &[&str] = &[
    ".gitattributes",
    ".gitignore",
    "default.pgo",
    "go.mod",
    "go.sum",
    "go.work",
    "go.work.sum",
    "modules.txt",
];

/// What go compiles, by the extensions of files.
pub(crate) const COMPILED: &[&str] = &[
    "F", "S", "c", "cc", "cpp", "cxx", "f", "f90", "for", "go", "h", "hh", "hpp", "hxx", "m", "s",
    "swig", "swigcxx", "sx", "syso",
];

fn may_be_read(path: &Path) -> bool {
    let is_among = |name: Option<&OsStr>, all: &[&str]| {
        name.and_then(OsStr::to_str)
            .is_some_and(|name| all.contains(&name))
    };
    is_among(path.file_name(), TELLING) || is_among(path.extension(), COMPILED)
}
