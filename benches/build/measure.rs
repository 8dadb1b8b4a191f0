//! What one command costs, with everything that it starts.

use std::error::Error;
use std::time::{Duration, Instant};

use gobuildx::process::{Cancel, Command};

use crate::memory;
use crate::proc_stat::{self, Machine};

/// What a command took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// User and system time of the command and its descendants.
    pub(crate) cpu: Duration,
    /// From start to end.
    pub(crate) wall: Duration,
    /// Time that cores of the machine had nothing to do, all cores together.
    pub(crate) idle: Duration,
    /// CPU time that everything else on the machine took meanwhile.
    pub(crate) others: Duration,
    /// The most memory of all processes together, in bytes.
    pub(crate) peak: u64,
}

/// Runs a command and measures it.
pub(crate) fn measure(command: &Command, cancel: &Cancel) -> Result<Cost, Box<dyn Error>> {
    let machine = Machine::now()?;
    let children = proc_stat::of_children()?;
    let begin = Instant::now();
    let (result, peak) = memory::peak_during(|| command.run(cancel));
    let wall = begin.elapsed();
    let cpu = proc_stat::of_children()?.saturating_sub(children);
    let after = Machine::now()?;
    result?;
    Ok(Cost {
        cpu,
        wall,
        idle: after.idle.saturating_sub(machine.idle),
        others: after.busy.saturating_sub(machine.busy).saturating_sub(cpu),
        peak,
    })
}
