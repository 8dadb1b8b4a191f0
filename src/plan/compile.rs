//! The go command of a group.

use std::collections::BTreeMap;

use super::command::{Arg, Base, CommandLine, Place, Tuning};
use super::group::Group;
use super::inputs::Inputs;
use super::overlay::Overlay;
use crate::manifest::Rebuild;
use crate::project::Workspace;
use crate::target::BuildMode;
use crate::tools::go::NO_FLAGS;
use crate::verify::Stamp;

/// The command that compiles a group into `output`, a folder or a file, with `cpu` cores.
pub(super) fn command(
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
    argv.push(format!("-buildvcs={}", key.stamp != Stamp::None).into());
    argv.extend(buildmode_flag(key.buildmode).map(Arg::from));
    argv.extend(view(group));
    argv.extend(ldflags(group).map(Arg::from));
    argv.extend(packages(group));
    let temporary = Arg::Path(Place::new(Base::Temporary, ""));
    CommandLine {
        dir: Place::new(Base::Root, key.dir.clone()),
        argv,
        env: environment(inputs, group),
        tuning: Tuning {
            flags: tuning_flags(output, overlay, cpu),
            env: BTreeMap::from([
                ("GOMAXPROCS".to_owned(), cpu.to_string().into()),
                ("GOTMPDIR".to_owned(), temporary.clone()),
                // What a C compiler leaves when it is killed goes with the run's folder too.
                ("TMPDIR".to_owned(), temporary),
            ]),
            inherit: inputs.inherit.to_vec(),
            umask: None,
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

/// What decides which files go sees: tags and flags.
fn view(group: &Group) -> impl Iterator<Item = Arg> {
    let tags = &group.key.tags;
    let tags = (!tags.is_empty()).then(|| format!("-tags={}", tags.join(",")));
    tags.into_iter()
        .chain(group.key.flags.iter().map(ToString::to_string))
        .map(Arg::from)
}

fn packages(group: &Group) -> impl Iterator<Item = Arg> {
    let packages = group.units.iter().map(|unit| unit.package.clone());
    packages.map(Arg::from)
}

/// What go is told of a build mode. Executables are its default; named, it would refuse to make
/// more than one.
fn buildmode_flag(buildmode: BuildMode) -> Option<String> {
    (buildmode != BuildMode::Exe).then(|| format!("-buildmode={buildmode}"))
}

/// The command that lists what [`command`] compiles, a package a line.
pub(super) fn listing(build: &CommandLine, group: &Group) -> CommandLine {
    // The package unsafe is part of the compiler.
    let template = "-f={{if ne .ImportPath \"unsafe\"}}{{.ImportPath}}{{end}}";
    let head = ["go", "list", "-deps", "-e", template].map(Arg::from);
    let argv = head
        .into_iter()
        .chain(view(group))
        .chain(packages(group))
        .collect();
    CommandLine {
        argv,
        tuning: Tuning {
            flags: Vec::new(),
            ..build.tuning.clone()
        },
        ..build.clone()
    }
}

/// One -ldflags for all where they agree, else one a package: the last that matches wins and
/// nothing is merged, so each carries the package's full list.
fn ldflags(group: &Group) -> impl Iterator<Item = String> {
    let flags: Vec<&str> = group
        .units
        .iter()
        .map(|unit| unit.ldflags.as_str())
        .collect();
    let agree = flags.windows(2).all(|pair| pair.first() == pair.last());
    // Without a pattern in front go takes what doesn't start with a dash, such as a quote, for one.
    let words = match flags.first() {
        Some(common) if agree && common.is_empty() => vec![],
        Some(common) if agree && common.starts_with('-') => vec![format!("-ldflags={common}")],
        _ => group
            .units
            .iter()
            .map(|unit| format!("-ldflags={}={}", unit.package, unit.ldflags))
            .collect(),
    };
    words.into_iter()
}

/// The variables that decide what is built.
fn environment(inputs: &Inputs<'_>, group: &Group) -> BTreeMap<String, Arg> {
    let target = &group.cell.target;
    let mut env = group.key.env.clone();
    let gowork = match &inputs.project.workspace {
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
    set(
        "GOTOOLCHAIN",
        inputs.project.toolchain.gotoolchain.as_str().into(),
    );
    set("GOWORK", gowork);
    set("SOURCE_DATE_EPOCH", inputs.release.epoch.to_string().into());
    if let Some(variant) = &target.variant {
        set(variant.env(), variant.value().into());
    }
    env
}
