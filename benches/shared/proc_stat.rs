//! Time that the kernel counts: this process's children, and the whole machine.

use std::fs;
use std::io;
use std::time::Duration;

/// What one unit of the kernel's counters is. `USER_HZ` is 100 wherever Go's tools run on Linux.
const TICK: Duration = Duration::from_millis(10);

/// CPU time, user and system, of all descendants that have ended and were waited for.
pub(crate) fn of_children() -> io::Result<Duration> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let stat = ProcessStat::parse(&text).ok_or_else(unreadable)?;
    Ok(ticks(stat.children))
}

/// What all cores have done since the machine started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    /// Time in which a core worked for anybody.
    pub(crate) busy: Duration,
    /// Time in which a core had nothing to do.
    pub(crate) idle: Duration,
}

impl Machine {
    pub(crate) fn now() -> io::Result<Self> {
        Self::parse(&fs::read_to_string("/proc/stat")?).ok_or_else(unreadable)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text
            .lines()
            .next()?
            .strip_prefix("cpu ")?
            .split_whitespace();
        let mut next = || words.next()?.parse::<u64>().ok();
        let [user, nice, system, idle] = [next()?, next()?, next()?, next()?];
        let [iowait, irq, softirq, steal] = [next()?, next()?, next()?, next()?];
        Some(Self {
            busy: ticks(user + nice + system + irq + softirq + steal),
            idle: ticks(idle + iowait),
        })
    }
}

/// The part of a `/proc/PID/stat` that is of use here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProcessStat {
    pub(crate) parent: u32,
    pub(crate) resident_pages: u64,
    children: u64,
}

impl ProcessStat {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // The name of the program may hold spaces and brackets. After it comes field 3.
        let (_, rest) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(field(4)?).ok()?,
            children: field(16)? + field(17)?,
            resident_pages: field(24)?,
        })
    }
}

fn ticks(count: u64) -> Duration {
    TICK.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
}

fn unreadable() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "/proc is not as Linux writes it",
    )
}
