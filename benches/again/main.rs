//! What a build costs that has nothing, or little, to do: `gobuildx build --matrix` beside a shell loop that
//! starts one go process per binary and target, and beside other tools that are given.
//!
//! All sides build the same repository, each into a folder of its own, and share Go's build cache, which has
//! everything. They run in turn, and the order alternates. What is measured is the time from start to end.
//!
//! ```text
//! cargo bench --bench again -- --rounds 7 --check
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

#[path = "../shared/median.rs"]
mod median;
#[path = "../shared/mode.rs"]
mod mode;
mod side;
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
use gobuildx::text_table::{Align, Table};

use mode::{Bound, Mode};
use side::Side;
use subject::Subject;

/// Compares builds that have nothing, or one edited file, to do.
#[derive(Debug, clap::Parser)]
struct Args {
    /// How often each side is measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// How many targets age's four binaries are built for
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=8))]
    targets: u8,

    /// A goreleaser to measure too
    #[arg(long)]
    goreleaser: Option<PathBuf>,

    #[command(flatten)]
    mode: Mode,
}

/// How much of the loop's time a build may take that has nothing to do.
const BOUND: f64 = 0.1;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let args = Args::parse();
    if !args.mode.measures() {
        return Ok(ExitCode::SUCCESS);
    }
    let cancel = Cancel::new();
    interrupt::listen(&cancel)?;
    let host = Host::probe()?;
    let subject = Subject::prepare(usize::from(args.targets), &host.env, &cancel)?;
    println!("{subject}\n");
    let sides = Side::all(&subject, args.goreleaser.as_deref(), &host.env);
    for side in &sides {
        println!("{side}");
        side.run(&cancel)?;
        // A file that was written just now may change once more unseen: the second run settles that.
        side.run(&cancel)?;
    }
    let nothing = rounds(&sides, args.rounds, || Ok(()), &cancel)?;
    println!("\nNothing to do:\n{}", table(&sides, &nothing));
    // The first edit makes the tree differ from its commit, which all binaries tell.
    subject.edit()?;
    for side in &sides {
        side.run(&cancel)?;
    }
    let edited = rounds(&sides, args.rounds, || subject.edit(), &cancel)?;
    println!("One file of one binary edited:\n{}", table(&sides, &edited));
    let ratio = ratio(&nothing);
    let verdict = Bound::from(ratio <= BOUND);
    println!(
        "Nothing to do: {ratio:.4} of the loop's time, at most {BOUND} wanted: the bound {verdict}"
    );
    Ok(args.mode.exit(verdict))
}

/// The times of each side in milliseconds, one a round; before each measurement something is done.
fn rounds(
    sides: &[Side],
    count: u32,
    before: impl Fn() -> std::io::Result<()>,
    cancel: &Cancel,
) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let mut times = vec![Vec::new(); sides.len()];
    for round in 0..count {
        let mut order: Vec<(&Side, &mut Vec<f64>)> = sides.iter().zip(&mut times).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for (side, times) in order {
            before()?;
            times.push(side.run(cancel)?.as_secs_f64() * 1000.0);
        }
    }
    Ok(times)
}

/// gobuildx's median ÷ that of the loop.
fn ratio(times: &[Vec<f64>]) -> f64 {
    let median_of = |side: usize| {
        times
            .get(side)
            .map_or(f64::NAN, |all| median::median(all.clone()))
    };
    median_of(0) / median_of(1)
}

fn table(sides: &[Side], times: &[Vec<f64>]) -> Table {
    let mut table = Table::new(&[
        ("Medians", Align::Left),
        ("From start to end", Align::Right),
        ("As much as gobuildx", Align::Right),
    ]);
    let ours = times
        .first()
        .map_or(f64::NAN, |all| median::median(all.clone()));
    for (side, all) in sides.iter().zip(times) {
        let median = median::median(all.clone());
        table.row(vec![
            side.name.to_owned(),
            format!("{median:.1} ms"),
            format!("{:.1} ×", median / ours),
        ]);
    }
    table
}
