//! Whether a program may be started: some copies and archives lose that.

use std::path::Path;

/// The mode of a file that nobody may start; none if somebody may, or it can't be told.
#[cfg(unix)]
pub(super) fn forbidding(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = path.symlink_metadata().ok()?;
    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o111 == 0).then_some(mode)
}

#[cfg(not(unix))]
pub(super) fn forbidding(_: &Path) -> Option<u32> {
    None
}
