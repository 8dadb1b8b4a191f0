//! The repository that all sides build.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gobuildx::host::Environment;
use gobuildx::process::{Cancel, Command};
use tempfile::TempDir;

use crate::sources::{AGE, copy, environment, go, module, names};

const TARGETS: [(&str, &str); 8] = [
    ("linux", "amd64"),
    ("linux", "arm64"),
    ("darwin", "arm64"),
    ("windows", "amd64"),
    ("darwin", "amd64"),
    ("linux", "386"),
    ("linux", "arm"),
    ("freebsd", "amd64"),
];

/// A copy of age with a commit, that belongs to the benchmark.
pub(crate) struct Subject {
    /// The folder of the module and of the repository.
    pub(crate) dir: PathBuf,
    /// The names of the folders below `cmd`.
    pub(crate) binaries: Vec<String>,
    pub(crate) targets: &'static [(&'static str, &'static str)],
    edits: Cell<u32>,
    pub(crate) temp: TempDir,
}

impl Subject {
    /// Copies the sources, writes the manifests and makes a commit of all.
    pub(crate) fn prepare(
        targets: usize,
        env: &Environment,
        cancel: &Cancel,
    ) -> Result<Self, Box<dyn Error>> {
        let temp = tempfile::Builder::new()
            .prefix("gobuildx-bench-")
            .tempdir()?;
        let dir = temp.path().join("source");
        let download = go(&["mod", "download", "-json", AGE], temp.path(), env);
        copy(&module(&download, cancel)?, &dir)?;
        let binaries = names(&dir.join("cmd"))?;
        let targets = TARGETS.get(..targets).unwrap_or(&TARGETS);
        fs::write(dir.join("targets.toml"), manifest(&binaries, targets))?;
        fs::write(dir.join(".goreleaser.yaml"), goreleaser(&binaries, targets))?;
        fs::write(dir.join(".gitignore"), "dist/\n")?;
        let settings = [
            "-c",
            "user.name=bench",
            "-c",
            "user.email=bench@example.com",
        ];
        for args in [
            &["init", "-q"][..],
            &["add", "-A"],
            &["commit", "-qm", "All"],
            &["tag", "v1.0.0"],
        ] {
            let git = Command::new("git").args(settings).args(args).dir(&dir);
            environment(git, env).run(cancel)?;
        }
        Ok(Self {
            dir,
            binaries,
            targets,
            edits: Cell::new(0),
            temp,
        })
    }

    /// Changes one file of one binary.
    pub(crate) fn edit(&self) -> io::Result<()> {
        let edits = self.edits.get() + 1;
        self.edits.set(edits);
        let Some(binary) = self.binaries.first() else {
            return Ok(());
        };
        let file = self.dir.join("cmd").join(binary).join("edited.go");
        fs::write(file, format!("package main\n\nvar _ = {edits}\n"))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (binaries, targets) = (self.binaries.len(), self.targets.len());
        write!(
            f,
            "{AGE} in a repository: {binaries} binaries × {targets} targets"
        )
    }
}

fn manifest(binaries: &[String], targets: &[(&str, &str)]) -> String {
    let binaries = binaries
        .iter()
        .map(|name| format!("[[binary]]\nname = \"{name}\"\npackage = \"./cmd/{name}\"\n\n"));
    let include = targets
        .iter()
        .map(|(goos, goarch)| format!("[[matrix.include]]\ntarget = \"{goos}/{goarch}\"\n"));
    let build = "[build]\nrebuild = \"changed\"\n\n".to_owned();
    std::iter::once(build)
        .chain(binaries)
        .chain(include)
        .collect()
}

fn goreleaser(binaries: &[String], targets: &[(&str, &str)]) -> String {
    let targets: Vec<String> = targets
        .iter()
        .map(|(goos, goarch)| format!("{goos}_{goarch}"))
        .collect();
    let targets = targets.join(", ");
    let builds = binaries.iter().map(|name| {
        format!(
            "  - id: {name}\n    main: ./cmd/{name}\n    binary: {name}\n    env: [CGO_ENABLED=0]\n    \
             flags: [-trimpath]\n    ldflags: [-s -w]\n    targets: [{targets}]\n"
        )
    });
    let head = "version: 2\nproject_name: age\nbuilds:\n".to_owned();
    std::iter::once(head).chain(builds).collect()
}

/// The folder that a side writes to, beside the sources so that it isn't part of them.
pub(crate) fn out(subject: &Subject, side: &str) -> PathBuf {
    Path::new(subject.temp.path()).join(side)
}
