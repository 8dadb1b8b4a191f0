//! How much memory a command takes, with all that it starts.
//!
//! It is looked at now and then while it runs, since nothing else tells: what the system counts of ended processes
//! (`ru_maxrss`) is the largest one's alone, and what it counts of a control group has the cache of files in it,
//! which the kernel takes back when memory gets scarce. Pages that processes share count in each of them. A
//! process that comes and goes between two looks is missed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

/// How often is looked.
const PERIOD: Duration = Duration::from_millis(100);

/// The most memory that was seen.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize,
)]
pub struct Footprint {
    /// Bytes of all processes together, at one moment.
    pub all: u64,
    /// Bytes of the largest process.
    pub largest: u64,
}

impl Footprint {
    /// The most of both.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            all: self.all.max(other.all),
            largest: self.largest.max(other.largest),
        }
    }
}

/// Tells the most memory that a command took so far, while it runs and afterwards.
#[derive(Debug, Default)]
pub struct Gauge(Mutex<Option<Footprint>>);

impl Gauge {
    /// The most that was seen; nothing of a command that was gone before the first look, or where the system
    /// doesn't tell.
    #[must_use]
    pub fn footprint(&self) -> Option<Footprint> {
        *self.seen()
    }

    fn add(&self, now: Footprint) {
        let mut seen = self.seen();
        *seen = Some(seen.unwrap_or_default().max(now));
    }

    fn seen(&self) -> MutexGuard<'_, Option<Footprint>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at processes now and then.
#[derive(Debug)]
pub(super) struct Meter<'a> {
    gauge: &'a Gauge,
    next: Instant,
}

impl<'a> Meter<'a> {
    pub(super) fn start(gauge: &'a Gauge) -> Self {
        let next = Instant::now() + PERIOD;
        Self { gauge, next }
    }

    /// Looks at processes and all that they started, if it is time, and tells when it is next.
    pub(super) fn look(&mut self, leaders: impl IntoIterator<Item = u32>) -> Instant {
        if self.next <= Instant::now() {
            if let Some(seen) = resident(leaders) {
                self.gauge.add(seen);
            }
            // Where a look takes longer than the period, others get their turn all the same.
            self.next = Instant::now() + PERIOD;
        }
        self.next
    }
}

/// What processes, and all that they started, have in memory now.
#[cfg(target_os = "linux")]
fn resident(leaders: impl IntoIterator<Item = u32>) -> Option<Footprint> {
    let mut waiting: Vec<u32> = leaders.into_iter().collect();
    let mut seen: Option<Footprint> = None;
    while let Some(pid) = waiting.pop() {
        waiting.extend(linux::children(pid));
        if let Some((now, most)) = linux::sizes(pid) {
            let before = seen.unwrap_or_default();
            seen = Some(Footprint {
                all: before.all.saturating_add(now),
                largest: before.largest.max(most),
            });
        }
    }
    seen
}

/// Other systems don't tell that in files.
#[cfg(not(target_os = "linux"))]
fn resident(_leaders: impl IntoIterator<Item = u32>) -> Option<Footprint> {
    None
}

/// Source: `proc(5)`.
#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::path::PathBuf;

    /// The processes that one started and that haven't ended: each of its threads has its own.
    pub(super) fn children(pid: u32) -> Vec<u32> {
        let threads = fs::read_dir(folder(pid).join("task"));
        let threads = threads.into_iter().flatten().flatten();
        let lists = threads.filter_map(|thread| {
            let list = fs::read_to_string(thread.path().join("children"));
            list.ok()
        });
        let numbers = |list: String| -> Vec<u32> {
            let words = list.split_whitespace();
            words.filter_map(|word| word.parse().ok()).collect()
        };
        lists.flat_map(numbers).collect()
    }

    /// Bytes that a process has in memory, and the most that it ever had.
    pub(super) fn sizes(pid: u32) -> Option<(u64, u64)> {
        let status = fs::read_to_string(folder(pid).join("status")).ok()?;
        parse(&status)
    }

    fn folder(pid: u32) -> PathBuf {
        PathBuf::from(format!("/proc/{pid}"))
    }

    pub(super) fn parse(status: &str) -> Option<(u64, u64)> {
        let field = |name: &str| {
            let mut lines = status.lines();
            let value = lines.find_map(|line| line.strip_prefix(name))?;
            let number = value.trim().strip_suffix(" kB")?;
            number.parse::<u64>().ok()?.checked_mul(1024)
        };
        Some((field("VmRSS:")?, field("VmHWM:")?))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_the_status_of_a_process() {
        let status = "Name:\tlink\nVmHWM:\t  2048 kB\nVmRSS:\t    1024 kB\nThreads:\t7\n";
        assert_eq!(linux::parse(status), Some((1 << 20, 2 << 20)));
        // One that has ended and isn't reaped has no memory.
        assert_eq!(linux::parse("Name:\tlink\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    fn a_process_counts_with_itself() {
        let seen = resident([std::process::id()]).unwrap();
        assert!(seen.all > 1 << 20, "{seen:?}");
        assert!(seen.largest > 1 << 20, "{seen:?}");
    }

    #[test]
    fn a_gauge_tells_the_most_of_both() {
        let gauge = Gauge::default();
        assert_eq!(gauge.footprint(), None);
        for (all, largest) in [(10, 2), (7, 5)] {
            gauge.add(Footprint { all, largest });
        }
        let most = Footprint {
            all: 10,
            largest: 5,
        };
        assert_eq!(gauge.footprint(), Some(most));
    }

    #[test]
    fn the_next_look_comes_a_period_after_the_end_of_the_last_one() {
        let mut meter = Meter {
            gauge: &Gauge::default(),
            next: Instant::now(),
        };
        let mut looked = None;
        let next = meter.look(std::iter::once_with(|| {
            looked = Some(Instant::now());
            u32::MAX
        }));
        assert!(looked.is_some_and(|looked| next >= looked + PERIOD));
    }

    #[test]
    fn a_process_that_is_not_there_has_no_memory() {
        assert_eq!(resident([u32::MAX]), None);
    }
}
