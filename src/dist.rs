//! The output folder: whose it is, who works in it now, and what lies in it from earlier runs.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::atomic::{LockError, Mode, OutputFolder, OutputLock, PlaceError};
use crate::digest::hex;
use crate::failure::{Exit, Failure};
use crate::ledger::snapshot;
use crate::plan::ArtifactPath;
use crate::process::Cancel;

/// What is gobuildx's own in the output folder: its presence marks the folder as ours.
const PRIVATE: &str = ".gobuildx";
/// The artifacts that were put into the folder, a path a line.
const PLACED: &str = ".gobuildx/placed";
/// The files of a release that were put into the folder, a path a line.
const RELEASED: &str = ".gobuildx/released";
/// Files that describe the folder as a whole.
pub const RECORDS: &[&str] = &[
    "artifacts.json",
    "checksums.txt",
    "metadata.json",
    "release.json",
    "report.html",
    "report.json",
];

/// The file in an output folder by which git ignores all that is in it.
pub const IGNORING: &str = ".gitignore";

/// Whether gobuildx has made a folder to put artifacts there, in whatever run.
#[must_use]
pub fn is_output_folder(folder: &Path) -> bool {
    folder.join(PRIVATE).is_dir()
}

/// The folder that a user names in `cwd`, without `..` in its path: each output folder has one name.
#[must_use]
pub fn named(cwd: &Path, folder: &Path) -> PathBuf {
    let mut path = PathBuf::new();
    for component in cwd.join(folder).components() {
        if component == Component::ParentDir {
            // What is above a link is above what it leads to.
            path = fs::canonicalize(&path).unwrap_or(path);
            path.pop();
        } else {
            path.push(component);
        }
    }
    path
}

/// An output folder that this run alone works in.
#[derive(Debug)]
pub struct Dist {
    folder: OutputFolder,
    work: TempDir,
    temporary: TempDir,
    lock: Arc<OutputLock>,
    order: Order,
}

/// Who had the folder before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Nobody who still ran.
    First,
    /// Another run, for whose end this one waited.
    Behind,
}

impl Dist {
    /// Takes the folder for this run. `on_wait` is called once if another run has it.
    ///
    /// The first thing that is made is the private folder, so that a run that ends right there
    /// leaves a folder that is known as gobuildx's own. The first file is a `.gitignore`: else the
    /// first artifact would make the tree dirty, and what is built after it would be stamped so.
    ///
    /// # Errors
    /// When the folder has files that are not gobuildx's, or can't be written to.
    pub fn open(path: &Path, on_wait: impl FnOnce(), cancel: &Cancel) -> Result<Self, DistError> {
        let folder = OutputFolder::create(path)?;
        if is_foreign(path)? {
            return Err(DistError::Foreign(path.to_owned()));
        }
        let private = folder.create_dir(PRIVATE)?;
        if !path.join(IGNORING).exists() {
            folder.write(IGNORING, b"*\n", Mode::Record)?;
        }
        let mut order = Order::First;
        let on_wait = || {
            order = Order::Behind;
            on_wait();
        };
        let lock = OutputLock::acquire(&private.join("lock"), on_wait, cancel)?;
        remove_leftovers(&private);
        let work = tempfile::Builder::new()
            .prefix("work.")
            .tempdir_in(&private)
            .map_err(|error| DistError::Work {
                folder: private,
                error,
            })?;
        let temporary = temporary_folder(folder.path())?;
        Ok(Self {
            folder,
            work,
            temporary,
            lock: Arc::new(lock),
            order,
        })
    }

    /// Whether it had to wait for another run.
    #[must_use]
    pub fn order(&self) -> Order {
        self.order
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &OutputFolder {
        &self.folder
    }

    /// What keeps other runs out of the folder.
    #[must_use]
    pub fn lock(&self) -> &Arc<OutputLock> {
        &self.lock
    }

    /// The folder for intermediate files; it is gone when the run ends.
    #[must_use]
    pub fn work(&self) -> &Path {
        self.work.path()
    }

    /// The folder for temporary files, outside of the sources; it is gone when the run ends.
    #[must_use]
    pub fn temporary(&self) -> &Path {
        self.temporary.path()
    }

    /// Prepares for artifacts: while they are made, no record claims to describe the folder.
    ///
    /// # Errors
    /// When something can't be removed or written.
    pub fn begin(&self, artifacts: &[ArtifactPath]) -> Result<(), DistError> {
        for record in RECORDS {
            remove_file(&self.folder.path().join(record))?;
        }
        let snapshot = self.folder.path().join(snapshot::FILE);
        // Nothing else than a file is taken for one.
        if !snapshot.is_dir() {
            remove_file(&snapshot)?;
        }
        self.withdraw()?;
        let mut placed = self.placed()?;
        placed.extend(artifacts.iter().map(ToString::to_string));
        self.write_placed(&placed)
    }

    /// Leaves only these artifacts of all that this and earlier runs made, and returns the others.
    ///
    /// # Errors
    /// When something can't be removed or written.
    pub fn keep_only(&self, kept: &BTreeSet<ArtifactPath>) -> Result<Vec<String>, DistError> {
        let mut removed = Vec::new();
        let kept: BTreeSet<String> = kept.iter().map(ToString::to_string).collect();
        for path in self.placed()?.difference(&kept) {
            let Some(file) = self.inside(path) else {
                continue;
            };
            if remove_file(&file)? == Removal::Done {
                removed.push(path.clone());
            }
            if let Some(folder) = file.parent() {
                // Somebody may have put a file of their own beside the artifact.
                let _ = fs::remove_dir(folder);
            }
        }
        self.write_placed(&kept)?;
        Ok(removed)
    }

    /// Notes that these files of a release are going to lie in the folder, until the next run begins. A path with `/` at
    /// its end is a folder, with all that is in it.
    ///
    /// # Errors
    /// When the list can't be written.
    pub fn announce(&self, files: &BTreeSet<String>) -> Result<(), DistError> {
        let mut all = self.listed(RELEASED)?;
        all.extend(files.iter().cloned());
        self.write_list(RELEASED, &all)
    }

    /// Removes the files of the last release, also of one that was made in part.
    ///
    /// # Errors
    /// When something can't be removed or written.
    pub fn withdraw(&self) -> Result<(), DistError> {
        let released = self.listed(RELEASED)?;
        if released.is_empty() {
            return Ok(());
        }
        for path in released {
            let Some(file) = self.below(path.trim_end_matches('/')) else {
                continue;
            };
            if path.ends_with('/') {
                // All of it was put there; what can't be removed is overwritten.
                let _ = fs::remove_dir_all(&file);
            } else if !file.is_dir() || file.is_symlink() {
                remove_file(&file)?;
            }
            let folders = file.ancestors().skip(1);
            for folder in folders.take_while(|folder| *folder != self.folder.path()) {
                // Somebody may have put a file of their own there.
                let _ = fs::remove_dir(folder);
            }
        }
        self.write_list(RELEASED, &BTreeSet::new())
    }

    /// A path of the list of a release, if it stays in the folder and follows no link.
    fn below(&self, path: &str) -> Option<PathBuf> {
        let plain = |name: &str| !name.is_empty() && name != ".." && name != ".";
        let mut folder = self.folder.path().to_owned();
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        if path.starts_with(PRIVATE) || !path.split('/').all(plain) {
            return None;
        }
        for part in above.split('/').filter(|part| !part.is_empty()) {
            folder.push(part);
            let is_folder = fs::symlink_metadata(&folder).is_ok_and(|meta| meta.is_dir());
            if !is_folder {
                return None;
            }
        }
        Some(folder.join(name))
    }

    fn placed(&self) -> Result<BTreeSet<String>, DistError> {
        self.listed(PLACED)
    }

    /// The paths of a list, none where it isn't there.
    fn listed(&self, list: &str) -> Result<BTreeSet<String>, DistError> {
        let path = self.folder.path().join(list);
        // Anything else than a file, such as a pipe, was not put there by gobuildx.
        let is_file = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file());
        if !is_file {
            return Ok(BTreeSet::new());
        }
        match fs::read_to_string(&path) {
            Ok(text) => {
                let lines = text.lines().filter(|line| !line.is_empty());
                Ok(lines.map(str::to_owned).collect())
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(DistError::List { path, error }),
        }
    }

    fn write_placed(&self, paths: &BTreeSet<String>) -> Result<(), DistError> {
        self.write_list(PLACED, paths)
    }

    fn write_list(&self, list: &str, paths: &BTreeSet<String>) -> Result<(), DistError> {
        let lines: Vec<&str> = paths.iter().map(String::as_str).collect();
        let text = lines.join("\n");
        self.folder.write(list, text.as_bytes(), Mode::Record)?;
        Ok(())
    }

    /// A path of the list, if it has the form of an artifact's and follows no link.
    fn inside(&self, path: &str) -> Option<PathBuf> {
        let (folder, file) = path.split_once('/')?;
        let plain = |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains('/');
        let parent = self.folder.path().join(folder);
        let real = fs::symlink_metadata(&parent).is_ok_and(|meta| meta.is_dir());
        (plain(folder) && plain(file) && real).then(|| parent.join(file))
    }
}

/// Whether there was something to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Removal {
    Done,
    NothingThere,
}

/// Removes a file that may be gone already.
fn remove_file(path: &Path) -> Result<Removal, DistError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(Removal::Done),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Removal::NothingThere),
        Err(error) => Err(DistError::Remove {
            path: path.to_owned(),
            error,
        }),
    }
}

/// Whether the folder has content and was not made by gobuildx.
///
/// The content is looked at first: another run may be making the folder at this moment, and its
/// private folder comes before all else.
fn is_foreign(path: &Path) -> Result<bool, DistError> {
    let has_content = fs::read_dir(path)
        .map_err(|error| DistError::Read {
            path: path.to_owned(),
            error,
        })?
        .next()
        .is_some();
    Ok(has_content && !is_output_folder(path))
}

/// Removes what a run that was killed has left. Failing is harmless: this run has its own folder.
///
/// A go that outlived such a run ends at the next package that it names, since nobody reads its
/// stderr any more. Until then it writes to its own folder here, and disturbs nobody.
fn remove_leftovers(private: &Path) {
    let _ = fs::remove_dir_all(private.join("rejected"));
    let Ok(entries) = fs::read_dir(private) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with("work.") {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The folder for temporary files of a run; what a run that was killed has left of them is removed.
///
/// Its name tells the output folder, in which no other run works now.
fn temporary_folder(out: &Path) -> Result<TempDir, DistError> {
    let all = tempfile::env::temp_dir();
    temporary_folder_in(&all, out).map_err(|error| DistError::Temporary { all, error })
}

fn temporary_folder_in(all: &Path, out: &Path) -> io::Result<TempDir> {
    let out = fs::canonicalize(out)?;
    let digest = hex(&Sha256::digest(out.as_os_str().as_encoded_bytes()));
    let prefix = format!("gobuildx-{}.", digest.get(..16).unwrap_or(&digest));
    for entry in fs::read_dir(all)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            // Failing is harmless: this run has its own folder.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    tempfile::Builder::new().prefix(&prefix).tempdir_in(all)
}

/// Why the output folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DistError {
    /// Something that gobuildx didn't make.
    #[error("failed to use `{}` as the output folder: it has files that gobuildx didn't make", .0.display())]
    Foreign(PathBuf),
    /// It was removed while the run went on.
    #[error("failed to keep `{}` as the output folder: something removed it during the run", .0.display())]
    Gone(PathBuf),
    /// A file or folder can't be written.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The lock can't be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// It can't be seen what is in the folder.
    #[error("failed to read the folder `{}`: {error}", .path.display())]
    Read {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// No room for intermediate files.
    #[error("failed to create a folder for intermediate files in `{}`: {error}", .folder.display())]
    Work {
        /// Where it should be.
        folder: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// No room for temporary files.
    #[error("failed to create a folder for temporary files in `{}`: {error}", .all.display())]
    Temporary {
        /// Where it should be.
        all: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The list of artifacts can't be read.
    #[error("failed to read `{}`: {error}", .path.display())]
    List {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Something can't be removed.
    #[error("failed to remove `{}`: {error}", .path.display())]
    Remove {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

impl Failure for DistError {
    fn exit(&self) -> Exit {
        match self {
            Self::Lock(error) => error.exit(),
            Self::Gone(_) => Exit::Failed,
            _ => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Foreign(_) => {
                Some("name another folder with --out, or empty this one".to_owned())
            }
            Self::Gone(_) => Some("run it again, and leave the folder alone meanwhile".to_owned()),
            Self::Temporary { .. } => Some(
                "set TMPDIR to a folder that is there, may be written to and has room".to_owned(),
            ),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path) -> Result<Dist, DistError> {
        Dist::open(path, || (), &Cancel::new())
    }

    #[test]
    fn git_ignores_the_folder_from_the_first_moment() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("dist");
        let dist = open(&path).unwrap();
        assert_eq!(fs::read_to_string(path.join(".gitignore")).unwrap(), "*\n");
        let work = dist.work().to_owned();
        drop(dist);
        assert!(!work.exists());
    }

    #[test]
    fn no_record_outlives_what_it_describes() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("dist");
        let dist = open(&path).unwrap();
        for record in RECORDS {
            fs::write(path.join(record), "of an earlier run").unwrap();
        }
        dist.begin(&[]).unwrap();
        for record in RECORDS {
            assert!(!path.join(record).exists(), "{record}");
        }
    }

    #[test]
    fn a_folder_with_other_files_is_refused_and_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("main.go"), "package main").unwrap();
        assert!(matches!(open(temp.path()), Err(DistError::Foreign(_))));
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_run_left_is_removed() {
        let temp = tempfile::tempdir().unwrap();
        let left = temp.path().join("dist/.gobuildx/work.dead/stage");
        fs::create_dir_all(&left).unwrap();
        let _dist = open(&temp.path().join("dist")).unwrap();
        assert!(!left.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_has_one_name_however_it_is_written() {
        let temp = tempfile::tempdir().unwrap();
        let cwd = fs::canonicalize(temp.path()).unwrap();
        fs::create_dir_all(cwd.join("a/b")).unwrap();
        std::os::unix::fs::symlink("a/b", cwd.join("link")).unwrap();
        let of = |folder: &str| named(&cwd, Path::new(folder));
        for folder in [
            "out",
            "./out",
            "a/../out",
            "missing/../out",
            "a/b/../.././out",
        ] {
            assert_eq!(of(folder), cwd.join("out"), "{folder}");
        }
        assert_eq!(of("link/../out"), cwd.join("a/out"));
        assert_eq!(of("/../out"), Path::new("/out"));
    }

    #[test]
    fn a_list_that_was_tampered_with_removes_nothing_else() {
        let temp = tempfile::tempdir().unwrap();
        let precious = temp.path().join("precious");
        fs::write(&precious, "x").unwrap();
        let path = temp.path().join("dist");
        let dist = open(&path).unwrap();
        fs::write(
            path.join(PLACED),
            "../precious\n.gobuildx/lock\n/etc/passwd\n",
        )
        .unwrap();
        dist.keep_only(&BTreeSet::new()).unwrap();
        assert!(precious.exists());
        assert!(path.join(".gobuildx/lock").exists());
    }
}
