//! The commands that are compared.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use gobuildx::host::Environment;
use gobuildx::process::{Cancel, Command};

use crate::sources::environment;
use crate::subject::{Subject, out};

/// One of them.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    command: Command,
}

impl Side {
    /// gobuildx first, the loop second.
    pub(crate) fn all(
        subject: &Subject,
        goreleaser: Option<&Path>,
        env: &Environment,
    ) -> Vec<Self> {
        let side = |name, command: Command| Self {
            name,
            command: environment(command.dir(&subject.dir), env)
                .env("GOCACHE", out(subject, "cache"))
                .timeout(Duration::from_mins(30)),
        };
        let gobuildx = Command::new(env!("CARGO_BIN_EXE_gobuildx"))
            .args(["build", "--matrix", "--quiet", "--out"])
            .arg(out(subject, "gobuildx"));
        let shell = Command::new("sh")
            .args(["-ec", &script(subject)])
            .arg(out(subject, "loop"));
        let goreleaser = goreleaser.map(|program| {
            let build = ["build", "--clean", "--skip=validate"];
            side("goreleaser", Command::new(program).args(build))
        });
        [side("gobuildx", gobuildx), side("loop of go build", shell)]
            .into_iter()
            .chain(goreleaser)
            .collect()
    }

    /// Builds, and tells how long that took.
    pub(crate) fn run(&self, cancel: &Cancel) -> Result<Duration, Box<dyn Error>> {
        let begin = Instant::now();
        self.command.run(cancel)?;
        Ok(begin.elapsed())
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = Command {
            dir: None,
            ..self.command.clone()
        };
        write!(f, "{}: {}", self.name, command.short())
    }
}

/// What people write: one process a binary and target. The folder to write to is `$0`.
fn script(subject: &Subject) -> String {
    let targets = subject.targets.iter();
    let targets: Vec<String> = targets
        .map(|(goos, goarch)| format!("{goos}/{goarch}"))
        .collect();
    format!(
        r#"
for target in {}; do
  for binary in {}; do
    CGO_ENABLED=0 GOOS=${{target%/*}} GOARCH=${{target#*/}} go build -trimpath -ldflags "-s -w" -o "$0/$target/$binary" "./cmd/$binary"
  done
done
"#,
        targets.join(" "),
        subject.binaries.join(" ")
    )
}
