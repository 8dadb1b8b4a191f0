//! What a cold build costs: `gobuildx build --matrix` beside a shell loop that starts one go
//! process per binary and target.
//!
//! Both compile everything, into build caches of their own that are empty at the start. They run
//! in pairs, and the order alternates, so that a machine that is busy with something else, or
//! slows down, does so for both. Linux only: the figures come from /proc.
//!
//! ```text
//! cargo bench --bench cold -- --pairs 3 --check
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

mod measure;
#[path = "../shared/median.rs"]
mod median;
mod memory;
#[path = "../shared/mode.rs"]
mod mode;
mod pair;
mod proc_stat;
#[path = "../shared/sources.rs"]
mod sources;
mod subject;
mod summary;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;
use gobuildx::host::Host;
use gobuildx::interrupt;
use gobuildx::process::Cancel;

use mode::{Bound, Mode};
use pair::Bench;
use subject::{Name, Subject};

/// Compares the CPU time of `gobuildx build --matrix` with that of a loop of `go build`.
#[derive(Debug, clap::Parser)]
struct Args {
    /// How often both sides are measured
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,

    /// What is built: age is a module of four binaries, fleet the example with three
    #[arg(long, value_enum, default_value_t)]
    subject: Name,

    #[command(flatten)]
    mode: Mode,
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
    let bench = Bench::new(&subject, &host.env, &cancel)?;
    println!("{subject}\n\n{bench}\n");

    let mut pairs = Vec::new();
    for number in 0..args.pairs {
        let pair = bench.pair(number % 2 == 1)?;
        println!("pair {} of {}: {pair}", number + 1, args.pairs);
        pairs.push(pair);
    }
    println!("\n{}", summary::table(&pairs));

    let ratios = summary::ratios(&pairs, |cost| cost.cpu);
    println!(
        "CPU, gobuildx ÷ loop, pair by pair: {}",
        summary::list(&ratios)
    );
    let walls = summary::ratios(&pairs, |cost| cost.wall);
    println!(
        "wall, gobuildx ÷ loop, pair by pair: {}",
        summary::list(&walls)
    );
    let ratio = median::median(ratios);
    let Some(bound) = subject.bound else {
        println!("CPU: {ratio:.3} of the loop's; no bound is set for this subject");
        return Ok(ExitCode::SUCCESS);
    };
    let verdict = Bound::from(ratio <= bound);
    println!("CPU: {ratio:.3} of the loop's, at most {bound} wanted: the bound {verdict}");
    Ok(args.mode.exit(verdict))
}
