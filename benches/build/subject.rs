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

use crate::scenario::Scenario;
use crate::side::Who;
use crate::size::Size;
use crate::sources::{AGE, RESTIC, copy, environment, go, module, names, wide};

/// The targets, of which a size takes the first ones.
const TARGETS: [(&str, &str); 12] = [
    ("linux", "amd64"),
    ("linux", "arm64"),
    ("darwin", "arm64"),
    ("windows", "amd64"),
    ("darwin", "amd64"),
    ("linux", "386"),
    ("linux", "arm"),
    ("freebsd", "amd64"),
    ("windows", "arm64"),
    ("linux", "riscv64"),
    ("linux", "ppc64le"),
    ("linux", "s390x"),
];

/// What gobuildx is told.
pub(crate) const MANIFEST: &str = "targets.toml";
/// The same, but for debug information that is left out.
pub(crate) const WITHOUT_DWARF: &str = "without-dwarf.toml";

/// Which sources.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(crate) enum Name {
    /// A module of four binaries
    #[default]
    Age,
    /// One binary of some hundred packages
    Restic,
    /// 25 small binaries, and 5,000 files of source
    Wide,
}

/// A copy of the sources that belongs to the benchmark.
pub(crate) struct Subject {
    title: String,
    /// The folder of the module and of the repository.
    dir: PathBuf,
    /// The names of the folders below `cmd`.
    binaries: Vec<String>,
    /// Where the sources, caches and outputs are.
    temp: TempDir,
}

impl Subject {
    /// Copies the sources, and makes the go command download what it needs.
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
        let version = go(&["env", "GOVERSION"]).run(cancel)?;
        let version = version.stdout_text().trim().to_owned();
        let title = match name {
            Name::Age | Name::Restic => {
                let source = match name {
                    Name::Age => AGE,
                    _ => RESTIC,
                };
                copy(
                    &module(&go(&["mod", "download", "-json", source]), cancel)?,
                    &dir,
                )?;
                source.to_owned()
            }
            Name::Wide => {
                wide(&dir, version.trim_start_matches("go"))?;
                "25 small binaries, 5,000 files of source".to_owned()
            }
        };
        let binaries = names(&dir.join("cmd"))?;
        go(&["mod", "download"]).dir(&dir).run(cancel)?;
        Ok(Self {
            title: format!("{title}, {version}"),
            dir,
            binaries,
            temp,
        })
    }

    /// Writes what tells all sides to build so much, and makes a commit of all.
    pub(crate) fn with_size(
        &self,
        size: Size,
        scenario: Scenario,
        (env, cancel): (&Environment, &Cancel),
    ) -> Result<Sized<'_>, Box<dyn Error>> {
        let binaries = self.binaries.get(..size.binaries);
        let (Some(binaries), Some(targets)) = (binaries, TARGETS.get(..size.targets)) else {
            let (all, targets) = (self.binaries.len(), TARGETS.len());
            return Err(format!("there are {all} binaries and {targets} targets at most").into());
        };
        let out = tempfile::tempdir_in(self.temp.path())?;
        let sized = Sized {
            dir: &self.dir,
            binaries,
            targets,
            edits: Cell::new(0),
            out,
        };
        fs::write(self.dir.join(MANIFEST), sized.manifest(scenario, "always"))?;
        let without_dwarf = sized.manifest(scenario, "needed");
        fs::write(self.dir.join(WITHOUT_DWARF), without_dwarf)?;
        fs::write(
            self.dir.join(".goreleaser.yaml"),
            sized.goreleaser(scenario),
        )?;
        sized.remove_edit()?;
        let git = self.dir.join(".git");
        if git.is_dir() {
            fs::remove_dir_all(git)?;
        }
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
            // goreleaser wants to know where releases would go.
            &[
                "remote",
                "add",
                "origin",
                "https://example.com/bench/bench.git",
            ],
        ] {
            let git = Command::new("git").args(settings).args(args).dir(&self.dir);
            environment(git, env).run(cancel)?;
        }
        Ok(sized)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

/// So much of a subject.
pub(crate) struct Sized<'a> {
    /// The folder of the module and of the repository.
    pub(crate) dir: &'a Path,
    pub(crate) binaries: &'a [String],
    pub(crate) targets: &'static [(&'static str, &'static str)],
    edits: Cell<u32>,
    out: TempDir,
}

impl Sized<'_> {
    /// The folder that a side writes to, beside the sources so that it isn't part of them.
    pub(crate) fn out(&self, side: &str) -> PathBuf {
        self.out.path().join(side)
    }

    /// Changes one file of the first binary.
    pub(crate) fn edit(&self) -> io::Result<()> {
        let edits = self.edits.get() + 1;
        self.edits.set(edits);
        fs::write(self.edited(), format!("package main\n\nvar _ = {edits}\n"))
    }

    fn remove_edit(&self) -> io::Result<()> {
        match fs::remove_file(self.edited()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn edited(&self) -> PathBuf {
        let binary = self.binaries.first().map_or("", String::as_str);
        self.dir.join("cmd").join(binary).join("edited.go")
    }

    fn manifest(&self, scenario: Scenario, dwarf: &str) -> String {
        let rebuild = match scenario {
            Scenario::Cold => "all",
            Scenario::Edit | Scenario::Nothing => "changed",
        };
        let build = format!("[build]\nrebuild = \"{rebuild}\"\ndwarf = \"{dwarf}\"\n\n");
        let binaries = self
            .binaries
            .iter()
            .map(|name| format!("[[binary]]\nname = \"{name}\"\npackage = \"./cmd/{name}\"\n\n"));
        let include = self
            .targets
            .iter()
            .map(|(goos, goarch)| format!("[[matrix.include]]\ntarget = \"{goos}/{goarch}\"\n"));
        std::iter::once(build)
            .chain(binaries)
            .chain(include)
            .collect()
    }

    fn goreleaser(&self, scenario: Scenario) -> String {
        let flags = if scenario.begins_empty() {
            "-a, -trimpath"
        } else {
            "-trimpath"
        };
        let targets: Vec<String> = self
            .targets
            .iter()
            .map(|(goos, goarch)| format!("{goos}_{goarch}"))
            .collect();
        let targets = targets.join(", ");
        let builds = self.binaries.iter().map(|name| {
            format!(
                "  - id: {name}\n    main: ./cmd/{name}\n    binary: {name}\n    env: [CGO_ENABLED=0]\n    \
                 flags: [{flags}]\n    ldflags: [-s -w]\n    targets: [{targets}]\n"
            )
        });
        let dist = self.out(Who::Goreleaser.folder());
        let head = format!(
            "version: 2\nproject_name: bench\ndist: {}\nbuilds:\n",
            dist.display()
        );
        std::iter::once(head).chain(builds).collect()
    }
}

impl fmt::Display for Sized<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let targets = self.targets.iter();
        let targets: Vec<String> = targets
            .map(|(goos, goarch)| format!("{goos}/{goarch}"))
            .collect();
        let binaries = self.binaries.join(", ");
        write!(f, "{binaries} × {}", targets.join(", "))
    }
}
