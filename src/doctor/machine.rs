//! The machine: memory, and room on the disk that artifacts go to.

use std::fs;

use serde::Serialize;

/// What a build can use of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// Cores that go processes share.
    pub cores: u32,
    /// Bytes of memory that this process may use; none where that isn't known.
    pub memory: Option<u64>,
    /// Free bytes of the disk that the output folder is on; none where that isn't known.
    pub disk_free: Option<u64>,
    /// Whether the terminal shows colours.
    pub colors: bool,
}

/// The memory that this process may use: the machine's, or the part that its container gets.
pub(super) fn memory() -> Option<u64> {
    let total = total(&fs::read_to_string("/proc/meminfo").ok()?)?;
    let limits = [
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ];
    // "max" is no number, and no limit.
    let limits = limits
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok()?.trim().parse().ok());
    limits.chain([total]).min()
}

/// `MemTotal` in the format of `/proc/meminfo`.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_in_kibibytes() {
        let meminfo = "MemTotal:        8000000 kB\nMemFree: 1 kB\n";
        assert_eq!(total(meminfo), Some(8_192_000_000));
        assert_eq!(total("MemTotal: many kB"), None);
        assert_eq!(total(""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_machine_has_memory() {
        assert!(memory().is_some_and(|bytes| bytes > 0));
    }
}
