//! The commands of `[release]`: what tests the sources before they are built, and what signs.

use super::command::{Arg, Base, Place};
use super::hooks::{Occasion, RunHook, run_hook_with};
use super::release::Release;
use super::step::Artifact;
use super::units::value_for;
use crate::manifest::{Hook, HookVariable, Manifest, Variable};

/// The commands that have to go well before anything is built.
#[must_use]
pub fn tests(manifest: &Manifest, release: &Release) -> Vec<RunHook> {
    let hooks = manifest.release.steps.tests.iter().zip(1..);
    let value = |variable| match variable {
        HookVariable::Common(variable) => release.value(variable).unwrap_or_default().into(),
        HookVariable::Out | HookVariable::Path | HookVariable::Signature => out(""),
    };
    let timeout = manifest.release.steps.timeout;
    hooks
        .map(|(hook, number)| run_hook_with(hook, (&Occasion::Tests, number), timeout, value))
        .collect()
}

/// A command that signs a file of the output folder, and what it leaves there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// The command.
    pub hook: RunHook,
    /// The signature's file, below the output folder.
    pub signature: String,
}

/// The commands that sign a file of the output folder.
#[must_use]
pub fn signing(manifest: &Manifest, release: &Release, file: &str) -> Vec<Signing> {
    let hooks = manifest.release.sign.cmd.iter().zip(1..);
    hooks
        .map(|(hook, number)| {
            let signature = format!("{file}{}.sig", ending(hook, number));
            let value = |variable| match variable {
                HookVariable::Common(variable) => {
                    release.value(variable).unwrap_or_default().into()
                }
                HookVariable::Out => out(""),
                HookVariable::Path => out(file),
                HookVariable::Signature => out(&signature),
            };
            let timeout = manifest.release.steps.timeout;
            let hook = run_hook_with(hook, (&Occasion::Sign, number), timeout, value);
            Signing { hook, signature }
        })
        .collect()
}

/// What tells the signatures of several commands apart: which command it was.
fn ending(hook: &Hook, number: usize) -> String {
    if number == 1 {
        return String::new();
    }
    let program = hook.argv.first().map(ToString::to_string);
    let program = program.unwrap_or_default();
    let name = program.rsplit('/').next().unwrap_or_default();
    let is_safe = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
    let safe: String = name.chars().filter(is_safe).collect();
    format!(".{safe}{number}")
}

/// The commands that sign a copy of a macOS program at `copy`, which they change.
#[must_use]
pub fn signing_program(
    manifest: &Manifest,
    release: &Release,
    artifact: &Artifact,
    copy: &Place,
) -> Vec<RunHook> {
    let hooks = manifest.release.sign.macos.iter().zip(1..);
    let value = |variable| match variable {
        HookVariable::Common(Variable::Binary) => artifact.binary.as_str().into(),
        HookVariable::Common(variable) => value_for(&artifact.target, variable)
            .or_else(|| release.value(variable))
            .unwrap_or_default()
            .into(),
        HookVariable::Out | HookVariable::Signature => out(""),
        HookVariable::Path => Arg::Path(copy.clone()),
    };
    let occasion = Occasion::SignProgram(artifact.path.folder().to_owned());
    let timeout = manifest.release.steps.timeout;
    hooks
        .map(|(hook, number)| run_hook_with(hook, (&occasion, number), timeout, value))
        .collect()
}

fn out(path: &str) -> Arg {
    Arg::Path(Place::new(Base::Out, path))
}
