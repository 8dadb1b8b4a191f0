//! How soon a program that doesn't end by itself is gone once its time is over: one that ignores
//! signals, and ones that print, fork and make files without end.
//!
//! ```text
//! cargo bench --bench contain -- --runs 5 --check
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]
#![expect(
    clippy::disallowed_types,
    reason = "what is measured exits with 1, which `process` takes for a failure"
)]

#[path = "../shared/median.rs"]
mod median;
#[path = "../shared/mode.rs"]
mod mode;

use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use clap::Parser as _;

use median::median;
use mode::{Bound, Mode};

/// What the programs do, by the first argument of `tests/cli/blank/hostile`.
const HARMS: &[&str] = &["waits", "prints", "forks", "litters"];
/// Seconds that a program is given.
const LIMIT: f64 = 1.0;
/// Seconds after that in which it has to be gone, with all that it started.
const GRACE: f64 = 1.0;

/// Measures how soon programs that don't end are gone.
#[derive(Debug, clap::Parser)]
struct Args {
    /// How often each program is run
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,

    #[command(flatten)]
    mode: Mode,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let args = Args::parse();
    if !args.mode.measures() {
        return Ok(ExitCode::SUCCESS);
    }
    let folder = tempfile::tempdir()?;
    let program = folder.path().join("hostile");
    build(&program)?;
    let mut holds = true;
    for harm in HARMS {
        let times: Result<Vec<f64>, _> = (0..args.runs).map(|_| run(&program, harm)).collect();
        let late = median(times?) - LIMIT;
        holds &= late <= GRACE;
        println!("{harm}: gone {:.0} ms after its time", late * 1e3);
    }
    let verdict = Bound::from(holds);
    println!("at most {GRACE} s: {verdict}");
    Ok(args.mode.exit(verdict))
}

fn build(program: &Path) -> Result<(), Box<dyn Error>> {
    let built = Command::new("go")
        .args(["build", "-trimpath", "-o"])
        .arg(program)
        .arg("./hostile")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/blank"))
        .envs([("CGO_ENABLED", "0"), ("GOFLAGS", "-buildvcs=false")])
        .status()?;
    if built.success() {
        Ok(())
    } else {
        Err(format!("failed to build the program: {built}").into())
    }
}

/// Seconds from the start of gobuildx to its end.
fn run(program: &Path, harm: &str) -> Result<f64, Box<dyn Error>> {
    let begin = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_gobuildx"))
        .args(["smoke", "--timeout", "1s", "--grant", "tmp"])
        .arg(program)
        .args(["--", harm])
        .stdin(Stdio::null())
        .output()?;
    let took = begin.elapsed().as_secs_f64();
    let text = String::from_utf8_lossy(&output.stdout);
    if text.contains("it didn't end within 1.0 s") {
        Ok(took)
    } else {
        Err(format!("`{harm}` ended otherwise: {text}").into())
    }
}
