//! The commands that are compared.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gobuildx::host::Environment;
use gobuildx::process::{Cancel, Command};

use crate::measure::{Cost, measure};
use crate::scenario::Scenario;
use crate::sources::environment;
use crate::subject::{MANIFEST, Sized, WITHOUT_DWARF};

/// Tools that are measured too.
#[derive(Debug, clap::Args)]
pub(crate) struct Others {
    /// A goreleaser to measure too
    #[arg(long, value_name = "PATH")]
    goreleaser: Option<PathBuf>,

    /// A gox to measure too
    #[arg(long, value_name = "PATH")]
    gox: Option<PathBuf>,

    /// Measure only these beside gobuildx, of all that are there
    #[arg(long = "side", value_name = "SIDE", value_enum)]
    only: Vec<Who>,
}

/// Who builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Who {
    Gobuildx,
    /// The same with `dwarf = "needed"`
    WithoutDwarf,
    /// One go process a binary and target
    Loop,
    /// Of that loop, what can't be left out: the binary that was edited
    Necessary,
    Goreleaser,
    Gox,
}

impl Who {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gobuildx => "gobuildx",
            Self::WithoutDwarf => "… dwarf = \"needed\"",
            Self::Loop => "loop of go build",
            Self::Necessary => "go build of what was edited",
            Self::Goreleaser => "goreleaser",
            Self::Gox => "gox",
        }
    }

    /// Whether it is gobuildx.
    pub(crate) fn is_gobuildx(self) -> bool {
        matches!(self, Self::Gobuildx | Self::WithoutDwarf)
    }

    /// The name of the folder that it writes to.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Gobuildx => "gobuildx",
            Self::WithoutDwarf => "without-dwarf",
            Self::Loop => "loop",
            Self::Necessary => "necessary",
            Self::Goreleaser => "goreleaser",
            Self::Gox => "gox",
        }
    }
}

/// One of them.
pub(crate) struct Side {
    pub(crate) who: Who,
    command: Command,
    cache: PathBuf,
    out: PathBuf,
    begins_empty: bool,
}

impl Side {
    /// gobuildx first.
    pub(crate) fn all(
        sized: &Sized<'_>,
        scenario: Scenario,
        others: &Others,
        env: &Environment,
    ) -> Result<Vec<Self>, Box<dyn Error>> {
        let program = Path::new(env!("CARGO_BIN_EXE_gobuildx"));
        if !program.is_file() {
            return Err(format!("there is no {}", program.display()).into());
        }
        let side = |who: Who, command: Command| {
            let out = sized.out(who.folder());
            let cache = sized.out("cache");
            Self {
                who,
                command: environment(command.dir(sized.dir), env)
                    .env("GOCACHE", &cache)
                    .timeout(Duration::from_hours(2)),
                cache,
                out,
                begins_empty: scenario.begins_empty(),
            }
        };
        let out = |who: Who| sized.out(who.folder());
        let gobuildx = |who: Who, manifest: &str| {
            let build = Command::new(program).args([
                "build",
                "--matrix",
                "--quiet",
                "--manifest",
                manifest,
                "--out",
            ]);
            side(who, build.arg(out(who)))
        };
        let looped = |who: Who, binaries: &[String]| {
            let script = script(sized.targets, binaries, scenario);
            side(who, Command::new("sh").args(["-ec", &script]).arg(out(who)))
        };
        let mut sides = vec![gobuildx(Who::Gobuildx, MANIFEST)];
        if scenario == Scenario::Cold {
            sides.push(gobuildx(Who::WithoutDwarf, WITHOUT_DWARF));
        }
        sides.push(looped(Who::Loop, sized.binaries));
        if scenario == Scenario::Edit {
            let edited = sized.binaries.get(..1).unwrap_or_default();
            sides.push(looped(Who::Necessary, edited));
        }
        if let Some(program) = &others.goreleaser {
            let build = ["build", "--clean", "--skip=validate"];
            sides.push(side(Who::Goreleaser, Command::new(program).args(build)));
        }
        if let Some(program) = &others.gox {
            let gox = gox(program, sized, scenario, &out(Who::Gox));
            sides.push(side(Who::Gox, gox).with("GOFLAGS", "-trimpath"));
        }
        let only = &others.only;
        sides.retain(|side| {
            side.who == Who::Gobuildx || only.is_empty() || only.contains(&side.who)
        });
        Ok(sides)
    }

    fn with(self, variable: &str, value: &str) -> Self {
        Self {
            command: self.command.env(variable, value),
            ..self
        }
    }

    /// Builds, and tells what that cost.
    pub(crate) fn run(&self, cancel: &Cancel) -> Result<Cost, Box<dyn Error>> {
        if self.begins_empty {
            for folder in [&self.cache, &self.out] {
                match fs::remove_dir_all(folder) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(error.into());
                    }
                    _ => {}
                }
            }
        }
        measure(&self.command, cancel)
    }

    /// The programs that lie in its folder.
    pub(crate) fn programs(&self) -> io::Result<Vec<Vec<u8>>> {
        let mut files = Vec::new();
        collect(&self.out, &mut files)?;
        let starts = [&b"\x7fELF"[..], b"MZ", b"\xcf\xfa\xed\xfe"];
        files.retain(|bytes| starts.iter().any(|start| bytes.starts_with(start)));
        Ok(files)
    }
}

fn collect(dir: &Path, files: &mut Vec<Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(fs::read(entry.path())?);
        }
    }
    Ok(())
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = Command {
            dir: None,
            ..self.command.clone()
        };
        write!(f, "{}: {}", self.who.name(), command.short())
    }
}

/// What people write: one process a binary and target. The folder to write to is `$0`.
fn script(targets: &[(&str, &str)], binaries: &[String], scenario: Scenario) -> String {
    let targets: Vec<String> = targets
        .iter()
        .map(|(goos, goarch)| format!("{goos}/{goarch}"))
        .collect();
    let all = if scenario.begins_empty() { " -a" } else { "" };
    format!(
        r#"
for target in {}; do
  for binary in {}; do
    CGO_ENABLED=0 GOOS=${{target%/*}} GOARCH=${{target#*/}} go build{all} -trimpath -ldflags "-s -w" -o "$0/$target/$binary" "./cmd/$binary"
  done
done
"#,
        targets.join(" "),
        binaries.join(" ")
    )
}

fn gox(program: &Path, sized: &Sized<'_>, scenario: Scenario, out: &Path) -> Command {
    let targets: Vec<String> = sized
        .targets
        .iter()
        .map(|(goos, goarch)| format!("{goos}/{goarch}"))
        .collect();
    let packages = sized.binaries.iter().map(|name| format!("./cmd/{name}"));
    let template = out.join("{{.OS}}_{{.Arch}}").join("{{.Dir}}");
    let all: &[&str] = if scenario.begins_empty() {
        &["-rebuild"]
    } else {
        &[]
    };
    Command::new(program)
        .args(all)
        .args([
            "-osarch",
            &targets.join(" "),
            "-ldflags",
            "-s -w",
            "-output",
        ])
        .arg(template)
        .args(packages)
}
