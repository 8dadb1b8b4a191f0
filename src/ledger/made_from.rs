//! The inputs of steps, as plans name them. Pure.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Files, Input, Inputs, Sources, Value};
use crate::digest::Sha256Hex;
use crate::plan::{Action, Arg, Compile, Program, Step};
use crate::target::Cgo;
use crate::verify::{Expectation, Stamp};
use serde::Serialize;
use serde_json::Value as Json;

/// What of the machine decides what is made.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// For every program.
    pub all: Inputs,
    /// Where C is in it.
    pub c: Inputs,
    /// Where programs are started.
    pub starters: Inputs,
}

/// What decides what go makes of one program, but for the files that it reads.
pub(super) fn compile_inputs(
    (compile, program): (&Compile, &Program),
    expectation: &Expectation,
    (machine, sources): (&Machine, &Sources),
) -> Inputs {
    let alone = compile.only(|one| one.artifact == program.artifact);
    let command = &alone.command;
    let mut inputs = machine.all.clone();
    if expectation.cgo == Cgo::Enabled {
        inputs.extend(machine.c.clone());
    }
    let mut add = |input: Input, value: String| inputs.insert(input, value.into());
    add(Input::Go, expectation.go_version.clone());
    // The program, the verb, then flags.
    let mut flags: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for word in command.argv.iter().skip(2).map(Arg::to_string) {
        let (name, value) = word.split_once('=').unwrap_or((&word, ""));
        if !name.starts_with('-') {
            add(Input::Setting("package".to_owned()), word);
        } else if name != "-a" || sources.has_c {
            // Whether go trusts its cache is how a program is built, and not what; but go doesn't know all
            // that C reads.
            flags
                .entry(name.to_owned())
                .or_default()
                .push(value.to_owned());
        }
    }
    for (name, values) in flags {
        // Of one flag the last holds, or the last for each package.
        add(Input::Flag(name), values.join(" "));
    }
    for (name, value) in &command.env {
        add(Input::Variable(name.clone()), value.to_string());
    }
    let mut setting = |name: &str, value: String| {
        add(Input::Setting(name.to_owned()), value);
    };
    setting("folder of the module", command.dir.to_string());
    if let Some(Stamp::Revision { commit, modified }) = &expectation.vcs {
        setting("commit", commit.clone());
        let state = if *modified { "modified" } else { "clean" };
        setting("state of the tree", state.to_owned());
    }
    for (module, version) in &sources.modules {
        add(Input::Module(module.clone()), version.clone());
    }
    if let Some(toolchain) = &compile.toolchain {
        add(
            Input::Tool("toolchain".to_owned()),
            toolchain.name.to_string(),
        );
        for (part, value) in &toolchain.parts {
            add(Input::Tool(format!("toolchain {part}")), value.clone());
        }
    }
    if let Some(overlay) = &compile.overlay {
        inputs.insert(Input::Setting("embedded".to_owned()), structure(overlay));
    }
    inputs
}

/// What decides what a step makes of a file, told by its SHA-256, but for compilations and hooks.
pub(super) fn step_inputs(
    step: &Step,
    made: &Sha256Hex,
    (files, machine): (&Files, &Machine),
) -> Inputs {
    let mut inputs = match &step.action {
        Action::Smoke(_) | Action::Pack(_) => machine.starters.clone(),
        _ => Inputs::new(),
    };
    let action = serde_json::to_value(&step.action).unwrap_or_default();
    let fields = action.as_object().into_iter().flatten();
    // Where the file lies follows from whether it is packed, which the file itself tells.
    let fields = fields.filter(|(name, _)| !["tuning", "file", "from"].contains(&name.as_str()));
    for (name, value) in fields {
        let name = if name == "argv" { "command" } else { name };
        inputs.insert(Input::Setting(name.to_owned()), structure(value));
    }
    match &step.action {
        // It says how much was seen.
        Action::Smoke(file) => {
            inputs.insert(
                Input::Tool("that starts it".to_owned()),
                structure(&file.tuning),
            );
        }
        Action::Pack(pack) => {
            let how = structure(&pack.trial.tuning);
            inputs.insert(Input::Tool("that starts it".to_owned()), how);
        }
        _ => {}
    }
    for path in read_by(step) {
        let digest = files
            .digest(&path)
            .map_or_else(|| String::new().into(), Value::Digest);
        inputs.insert(Input::File(path), digest);
    }
    inputs.insert(Input::Made, Value::Text(made.to_string()));
    inputs
}

/// The files of the project that a step reads, but for compilations.
pub(super) fn read_by(step: &Step) -> impl Iterator<Item = String> {
    let certificates = match &step.action {
        Action::Smoke(file) => file.test.certificates(),
        _ => None,
    };
    certificates
        .and_then(Path::to_str)
        .map(str::to_owned)
        .into_iter()
}

/// A value that has parts is told apart and not shown.
fn structure(value: &impl Serialize) -> Value {
    let value = serde_json::to_value(value).unwrap_or_default();
    match value {
        Json::Object(_) | Json::Array(_) => Value::of_bytes(value.to_string().as_bytes()),
        Json::String(text) => text.into(),
        other => other.to_string().into(),
    }
}
