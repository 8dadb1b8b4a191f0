//! Hooks: commands of the user's own, before and after the whole run or a target.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::command::{Arg, Base, Place};
use super::inputs::Inputs;
use super::name::ArtifactPath;
use super::release::Release;
use super::step::{Action, Artifact, Step, StepId, StepKind, label};
use super::toolchain::CellToolchains;
use super::units::value_for;
use crate::go_version::GoVersion;
use crate::manifest::{Cell, Hook, HookVariable, Manifest, Override, Variable};
use crate::printable::printable;
use crate::process::Command;

/// How long a command may take where the manifest doesn't say.
const TIMEOUT: Duration = Duration::from_mins(10);

/// When a hook runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Before go and git are asked anything.
    BeforeAll,
    /// When everything has succeeded and the records are written.
    AfterAll,
    /// Before a target is compiled.
    Before(String),
    /// When the artifacts of a target are in their places.
    After(String),
    /// Before a release is built.
    Tests,
    /// When a macOS program is signed, before it is packed.
    SignProgram(String),
    /// When the checksums of a release are signed.
    Sign,
}

impl fmt::Display for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeforeAll => f.write_str("before everything"),
            Self::AfterAll => f.write_str("after everything"),
            Self::Before(target) => write!(f, "before {target}"),
            Self::After(target) => write!(f, "after {target}"),
            Self::Tests => f.write_str("before the release is built"),
            Self::SignProgram(target) => write!(f, "before {target} is packed"),
            Self::Sign => f.write_str("after the release is packed"),
        }
    }
}

impl Serialize for Occasion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl Occasion {
    fn word(&self) -> &'static str {
        match self {
            Self::BeforeAll | Self::Before(_) => "before",
            Self::AfterAll | Self::After(_) => "after",
            Self::Tests => "tests",
            Self::SignProgram(_) => "sign-program",
            Self::Sign => "sign",
        }
    }
}

/// One command of the user's own. It inherits the user's whole environment, and gets nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HookCommand {
    /// When it runs.
    #[serde(rename = "when")]
    pub occasion: Occasion,
    /// The folder to run in.
    pub dir: Place,
    /// The program and its arguments.
    pub argv: Vec<Arg>,
    /// After which time it is ended.
    #[serde(rename = "timeout_ms", serialize_with = "milliseconds")]
    pub timeout: Duration,
    /// What is in its place already, and must not be changed.
    pub artifacts: Vec<ArtifactPath>,
    /// All cores: nothing else is run or compiled beside it, so that it may write sources.
    #[serde(skip)]
    pub cpu: u32,
}

impl HookCommand {
    /// The program and its arguments on a machine, where `path` tells what places stand for.
    pub fn command(&self, path: impl Fn(&Place) -> PathBuf) -> Command {
        let mut words = self.argv.iter().map(|arg| arg.resolve(&path));
        Command::new(words.next().unwrap_or_default()).args(words)
    }

    /// The same on one line, as a shell would take it in the folder of the manifest.
    pub fn shown(&self, path: impl Fn(&Place) -> PathBuf) -> String {
        printable(&self.command(path).short().to_string())
    }
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// A hook of the whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunHook {
    /// Its name, such as `hook:before.1`.
    pub id: StepId,
    /// What is run.
    #[serde(flatten)]
    pub command: HookCommand,
}

/// The hooks of the whole run. They are no steps: the plan is made after the first of them, and
/// the others are run when the records of all steps are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RunHooks {
    /// What runs before go and git are asked anything.
    pub before: Vec<RunHook>,
    /// What runs after everything else.
    pub after: Vec<RunHook>,
}

/// The hooks that run before anything is known but the manifest and the commit.
#[must_use]
pub fn hooks_before(manifest: &Manifest, release: &Release) -> Vec<RunHook> {
    let hooks = manifest.hooks.before.iter().zip(1..);
    hooks
        .map(|(hook, number)| run_hook(manifest, release, hook, &Occasion::BeforeAll, number))
        .collect()
}

/// The hooks that run after everything else.
pub(super) fn hooks_after(inputs: &Inputs<'_>, artifacts: &[Artifact]) -> Vec<RunHook> {
    let hooks = inputs.manifest.hooks.after.iter().zip(1..);
    hooks
        .map(|(hook, number)| {
            let occasion = Occasion::AfterAll;
            let mut hook = run_hook(inputs.manifest, inputs.release, hook, &occasion, number);
            hook.command.artifacts = artifacts.iter().map(|a| a.path.clone()).collect();
            hook
        })
        .collect()
}

fn run_hook(
    manifest: &Manifest,
    release: &Release,
    hook: &Hook,
    occasion: &Occasion,
    number: usize,
) -> RunHook {
    let value = |variable| match variable {
        HookVariable::Common(variable) => release.value(variable).unwrap_or_default().into(),
        HookVariable::Out | HookVariable::Path | HookVariable::Signature => {
            Arg::Path(Place::new(Base::Out, ""))
        }
    };
    let timeout = manifest.hooks.timeout;
    run_hook_with(hook, (occasion, number), timeout, value)
}

pub(super) fn run_hook_with(
    hook: &Hook,
    (occasion, number): (&Occasion, usize),
    timeout: Option<Duration>,
    value: impl Fn(HookVariable) -> Arg,
) -> RunHook {
    RunHook {
        id: StepId::new(StepKind::Hook, format!("{}.{number}", occasion.word())),
        command: HookCommand {
            occasion: occasion.clone(),
            dir: Place::new(Base::Root, ""),
            argv: argv(hook, value),
            timeout: timeout.unwrap_or(TIMEOUT),
            artifacts: Vec::new(),
            cpu: 0,
        },
    }
}

/// Puts the hooks of targets among the steps.
pub(super) fn weave(inputs: &Inputs<'_>, artifacts: &[Artifact], steps: &mut Vec<Step>) {
    for (index, cell) in inputs.selection.cells.iter().enumerate() {
        let toolchains = inputs.toolchains.get(index).into_iter();
        let toolchains = toolchains.flat_map(CellToolchains::iter);
        let toolchains: Vec<_> = toolchains.map(|chosen| &chosen.setup.name).collect();
        let names: Vec<String> = toolchains.iter().map(ToString::to_string).collect();
        let go = cell.release_among(&inputs.manifest.cells);
        let is_of_cell = |artifact: &&Artifact| {
            let toolchain = artifact.toolchain.as_ref();
            (&artifact.target, artifact.cgo, artifact.go.as_ref()) == (&cell.target, cell.cgo, go)
                && toolchain.is_none_or(|name| toolchains.contains(&name))
        };
        let hooks = CellHooks {
            inputs,
            cell,
            toolchains: Some(names.join("+")).filter(|names| !names.is_empty()),
            go: go.map(GoVersion::toolchain),
            artifacts: artifacts.iter().filter(is_of_cell).collect(),
        };
        hooks.weave(steps);
    }
}

/// The hooks of one cell.
struct CellHooks<'a> {
    inputs: &'a Inputs<'a>,
    cell: &'a Cell,
    /// What compiles its C: with several, all of them.
    toolchains: Option<String>,
    /// What builds it, where that tells cells of the matrix apart.
    go: Option<String>,
    /// What is built for the cell.
    artifacts: Vec<&'a Artifact>,
}

impl CellHooks<'_> {
    fn weave(&self, steps: &mut Vec<Step>) {
        let before = self.chain(self.before(), &[]);
        if let Some(last) = before.last() {
            let readers: BTreeSet<&StepId> = self.artifacts.iter().flat_map(reading).collect();
            let reads_sources = |step: &Step| readers.contains(&step.id);
            let first = steps.iter().position(reads_sources).unwrap_or(0);
            for step in steps.iter_mut().filter(|step| reads_sources(step)) {
                step.needs.push(last.id.clone());
            }
            steps.splice(first..first, before);
        }
        let places: Vec<StepId> = self
            .artifacts
            .iter()
            .map(|a| a.steps.place.clone())
            .collect();
        let after = self.chain(self.after(), &places);
        let last = steps.iter().rposition(|step| places.contains(&step.id));
        let end = last.map_or(steps.len(), |last| last + 1);
        steps.splice(end..end, after);
    }

    /// One after the other; the first needs `needs`.
    fn chain(&self, commands: Vec<HookCommand>, needs: &[StepId]) -> Vec<Step> {
        let mut needs = needs.to_vec();
        let mut steps = Vec::new();
        for (command, number) in commands.into_iter().zip(1..) {
            let subject = format!("{}:{}.{number}", self.label(), command.occasion.word());
            let id = StepId::new(StepKind::Hook, subject);
            steps.push(Step {
                id: id.clone(),
                target: self.cell.target.clone(),
                action: Action::Hook(Box::new(command)),
                outputs: Vec::new(),
                needs: std::mem::replace(&mut needs, vec![id]),
            });
        }
        steps
    }

    fn label(&self) -> String {
        label(
            &self.cell.target,
            self.toolchains.as_ref(),
            self.go.as_deref(),
        )
    }

    /// The overrides that hold for something that is built, each with what it holds for.
    fn overrides(&self) -> impl Iterator<Item = (&Override, Vec<&Artifact>)> {
        self.inputs.manifest.overrides.iter().filter_map(|setting| {
            let holds = |artifact: &&&Artifact| setting.applies_to(&artifact.binary, self.cell);
            let held: Vec<&Artifact> = self.artifacts.iter().filter(holds).copied().collect();
            (!held.is_empty()).then_some((setting, held))
        })
    }

    fn before(&self) -> Vec<HookCommand> {
        let occasion = Occasion::Before(self.label());
        self.overrides()
            .flat_map(|(setting, _)| &setting.hooks.before)
            .map(|hook| self.command(hook, None, &occasion))
            .collect()
    }

    /// A hook that names an artifact runs for each one of its override.
    fn after(&self) -> Vec<HookCommand> {
        let occasion = Occasion::After(self.label());
        let mut commands = Vec::new();
        for (setting, held) in self.overrides() {
            for hook in &setting.hooks.after {
                if hook.variables().any(HookVariable::is_of_an_artifact) {
                    let each = held.iter();
                    commands.extend(each.map(|one| self.command(hook, Some(one), &occasion)));
                } else {
                    commands.push(self.command(hook, None, &occasion));
                }
            }
        }
        commands
    }

    fn command(
        &self,
        hook: &Hook,
        artifact: Option<&Artifact>,
        occasion: &Occasion,
    ) -> HookCommand {
        let guarded = match occasion {
            Occasion::After(_) => self.artifacts.as_slice(),
            _ => &[],
        };
        HookCommand {
            occasion: occasion.clone(),
            dir: Place::new(Base::Root, ""),
            argv: argv(hook, |variable| self.value(variable, artifact)),
            timeout: self.timeout(),
            artifacts: guarded
                .iter()
                .flat_map(|artifact| artifact.files())
                .cloned()
                .collect(),
            cpu: self.inputs.cores,
        }
    }

    fn value(&self, variable: HookVariable, artifact: Option<&Artifact>) -> Arg {
        let target = &self.cell.target;
        let path = || artifact.map_or("", |artifact| artifact.path.as_str());
        match variable {
            HookVariable::Out | HookVariable::Signature => Arg::Path(Place::new(Base::Out, "")),
            HookVariable::Path => Arg::Path(Place::new(Base::Out, path())),
            HookVariable::Common(Variable::Binary) => {
                artifact.map_or("", |artifact| &artifact.binary).into()
            }
            HookVariable::Common(variable) => value_for(target, variable)
                .or_else(|| self.inputs.release.value(variable))
                .unwrap_or_default()
                .into(),
        }
    }

    /// Like all settings: what comes later in the manifest wins.
    fn timeout(&self) -> Duration {
        let overrides = self.overrides();
        overrides
            .filter_map(|(setting, _)| setting.hooks.timeout)
            .last()
            .or(self.inputs.manifest.hooks.timeout)
            .unwrap_or(TIMEOUT)
    }
}

/// The steps of an artifact that read the sources.
fn reading<'a>(artifact: &&'a Artifact) -> impl Iterator<Item = &'a StepId> {
    let steps = &artifact.steps;
    let copy = steps.reproduce.as_ref().map(|steps| &steps.copy);
    std::iter::once(&steps.compile).chain(copy)
}

/// A command with its variables replaced.
fn argv(hook: &Hook, value: impl Fn(HookVariable) -> Arg) -> Vec<Arg> {
    let text = |literal: &str| Arg::Text(literal.to_owned());
    hook.argv
        .iter()
        .map(|template| Arg::join(template.walk(text, &value)))
        .collect()
}
