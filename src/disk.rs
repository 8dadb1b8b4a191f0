//! The room that there is for files.

use std::path::Path;

/// The free bytes of the disk that a folder is on, or will be.
#[cfg(unix)]
#[must_use]
pub fn free(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| folder.is_dir())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

/// Whether nothing is started from the disk that a folder is on: it is mounted `noexec`.
#[cfg(target_os = "linux")]
#[must_use]
pub fn forbids_programs(folder: &Path) -> bool {
    let disk = rustix::fs::statvfs(folder);
    disk.is_ok_and(|disk| disk.f_flag.contains(rustix::fs::StatVfsMountFlags::NOEXEC))
}

/// Whether nothing is started from the disk that a folder is on: nothing tells.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn forbids_programs(_folder: &Path) -> bool {
    false
}

/// The free bytes of the disk that a folder is on, or will be.
#[cfg(not(unix))]
#[must_use]
pub fn free(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_has_a_disk() {
        assert!(free(Path::new("/no/such/folder")).is_some_and(|bytes| bytes > 0));
    }
}
