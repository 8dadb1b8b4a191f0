//! The memory that there is for what is run here, and whether the kernel ended anybody for want of it.

use std::fs;
use std::path::Path;

use super::cgroup::{Controller, Membership, Version, kills};

/// Bytes that processes may take in addition to what is in use: what the system has left, and what the limits of
/// all control groups around this process leave. None where the system doesn't tell.
#[must_use]
pub fn available() -> Option<u64> {
    let system = fs::read_to_string("/proc/meminfo").ok();
    let system = system.and_then(|text| field(&text, "MemAvailable:")?.checked_mul(1024));
    let membership = Membership::of_process(Controller::Memory);
    let groups = membership.iter().flat_map(|membership| {
        let folders = membership.folders();
        folders.filter_map(|folder| left(folder, membership.version))
    });
    system.into_iter().chain(groups).min()
}

/// What may be planned with of so many bytes: the rest is for what isn't counted, and for others.
#[must_use]
pub fn most_of(available: u64) -> u64 {
    available - available / 8
}

/// What a group's limit leaves. The kernel takes back what it keeps of files before it ends a process.
fn left(group: &Path, version: Version) -> Option<u64> {
    let read = |name: &str| fs::read_to_string(group.join(name)).ok();
    let limit = read(Controller::Memory.limit_file(version))?;
    // Version 2 says `max` where there is none, version 1 a number that no machine has.
    let limit: u64 = limit.trim().parse().ok()?;
    let usage: u64 = read(usage_file(version))?.trim().parse().ok()?;
    let stat = read("memory.stat").unwrap_or_default();
    let cache = cache_fields(version).into_iter();
    let cache = cache.filter_map(|name| field(&stat, name));
    let used = cache.fold(usage, u64::saturating_sub);
    Some(limit.saturating_sub(used))
}

fn usage_file(version: Version) -> &'static str {
    match version {
        Version::V1 => "memory.usage_in_bytes",
        Version::V2 => "memory.current",
    }
}

/// What a group and those below it keep of files, read lately or not; files in memory alone aren't among them.
fn cache_fields(version: Version) -> [&'static str; 2] {
    match version {
        Version::V1 => ["total_active_file ", "total_inactive_file "],
        Version::V2 => ["active_file ", "inactive_file "],
    }
}

/// The first number behind a name that starts a line.
fn field(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.split_whitespace().next()?.parse().ok()
}

/// How many processes the kernel ended so far for want of memory: of the control group of this process, where the
/// system has groups, else of the whole system. None where it doesn't tell.
#[must_use]
pub fn killed() -> Option<u64> {
    let of_group = || {
        let membership = Membership::of_process(Controller::Memory)?;
        let group = membership.folders().next()?;
        fs::read_to_string(group.join(membership.version.kills_file())).ok()
    };
    let of_system = || fs::read_to_string("/proc/vmstat").ok();
    of_group()
        .as_deref()
        .and_then(kills)
        .or_else(|| of_system().as_deref().and_then(kills))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(files: &[(&str, &str)]) -> tempfile::TempDir {
        let group = tempfile::tempdir().unwrap();
        for (name, content) in files {
            fs::write(group.path().join(name), content).unwrap();
        }
        group
    }

    #[test]
    fn a_group_leaves_its_limit_but_for_what_is_used_and_no_cache() {
        let v2 = group(&[
            ("memory.max", "1000\n"),
            ("memory.current", "700\n"),
            (
                "memory.stat",
                "anon 400\nfile 300\nactive_file 100\ninactive_file 200\n",
            ),
        ]);
        assert_eq!(left(v2.path(), Version::V2), Some(600));
        let v1 = group(&[
            ("memory.limit_in_bytes", "1000\n"),
            ("memory.usage_in_bytes", "700\n"),
            (
                "memory.stat",
                "inactive_file 1\ntotal_active_file 100\ntotal_inactive_file 200\n",
            ),
        ]);
        assert_eq!(left(v1.path(), Version::V1), Some(600));
    }

    #[test]
    fn a_group_without_a_limit_leaves_everything() {
        let unlimited = group(&[("memory.max", "max\n"), ("memory.current", "700\n")]);
        assert_eq!(left(unlimited.path(), Version::V2), None);
        assert_eq!(left(group(&[]).path(), Version::V1), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_system_tells_what_it_has() {
        assert!(available().is_some_and(|bytes| bytes > 1 << 20));
        assert!(killed().is_some());
    }
}
