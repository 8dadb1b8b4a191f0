//! How much a program may take on the blank system.

use std::time::Duration;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Serialize, Serializer};

/// The limits of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// After which it is ended; a service with all that asks it.
    #[serde(rename = "time_ms", serialize_with = "milliseconds")]
    pub time: Duration,
    /// Bytes of memory that it may have: each of its processes, and all together where a control group can be had.
    /// Go starts with 64 MiB.
    pub memory: u64,
    /// Processes, with their threads.
    pub processes: u64,
    /// Files that each of its processes may have open.
    pub files: u64,
    /// Bytes of its output that are kept, of each stream: the first ones and, above all, the last.
    pub output: usize,
    /// Bytes that it may write to each folder that is granted.
    pub disk: u64,
    /// Files and folders that it may make in each of these: as many as it has room for if none is empty. The system
    /// takes seconds to forget hundreds of thousands of them.
    pub entries: u64,
}

/// Bytes that a file takes in memory at least, unless it is empty.
const PAGE: u64 = 4096;

/// What the limit of memory is about.
#[derive(BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MemoryOf {
    /// All processes of a run together, with what they share.
    All,
    /// Each process by itself, where no control group can be had.
    Each,
}

impl Limits {
    /// Bytes of memory that all processes of a run may have together, with what they write to folders in memory.
    #[must_use]
    pub fn memory_of_all(&self) -> u64 {
        self.memory + self.disk
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(10),
            memory: 1 << 30,
            processes: 256,
            files: 1024,
            output: 64 << 10,
            disk: 64 << 20,
            entries: (64 << 20) / PAGE,
        }
    }
}

fn milliseconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
