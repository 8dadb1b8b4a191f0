//! Keeps two runs from writing to the same output folder at the same time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::failure::{Exit, Failure};
use crate::process::{Cancel, Reason};

/// How often a lock that another process holds is tried.
const PAUSE: Duration = Duration::from_millis(100);

/// Why a lock wasn't taken. Each message is complete and names the path.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The run was stopped while it waited.
    #[error("failed to lock `{}`: {reason}", path.display())]
    Cancelled {
        /// The lock file.
        path: PathBuf,
        /// Why the run was stopped.
        reason: Reason,
    },
    /// The system refused.
    #[error("failed to lock `{}`: {error}", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl Failure for LockError {
    fn exit(&self) -> Exit {
        match self {
            Self::Cancelled { reason, .. } => (*reason).into(),
            Self::Io { .. } => Exit::Environment,
        }
    }
}

/// An exclusive lock on the output folder, held until it is dropped or the process ends.
#[derive(Debug)]
pub struct OutputLock {
    file: File,
    path: PathBuf,
}

impl OutputLock {
    /// Whether the lock still keeps others out: its file may have been deleted meanwhile.
    #[must_use]
    pub fn is_held(&self) -> bool {
        is_at(&self.file, &self.path)
    }

    /// Takes the lock on a file, which is created if it is missing and stays when the lock is gone.
    /// A symbolic link is not followed.
    ///
    /// While another process holds the lock this waits; `on_wait` is told so, once.
    ///
    /// # Errors
    ///
    /// If the run is stopped meanwhile, or the system refuses.
    pub fn acquire(
        path: &Path,
        on_wait: impl FnOnce(),
        cancel: &Cancel,
    ) -> Result<Self, LockError> {
        let refused = |error| LockError::Io {
            path: path.to_owned(),
            error,
        };
        let mut on_wait = Some(on_wait);
        loop {
            let file = open(path).map_err(refused)?;
            match file.try_lock() {
                // The file may have been deleted before it was locked: then the lock is worth nothing.
                Ok(()) if is_at(&file, path) => {
                    let path = path.to_owned();
                    return Ok(Self { file, path });
                }
                Ok(()) => continue,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(refused(error)),
            }
            if let Some(on_wait) = on_wait.take() {
                on_wait();
            }
            if let Some(reason) = cancel.wait(PAUSE) {
                let path = path.to_owned();
                return Err(LockError::Cancelled { path, reason });
            }
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options.open(path)
}

/// Whether the open file is still the one at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), path.symlink_metadata()) {
        (Ok(open), Ok(there)) => open.dev() == there.dev() && open.ino() == there.ino(),
        _ => false,
    }
}

/// Whether the open file is still the one at `path`: other systems don't delete open files.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_free_lock_is_taken_at_once() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("lock");
        for _ in 0..2 {
            OutputLock::acquire(&path, || panic!("waits"), &Cancel::new()).unwrap();
        }
    }

    #[test]
    fn the_second_waits_until_the_first_is_gone() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("lock");
        let first = OutputLock::acquire(&path, || panic!("waits"), &Cancel::new()).unwrap();
        let (sender, waits) = channel();
        let second = std::thread::spawn(move || {
            OutputLock::acquire(&path, || sender.send(()).unwrap(), &Cancel::new()).map(drop)
        });
        waits.recv().unwrap();
        drop(first);
        second.join().unwrap().unwrap();
        waits.recv().expect_err("told once");
    }

    #[test]
    fn who_waits_can_be_stopped() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("lock");
        let cancel = Cancel::new();
        let _first = OutputLock::acquire(&path, || (), &cancel).unwrap();
        let reason = Reason::Interrupted { signal: 2 };
        let error = OutputLock::acquire(&path, || cancel.trigger(reason), &cancel).unwrap_err();
        let expected = format!("failed to lock `{}`: interrupted by SIGINT", path.display());
        assert_eq!(error.to_string(), expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_whose_file_is_gone_or_replaced_keeps_nobody_out() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("lock");
        let lock = OutputLock::acquire(&path, || panic!("waits"), &Cancel::new()).unwrap();
        assert!(lock.is_held());
        std::fs::remove_file(&path).unwrap();
        assert!(!lock.is_held());
        let second = OutputLock::acquire(&path, || panic!("waits"), &Cancel::new()).unwrap();
        assert!(!lock.is_held());
        assert!(second.is_held());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("lock");
        std::os::unix::fs::symlink(temp.path().join("elsewhere"), &path).unwrap();
        OutputLock::acquire(&path, || (), &Cancel::new()).unwrap_err();
        assert!(!temp.path().join("elsewhere").exists());
    }
}
