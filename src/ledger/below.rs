//! What lies below a folder, where any of it may be read: files, also those behind links, and folders.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::sources::relative;
use crate::dist;

/// How much may lie behind links: of more, such as the whole disk, nobody knows whether it changed.
const MOST_BEHIND_LINKS: usize = 10_000;

/// Which files of a folder are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    /// What C and its linker are told to read from elsewhere.
    OfC,
}

/// Headers, sources and libraries, by the extensions of files.
const OF_C: &[&str] = &[
    "S", "a", "c", "cc", "cpp", "cxx", "def", "dll", "dylib", "h", "hh", "hpp", "hxx", "inc",
    "inl", "ipp", "ld", "lds", "lib", "m", "map", "mm", "o", "obj", "s", "so", "tcc",
];

impl Kind {
    fn has(self, file: &Path) -> bool {
        let extension = file.extension().and_then(OsStr::to_str);
        self == Self::Any || extension.is_some_and(|extension| OF_C.contains(&extension))
    }
}

/// Folders that matter for all walks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// The manifest's folder.
    pub(super) root: &'a Path,
    /// The output folder of this run.
    pub(super) out: &'a Path,
}

/// What was found below a folder, by the names that the ledger has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) files: Vec<String>,
    /// The folders behind links: those of the tree itself are watched anyway.
    pub(super) linked: Vec<String>,
}

/// The files below a folder, but for output folders and repositories. A link to a folder is followed, and each
/// folder is read once, whatever leads to it. None where they can't be listed, or where links lead to too much.
pub(super) fn all_files(folder: &Path, kind: Kind, around: Around<'_>) -> Option<Found> {
    let mut walk = Walk {
        kind,
        around,
        seen: BTreeSet::new(),
        links: BTreeSet::new(),
        behind_links: 0,
        found: Found::default(),
    };
    walk.enter(folder, Way::Plain)?;
    // In their order, so that a folder which two of them lead to has the same name each time.
    while let Some(link) = walk.links.pop_first() {
        walk.enter(&link, Way::Linked)?;
    }
    Some(walk.found)
}

/// All folders below a folder; none where they can't be listed.
pub(super) fn all_folders(folder: &Path, around: Around<'_>) -> Option<Vec<String>> {
    let mut folders = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            let path = entry.path();
            // What lies in other output folders may be embedded like anything else.
            let is_left_out = path == around.out || entry.file_name() == ".git";
            if entry.file_type().ok()?.is_dir() && !is_left_out {
                folders.push(relative(&path, around.root)?);
                waiting.push(path);
            }
        }
    }
    Some(folders)
}

/// How a folder was come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Plain,
    /// Through a link.
    Linked,
}

struct Walk<'a> {
    kind: Kind,
    around: Around<'a>,
    /// The folders that were read, without links in their paths.
    seen: BTreeSet<PathBuf>,
    /// Links to folders that wait.
    links: BTreeSet<PathBuf>,
    /// Names that were read behind links.
    behind_links: usize,
    found: Found,
}

impl Walk<'_> {
    fn enter(&mut self, top: &Path, way: Way) -> Option<()> {
        let mut waiting = vec![(top.to_owned(), fs::canonicalize(top).ok()?)];
        while let Some((folder, real)) = waiting.pop() {
            if !self.seen.insert(real.clone()) {
                continue;
            }
            if way == Way::Linked {
                let name = relative(&folder, self.around.root)?;
                self.found.linked.push(name);
            }
            for entry in fs::read_dir(&folder).ok()? {
                let entry = entry.ok()?;
                if way == Way::Linked {
                    self.behind_links += 1;
                }
                if self.behind_links > MOST_BEHIND_LINKS {
                    return None;
                }
                if entry.file_type().ok()?.is_dir() {
                    let path = entry.path();
                    if entry.file_name() != ".git" && !self.is_output(&path) {
                        waiting.push((path, real.join(entry.file_name())));
                    }
                } else {
                    self.note(entry.path())?;
                }
            }
        }
        Some(())
    }

    /// Takes a file, or a link to go to later.
    fn note(&mut self, path: PathBuf) -> Option<()> {
        if path.is_dir() {
            if !self.is_output(&path) {
                self.links.insert(path);
            }
        } else if path.is_file() && self.kind.has(&path) {
            self.found.files.push(relative(&path, self.around.root)?);
        }
        Some(())
    }

    fn is_output(&self, folder: &Path) -> bool {
        folder == self.around.out || dist::is_output_folder(folder)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn files(root: &Path) -> Option<Found> {
        let out = root.join("dist");
        let around = Around { root, out: &out };
        let mut found = all_files(root, Kind::OfC, around)?;
        found.files.sort();
        found.linked.sort();
        Some(found)
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/one.h"), "").unwrap();
        fs::write(folder.path().join("a/b/two.h"), "").unwrap();
        fs::write(folder.path().join("a/b/text.txt"), "").unwrap();
        folder
    }

    #[test]
    fn what_a_link_leads_to_is_read_like_a_folder() {
        let (outside, root) = (folder(), tempfile::tempdir().unwrap());
        symlink(outside.path(), root.path().join("link")).unwrap();
        let found = files(root.path()).unwrap();
        assert_eq!(found.files, ["link/a/b/two.h", "link/a/one.h"]);
        assert_eq!(found.linked, ["link", "link/a", "link/a/b"]);
    }

    #[test]
    fn each_folder_is_read_once_whatever_leads_to_it() {
        let root = folder();
        symlink("..", root.path().join("a/above")).unwrap();
        symlink("a", root.path().join("again")).unwrap();
        symlink("b", root.path().join("a/c")).unwrap();
        let found = files(root.path()).unwrap();
        assert_eq!(found.files, ["a/b/two.h", "a/one.h"]);
        assert_eq!(found.linked, [""; 0]);
    }

    #[test]
    fn of_two_links_to_one_folder_always_the_same_one_names_it() {
        let (outside, root) = (folder(), tempfile::tempdir().unwrap());
        for name in ["z", "y", "x"] {
            symlink(outside.path().join("a"), root.path().join(name)).unwrap();
        }
        assert_eq!(files(root.path()).unwrap().files, ["x/b/two.h", "x/one.h"]);
    }

    #[test]
    fn where_links_lead_to_too_much_nothing_is_known() {
        let (outside, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        symlink(outside.path(), root.path().join("link")).unwrap();
        for nth in 0..=MOST_BEHIND_LINKS {
            symlink("nowhere", outside.path().join(nth.to_string())).unwrap();
        }
        assert_eq!(files(root.path()), None);
        assert!(files(outside.path()).is_some(), "it isn't behind a link");
    }

    #[test]
    fn output_folders_are_left_out_under_whatever_name() {
        let root = folder();
        for (folder, mark) in [
            ("dist", "x"),
            ("other", ".gobuildx"),
            ("a/third", ".gobuildx"),
        ] {
            let folder = root.path().join(folder);
            fs::create_dir_all(folder.join(mark)).unwrap();
            fs::write(folder.join("lib.a"), "").unwrap();
        }
        symlink("other", root.path().join("link")).unwrap();
        assert_eq!(files(root.path()).unwrap().files, ["a/b/two.h", "a/one.h"]);
    }
}
