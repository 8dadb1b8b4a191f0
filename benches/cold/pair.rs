//! The two sides, one after the other.

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use gobuildx::host::Environment;
use gobuildx::process::{Cancel, Command};
use tempfile::TempDir;

use crate::measure::{Cost, measure};
use crate::sources::{SETTINGS, environment};
use crate::subject::{Subject, TARGETS};
use crate::summary::seconds;

/// Both commands.
pub(crate) struct Bench<'a> {
    subject: &'a Subject,
    cancel: &'a Cancel,
    gobuildx: Command,
    shell: Command,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(
        subject: &'a Subject,
        env: &Environment,
        cancel: &'a Cancel,
    ) -> Result<Self, Box<dyn Error>> {
        let in_subject = |command: Command| environment(command.dir(&subject.dir), env);
        let program = Path::new(env!("CARGO_BIN_EXE_gobuildx"));
        if !program.is_file() {
            return Err(format!("there is no {}", program.display()).into());
        }
        let shell = Command::new("sh").args(["-ec", &script(&subject.binaries)]);
        let gobuildx = Command::new(program).args(["build", "--matrix", "--quiet", "--out"]);
        Ok(Self {
            subject,
            cancel,
            gobuildx: in_subject(gobuildx),
            shell: in_subject(shell),
        })
    }

    /// Measures both sides, the loop first unless the order is turned.
    pub(crate) fn pair(&self, turned: bool) -> Result<Pair, Box<dyn Error>> {
        let (looped, ours) = if turned {
            let ours = self.run(&self.gobuildx)?;
            (self.run(&self.shell)?, ours)
        } else {
            (self.run(&self.shell)?, self.run(&self.gobuildx)?)
        };
        let [files, ours_files] = [looped.binaries()?, ours.binaries()?];
        if files.len() != ours_files.len() {
            let message = format!(
                "the loop made {} files, gobuildx {}",
                files.len(),
                ours_files.len()
            );
            return Err(message.into());
        }
        let same = ours_files
            .iter()
            .filter(|file| files.contains(file))
            .count();
        Ok(Pair {
            gobuildx: ours.cost,
            shell: looped.cost,
            files: files.len(),
            same,
        })
    }

    /// Runs one side with an empty build cache of its own.
    fn run(&self, command: &Command) -> Result<Run, Box<dyn Error>> {
        let temp = tempfile::tempdir_in(self.subject.temp.path())?;
        let out = temp.path().join("out");
        let command = command
            .clone()
            .env("GOCACHE", temp.path().join("cache"))
            .arg(&out);
        let cost = measure(&command, self.cancel)?;
        Ok(Run {
            cost,
            out,
            _temp: temp,
        })
    }
}

impl fmt::Display for Bench<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = SETTINGS.map(|(name, value)| format!("{name}={value}"));
        write!(
            f,
            "Both with {} GOCACHE=(new and empty for each run), in a copy of the sources:\n\
             gobuildx: {} DIR\nloop: {} DIR",
            settings.join(" "),
            without_folder(&self.gobuildx),
            without_folder(&self.shell),
        )
    }
}

fn without_folder(command: &Command) -> String {
    let command = Command {
        dir: None,
        ..command.clone()
    };
    command.short().to_string()
}

/// What people write: one process a binary and target. The folder to write to is `$0`.
fn script(binaries: &[String]) -> String {
    let targets = TARGETS.map(|(goos, goarch)| format!("{goos}/{goarch}"));
    format!(
        r#"
for target in {}; do
  for binary in {}; do
    CGO_ENABLED=0 GOOS=${{target%/*}} GOARCH=${{target#*/}} go build -a -trimpath -ldflags "-s -w" -o "$0/$target/$binary" "./cmd/$binary"
  done
done
"#,
        targets.join(" "),
        binaries.join(" ")
    )
}

/// One side that was run.
struct Run {
    cost: Cost,
    out: PathBuf,
    _temp: TempDir,
}

impl Run {
    /// What it built.
    fn binaries(&self) -> std::io::Result<Vec<Vec<u8>>> {
        let mut files = Vec::new();
        collect(&self.out, &mut files)?;
        files.retain(|bytes| bytes.starts_with(b"\x7fELF"));
        Ok(files)
    }
}

fn collect(dir: &Path, files: &mut Vec<Vec<u8>>) -> std::io::Result<()> {
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

/// Both sides of one pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) gobuildx: Cost,
    pub(crate) shell: Cost,
    /// How many binaries each side made.
    files: usize,
    /// How many of them are the same bytes.
    same: usize,
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "CPU {} beside {}, {} of {} binaries are the same bytes",
            seconds(self.gobuildx.cpu),
            seconds(self.shell.cpu),
            self.same,
            self.files
        )
    }
}
