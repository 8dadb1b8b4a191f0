//! A folder that is the root of another system.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use crate::failure::{Exit, Failure};
use crate::printable::printable_path;

/// As many links as Linux follows (`path_resolution(7)`).
const MAX_LINKS: usize = 40;

/// More bytes than a file of configuration has.
const MAX_TEXT: u64 = 1 << 20;

/// The root of a system, be it this one.
#[derive(Clone, Debug)]
pub struct Sysroot {
    root: PathBuf,
}

/// A root that is none.
#[derive(Debug, thiserror::Error)]
#[error("failed to look for libraries in `{}`: {reason}", printable_path(root))]
pub struct SysrootError {
    root: PathBuf,
    reason: io::Error,
}

impl Failure for SysrootError {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some(
            "name the folder that is the root of the system that the program was built on, such \
             as that of an unpacked image"
                .to_owned(),
        )
    }
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lying {
    /// A file, with no link on the way to it.
    File,
    /// A folder, or a link to either.
    Copyable,
    /// A socket, a pipe or a device, which no image can hold.
    Special,
    /// Nothing.
    Nothing,
}

impl Sysroot {
    /// The system whose root is at a folder.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn open(root: &Path) -> Result<Self, SysrootError> {
        let fail = |reason| SysrootError {
            root: root.to_owned(),
            reason,
        };
        fs::read_dir(root).map_err(fail)?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// What lies at a path of the system.
    pub(super) fn lying(&self, path: &Path) -> Lying {
        let real = self.real(path);
        let metadata = real
            .as_ref()
            .and_then(|real| fs::symlink_metadata(self.host(real)).ok());
        match metadata {
            Some(metadata) if metadata.is_file() && real.as_deref() == Some(path) => Lying::File,
            Some(metadata) if metadata.is_file() || metadata.is_dir() => Lying::Copyable,
            Some(_) => Lying::Special,
            None => Lying::Nothing,
        }
    }

    /// Where a path of the system leads, as a path of the system without links; none if nothing is
    /// there. Links never lead out of it.
    #[must_use]
    pub fn real(&self, path: &Path) -> Option<PathBuf> {
        let mut real = PathBuf::from("/");
        let mut ahead: Vec<PathBuf> = vec![path.to_owned()];
        let mut links = 0;
        while let Some(next) = ahead.pop() {
            let mut components = next.components();
            let Some(component) = components.next() else {
                continue;
            };
            ahead.push(components.as_path().to_owned());
            match component {
                Component::RootDir | Component::Prefix(_) => real = PathBuf::from("/"),
                Component::CurDir => {}
                Component::ParentDir => {
                    real.pop();
                }
                Component::Normal(name) => {
                    let joined = real.join(name);
                    match fs::read_link(self.host(&joined)) {
                        Ok(target) => {
                            links += 1;
                            if links > MAX_LINKS {
                                return None;
                            }
                            ahead.push(target);
                        }
                        Err(_) => real = joined,
                    }
                }
            }
        }
        fs::symlink_metadata(self.host(&real)).ok()?;
        Some(real)
    }

    /// Where a path of the system without links lies on this machine.
    #[must_use]
    pub fn host(&self, real: &Path) -> PathBuf {
        self.root.join(real.strip_prefix("/").unwrap_or(real))
    }

    /// The text of a file; none if it isn't there, isn't a small file or isn't text. A root may come
    /// from anywhere, and have pipes and devices where files should be.
    pub(super) fn text(&self, path: &Path) -> Option<String> {
        let host = self.host(&self.real(path)?);
        let metadata = fs::symlink_metadata(&host).ok()?;
        let is_small = metadata.is_file() && metadata.len() <= MAX_TEXT;
        is_small.then(|| fs::read_to_string(host).ok()).flatten()
    }

    /// The names in a folder, sorted; none if it can't be read.
    pub(super) fn names(&self, folder: &Path) -> Vec<PathBuf> {
        let folder = self.real(folder);
        let entries = folder.and_then(|folder| fs::read_dir(self.host(&folder)).ok());
        let names = entries.into_iter().flatten().flatten();
        let mut names: Vec<PathBuf> = names.map(|entry| entry.file_name().into()).collect();
        names.sort();
        names
    }
}

/// Whether a name ends like a pattern that starts with `*`.
pub(super) fn matches(pattern: &OsStr, name: &Path) -> bool {
    let (pattern, name) = (pattern.to_string_lossy(), name.to_string_lossy());
    match pattern.strip_prefix('*') {
        Some(end) => name.ends_with(end),
        None => name == pattern,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_stay_inside_the_system() {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir_all(temp.path().join("usr/lib")).unwrap();
        fs::write(temp.path().join("usr/lib/libc.so.6"), "c").unwrap();
        symlink("/usr/lib", temp.path().join("lib")).unwrap();
        symlink(
            "../../../../lib/libc.so.6",
            temp.path().join("usr/lib/libc.so"),
        )
        .unwrap();
        symlink("loop", temp.path().join("loop")).unwrap();
        let system = Sysroot::open(temp.path()).unwrap();
        let real = |path: &str| system.real(Path::new(path));
        let library = Some(PathBuf::from("/usr/lib/libc.so.6"));
        assert_eq!(real("/lib/libc.so.6"), library);
        assert_eq!(real("/lib/libc.so"), library);
        assert_eq!(real("/lib/libm.so"), None);
        assert_eq!(real("/loop"), None);
        assert_eq!(system.text(Path::new("/lib/libc.so")).as_deref(), Some("c"));
        let lying = |path: &str| system.lying(Path::new(path));
        assert_eq!(lying("/lib/libc.so"), Lying::Copyable);
        assert_eq!(lying("/lib"), Lying::Copyable);
        assert_eq!(lying("/loop"), Lying::Nothing);
        let socket = std::os::unix::net::UnixListener::bind(temp.path().join("socket"));
        assert!(socket.is_ok());
        assert_eq!(lying("/socket"), Lying::Special);
    }

    #[test]
    fn a_root_that_is_no_folder_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("file"), "").unwrap();
        for (name, reason) in [("nothing", "No such file"), ("file", "Not a directory")] {
            let error = Sysroot::open(&temp.path().join(name)).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
            assert_eq!(error.exit(), Exit::Usage);
        }
    }
}
