//! The memory that a tree of processes takes, looked at now and then.

use std::collections::BTreeMap;
use std::fs;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::proc_stat::ProcessStat;

/// Often enough to see every link of a binary, seldom enough to cost nothing.
const INTERVAL: Duration = Duration::from_millis(250);
/// Of the machines that Go's tools run on; elsewhere the figure is off by a constant factor.
const PAGE: u64 = 4096;

/// Does the work, and tells the most memory, in bytes, that was resident in all descendants of
/// this process together. What they share is counted once for each.
pub(crate) fn peak_during<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let (done, is_done) = channel::<()>();
    thread::scope(|scope| {
        let sampler = scope.spawn(move || {
            let mut peak = 0;
            while is_done.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                peak = peak.max(now());
            }
            peak
        });
        let result = work();
        drop(done);
        (result, sampler.join().unwrap_or_default())
    })
}

/// What is resident now in all descendants of this process.
fn now() -> u64 {
    let processes: BTreeMap<u32, ProcessStat> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let id = entry.file_name().to_str()?.parse().ok()?;
            // A process that has just ended has no such file.
            let text = fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((id, ProcessStat::parse(&text)?))
        })
        .collect();
    let is_ours = |id: &u32| {
        let above = std::iter::successors(processes.get(id), |stat| processes.get(&stat.parent));
        // A list of processes is read one by one, so it might hold a circle of reused ids.
        above.take(64).any(|stat| stat.parent == std::process::id())
    };
    let pages: u64 = processes
        .iter()
        .filter(|(id, _)| is_ours(id))
        .map(|(_, stat)| stat.resident_pages)
        .sum();
    pages * PAGE
}
