//! What a plan costs: 25 binaries for 40 targets, 1,000 artifacts, from what go and git said to the table.
//!
//! What go and git take is told too: that grows with targets and modules, and not with binaries.
//!
//! ```text
//! cargo bench --bench plan -- --check
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

#[path = "../shared/median.rs"]
mod median;
#[path = "../shared/mode.rs"]
mod mode;
#[path = "../shared/sources.rs"]
#[expect(dead_code, reason = "other benchmarks build other sources")]
mod sources;

use std::error::Error;
use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser as _;
use gobuildx::by_release::ByRelease;
use gobuildx::embed::RootSets;
use gobuildx::go_install::Wanted;
use gobuildx::host::Host;
use gobuildx::ledger::Measures;
use gobuildx::manifest;
use gobuildx::plan::{Inputs, Release, Request, Scope, plan, root_sources, select, table};
use gobuildx::process::Cancel;
use gobuildx::project::{Project, Questions, survey};
use gobuildx::target::Target;
use gobuildx::tools::go::Go;

use mode::{Bound, Mode};

/// Milliseconds.
const BOUND: f64 = 50.0;
const BINARIES: usize = 25;
const TARGETS: usize = 40;

/// Measures how long a plan of 1,000 artifacts takes.
#[derive(Debug, clap::Parser)]
struct Args {
    /// How often it is made
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    #[command(flatten)]
    mode: Mode,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let args = Args::parse();
    if !args.mode.measures() {
        return Ok(ExitCode::SUCCESS);
    }
    let cancel = Cancel::new();
    let host = Host::probe()?;
    let temp = tempfile::tempdir()?;
    let root = fs::canonicalize(temp.path())?;
    let version = sources::go(&["env", "GOVERSION"], &root, &host.env).run(&cancel)?;
    sources::wide(&root, version.stdout_text().trim().trim_start_matches("go"))?;
    let binaries = sources::names(&root.join("cmd"))?;
    let list = sources::go(&["tool", "dist", "list"], &root, &host.env).run(&cancel)?;
    let text = manifest_text(&binaries, &list.stdout_text());

    let go = Go::find(&host, &Wanted::default())?;
    let settings = go.settings(&root, &cancel)?;
    let manifest = manifest::parse(None, &text)?;
    let request = Request {
        scope: Scope::Matrix,
        ..Request::default()
    };
    let selection = select(&manifest, &request, &settings.host)?;
    let begin = Instant::now();
    let questions = Questions {
        root: &root,
        manifest: &manifest,
        cells: &selection.cells,
        cores: host.cores,
        host: &host,
        on_fetch: &|_| {},
    };
    let projects = survey(&go, &settings, questions, &cancel)?;
    println!(
        "go and git: {:.0} ms",
        begin.elapsed().as_secs_f64() * 1000.0
    );

    let wide = Wide {
        text,
        request,
        projects,
        host: settings.host,
        cores: host.cores,
    };
    let mut times = Vec::new();
    for _ in 0..args.rounds {
        let begin = Instant::now();
        let count = wide.plan()?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
        if count != BINARIES * TARGETS {
            return Err(format!("{count} artifacts were planned").into());
        }
    }
    let time = median::median(times);
    let verdict = Bound::from(time <= BOUND);
    println!(
        "{BINARIES} binaries × {TARGETS} targets, manifest to table: {time:.1} ms, at most {BOUND} wanted: \
         the bound {verdict}"
    );
    Ok(args.mode.exit(verdict))
}

/// What is planned, and what go and git said of it.
struct Wide {
    text: String,
    request: Request,
    projects: ByRelease<Project>,
    host: Target,
    cores: u32,
}

impl Wide {
    /// Reads the manifest, makes the plan, and tells of how many artifacts its table is.
    fn plan(&self) -> Result<usize, Box<dyn Error>> {
        let manifest = manifest::parse(None, &self.text)?;
        let selection = select(&manifest, &self.request, &self.host)?;
        let version = |project: &Project| project.toolchain.version.clone();
        let roots = self
            .projects
            .map(|project| root_sources(&RootSets::default(), &version(project)));
        let release = Release::new(
            "wide".to_owned(),
            &manifest.project.version,
            None,
            Some(0),
            self.projects.all().map(version),
        )?;
        let plan = plan(&Inputs {
            request: &self.request,
            selection: &selection,
            toolchains: &[],
            manifest: &manifest,
            projects: &self.projects,
            release: &release,
            host: &self.host,
            cores: self.cores,
            memory: None,
            measures: &Measures::default(),
            inherit: &[],
            roots: &roots,
            packer: None,
            starters: None,
        })?;
        let lines = table::table(&plan, None).lines().count();
        // Each has a line of its own there.
        Ok(plan.artifacts.len().min(lines))
    }
}

/// All binaries for the first targets that need no C.
fn manifest_text(binaries: &[String], platforms: &str) -> String {
    let binaries = binaries
        .iter()
        .map(|name| format!("[[binary]]\nname = \"{name}\"\npackage = \"./cmd/{name}\"\n\n"));
    let without_c =
        |platform: &&str| !platform.starts_with("android/") && !platform.starts_with("ios/");
    let targets = platforms.lines().filter(without_c).take(TARGETS);
    let targets = targets.map(|platform| format!("[[matrix.include]]\ntarget = \"{platform}\"\n"));
    let head = "[project]\nversion = \"1.0.0\"\n\n".to_owned();
    std::iter::once(head)
        .chain(binaries)
        .chain(targets)
        .collect()
}
