//! The sources that both sides build.

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use gobuildx::host::Environment;
use gobuildx::process::Cancel;
use tempfile::TempDir;

use crate::sources::{AGE, copy, go, module, names};

/// The targets that every subject is built for.
pub(crate) const TARGETS: [(&str, &str); 2] = [("linux", "amd64"), ("linux", "arm64")];

/// Which sources.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(crate) enum Name {
    #[default]
    Age,
    Fleet,
}

/// A copy of the sources, outside of any repository, that belongs to the benchmark.
pub(crate) struct Subject {
    title: String,
    /// The folder of the module.
    pub(crate) dir: PathBuf,
    /// The names of the folders below `cmd`.
    pub(crate) binaries: Vec<String>,
    /// How much of the loop's CPU time gobuildx may take.
    pub(crate) bound: Option<f64>,
    /// Where each run keeps its cache and its output.
    pub(crate) temp: TempDir,
}

impl Subject {
    /// Copies the sources, writes the manifest, and makes the go command download what it needs.
    pub(crate) fn prepare(
        name: Name,
        env: &Environment,
        cancel: &Cancel,
    ) -> Result<Self, Box<dyn Error>> {
        let temp = tempfile::Builder::new()
            .prefix("gobuildx-bench-")
            .tempdir()?;
        let dir = temp.path().join("source");
        let go = |args: &[&str]| go(args, temp.path(), env);
        let (source, title) = match name {
            Name::Age => (
                module(&go(&["mod", "download", "-json", AGE]), cancel)?,
                AGE,
            ),
            Name::Fleet => (
                Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/fleet"),
                "examples/fleet",
            ),
        };
        copy(&source, &dir)?;
        let version = go(&["env", "GOVERSION"]).run(cancel)?;
        let version = version.stdout_text().trim().to_owned();
        let binaries = names(&dir.join("cmd"))?;
        fs::write(dir.join("targets.toml"), manifest(&binaries, &version))?;
        for (goos, goarch) in TARGETS {
            let list = go(&["list", "-deps", "-f", "", "./cmd/..."]).dir(&dir);
            list.env("GOOS", goos).env("GOARCH", goarch).run(cancel)?;
        }
        Ok(Self {
            title: format!("{title} with {version}"),
            dir,
            bound: (binaries.len() >= 4).then_some(0.45),
            binaries,
            temp,
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let targets = TARGETS.map(|(goos, goarch)| format!("{goos}/{goarch}"));
        write!(
            f,
            "{}: {} × {}",
            self.title,
            self.binaries.join(", "),
            targets.join(", ")
        )
    }
}

fn manifest(binaries: &[String], version: &str) -> String {
    let version = version.trim_start_matches("go");
    let binaries: Vec<_> = binaries
        .iter()
        .map(|name| format!("[[binary]]\nname = \"{name}\"\npackage = \"./cmd/{name}\"\n\n"))
        .collect();
    let include =
        TARGETS.map(|(goos, goarch)| format!("[[matrix.include]]\ntarget = \"{goos}/{goarch}\"\n"));
    format!(
        "[project]\ngo = \"{version}\"\n\n{}{}",
        binaries.concat(),
        include.concat()
    )
}
