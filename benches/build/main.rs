//! What builds cost: `gobuildx build --matrix` beside a shell loop that starts one go process per binary and
//! target, and beside other tools that are given.
//!
//! Three situations: everything is compiled, into build caches that are empty at the start (`cold`); one file
//! of one binary was edited (`edit`); nothing changed (`nothing`). All sides build the same repository, each
//! into a folder of its own. They run in turn, and the order alternates, so that a machine that is busy with
//! something else, or slows down, does so for all. Linux only: the figures come from /proc.
//!
//! ```text
//! cargo bench --bench build -- cold --size 2x2 --size 4x4 --goreleaser ~/go/bin/goreleaser --check
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

mod bound;
mod measure;
#[path = "../shared/median.rs"]
mod median;
mod memory;
#[path = "../shared/mode.rs"]
mod mode;
mod plot;
#[path = "../shared/proc_stat.rs"]
mod proc_stat;
mod rounds;
mod scenario;
mod side;
mod size;
#[path = "../shared/sources.rs"]
mod sources;
mod subject;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use gobuildx::host::Host;
use gobuildx::interrupt;
use gobuildx::process::Cancel;

use mode::Mode;
use rounds::Measured;
use scenario::Scenario;
use side::{Others, Side};
use size::Size;
use subject::{Name, Subject};

/// Compares what builds cost.
#[derive(Debug, clap::Parser)]
struct Args {
    /// What there is to do
    #[arg(value_enum, default_value_t)]
    scenario: Scenario,

    /// How often each side is measured
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// How much is built, such as 4x2: so many binaries for so many targets; may be given more than once
    #[arg(long = "size", value_name = "BINARIESxTARGETS", default_value = "4x2")]
    sizes: Vec<Size>,

    /// What is built
    #[arg(long, value_enum, default_value_t)]
    subject: Name,

    #[command(flatten)]
    others: Others,

    /// Where a picture of the times is written
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,

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
    println!("{subject}\n{}", args.scenario.explained());
    let mut measured = Vec::new();
    for size in &args.sizes {
        let built = subject.with_size(*size, args.scenario, (&host.env, &cancel))?;
        let sides = Side::all(&built, args.scenario, &args.others, &host.env)?;
        println!("\n{built}");
        for side in &sides {
            println!("  {side}");
        }
        let costs = rounds::run(&built, &sides, (args.scenario, args.rounds), &cancel)?;
        let all = Measured::new(*size, &sides, costs);
        println!("\n{}", all.table(host.cores));
        measured.push(all);
    }
    if let Some(file) = &args.plot {
        let title = format!("{}, {subject}", args.scenario.title());
        std::fs::write(file, plot::svg(&title, &measured))?;
    }
    let verdicts = measured
        .iter()
        .flat_map(|all| bound::verdicts(args.scenario, all));
    let (mut any, mut all_hold) = (false, true);
    for (text, holds) in verdicts {
        let word = if holds { "holds" } else { "does NOT hold" };
        println!("{text}: {word}");
        (any, all_hold) = (true, all_hold && holds);
    }
    if !any {
        println!("No bound is set for what was measured.");
    }
    Ok(args.mode.exit((any && all_hold).into()))
}
