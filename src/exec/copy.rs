//! Copies the sources, so that a second build sees others in name, in time and in mode.
//!
//! Every file gets the time of the copy, and rights for nobody else where others had some, or for all
//! where nobody had any: as another umask would have left them. Whether it may be started stays.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::event::{Done, End, StepFailure};
use super::session::Session;
use crate::plan::CopySources;
use crate::process::Cancel;

pub(super) fn copy_sources(step: &CopySources, session: &Session, cancel: &Cancel) -> End {
    match copy_all(step, session, cancel) {
        Ok((Progress::Whole, files)) => End::Done(Done::Copied { files }),
        Ok((Progress::Stopped, _)) => End::Stopped,
        Err((path, error)) => End::Failed(Box::new(StepFailure::Copy { path, error })),
    }
}

fn copy_all(
    step: &CopySources,
    session: &Session,
    cancel: &Cancel,
) -> Result<(Progress, usize), (PathBuf, io::Error)> {
    // The output folder is known by its path, which has to be the same however it is reached.
    let real = |path: PathBuf| fs::canonicalize(&path).map_err(|error| (path, error));
    let mut copying = Copying {
        left_out: &real(session.out.path().to_owned())?,
        cancel,
        files: 0,
    };
    for folder in &step.folders {
        let (from, to) = (real(session.path(&folder.from))?, session.path(&folder.to));
        fs::create_dir_all(&to).map_err(|error| (to.clone(), error))?;
        if copying.folder(&from, &to)? == Progress::Stopped {
            return Ok((Progress::Stopped, copying.files));
        }
    }
    Ok((Progress::Whole, copying.files))
}

/// How far a copy got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Whole,
    Stopped,
}

/// What can't be copied, and why.
type Copied = Result<Progress, (PathBuf, io::Error)>;

struct Copying<'a> {
    /// The output folder, which the copy lies in.
    left_out: &'a Path,
    cancel: &'a Cancel,
    files: usize,
}

impl Copying<'_> {
    /// Copies what is in a folder into one that is there.
    fn folder(&mut self, from: &Path, to: &Path) -> Copied {
        let named = |path: &Path| {
            let path = path.to_owned();
            move |error| (path, error)
        };
        for entry in fs::read_dir(from).map_err(named(from))? {
            if self.cancel.reason().is_some() {
                return Ok(Progress::Stopped);
            }
            let entry = entry.map_err(named(from))?;
            let (path, target) = (entry.path(), to.join(entry.file_name()));
            let kind = entry.file_type().map_err(named(&path))?;
            if kind.is_dir() {
                if self.copy_folder(&path, &target)? == Progress::Stopped {
                    return Ok(Progress::Stopped);
                }
            } else if kind.is_symlink() {
                copy_link(&path, &target).map_err(named(&path))?;
            } else if kind.is_file() {
                fs::copy(&path, &target)
                    .and_then(|_| as_with_another_umask(&path, &target))
                    .map_err(named(&path))?;
                self.files += 1;
            }
            // Sockets, pipes and devices have no bytes that go could read.
        }
        Ok(Progress::Whole)
    }

    fn copy_folder(&mut self, from: &Path, to: &Path) -> Copied {
        if from == self.left_out {
            return Ok(Progress::Whole);
        }
        fs::create_dir_all(to).map_err(|error| (to.to_owned(), error))?;
        let borrowed = from.file_name() == Some(OsStr::new("objects"))
            && from.parent().and_then(Path::file_name) == Some(OsStr::new(".git"))
            && borrow_objects(from, to).map_err(|error| (to.to_owned(), error))?;
        if borrowed {
            return Ok(Progress::Whole);
        }
        let copied = self.folder(from, to)?;
        // Last, since a folder may be one that can't be written into.
        as_with_another_umask(from, to).map_err(|error| (to.to_owned(), error))?;
        Ok(copied)
    }
}

/// Has git read the objects of a repository where they are: they may be many, and never change. Not where
/// git couldn't read the path.
///
/// Source: `objects/info/alternates` in gitrepository-layout(5).
fn borrow_objects(from: &Path, to: &Path) -> io::Result<bool> {
    let Some(path) = from.to_str() else {
        return Ok(false);
    };
    if path.contains(['\n', '"']) {
        return Ok(false);
    }
    fs::create_dir_all(to.join("info"))?;
    fs::write(to.join("info/alternates"), format!("{path}\n"))?;
    Ok(true)
}

#[cfg(unix)]
fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

#[cfg(windows)]
fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    let target = fs::read_link(from)?;
    if from.is_dir() {
        std::os::windows::fs::symlink_dir(target, to)
    } else {
        std::os::windows::fs::symlink_file(target, to)
    }
}

/// Gives a copy the rights that it would have with another umask. Its owner may read and write.
#[cfg(unix)]
fn as_with_another_umask(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    const OTHERS: u32 = 0o077;
    const START: u32 = 0o100;
    const READ_AND_WRITE: u32 = 0o600;
    let mode = fs::symlink_metadata(from)?.permissions().mode();
    let owner = (mode & START) | READ_AND_WRITE;
    let others = if mode & OTHERS == 0 {
        // What its owner may read and start, all may.
        let readable = owner & 0o500;
        readable >> 3 | readable >> 6
    } else {
        0
    };
    fs::set_permissions(to, fs::Permissions::from_mode(owner | others))
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "other systems have rights that can't be set"
)]
fn as_with_another_umask(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn file(path: &Path, mode: u32) {
        fs::write(path, "text").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_copy_has_other_rights_and_the_same_links_and_lacks_the_output_folder() {
        let temporary = tempfile::tempdir().unwrap();
        let (from, to) = (temporary.path().join("from"), temporary.path().join("to"));
        for folder in ["dist", "sub"] {
            fs::create_dir_all(from.join(folder)).unwrap();
        }
        fs::create_dir(&to).unwrap();
        file(&from.join("shared"), 0o644);
        file(&from.join("program"), 0o755);
        file(&from.join("private"), 0o600);
        file(&from.join("sub/read-only"), 0o444);
        file(&from.join("dist/artifact"), 0o644);
        symlink("../elsewhere", from.join("sub/link")).unwrap();
        let cancel = Cancel::default();
        let mut copying = Copying {
            left_out: &from.join("dist"),
            cancel: &cancel,
            files: 0,
        };
        assert!(copying.folder(&from, &to).unwrap() == Progress::Whole);
        assert_eq!(copying.files, 4);
        assert_eq!(mode(&to.join("shared")), 0o600);
        assert_eq!(mode(&to.join("program")), 0o700);
        assert_eq!(mode(&to.join("private")), 0o644);
        assert_eq!(mode(&to.join("sub/read-only")), 0o600);
        assert!(!to.join("dist").exists());
        let link = fs::read_link(to.join("sub/link")).unwrap();
        assert_eq!(link, Path::new("../elsewhere"));
        assert_eq!(fs::read(to.join("sub/read-only")).unwrap(), b"text");
    }

    #[test]
    fn the_objects_of_a_repository_are_read_where_they_are() {
        let temporary = tempfile::tempdir().unwrap();
        let (from, to) = (temporary.path().join("from"), temporary.path().join("to"));
        fs::create_dir_all(from.join(".git/objects/ab")).unwrap();
        fs::create_dir_all(from.join("objects")).unwrap();
        fs::create_dir(&to).unwrap();
        file(&from.join(".git/objects/ab/cd"), 0o444);
        file(&from.join("objects/own"), 0o644);
        let cancel = Cancel::default();
        let mut copying = Copying {
            left_out: Path::new("/nowhere"),
            cancel: &cancel,
            files: 0,
        };
        assert!(copying.folder(&from, &to).unwrap() == Progress::Whole);
        assert!(!to.join(".git/objects/ab").exists());
        let read = fs::read_to_string(to.join(".git/objects/info/alternates")).unwrap();
        assert_eq!(read.trim_end(), from.join(".git/objects").to_str().unwrap());
        assert!(to.join("objects/own").is_file());
    }
}
