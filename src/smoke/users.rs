//! How many processes a user has, with their threads: the kernel's limit is about all of them.

use std::fs;
use std::path::Path;

/// The threads of a user's processes.
#[cfg(unix)]
pub(super) fn threads_of(uid: u32) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(processes) = fs::read_dir("/proc") else {
        return 0;
    };
    let own = processes.flatten().filter(|entry| {
        let metadata = entry.metadata();
        metadata.is_ok_and(|metadata| metadata.uid() == uid)
    });
    own.filter_map(|entry| threads(&entry.path())).sum()
}

#[cfg(unix)]
fn threads(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let mut lines = status.lines();
    lines.find_map(|line| line.strip_prefix("Threads:")?.trim().parse().ok())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_more_is_counted() {
        let (sender, receiver) = std::sync::mpsc::channel::<()>();
        let own = Path::new("/proc/self");
        let before = threads(own).unwrap();
        let thread = std::thread::spawn(move || receiver.recv().is_err());
        // Other tests start and end threads of this process, too.
        let user = threads_of(rustix::process::geteuid().as_raw());
        assert!(before >= 1 && user >= 1);
        drop(sender);
        assert!(thread.join().unwrap());
    }
}
