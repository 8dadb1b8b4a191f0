//! Puts files and folders below the output folder: whole or not at all, and nowhere else.
//!
//! A file is written beside its place and renamed to it, so that nobody ever sees half of it. Modes
//! don't depend on the umask. A symbolic link below the output folder is never followed.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::{Exit, Failure};

mod create;
pub mod held;
mod lock;

pub use create::{CreateError, create, replace, replace_private, rewrite};
pub use lock::{LockError, OutputLock};

/// Who may do what with a file, whatever the umask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// 0755: everybody may run it.
    Executable,
    /// 0644: everybody may read it.
    Record,
}

impl Mode {
    /// That of a file.
    ///
    /// # Errors
    /// What the system says.
    #[cfg(unix)]
    pub fn of(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::PermissionsExt as _;
        let is_executable = fs::metadata(path)?.permissions().mode() & 0o111 != 0;
        Ok(if is_executable {
            Self::Executable
        } else {
            Self::Record
        })
    }

    /// Other systems have no modes.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn of(_: &Path) -> io::Result<Self> {
        Ok(Self::Executable)
    }

    /// Whether a path is that of a regular file with this mode, in a folder that is no link.
    #[must_use]
    pub fn is_exactly(self, path: &Path) -> bool {
        let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|of| of.is_symlink());
        let Ok(metadata) = path.symlink_metadata() else {
            return false;
        };
        metadata.is_file()
            && has_bits(&metadata, self.bits())
            && !path.parent().is_some_and(is_link)
    }

    /// Its bits.
    #[must_use]
    pub fn bits(self) -> u32 {
        match self {
            Self::Executable => 0o755,
            Self::Record => 0o644,
        }
    }

    /// Gives a file or folder this mode, on systems that have modes.
    ///
    /// # Errors
    /// What the system says.
    #[cfg(unix)]
    pub fn set(self, path: &Path) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(self.bits()))
    }

    /// Gives a file or folder this mode, on systems that have modes.
    ///
    /// # Errors
    /// None: systems without modes can't refuse them.
    #[cfg(not(unix))]
    pub fn set(self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

/// Makes the folders that a file lies in, for a path below one that is there. Everybody may enter them, as
/// everybody may read what is in them.
///
/// # Errors
/// What the system says.
pub fn make_folders_of(root: &Path, path: &str) -> io::Result<()> {
    let mut folder = root.to_owned();
    let above = path.rsplit_once('/').map_or("", |(above, _)| above);
    for name in above.split('/').filter(|name| !name.is_empty()) {
        folder.push(name);
        if !folder.is_dir() {
            fs::create_dir(&folder)?;
            Mode::Executable.set(&folder)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn has_bits(metadata: &fs::Metadata, bits: u32) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o7777 == bits
}

/// Other systems have no modes.
#[cfg(not(unix))]
fn has_bits(_: &fs::Metadata, _: u32) -> bool {
    true
}

/// Why a file or folder wasn't put in its place. Each message is complete and names the path.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The path leads out of the output folder.
    #[error("failed to write `{}`: it lies outside the output folder", path.display())]
    Outside {
        /// The path.
        path: PathBuf,
    },
    /// Something that isn't a folder stands where a folder is needed.
    #[error("failed to write below `{}`: it is {what}, not a folder", path.display())]
    NotAFolder {
        /// Where a folder is needed.
        path: PathBuf,
        /// What stands there.
        what: Obstacle,
    },
    /// What should be moved to its place isn't a file.
    #[error("failed to move `{}`: it is not a file", path.display())]
    NotAFile {
        /// What should be moved.
        path: PathBuf,
    },
    /// The system refused.
    #[error("failed to {action} `{}`: {error}", path.display())]
    Io {
        /// What was being done: `write`, `create the folder` and the like.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl Failure for PlaceError {
    fn exit(&self) -> Exit {
        Exit::Environment
    }
}

/// What stands where a folder is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A symbolic link, wherever it leads.
    Link,
    /// A file of any other kind.
    File,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => "a symbolic link",
            Self::File => "a file",
        })
    }
}

/// The output folder. All paths given to it are relative to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFolder {
    root: PathBuf,
}

impl OutputFolder {
    /// Creates the folder and its parents where they are missing. It may be a symbolic link itself,
    /// or lie behind one: that is its owner's choice.
    ///
    /// # Errors
    ///
    /// If it can't be created.
    pub fn create(root: impl Into<PathBuf>) -> Result<Self, PlaceError> {
        let root = root.into();
        let missing: Vec<&Path> = root
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty() && !path.is_dir())
            .collect();
        for path in missing.into_iter().rev() {
            create_folder(path).map_err(|error| io_error("create the folder", path, error))?;
        }
        if !root.is_dir() {
            // A link to a folder counts as one: this one leads to something else, or nowhere.
            let what = if root.is_symlink() {
                Obstacle::Link
            } else {
                Obstacle::File
            };
            return Err(PlaceError::NotAFolder { path: root, what });
        }
        Ok(Self { root })
    }

    /// Where the folder is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Creates a folder, and those above it, with the mode 0755 where they are missing.
    ///
    /// # Errors
    ///
    /// If something else stands in the way, or the system refuses.
    pub fn create_dir(&self, path: impl AsRef<Path>) -> Result<PathBuf, PlaceError> {
        let mut here = self.root.clone();
        for name in path.as_ref().components() {
            match name {
                Component::CurDir => continue,
                Component::Normal(name) => here.push(name),
                Component::Prefix(_) | Component::RootDir | Component::ParentDir => {
                    let path = path.as_ref().to_owned();
                    return Err(PlaceError::Outside { path });
                }
            }
            create_folder(&here).map_err(|error| io_error("create the folder", &here, error))?;
            let kind = fs::symlink_metadata(&here)
                .map_err(|error| io_error("create the folder", &here, error))?
                .file_type();
            if !kind.is_dir() {
                let what = if kind.is_symlink() {
                    Obstacle::Link
                } else {
                    Obstacle::File
                };
                return Err(PlaceError::NotAFolder { path: here, what });
            }
        }
        Ok(here)
    }

    /// Writes a file, or replaces the one that is there, and returns where it is.
    ///
    /// # Errors
    ///
    /// If something else stands in the way, or the system refuses; then what was there is still
    /// there.
    pub fn write(
        &self,
        path: impl AsRef<Path>,
        bytes: &[u8],
        mode: Mode,
    ) -> Result<PathBuf, PlaceError> {
        let (folder, target) = self.prepare(path.as_ref())?;
        write_beside(&folder, &target, mode, |file| file.write_all(bytes))
            .map_err(|error| io_error("write", &target, error))?;
        Ok(target)
    }

    /// Removes a file that may be gone already.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn remove(&self, path: impl AsRef<Path>) -> Result<(), PlaceError> {
        let path = self.root.join(path);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(io_error("remove", &path, error))
            }
            _ => Ok(()),
        }
    }

    /// Moves a file to its place, also from another file system, and returns where it is.
    ///
    /// # Errors
    ///
    /// If it isn't a file, something else stands in the way, or the system refuses; then what was
    /// there is still there, and so is `from`.
    pub fn place(
        &self,
        from: &Path,
        to: impl AsRef<Path>,
        mode: Mode,
    ) -> Result<PathBuf, PlaceError> {
        let kind = fs::symlink_metadata(from).map_err(|error| io_error("move", from, error))?;
        if !kind.is_file() {
            let path = from.to_owned();
            return Err(PlaceError::NotAFile { path });
        }
        let (folder, target) = self.prepare(to.as_ref())?;
        mode.set(from)
            .and_then(|()| match fs::rename(from, &target) {
                Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                    copy_beside(from, &folder, &target, mode)?;
                    fs::remove_file(from)
                }
                renamed => renamed,
            })
            .map_err(|error| io_error("write", &target, error))?;
        Ok(target)
    }

    /// The folder that a file belongs into, which exists then, and the place of the file.
    fn prepare(&self, path: &Path) -> Result<(PathBuf, PathBuf), PlaceError> {
        let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else {
            let path = path.to_owned();
            return Err(PlaceError::Outside { path });
        };
        let folder = self.create_dir(parent)?;
        let target = folder.join(name);
        Ok((folder, target))
    }
}

/// Creates one folder with the mode 0755; whatever is there already stays as it is.
fn create_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Ok(()) => Mode::Executable.set(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Copies a file to a place on another file system.
fn copy_beside(from: &Path, folder: &Path, target: &Path, mode: Mode) -> io::Result<()> {
    let mut source = File::open(from)?;
    write_beside(folder, target, mode, |file| {
        io::copy(&mut source, file).map(drop)
    })
}

/// Fills a new file in `folder` and renames it to `target`. The new file is gone if that fails.
fn write_beside(
    folder: &Path,
    target: &Path,
    mode: Mode,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let mut temporary: NamedTempFile = tempfile::Builder::new()
        .prefix(".gobuildx-")
        .tempfile_in(folder)?;
    fill(temporary.as_file_mut())?;
    temporary.as_file_mut().flush()?;
    mode.set(temporary.path())?;
    let placed = temporary.persist(target);
    placed.map(drop).map_err(|error| error.error)
}

fn io_error(action: &'static str, path: &Path, error: io::Error) -> PlaceError {
    PlaceError::Io {
        action,
        path: path.to_owned(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, OutputFolder) {
        let temp = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(temp.path().join("a/dist")).unwrap();
        (temp, folder)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_written_and_replaced() {
        let (_temp, out) = folder();
        let path = out.write("x/y/report.json", b"1", Mode::Record).unwrap();
        assert_eq!(path, out.path().join("x/y/report.json"));
        out.write("./x/y/report.json", b"2", Mode::Record).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
        assert_eq!(names(&out.path().join("x/y")), ["report.json"]);
    }

    #[test]
    fn a_file_is_moved() {
        let (temp, out) = folder();
        let from = temp.path().join("staged");
        fs::write(&from, "binary").unwrap();
        let path = out.place(&from, "bin/server", Mode::Executable).unwrap();
        assert_eq!(fs::read(path).unwrap(), b"binary");
        assert!(!from.exists());
    }

    #[test]
    fn a_copy_to_another_file_system_leaves_nothing_else() {
        let (temp, out) = folder();
        let from = temp.path().join("staged");
        fs::write(&from, "binary").unwrap();
        let target = out.path().join("server");
        copy_beside(&from, out.path(), &target, Mode::Executable).unwrap();
        assert_eq!(fs::read(target).unwrap(), b"binary");
        assert_eq!(names(out.path()), ["server"]);
    }

    #[test]
    fn nothing_is_left_where_a_folder_stands_in_the_way() {
        let (temp, out) = folder();
        out.create_dir("server/x").unwrap();
        let error = out.write("server", b"1", Mode::Record).unwrap_err();
        let start = format!(
            "failed to write `{}`: ",
            out.path().join("server").display()
        );
        assert!(error.to_string().starts_with(&start), "{error}");
        let from = temp.path().join("staged");
        fs::write(&from, "binary").unwrap();
        out.place(&from, "server", Mode::Executable).unwrap_err();
        assert!(from.exists());
        assert_eq!(names(out.path()), ["server"]);
    }

    #[test]
    fn nothing_is_written_outside() {
        let (temp, out) = folder();
        let absolute = temp.path().join("x");
        let absolute = absolute.to_str().unwrap();
        for path in ["../x", "a/../../x", "..", "", "/", absolute] {
            let error = out.write(path, b"1", Mode::Record).unwrap_err();
            assert!(
                matches!(error, PlaceError::Outside { .. }),
                "{path}: {error}"
            );
        }
        assert!(names(out.path()).iter().all(|name| name == "a"));
        assert_eq!(names(temp.path()), ["a"]);
    }

    #[test]
    fn a_file_in_place_of_a_folder_is_named() {
        let (_temp, out) = folder();
        let file = out.write("x", b"1", Mode::Record).unwrap();
        let error = out.write("x/y", b"1", Mode::Record).unwrap_err();
        let expected = format!(
            "failed to write below `{}`: it is a file, not a folder",
            file.display()
        );
        assert_eq!(error.to_string(), expected);
        let error = OutputFolder::create(&file).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_replaced_or_refused_but_not_followed() {
        use std::os::unix::fs::symlink;
        let (temp, out) = folder();
        let elsewhere = temp.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        fs::write(elsewhere.join("file"), "old").unwrap();
        symlink(&elsewhere, out.path().join("link")).unwrap();
        let error = out.write("link/x/file", b"new", Mode::Record).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("it is a symbolic link, not a folder")
        );

        symlink(elsewhere.join("file"), out.path().join("file")).unwrap();
        let written = out.write("file", b"new", Mode::Record).unwrap();
        assert_eq!(fs::read(written).unwrap(), b"new");
        assert_eq!(fs::read(elsewhere.join("file")).unwrap(), b"old");
        assert_eq!(names(&elsewhere), ["file"]);

        let error = out.place(&out.path().join("link"), "y", Mode::Record);
        assert!(matches!(error, Err(PlaceError::NotAFile { .. })));
    }

    #[test]
    fn readers_never_see_half_a_file() {
        let (_temp, out) = folder();
        let contents = [vec![b'a'; 100_000], vec![b'b'; 70_000]];
        let path = out.write("file", &contents[0], Mode::Record).unwrap();
        std::thread::scope(|scope| {
            for bytes in &contents {
                let out = &out;
                scope.spawn(move || {
                    for _ in 0..50 {
                        out.write("file", bytes, Mode::Record).unwrap();
                    }
                });
            }
            for _ in 0..50 {
                assert!(contents.contains(&fs::read(&path).unwrap()));
            }
        });
        assert_eq!(names(out.path()), ["file"]);
    }
}
