//! How many processes a user has, with their threads: the kernel's limit is about all of them.

use std::fs;
use std::path::Path;

/// The threads of a user's processes.
pub(super) fn threads_of(uid: u32) -> u64 {
    let Ok(processes) = fs::read_dir("/proc") else {
        return 0;
    };
    let statuses = processes
        .flatten()
        .filter_map(|entry| status(&entry.path()));
    let own = statuses.filter(|status| value(status, "Uid:") == Some(u64::from(uid)));
    own.filter_map(|status| value(&status, "Threads:")).sum()
}

/// What the kernel tells of a process that is still there.
fn status(process: &Path) -> Option<String> {
    fs::read_to_string(process.join("status")).ok()
}

/// The first number of a line.
fn value(status: &str, name: &str) -> Option<u64> {
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_user_and_the_threads_are_read_from_what_the_kernel_tells() {
        let text = "Name:\tsh\nUid:\t1000\t0\t0\t0\nThreads:\t3\nUid\n";
        assert_eq!(value(text, "Uid:"), Some(1000));
        assert_eq!(value(text, "Threads:"), Some(3));
        assert_eq!(value(text, "Groups:"), None);
    }

    #[test]
    fn a_user_has_at_least_the_threads_of_one_process() {
        let own = status(Path::new("/proc/self")).unwrap();
        let uid = rustix::process::getuid().as_raw();
        assert_eq!(value(&own, "Uid:"), Some(u64::from(uid)));
        // Other tests start and end threads of this process, too.
        assert!(threads_of(uid) >= 1);
        assert_eq!(threads_of(u32::MAX - 1), 0);
    }
}
