//! Files of the user's: whole or not at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};

/// Why a new file isn't there.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Something has the name already.
    #[error("failed to write `{}`: it exists already", .0.display())]
    Exists(PathBuf),
    /// The system refused.
    #[error("failed to write `{}`: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl Failure for CreateError {
    fn exit(&self) -> Exit {
        match self {
            Self::Exists(_) => Exit::Usage,
            Self::Io { .. } => Exit::Environment,
        }
    }
}

/// Writes a new file, with the mode that the umask leaves.
///
/// # Errors
/// When something has the name already, also a link that leads nowhere, or the system refuses.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), CreateError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => CreateError::Exists(path.to_owned()),
        _ => CreateError::Io {
            path: path.to_owned(),
            error,
        },
    };
    let file = written_beside(path, bytes, Readers::OfUmask).map_err(failed)?;
    file.persist_noclobber(path)
        .map_err(|error| failed(error.error))?;
    Ok(())
}

/// Writes a file, or replaces the one that is there, with the mode that the umask leaves.
///
/// # Errors
/// When the system refuses; then what was there is still there.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), CreateError> {
    replace_for(Readers::OfUmask, path, bytes)
}

/// The same with a file that only its owner may read and write.
///
/// # Errors
/// When the system refuses; then what was there is still there.
pub fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), CreateError> {
    replace_for(Readers::Owner, path, bytes)
}

fn replace_for(readers: Readers, path: &Path, bytes: &[u8]) -> Result<(), CreateError> {
    let failed = |error| CreateError::Io {
        path: path.to_owned(),
        error,
    };
    let file = written_beside(path, bytes, readers).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Replaces what a file holds; who may do what with it stays.
///
/// # Errors
/// When it isn't there or the system refuses; then what was there is still there.
pub fn rewrite(path: &Path, bytes: &[u8]) -> Result<(), CreateError> {
    let failed = |error| CreateError::Io {
        path: path.to_owned(),
        error,
    };
    let mode = std::fs::metadata(path).map_err(failed)?.permissions();
    let file = written_beside(path, bytes, Readers::OfUmask).map_err(failed)?;
    file.as_file().set_permissions(mode).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Who may read a new file.
#[derive(Clone, Copy)]
enum Readers {
    OfUmask,
    Owner,
}

impl Readers {
    #[cfg(unix)]
    fn narrow(self, builder: &mut tempfile::Builder<'_, '_>) {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(match self {
            Self::OfUmask => 0o666,
            Self::Owner => 0o600,
        }));
    }

    /// Other systems have no modes.
    #[cfg(not(unix))]
    fn narrow(self, _: &mut tempfile::Builder<'_, '_>) {
        match self {
            Self::OfUmask | Self::Owner => {}
        }
    }
}

/// A file in the folder of another, which is gone unless it gets a name.
fn written_beside(
    path: &Path,
    bytes: &[u8],
    readers: Readers,
) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".targets-");
    readers.narrow(&mut builder);
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_new_file_is_there_and_nothing_beside_it() {
        let temp = tempfile::tempdir().unwrap();
        create(&temp.path().join("x"), b"new").unwrap();
        assert_eq!(fs::read(temp.path().join("x")).unwrap(), b"new");
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_there_stays() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("x");
        fs::write(&path, "old").unwrap();
        assert!(matches!(create(&path, b"new"), Err(CreateError::Exists(_))));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_replaced_is_whole() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("x");
        for text in ["old", "new"] {
            replace(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_rewritten_keeps_its_mode() {
        use std::os::unix::fs::PermissionsExt as _;
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("x");
        assert!(rewrite(&path, b"new").is_err());
        fs::write(&path, "old").unwrap();
        for mode in [0o600, 0o755] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            rewrite(&path, b"new").unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"new");
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
                mode
            );
        }
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_is_not_written_through() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("x");
        std::os::unix::fs::symlink("nowhere", &path).unwrap();
        assert!(matches!(create(&path, b"new"), Err(CreateError::Exists(_))));
        assert!(!temp.path().join("nowhere").exists());
    }
}
