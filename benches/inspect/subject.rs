//! The program that both sides read, and what they run.

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use gobuildx::host::Environment;
use gobuildx::process::{Cancel, Command};
use tempfile::TempDir;

/// How often gobuildx reads the file in one measurement: the kernel counts hundredths of a second.
pub(crate) const TIMES: u32 = 20;

/// Which program.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(crate) enum Name {
    #[default]
    Exporter,
    Restic,
}

impl Name {
    fn package(self) -> (&'static str, &'static str) {
        match self {
            Self::Exporter => (
                "github.com/prometheus/node_exporter@v1.12.1",
                "node_exporter",
            ),
            Self::Restic => ("github.com/restic/restic/cmd/restic@v0.18.1", "restic"),
        }
    }
}

/// A real program, built with its symbols, because `go tool nm` reads nothing else.
pub(crate) struct Subject<'a> {
    title: String,
    file: PathBuf,
    pub(crate) bytes: u64,
    env: &'a Environment,
    // Its end removes the file.
    _temp: TempDir,
}

impl<'a> Subject<'a> {
    /// Builds the program.
    pub(crate) fn prepare(
        name: Name,
        env: &'a Environment,
        cancel: &Cancel,
    ) -> Result<Self, Box<dyn Error>> {
        let temp = tempfile::Builder::new()
            .prefix("gobuildx-bench-")
            .tempdir()?;
        let (package, program) = name.package();
        let go = |args: &[&str]| {
            let command = environment(Command::new("go").args(args).dir(temp.path()), env);
            command.env("GOBIN", temp.path())
        };
        go(&["install", "-trimpath", package]).run(cancel)?;
        let version = go(&["env", "GOVERSION"]).run(cancel)?;
        let file = temp.path().join(program);
        let bytes = fs::metadata(&file)?.len();
        Ok(Self {
            title: format!(
                "{package} with {}, {} MiB",
                version.stdout_text().trim(),
                bytes >> 20
            ),
            file,
            bytes,
            env,
            _temp: temp,
        })
    }

    /// Reads the file again and again.
    pub(crate) fn gobuildx(&self) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_gobuildx"));
        let script = format!("for i in $(seq {TIMES}); do \"$1\" inspect \"$0\" >/dev/null; done");
        self.shell(&script).arg(program)
    }

    /// Each of Go's tools once.
    pub(crate) fn go_tools(&self) -> Command {
        self.shell(
            "go tool nm \"$0\" >/dev/null
            go tool objdump -s main.init \"$0\" >/dev/null
            go version -m \"$0\" >/dev/null",
        )
    }

    /// A script, which gets the file as `$0`: what is printed must not wait for the benchmark.
    fn shell(&self, script: &str) -> Command {
        environment(Command::new("sh").args(["-ec", script]), self.env).arg(&self.file)
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

/// The user's environment, without what changes how go builds.
fn environment(command: Command, env: &Environment) -> Command {
    let settings = [
        ("GOFLAGS", ""),
        ("GOTOOLCHAIN", "local"),
        ("GOWORK", "off"),
        ("CGO_ENABLED", "0"),
    ];
    command.envs(env.iter()).envs(settings)
}
