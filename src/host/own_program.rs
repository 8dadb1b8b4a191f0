//! The file of gobuildx that runs: an update may have put another one at its path.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::temporary::OwnFolder;

use super::HostError;

/// On Linux the file that this process was started from, whatever lies at its path.
const RUNNING: &str = "/proc/self/exe";

/// The file that this process was started from.
#[derive(Debug)]
pub struct OwnProgram {
    path: PathBuf,
    /// Made once another file lies at the path.
    copy: OnceLock<OwnFolder>,
}

impl OwnProgram {
    /// Asks the system for it.
    ///
    /// # Errors
    /// When that doesn't tell.
    pub fn find() -> Result<Self, HostError> {
        let path = std::env::current_exe().map_err(HostError::OwnProgram)?;
        Ok(Self::at(path))
    }

    fn at(path: PathBuf) -> Self {
        let copy = OnceLock::new();
        Self { path, copy }
    }

    /// What starts it once more, from this very process.
    #[must_use]
    pub fn once_more(&self) -> &Path {
        if cfg!(target_os = "linux") {
            Path::new(RUNNING)
        } else {
            &self.path
        }
    }

    /// Where it lies for everybody: in a copy, if its own path has another file by now.
    ///
    /// # Errors
    /// When it can't be copied.
    pub fn path(&self) -> Result<PathBuf, HostError> {
        if is_running(&self.path) {
            return Ok(self.path.clone());
        }
        let copy = if let Some(copy) = self.copy.get() {
            copy
        } else {
            let new = copied().map_err(HostError::OwnProgram)?;
            self.copy.get_or_init(|| new)
        };
        Ok(copy.path().join(NAME))
    }
}

/// Whether the file at a path is the one that runs.
#[cfg(target_os = "linux")]
fn is_running(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let file = |path: &Path| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.dev(), metadata.ino()))
    };
    file(path).is_some_and(|own| Some(own) == file(Path::new(RUNNING)))
}

/// Elsewhere nobody can tell, nor copy it.
#[cfg(not(target_os = "linux"))]
fn is_running(_path: &Path) -> bool {
    true
}

const NAME: &str = "gobuildx";

fn copied() -> std::io::Result<OwnFolder> {
    let folder = OwnFolder::make()?;
    fs::copy(RUNNING, folder.path().join(NAME))?;
    Ok(folder)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn where_it_lies_is_its_own_path_as_long_as_that_has_it() {
        let own = OwnProgram::find().unwrap();
        assert_eq!(own.path().unwrap(), std::env::current_exe().unwrap());
    }

    #[test]
    fn it_is_copied_where_another_file_or_none_lies_at_its_path() {
        for other in ["/proc/version", "/nowhere (deleted)"] {
            let own = OwnProgram::at(other.into());
            let copy = own.path().unwrap();
            let size = |path: &Path| fs::metadata(path).unwrap().len();
            assert_eq!(size(&copy), size(Path::new(RUNNING)));
            assert_eq!(own.path().unwrap(), copy);
            drop(own);
            assert!(!copy.exists());
        }
    }
}
