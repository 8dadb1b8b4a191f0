//! The Dockerfile that makes the image of a release from its sources.

use std::collections::BTreeMap;

use super::bills::{artifact, compile, record};
use super::image::findings;
use crate::commands::build::Made;
use crate::go_version::GoVersion;
use crate::manifest::ImageSection;
use crate::oci::{Blueprint, BuildStage, Dockerfile, dockerfile};
use crate::plan::{Base, Compile, Plan};
use crate::release::PlannedImage;
use crate::target::Cgo;

/// The file for the first platform; none where go alone doesn't build it: with C, or with sources that are made.
pub(super) fn text(
    made: &Made,
    section: &ImageSection,
    (planned, blueprint): (&PlannedImage, &Blueprint),
) -> Option<String> {
    let program = planned.programs.first()?;
    let PlainCommand { folder, words, env } = command(&made.prepared.plan, planned)?;
    let record = record(made, program.artifact.as_str())?;
    let go = GoVersion::of_toolchain(record.go.as_deref()?)?;
    Some(dockerfile(&Dockerfile {
        build: BuildStage {
            go: &go,
            folder: &folder,
            env: &env,
            words: &words,
        },
        findings: &findings(section, &record.findings),
        blueprint,
        platform: &program.platform,
    }))
}

/// The command that makes the program for the first platform, where there is a Dockerfile.
pub(super) fn command(plan: &Plan, planned: &PlannedImage) -> Option<PlainCommand> {
    let program = planned.programs.first()?;
    let artifact = artifact(plan, program.artifact.as_str())?;
    if artifact.cgo == Cgo::Enabled {
        return None;
    }
    let alone = compile(plan, artifact)?.only(|one| one.artifact == artifact.path);
    PlainCommand::of(&alone)
}

/// A go command that can be given anywhere.
pub(super) struct PlainCommand {
    /// The folder to run in, from the manifest's.
    folder: String,
    /// What follows `go build`.
    words: Vec<String>,
    env: BTreeMap<String, String>,
}

impl PlainCommand {
    /// None where it names files of this machine.
    fn of(compile: &Compile) -> Option<Self> {
        let command = &compile.command;
        if compile.overlay.is_some() || command.dir.base != Base::Root {
            return None;
        }
        let words = command.argv.iter().skip(2).map(|arg| arg.as_text());
        let words: Option<Vec<&str>> = words.collect();
        let wanted = |name: &str| name.starts_with("GO") || name == "CGO_ENABLED";
        // The image has the toolchain, and nothing else to be told.
        let is_own = |name: &str| ["GOENV", "GOFLAGS", "GOTOOLCHAIN", "GOWORK"].contains(&name);
        let env = command.env.iter();
        let env = env.filter(|(name, _)| wanted(name) && !is_own(name));
        let env: Option<BTreeMap<String, String>> = env
            .map(|(name, value)| Some((name.clone(), value.as_text()?.to_owned())))
            .collect();
        Some(Self {
            folder: command.dir.path.clone(),
            words: words?.into_iter().map(str::to_owned).collect(),
            env: env?,
        })
    }
}
