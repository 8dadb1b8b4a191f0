//! What a file's mode allows: some copies and archives change it.

use std::path::Path;

/// The permissions of a file that isn't followed; none where no mode says what may be done with it.
#[cfg(unix)]
pub(super) fn of(path: &Path) -> Option<Mode> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = path.symlink_metadata().ok()?;
    Some(Mode(metadata.permissions().mode() & 0o7777))
}

#[cfg(not(unix))]
pub(super) fn of(_: &Path) -> Option<Mode> {
    None
}

/// Permission bits (chmod(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mode(u32);

impl Mode {
    /// Whether somebody may start the file.
    pub(super) fn may_be_started(self) -> bool {
        self.0 & 0o111 != 0
    }

    /// What the mode gives away that no build gives.
    pub(super) fn risk(self) -> Option<Risk> {
        if self.0 & 0o6000 != 0 {
            Some(Risk::Borrowed)
        } else if self.0 & 0o002 != 0 {
            Some(Risk::Writable)
        } else {
            None
        }
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

/// What a mode gives away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Whoever starts the file gets the rights of its owner or group: setuid or setgid.
    Borrowed,
    /// Everybody may write to it.
    Writable,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_that_a_build_gives_are_no_risk() {
        for mode in [0o755, 0o644, 0o775, 0o700] {
            assert_eq!(Mode(mode).risk(), None, "{mode:o}");
        }
    }

    #[test]
    fn rights_that_a_starter_borrows_are_worse_than_a_file_that_anybody_may_change() {
        for (mode, risk) in [
            (0o4755, Risk::Borrowed),
            (0o2755, Risk::Borrowed),
            (0o6777, Risk::Borrowed),
            (0o757, Risk::Writable),
            (0o646, Risk::Writable),
        ] {
            assert_eq!(Mode(mode).risk(), Some(risk), "{mode:o}");
        }
    }
}
