//! What `gobuildx inspect` costs beside Go's own tools, which say less: `go tool nm`, `go tool objdump
//! -s main.init` and `go version -m` of the same file.
//!
//! The sides run in pairs whose order alternates, so that a machine that is busy with something
//! else, or slows down, does so for both. Linux only: the CPU time comes from /proc.
//!
//! ```text
//! cargo bench --bench inspect -- --pairs 9 --check
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

#[path = "../shared/median.rs"]
mod median;
#[path = "../shared/mode.rs"]
mod mode;
#[path = "../shared/proc_stat.rs"]
#[expect(dead_code, reason = "only the time of children is of interest")]
mod proc_stat;
mod subject;

use std::error::Error;
use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser as _;
use gobuildx::host::Host;
use gobuildx::interrupt;
use gobuildx::process::{Cancel, Command};

use median::median;
use mode::{Bound, Mode};
use subject::{Name, Subject};

/// The most CPU time that inspecting 30 MB may take.
const MOST: Duration = Duration::from_millis(150);
const SIZE: f64 = 30e6;
/// How many times as fast as Go's tools it has to be, on a machine that is busy with other things
/// too.
const TIMES: f64 = 6.0;

/// Compares `gobuildx inspect` with Go's own tools.
#[derive(Debug, clap::Parser)]
struct Args {
    /// How often both sides are measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,

    /// Which program is inspected: restic is a backup tool, exporter Prometheus' node exporter
    #[arg(long, value_enum, default_value_t)]
    subject: Name,

    #[command(flatten)]
    mode: Mode,
}

/// What a side took.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// User and system time.
    cpu: Duration,
    /// From start to end.
    wall: Duration,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
        write!(
            f,
            "{} of CPU, {} from start to end",
            ms(self.cpu),
            ms(self.wall)
        )
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let args = Args::parse();
    if !args.mode.measures() {
        return Ok(ExitCode::SUCCESS);
    }
    let cancel = Cancel::new();
    interrupt::listen(&cancel)?;
    let host = Host::probe()?;
    let subject = Subject::prepare(args.subject, &host.env, &cancel)?;
    println!("{subject}\n");
    let sides = [
        (subject.gobuildx(), subject::TIMES),
        (subject.go_tools(), 1),
    ];
    // Go builds its tools when they are used first, and pages of the file come from the disk.
    for (side, times) in &sides {
        measure(side, *times, &cancel)?;
    }
    let mut costs = [Vec::new(), Vec::new()];
    for number in 0..args.pairs {
        let mut order = [0, 1];
        order.rotate_left((number % 2) as usize);
        for side in order {
            if let (Some((command, times)), Some(costs)) = (sides.get(side), costs.get_mut(side)) {
                costs.push(measure(command, *times, &cancel)?);
            }
        }
    }
    let [ours, theirs] = &costs;
    let verdict = judge(subject.bytes, ours, theirs);
    println!("{verdict}");
    Ok(args.mode.exit(verdict.both()))
}

/// The medians, and what they say.
#[derive(Debug)]
struct Verdict {
    ours: Cost,
    theirs: Cost,
    /// Go's tools ÷ gobuildx, pair by pair: the medians.
    cpu_times: f64,
    wall_times: f64,
    /// The CPU time that a file of this size may take.
    most: Duration,
}

fn judge(bytes: u64, ours: &[Cost], theirs: &[Cost]) -> Verdict {
    let times = |get: fn(&Cost) -> Duration| {
        let pairs = theirs.iter().zip(ours);
        let ratio = |(theirs, ours)| get(theirs).as_secs_f64() / get(ours).as_secs_f64();
        median(pairs.map(ratio).collect())
    };
    let middle = |costs: &[Cost]| {
        let of = |get: fn(&Cost) -> Duration| {
            let seconds = costs.iter().map(|cost| get(cost).as_secs_f64());
            Duration::from_secs_f64(median(seconds.collect()))
        };
        Cost {
            cpu: of(|cost| cost.cpu),
            wall: of(|cost| cost.wall),
        }
    };
    Verdict {
        ours: middle(ours),
        theirs: middle(theirs),
        cpu_times: times(|cost| cost.cpu),
        wall_times: times(|cost| cost.wall),
        most: MOST.mul_f64((size(bytes) / SIZE).max(1.0)),
    }
}

impl Verdict {
    fn both(&self) -> Bound {
        Bound::from(self.is_in_time() && self.is_fast())
    }

    fn is_in_time(&self) -> bool {
        self.ours.cpu <= self.most
    }

    fn is_fast(&self) -> bool {
        self.wall_times >= TIMES
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "gobuildx inspect:  {}", self.ours)?;
        writeln!(f, "Go's three tools:  {}", self.theirs)?;
        writeln!(
            f,
            "{:.1} times the CPU time, {:.1} times from start to end",
            self.cpu_times, self.wall_times
        )?;
        writeln!(
            f,
            "at most {} ms of CPU for a file of this size: {}",
            self.most.as_millis(),
            Bound::from(self.is_in_time())
        )?;
        write!(
            f,
            "at least {TIMES} times as fast from start to end: {}",
            Bound::from(self.is_fast())
        )
    }
}

/// What one of several equal runs takes, all of which a command does.
fn measure(command: &Command, times: u32, cancel: &Cancel) -> Result<Cost, Box<dyn Error>> {
    let children = proc_stat::of_children()?;
    let begin = Instant::now();
    command.run(cancel)?;
    let wall = begin.elapsed();
    Ok(Cost {
        cpu: proc_stat::of_children()?.saturating_sub(children) / times,
        wall: wall / times,
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes of files are exact as f64"
)]
fn size(bytes: u64) -> f64 {
    bytes as f64
}
