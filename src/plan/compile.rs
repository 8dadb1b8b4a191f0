//! The go command of a group.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::again;
use super::command::{Arg, Base, CommandLine, Place, Tuning};
use super::container::ContainerHere;
use super::garbage;
use super::group::{Group, Unit};
use super::inputs::Inputs;
use super::name::ArtifactPath;
use super::overlay::Overlay;
use super::toolchain::{self, ToolchainHere, ToolchainIdentity};
use crate::manifest::Rebuild;
use crate::project::Workspace;
use crate::target::BuildMode;
use crate::tools::go::{NO_FLAGS, sources};
use crate::verify::Stamp;

/// One go build.
#[derive(Clone, Debug, Serialize)]
pub struct Compile {
    /// The command; its argv, env and tuning are fields of the step in JSON.
    #[serde(flatten)]
    pub command: CommandLine,
    /// The folder that go writes into; it exists and is empty before.
    pub stage: Place,
    /// Other folders that exist before.
    #[serde(skip)]
    pub folders: Vec<Place>,
    /// A build cache for this alone, which is removed afterwards.
    #[serde(skip)]
    pub cache: Option<Place>,
    /// The programs that are compiled, as the paths of their artifacts.
    #[serde(rename = "artifacts", serialize_with = "as_paths")]
    pub programs: Vec<Program>,
    /// What compiles the C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toolchain: Option<ToolchainIdentity>,
    /// What go sees beside the files of the disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlay: Option<Overlay>,
    /// Lists the packages that are compiled: what the programs are made from.
    #[serde(skip)]
    pub listing: CommandLine,
    /// How many packages will be compiled, where that is known.
    #[serde(skip)]
    pub total: Option<usize>,
    /// Cores that the process may use.
    #[serde(skip)]
    pub cpu: u32,
    /// The command and the listing without programs.
    #[serde(skip)]
    pub(super) heads: Heads,
}

/// One program, or library, that a go process makes among others.
#[derive(Clone, Debug)]
pub struct Program {
    /// The artifact that it becomes.
    pub artifact: ArtifactPath,
    /// The import path of its main package.
    pub import_path: String,
    /// The file as go makes it.
    pub file: Place,
    /// The package as an argument of go.
    package: String,
    /// All flags of the linker, joined for go.
    ldflags: String,
}

/// Commands for whatever programs.
#[derive(Clone, Debug)]
pub(super) struct Heads {
    command: CommandLine,
    listing: CommandLine,
}

impl Compile {
    /// Compiles programs into a folder by a command, which as yet has none.
    pub(super) fn new(
        (command, listing): (CommandLine, CommandLine),
        stage: Place,
        programs: Vec<Program>,
        cpu: u32,
    ) -> Self {
        let heads = Heads { command, listing };
        Self {
            command: heads.command_for(&programs),
            listing: heads.listing_for(&programs),
            total: None,
            stage,
            folders: Vec::new(),
            cache: None,
            toolchain: None,
            overlay: None,
            programs,
            cpu,
            heads,
        }
    }

    /// The same for some of the programs.
    #[must_use]
    pub fn only(&self, wanted: impl Fn(&Program) -> bool) -> Self {
        let programs: Vec<Program> = self
            .programs
            .iter()
            .filter(|one| wanted(one))
            .cloned()
            .collect();
        Self {
            command: self.heads.command_for(&programs),
            listing: self.heads.listing_for(&programs),
            programs,
            ..self.clone()
        }
    }

    /// The same with as little memory as possible: one compiler or linker at a time.
    #[must_use]
    pub fn one_at_a_time(&self) -> Self {
        Self {
            command: self.command.one_at_a_time(),
            cpu: 1,
            ..self.clone()
        }
    }

    /// The same with so many cores.
    #[must_use]
    pub(super) fn with_cores(&self, cores: u32) -> Self {
        let is_threads_set = self.command.env.contains_key(again::THREADS);
        let threads = match &self.cache {
            Some(_) if !is_threads_set => again::threads(cores),
            _ => cores,
        };
        let with_cores = |command: &CommandLine| command.with_cores(cores, threads);
        Self {
            command: with_cores(&self.command),
            cpu: cores,
            heads: Heads {
                command: with_cores(&self.heads.command),
                ..self.heads.clone()
            },
            ..self.clone()
        }
    }

    /// The files that go writes.
    pub fn outputs(&self) -> impl Iterator<Item = &Place> {
        self.programs.iter().map(|program| &program.file)
    }

    /// Whether each package is compiled, and none taken from a build cache.
    #[must_use]
    pub fn compiles_all(&self) -> bool {
        self.cache.is_some() || self.command.argv.iter().any(|arg| *arg == Arg::from("-a"))
    }
}

impl Heads {
    fn command_for(&self, programs: &[Program]) -> CommandLine {
        let args = ldflags(programs).map(Arg::from).chain(packages(programs));
        with_args(&self.command, args)
    }

    fn listing_for(&self, programs: &[Program]) -> CommandLine {
        with_args(&self.listing, packages(programs))
    }
}

/// A command with more arguments.
fn with_args(head: &CommandLine, args: impl Iterator<Item = Arg>) -> CommandLine {
    CommandLine {
        argv: head.argv.iter().cloned().chain(args).collect(),
        ..head.clone()
    }
}

fn as_paths<S: Serializer>(programs: &[Program], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(programs.iter().map(|program| &program.artifact))
}

impl Program {
    /// The program of a unit, which go makes in `file`.
    pub(super) fn new(unit: &Unit, artifact: ArtifactPath, file: Place) -> Self {
        Self {
            artifact,
            import_path: unit.import_path.clone(),
            file,
            package: unit.package.clone(),
            ldflags: unit.ldflags.clone(),
        }
    }
}

/// The command that compiles a group into `output`, a folder or a file, with `cpu` cores, but for its
/// programs.
pub(super) fn head(
    inputs: &Inputs<'_>,
    group: &Group,
    (output, overlay): (&Place, Option<&Overlay>),
    cpu: u32,
) -> CommandLine {
    let key = &group.key;
    let mut argv: Vec<Arg> = vec!["go".into(), "build".into()];
    if key.rebuild == Rebuild::All {
        argv.push("-a".into());
    }
    if key.trimpath {
        argv.push("-trimpath".into());
    }
    argv.extend(key.dwarf.flag().map(Arg::from));
    argv.push(format!("-buildvcs={}", key.stamp != Stamp::None).into());
    argv.extend(buildmode_flag(key.buildmode).map(Arg::from));
    argv.extend(view(group));
    CommandLine {
        dir: Place::new(Base::Root, key.dir.clone()),
        argv,
        env: environment(inputs, group),
        tuning: Tuning {
            flags: tuning_flags(output, overlay, cpu),
            env: tuning_env(inputs, group, cpu),
            inherit: inputs.inherit.to_vec(),
            umask: None,
            toolchain: inputs.chosen(key).map(ToolchainHere::from),
            container: inputs.chosen(key).and_then(|chosen| {
                ContainerHere::of(&chosen.setup, inputs.project_of(&group.cell))
            }),
        },
    }
}

/// Where and how fast. Which files are added is in the step itself; only where go reads that is here.
fn tuning_flags(output: &Place, overlay: Option<&Overlay>, cpu: u32) -> Vec<Arg> {
    let mut flags: Vec<Arg> = vec![
        format!("-p={cpu}").into(),
        "-v".into(),
        "-o".into(),
        Arg::Path(output.clone()),
    ];
    flags.extend(overlay.map(|overlay| {
        let file = Arg::Path(overlay.file.clone());
        Arg::join(["-overlay=".into(), file])
    }));
    flags
}

/// How many threads, how much memory, and where what is removed again lies.
fn tuning_env(inputs: &Inputs<'_>, group: &Group, cpu: u32) -> BTreeMap<String, Arg> {
    let temporary = Arg::Path(Place::new(Base::Temporary, ""));
    let mut env = BTreeMap::from([
        ("GOMAXPROCS".to_owned(), cpu.to_string().into()),
        ("GOTMPDIR".to_owned(), temporary.clone()),
        // What a C compiler leaves when it is killed goes with the run's folder too.
        ("TMPDIR".to_owned(), temporary),
    ]);
    if let Some(chosen) = inputs.chosen(&group.key) {
        let variables = toolchain::variables(&chosen.setup, &group.key.sanitizers);
        let variables = variables.into_iter();
        env.extend(variables.map(|(name, value)| (name, Arg::Text(value))));
    }
    let is_inherited = inputs.inherit.iter().any(|name| name == garbage::VARIABLE);
    if let Some(percent) = garbage::percent((inputs.cores, inputs.memory)).filter(|_| !is_inherited)
    {
        env.insert(garbage::VARIABLE.to_owned(), percent.into());
    }
    env
}

/// What decides which files go sees: tags and flags.
fn view(group: &Group) -> impl Iterator<Item = Arg> {
    let tags = &group.key.tags;
    let tags = (!tags.is_empty()).then(|| format!("-tags={}", tags.join(",")));
    tags.into_iter()
        .chain(group.key.flags.iter().map(ToString::to_string))
        .map(Arg::from)
}

fn packages(programs: &[Program]) -> impl Iterator<Item = Arg> {
    let packages = programs.iter().map(|program| program.package.clone());
    packages.map(Arg::from)
}

/// What go is told of a build mode. Executables are its default; named, it would refuse to make
/// more than one.
fn buildmode_flag(buildmode: BuildMode) -> Option<String> {
    (buildmode != BuildMode::Exe).then(|| format!("-buildmode={buildmode}"))
}

/// The command that lists all packages that [`head`] compiles, but for the programs that need them.
pub(super) fn listing(build: &CommandLine, group: &Group) -> CommandLine {
    let head = ["go", "list", "-deps", "-e", sources::FIELDS].map(Arg::from);
    CommandLine {
        argv: head.into_iter().chain(view(group)).collect(),
        tuning: Tuning {
            flags: Vec::new(),
            // The machine's own go lists.
            container: None,
            ..build.tuning.clone()
        },
        ..build.clone()
    }
}

/// One -ldflags for all where they agree, else one a package: the last that matches wins and
/// nothing is merged, so each carries the package's full list.
fn ldflags(programs: &[Program]) -> impl Iterator<Item = String> {
    let flags: Vec<&str> = programs
        .iter()
        .map(|program| program.ldflags.as_str())
        .collect();
    let agree = flags.windows(2).all(|pair| pair.first() == pair.last());
    // Without a pattern in front go takes what doesn't start with a dash, such as a quote, for one.
    let words = match flags.first() {
        Some(common) if agree && common.is_empty() => vec![],
        Some(common) if agree && common.starts_with('-') => vec![format!("-ldflags={common}")],
        _ => programs
            .iter()
            .map(|program| format!("-ldflags={}={}", program.package, program.ldflags))
            .collect(),
    };
    words.into_iter()
}

/// The variables that decide what is built.
fn environment(inputs: &Inputs<'_>, group: &Group) -> BTreeMap<String, Arg> {
    let target = &group.cell.target;
    let mut env = group.key.env.clone();
    let project = inputs.project_of(&group.cell);
    let gowork = match &project.workspace {
        Workspace::Off => "off".into(),
        Workspace::Root => Arg::Path(Place::new(Base::Root, "go.work")),
        Workspace::Elsewhere(path) => Arg::Path(Place::new(Base::Root, path.clone())),
    };
    let mut set = |name: &str, value: Arg| env.insert(name.to_owned(), value);
    set("CGO_ENABLED", group.cell.cgo.env_value().into());
    set("GOARCH", target.goarch.as_str().into());
    set("GOENV", "off".into());
    set("GOFLAGS", NO_FLAGS.into());
    set("GOOS", target.goos.as_str().into());
    set("GOTOOLCHAIN", project.toolchain.gotoolchain.as_str().into());
    set("GOWORK", gowork);
    set("SOURCE_DATE_EPOCH", inputs.release.epoch.to_string().into());
    if let Some(variant) = &target.variant {
        set(variant.env(), variant.value().into());
    }
    env
}
