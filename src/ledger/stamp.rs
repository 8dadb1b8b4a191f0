//! What the file system tells of a file, without reading it.

use std::fmt;
use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use borsh::{BorshDeserialize, BorshSerialize};

/// Two changes of a file in less than this may leave the same times: the kernel's clock ticks a hundred
/// times a second at least.
pub(super) const TICK: Duration = Duration::from_millis(20);

/// The same where a file system counts whole seconds; the coarsest counts two (FAT).
const COARSE_TICK: Duration = Duration::from_secs(2);

const SECOND: Nanoseconds = 1_000_000_000;

/// Size, times and number of a file. Where they are as they were, so is the file, but for a change in
/// the very moment in which they were read ([`FileStamp::is_settled`]).
#[derive(BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    size: u64,
    modified: Nanoseconds,
    /// When anything of it changed last, which no user can set.
    changed: Nanoseconds,
    number: u64,
}

impl FileStamp {
    /// Bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// Since 1970.
type Nanoseconds = i128;

impl FileStamp {
    /// That of a file.
    #[cfg(unix)]
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let time =
            |seconds: i64, nanoseconds: i64| i128::from(seconds) * SECOND + i128::from(nanoseconds);
        Self {
            size: metadata.size(),
            modified: time(metadata.mtime(), metadata.mtime_nsec()),
            changed: time(metadata.ctime(), metadata.ctime_nsec()),
            number: metadata.ino(),
        }
    }

    /// That of a file. Other systems tell fewer times.
    #[cfg(not(unix))]
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let time = |time: std::io::Result<SystemTime>| time.map_or(0, nanoseconds);
        Self {
            size: metadata.len(),
            modified: time(metadata.modified()),
            changed: time(metadata.created()),
            number: 0,
        }
    }

    /// Whether a later change of the file shows in its stamp, if the file was looked at `when`: what
    /// changed right before may change again in the same tick of the clock.
    #[must_use]
    pub fn is_settled(&self, when: SystemTime) -> bool {
        let last = self.modified.max(self.changed);
        let is_coarse = cfg!(not(unix)) || self.changed % SECOND == 0;
        let tick = if is_coarse { COARSE_TICK } else { TICK };
        last < nanoseconds(when) - span(tick)
    }
}

/// As a text that tells it from others.
impl fmt::Display for FileStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            size,
            modified,
            changed,
            number,
        } = self;
        write!(f, "{size} {modified} {changed} {number}")
    }
}

fn nanoseconds(time: SystemTime) -> Nanoseconds {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => span(after),
        Err(before) => -span(before.duration()),
    }
}

fn span(duration: Duration) -> Nanoseconds {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(path: &std::path::Path) -> FileStamp {
        FileStamp::of(&std::fs::metadata(path).unwrap())
    }

    #[test]
    fn a_file_that_changed_just_now_is_not_settled() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let stamp = stamp(file.path());
        assert!(!stamp.is_settled(SystemTime::now()));
        assert!(stamp.is_settled(SystemTime::now() + Duration::from_secs(3)));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_whose_time_is_set_back_is_another() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let before = std::fs::metadata(file.path()).unwrap();
        std::fs::write(file.path(), "").unwrap();
        file.as_file()
            .set_modified(before.modified().unwrap())
            .unwrap();
        // In the same tick its stamp may be the same; then it isn't settled.
        let after = stamp(file.path());
        let told = after != FileStamp::of(&before) || !after.is_settled(SystemTime::now());
        assert!(told);
    }
}
