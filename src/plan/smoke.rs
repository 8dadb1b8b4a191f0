//! Running one program on a blank system, from the archive that its users unpack.

use std::path::PathBuf;

use serde::{Serialize, Serializer};

use super::command::Place;
use super::inputs::Inputs;
use super::name::ArtifactPath;
use super::step::StepId;
use crate::archive;
use crate::manifest::{
    Asking, BinaryRef, Cell, Effective, Health, Manifest, SmokeCall, SmokeCheck, SmokeVariable,
    Template, Unrunnable, Variable, effective,
};
use crate::runner::CpuLevel;
use crate::smoke::{
    Call, CannotStart, Check, FIRST_ARGUMENT, Limits, Means, Pattern, Probe, Service, Test, Wanted,
};
use crate::target::{BuildMode, Target};

/// The port that services listen at. Each has a network of its own, so one will do for all; it is below those
/// that the kernel gives to clients.
const PORT: u16 = 18_080;

/// What is asked of a binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    test: Test,
    wanted: Wanted,
    not_run: Unrunnable,
}

/// One program to run on a blank system.
#[derive(Clone, Debug, Serialize)]
pub struct SmokeFile {
    /// The artifact.
    pub artifact: ArtifactPath,
    /// The file that is packed into an archive, unpacked and run.
    pub file: Place,
    /// The step that looked at it before it was compressed: what it found tells what it will need.
    pub verified: StepId,
    /// The archive that it is tested from.
    pub archive: Place,
    /// The format of that.
    #[serde(serialize_with = "as_text")]
    pub format: archive::Format,
    /// Seconds since 1970 that the archive's files have.
    pub epoch: u64,
    /// What is asked of it.
    pub test: Test,
    /// The level of the CPU that it is run on, where one is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<CpuLevel>,
    /// Whether it is placed although it can't be run.
    pub may_be_left_out: bool,
    /// How it is run on this machine.
    pub tuning: SmokeHere,
}

/// How a program is run on this machine, or why it isn't.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SmokeHere {
    /// It is run, and what starts it.
    Run(#[serde(serialize_with = "by_runner")] Box<Means>),
    /// It can't be, and why.
    NotRun(#[serde(serialize_with = "as_text")] CannotStart),
}

fn by_runner<S: Serializer>(means: &Means, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct ByRunner {
        runner: String,
    }
    let runner = means.to_string();
    ByRunner { runner }.serialize(serializer)
}

pub(super) fn as_text<T: ToString, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

/// What a manifest asks of a binary that was built, with the values that its variables had then.
#[must_use]
pub fn asked_of(
    manifest: &Manifest,
    binary: &str,
    cell: &Cell,
    value: impl Fn(Variable) -> String + Copy,
) -> Option<(Test, Wanted)> {
    let binary = BinaryRef {
        name: Some(binary),
        section: None,
    };
    let settings = effective(manifest, &binary, cell);
    asked(&settings, &cell.target, value).map(|asked| (asked.test, asked.wanted))
}

/// What the settings of a binary in a cell ask; a library is never started.
pub(super) fn asked(
    settings: &Effective,
    target: &Target,
    value: impl Fn(Variable) -> String + Copy,
) -> Option<Asked> {
    let smoke = settings.smoke.as_ref()?;
    let is_program = matches!(settings.buildmode.value, BuildMode::Exe | BuildMode::Pie);
    if !is_program || smoke.is_run == Some(false) {
        return None;
    }
    let text = |template: &Template<SmokeVariable>| {
        template.render(|variable| match variable {
            SmokeVariable::Common(variable) => value(variable),
            SmokeVariable::Port => PORT.to_string(),
        })
    };
    let first = Call {
        args: match &smoke.call.args {
            Some(args) => args.iter().map(text).collect(),
            None => vec![FIRST_ARGUMENT.to_owned()],
        },
        ..call(&smoke.call, text)
    };
    let has_levels = CpuLevel::are_of(target);
    let checks = smoke.checks.iter();
    let checks = checks.filter(|check| has_levels || check.cpu.is_none());
    let checks = checks.map(|one| check(one, text));
    let limits = Limits::default();
    let all = Test {
        grants: smoke.grants.clone().unwrap_or_default(),
        limits: Limits {
            time: smoke.timeout.unwrap_or(limits.time),
            ..limits
        },
        first,
        service: smoke.health.as_ref().map(|health| service(health, text)),
        checks: checks.collect(),
    };
    Some(Asked {
        wanted: Wanted {
            cpu: smoke.cpu.filter(|_| has_levels),
            levels: all.levels(),
            isolator: smoke.isolator,
            wine: smoke.wine.clone(),
        },
        test: all,
        not_run: smoke.not_run.unwrap_or_default(),
    })
}

fn call(call: &SmokeCall, text: impl Fn(&Template<SmokeVariable>) -> String + Copy) -> Call {
    let pattern = |template: &Option<Template<SmokeVariable>>| {
        let template = template.as_ref()?;
        Some(Pattern::new(text(template)))
    };
    Call {
        args: call.args.iter().flatten().map(text).collect(),
        stdin: call.stdin.as_ref().map(text),
        exit: call.exit.unwrap_or_default(),
        stdout: pattern(&call.stdout),
        stderr: pattern(&call.stderr),
        files: call
            .files
            .iter()
            .flat_map(|files| files.value.clone())
            .collect(),
    }
}

fn check(check: &SmokeCheck, text: impl Fn(&Template<SmokeVariable>) -> String + Copy) -> Check {
    let asked = call(&check.call, text);
    let args = asked.args.join(" ");
    let name = match check.cpu {
        Some(level) => format!("{args} on a CPU of {level}"),
        None => args,
    };
    Check {
        name: check.name.clone().unwrap_or(name),
        cpu: check.cpu,
        call: asked,
    }
}

fn service(health: &Health, text: impl Fn(&Template<SmokeVariable>) -> String + Copy) -> Service {
    Service {
        args: health.args.iter().map(text).collect(),
        port: PORT,
        probe: match &health.asking {
            Asking::Http(path) => Probe::Http(path.clone()),
            Asking::Https { path, ca } => Probe::Https {
                path: path.clone(),
                ca: ca.as_ref().map(|ca| PathBuf::from(&ca.value)),
            },
            Asking::Tcp => Probe::Tcp,
            Asking::Command(args) => Probe::Command(args.iter().map(text).collect()),
        },
    }
}

impl Asked {
    /// The step's work on one file.
    pub(super) fn file(
        &self,
        inputs: &Inputs<'_>,
        target: &Target,
        artifact: ArtifactPath,
        (file, verified): (Place, StepId),
    ) -> SmokeFile {
        let format = archive::Format::usual(target.goos);
        let archive = Place::new(
            super::Base::Work,
            format!("smoke/{}.{format}", artifact.folder()),
        );
        SmokeFile {
            file,
            verified,
            archive,
            format,
            epoch: inputs.release.epoch,
            test: self.test.clone(),
            cpu: self.wanted.cpu,
            may_be_left_out: self.not_run == Unrunnable::Allowed,
            tuning: match inputs.means(target, &self.wanted) {
                Ok(means) => SmokeHere::Run(Box::new(means)),
                Err(because) => SmokeHere::NotRun(because),
            },
            artifact,
        }
    }
}
