//! The plan: every step with its command, paths, order and budget, as pure data.
//!
//! Every choice is made in [`plan()`]; whoever runs a plan only replaces the [`Base`]s of paths
//! by folders and adds the environment that steps inherit by name.
//!
//! A step has an identity, which says what is built and is the same on every machine, and a
//! tuning, which says how and comes from the machine. Only the identity is part of the digest.

mod again;
mod budget;
mod chain;
mod command;
mod compile;
mod container;
mod digest;
mod dwarf;
mod embedding;
mod garbage;
mod group;
mod hooks;
mod inputs;
mod name;
mod narrow;
mod notes;
mod overlay;
mod overrides;
mod pack;
mod planner;
mod release;
mod release_hooks;
mod request;
mod reshare;
mod sharing;
pub mod shell;
mod smoke;
mod step;
pub mod table;
mod toolchain;
mod units;

pub use again::{Builds, CompareFiles, CompareHere, CopiedFolder, CopySources, TracePlace};
pub use command::{Arg, Base, CommandLine, Place, Tuning};
pub use compile::{Compile, Program};
pub use container::ContainerHere;
pub use digest::PlanDigest;
pub use garbage::Garbage;
pub use hooks::{HookCommand, Occasion, RunHook, RunHooks, hooks_before};
pub use inputs::Inputs;
pub use name::{ArtifactPath, Clash};
pub use narrow::{Again, Making, RestoreFile};
pub use notes::{artifact_notes, notes};
pub use overlay::{GeneratedSource, Overlay, RootSources, root_sources};
pub use pack::{NotTried, PackFile, Starts, Trial, TrialHere};
pub use planner::{PlanError, plan};
pub use release::{Edition, Release, VersionError};
pub use release_hooks::{Signing, signing, signing_program, tests as release_tests};
pub use request::{Request, Scope, SelectError, Selection, select, select_among};
pub use sharing::{Expected, Sharing, UNMEASURED};
pub use smoke::{SmokeFile, SmokeHere, asked_of};
pub use step::{
    Action, Artifact, ArtifactSteps, HeaderFile, PlaceFile, ReproduceSteps, Step, StepId, StepKind,
    VerifyFile, label,
};

pub use toolchain::CellToolchains;
pub(crate) use toolchain::wishes;
pub use toolchain::{Script, ToolchainHere, ToolchainIdentity};
pub(crate) use units::value_for;

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use crate::smoke::Probe;
use crate::verify::Stamp;

/// The version of the plan's JSON.
pub const SCHEMA: u32 = 1;

/// All that a build does, in an order in which it can be done.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// What is released.
    pub release: Release,
    /// What will be in the output folder, sorted by path.
    pub artifacts: Vec<Artifact>,
    /// Go sources that are made for the build.
    pub sources: Vec<GeneratedSource>,
    /// The steps; each stands after those that it needs.
    pub steps: Vec<Step>,
    /// What the user wants to be run before and after all steps.
    pub hooks: RunHooks,
    /// How the steps share this machine.
    pub tuning: Sharing,
}

impl Plan {
    /// All hooks, in the order in which they would run.
    pub fn hooks(&self) -> impl Iterator<Item = &HookCommand> {
        let of_steps = self.steps.iter().filter_map(|step| match &step.action {
            Action::Hook(hook) => Some(hook.as_ref()),
            _ => None,
        });
        let RunHooks { before, after } = &self.hooks;
        let before = before.iter().map(|hook| &hook.command);
        let after = after.iter().map(|hook| &hook.command);
        before.chain(of_steps).chain(after)
    }

    /// The scripts that go starts for C, each once.
    #[must_use]
    pub fn scripts(&self) -> BTreeSet<&Script> {
        let commands = self.steps.iter().filter_map(|step| match &step.action {
            Action::Compile(compile) | Action::Recompile(compile) => Some(&compile.command),
            _ => None,
        });
        commands
            .flat_map(|command| command.tuning.scripts())
            .collect()
    }

    /// The PEM files by which services are believed that are asked, as the manifest names them.
    pub fn certificates_of_services(&self) -> impl Iterator<Item = &Path> {
        let services = self.steps.iter().filter_map(|step| match &step.action {
            Action::Smoke(smoke) => smoke.test.service.as_ref(),
            _ => None,
        });
        services.filter_map(|service| match &service.probe {
            Probe::Https { ca, .. } => ca.as_deref(),
            Probe::Http(_) | Probe::Tcp | Probe::Command(_) => None,
        })
    }

    /// Whether artifacts that are stamped at all are stamped with the release's commit: a module may lie
    /// in a repository of its own.
    #[must_use]
    pub fn stamps_release(&self) -> bool {
        let stamps = self.steps.iter().filter_map(|step| match &step.action {
            Action::Verify(verify) => verify.expectation.vcs.as_ref(),
            _ => None,
        });
        let mut commits = stamps.filter_map(|stamp| match stamp {
            Stamp::Revision { commit, .. } => Some(commit),
            Stamp::None => None,
        });
        commits.all(|commit| self.release.commit.as_ref() == Some(commit))
    }

    /// The plan as JSON, with its schema and digest.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        let steps = value.get_mut("steps").and_then(Value::as_array_mut);
        for step in steps.into_iter().flatten().filter_map(Value::as_object_mut) {
            // Every step has the same fields, also one that runs no command.
            for (field, none) in [
                ("argv", json!([])),
                ("env", json!({})),
                ("tuning", json!({})),
            ] {
                step.entry(field).or_insert(none);
            }
        }
        if let Some(object) = value.as_object_mut() {
            object.insert("schema".to_owned(), SCHEMA.into());
            object.insert("digest".to_owned(), self.digest().to_string().into());
        }
        value
    }
}
