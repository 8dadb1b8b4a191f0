//! The hard limits of who calls gobuildx: what it starts may have no more.

use std::time::Duration;

use super::Limits;
use crate::human;

/// The most that a process may have here; none where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ceilings {
    pub(super) memory: Option<u64>,
    /// Of the user, in all.
    pub(super) processes: Option<u64>,
    pub(super) files: Option<u64>,
    /// Bytes of addresses, used or not.
    pub(super) addresses: Option<u64>,
    /// Seconds of work of a CPU.
    pub(super) work: Option<u64>,
    /// Bytes of each file that it writes.
    pub(super) file_size: Option<u64>,
}

/// Bytes of addresses that a process may have at most, whatever its limit.
///
/// Source: Linux, `Documentation/arch/x86/x86_64/mm.rst`: 47 bits of them are a program's. Other CPUs have no less.
const ALL_ADDRESSES: u64 = 1 << 47;

impl Ceilings {
    /// Those of this process.
    #[cfg(target_os = "linux")]
    pub(super) fn of_process() -> Self {
        use rustix::process::{Resource, getrlimit};
        let most = |resource| getrlimit(resource).maximum;
        Self {
            memory: most(Resource::Data),
            processes: most(Resource::Nproc),
            files: most(Resource::Nofile),
            addresses: most(Resource::As),
            work: most(Resource::Cpu),
            file_size: most(Resource::Fsize),
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn of_process() -> Self {
        Self::default()
    }

    /// Which limits of a run they make stricter, as people read it, where the user is to have so many processes in all.
    pub(super) fn stricter(&self, limits: &Limits, processes: u64) -> Vec<String> {
        let told = [
            below(self.memory, limits.memory)
                .map(|bytes| format!("{} of memory for each process", human::size(bytes))),
            below(self.addresses, ALL_ADDRESSES)
                .map(|bytes| format!("{} of addresses for each process", human::size(bytes))),
            below(self.processes, processes).map(|most| format!("{most} threads of the user")),
            below(self.files, limits.files).map(|most| format!("{most} open files")),
            below(self.work, most_work(limits))
                .map(|seconds| format!("{seconds} s of CPU time for each process")),
            below(self.file_size, limits.disk)
                .map(|bytes| format!("{} in each file", human::size(bytes))),
        ];
        told.into_iter().flatten().collect()
    }
}

/// Seconds of work that a process can't do more of in its time, with a CPU for each of its threads.
fn most_work(limits: &Limits) -> u64 {
    let time = limits.time + Duration::from_secs(1);
    time.as_secs().saturating_mul(limits.processes)
}

/// The lower one, if it is the first.
fn below(ceiling: Option<u64>, limit: u64) -> Option<u64> {
    ceiling.filter(|most| *most < limit)
}

/// The lower one.
pub(super) fn within(ceiling: Option<u64>, limit: u64) -> u64 {
    below(ceiling, limit).unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_stricter_is_told() {
        let limits = Limits::default();
        let processes = limits.processes + 40;
        assert_eq!(Ceilings::default().stricter(&limits, processes), [""; 0]);
        let equal = Ceilings {
            memory: Some(limits.memory),
            processes: Some(processes),
            files: Some(limits.files),
            addresses: Some(ALL_ADDRESSES),
            work: Some(most_work(&limits)),
            file_size: Some(limits.disk),
        };
        assert_eq!(equal.stricter(&limits, processes), [""; 0]);
        let lower = Ceilings {
            processes: Some(limits.processes + 39),
            ..equal
        };
        assert_eq!(
            lower.stricter(&limits, processes),
            ["295 threads of the user"]
        );
        assert_eq!(within(lower.processes, 300), 295);
        assert_eq!(within(None, 300), 300);
    }

    #[test]
    fn limits_that_no_run_has_of_its_own_are_told_too() {
        let low = Ceilings {
            addresses: Some(1 << 30),
            work: Some(60),
            file_size: Some(1 << 20),
            ..Ceilings::default()
        };
        assert_eq!(
            low.stricter(&Limits::default(), 256),
            [
                "1.1 GB of addresses for each process",
                "60 s of CPU time for each process",
                "1.0 MB in each file",
            ]
        );
    }
}
