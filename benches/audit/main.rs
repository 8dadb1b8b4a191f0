//! What `gobuildx audit` costs beside the bare go commands that it needs, on a project of some hundred modules.
//!
//! The sides run in pairs whose order alternates. Both ask the same proxy; modules are fetched before. Linux only: the
//! CPU time comes from /proc.
//!
//! ```text
//! cargo bench --bench audit -- --pairs 5 --check
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

#[path = "../shared/median.rs"]
mod median;
#[path = "../shared/mode.rs"]
mod mode;
#[path = "../shared/proc_stat.rs"]
#[expect(dead_code, reason = "only the time of children is of interest")]
mod proc_stat;
#[path = "../shared/sources.rs"]
#[expect(dead_code, reason = "other benchmarks build other sources")]
mod sources;

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser as _;
use gobuildx::host::{Environment, Host};
use gobuildx::interrupt;
use gobuildx::process::{Cancel, Command, ProcessError};

use median::median;
use mode::{Bound, Mode};

/// A program whose build list has some 380 modules.
const HELM: &str = "helm.sh/helm/v3@v3.14.0";
const PACKAGE: &str = "./cmd/helm";
/// The most time that the audit may take, beside the bare commands.
const MOST: f64 = 1.2;

/// What go is asked, one after the other, as a script would.
const BARE: [&[&str]; 5] = [
    &["mod", "tidy", "-diff"],
    &["mod", "verify"],
    &["list", "-e", "-m", "-u", "-retracted", "-json", "all"],
    &[
        "list",
        "-deps",
        "-json=ImportPath,Standard,Deps,Module",
        PACKAGE,
    ],
    &["mod", "graph"],
];

/// Compares `gobuildx audit` with the bare go commands.
#[derive(Debug, clap::Parser)]
struct Args {
    /// How often both sides are measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,

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
    let temp = tempfile::tempdir()?;
    let subject = Subject::prepare(temp.path(), &cancel)?;
    println!("{HELM}: {} modules in its build list", subject.modules);
    // What go fetches and compiles for the first time, it keeps.
    let sides = [Side::Audit, Side::Bare];
    for side in sides {
        subject.measure(side, &cancel)?;
    }
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for number in 0..args.pairs {
        let mut order = sides;
        order.rotate_left((number % 2) as usize);
        for side in order {
            let cost = subject.measure(side, &cancel)?;
            match side {
                Side::Audit => ours.push(cost),
                Side::Bare => bare.push(cost),
            }
        }
    }
    let ratio = told(&ours, &bare);
    let verdict = Bound::from(ratio <= MOST);
    println!("{ratio:.2} of the time, at most {MOST} wanted: the bound {verdict}");
    Ok(args.mode.exit(verdict))
}

/// What is measured.
#[derive(Clone, Copy, Debug)]
enum Side {
    Audit,
    Bare,
}

/// Seconds.
#[derive(Clone, Copy, Debug)]
struct Cost {
    cpu: f64,
    wall: f64,
}

/// Tells the medians; the result is the ratio of times, pair by pair.
fn told(ours: &[Cost], bare: &[Cost]) -> f64 {
    let middle = |costs: &[Cost], get: fn(&Cost) -> f64| median(costs.iter().map(get).collect());
    for (name, costs) in [("gobuildx audit", ours), ("bare go commands", bare)] {
        let wall = middle(costs, |cost| cost.wall);
        let cpu = middle(costs, |cost| cost.cpu);
        println!("{name:<18}{wall:.2} s from start to end, {cpu:.2} s of CPU");
    }
    let pairs = ours.iter().zip(bare);
    median(pairs.map(|(ours, bare)| ours.wall / bare.wall).collect())
}

/// The project that is audited.
struct Subject {
    root: PathBuf,
    env: Environment,
    modules: usize,
}

impl Subject {
    fn prepare(temp: &Path, cancel: &Cancel) -> Result<Self, Box<dyn Error>> {
        let host = Host::probe()?;
        let mut env = host.env.clone();
        // It would read all sources, which the bare commands don't.
        if let Some(path) = env.get("PATH") {
            env.set("PATH", without_govulncheck(path)?);
        }
        let download = sources::go(&["mod", "download", "-json", HELM], temp, &env);
        let root = temp.join("helm");
        sources::copy(&sources::module(&download, cancel)?, &root)?;
        writable(&root)?;
        fs::write(root.join("targets.toml"), MANIFEST)?;
        // Of advisories there are none: getting them isn't asking go.
        let index = root.join("vulndb/index");
        fs::create_dir_all(&index)?;
        fs::write(index.join("modules.json"), "[]")?;
        fs::write(
            index.join("db.json"),
            "{\"modified\": \"2026-01-01T00:00:00Z\"}",
        )?;
        let list = sources::go(&["list", "-m", "all"], &root, &env).run(cancel)?;
        Ok(Self {
            modules: list.stdout_text().lines().count() - 1,
            root,
            env,
        })
    }

    fn measure(&self, side: Side, cancel: &Cancel) -> Result<Cost, Box<dyn Error>> {
        let children = proc_stat::of_children()?;
        let begin = Instant::now();
        match side {
            Side::Bare => {
                for args in BARE {
                    done(
                        sources::go(args, &self.root, &self.env)
                            .run(cancel)
                            .map(drop),
                    )?;
                }
            }
            Side::Audit => {
                let args = ["audit", "--format", "json", "--database", "vulndb"];
                let command = Command::new(env!("CARGO_BIN_EXE_gobuildx")).args(args);
                let command = sources::environment(command.dir(&self.root), &self.env);
                done(command.run(cancel).map(drop))?;
            }
        }
        let wall = begin.elapsed().as_secs_f64();
        let cpu = proc_stat::of_children()?.saturating_sub(children);
        Ok(Cost {
            cpu: Duration::as_secs_f64(&cpu),
            wall,
        })
    }
}

/// One target, and nothing that is denied.
const MANIFEST: &str = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n\n[[binary]]\nname = \"helm\"\n\
                        package = \"./cmd/helm\"\n\n[audit]\ndeny = []\n";

/// go exits with 1 where it has something to tell.
fn done(result: Result<(), ProcessError>) -> Result<(), ProcessError> {
    match result {
        Err(ProcessError::Exit { .. }) => Ok(()),
        other => other,
    }
}

/// The folders of programs in which there is none.
fn without_govulncheck(path: &std::ffi::OsStr) -> Result<OsString, std::env::JoinPathsError> {
    let folders = std::env::split_paths(path);
    std::env::join_paths(folders.filter(|folder| !folder.join("govulncheck").exists()))
}

/// The module cache is read-only, and so are copies of its folders.
fn writable(folder: &Path) -> std::io::Result<()> {
    gobuildx::atomic::Mode::Executable.set(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            writable(&path)?;
        }
    }
    Ok(())
}
