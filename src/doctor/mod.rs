//! `doctor`: what is installed, what that is for, and how to get what is missing.
//!
//! [`TOOLS`] is the table of programs; `probe` looks and asks, [`needs()`] says what is needed here,
//! and [`text()`] shows it.

mod go_env;
mod machine;
mod needs;
mod probe;
mod report;
mod runners;
mod surroundings;
mod text;
mod toolchains;

use std::collections::BTreeMap;
use std::path::Path;

pub use go_env::without_effect;
pub use machine::Machine;
pub use needs::needs;
pub use report::{Examined, Level, Need, Note, Report, State};
pub use text::text;
pub use toolchains::{Scope, Toolchains};

use crate::host::Host;
use crate::installing::{System, Systems, TOOLS, Tool, ToolId};
use crate::manifest::Manifest;
use crate::process::Cancel;
use crate::tools::git;

/// Where to look, and what for.
#[derive(Clone, Copy)]
pub struct Examination<'a> {
    /// The machine.
    pub host: &'a Host,
    /// The folder of the manifest, or the current one.
    pub root: &'a Path,
    /// The manifest that says what is needed.
    pub manifest: &'a Manifest,
    /// The C toolchains that there are, and which of them are proven.
    pub toolchains: Toolchains<'a>,
    /// Where artifacts go.
    pub out: &'a Path,
    /// Whether the terminal shows colours.
    pub colors: bool,
}

/// The programs of the table.
fn known(
    needs: &BTreeMap<ToolId, String>,
    (host, system): (&Host, &System),
    cancel: &Cancel,
) -> Vec<Examined> {
    let tools: Vec<&Tool> = TOOLS
        .iter()
        .filter(|tool| tool.systems == Systems::All || cfg!(target_os = "linux"))
        .collect();
    let states = probe::states(&tools, host, cancel);
    let tools = tools.into_iter().zip(states);
    tools
        .map(|(tool, state)| Examined {
            id: Some(tool.id),
            name: tool.name.into(),
            purpose: tool.purpose.into(),
            need: probe::need(needs.get(&tool.id)),
            install: (!matches!(state, State::Found { .. })).then(|| tool.advice(system)),
            state,
        })
        .collect()
}

/// Looks at everything.
#[must_use]
pub fn examine(examination: Examination<'_>, cancel: &Cancel) -> Report {
    let host = examination.host;
    let system = System::here(host);
    let needs = needs(examination.manifest, git::top(examination.root));
    let mut tools = known(&needs, (host, &system), cancel);
    tools.extend(toolchains::examined(
        examination.toolchains,
        &toolchains::Place {
            manifest: examination.manifest,
            root: examination.root,
            host,
            system: &system,
            cancel,
        },
    ));
    tools.extend(runners::runners(
        examination.manifest,
        examination.root,
        host,
        cancel,
    ));
    let usable = |id| {
        let mut tools = tools.iter();
        tools.any(|tool| tool.id == Some(id) && tool.is_usable())
    };
    let mut notes = surroundings::path(host);
    notes.extend(surroundings::installed(host));
    if usable(ToolId::Go) {
        notes.extend(surroundings::go(host, examination.root, cancel));
    }
    if usable(ToolId::Git) && needs.contains_key(&ToolId::Git) {
        notes.extend(surroundings::repository(host, examination.root, cancel));
    }
    let manifest = examination.manifest.source.path.clone();
    Report {
        schema: report::SCHEMA,
        gobuildx: env!("CARGO_PKG_VERSION"),
        system: system.name,
        manifest,
        manifest_fault: None,
        ready: report::is_ready(&tools, &notes),
        tools,
        machine: Machine {
            cores: host.cores,
            memory: machine::memory(),
            disk_free: crate::disk::free(examination.out),
            colors: examination.colors,
        },
        notes,
    }
}
