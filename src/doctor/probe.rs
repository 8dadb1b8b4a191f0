//! Looks for programs, and asks each for its version.

use std::path::Path;
use std::time::Duration;

use super::report::{Need, State};
use crate::go_install::{Cache, Installed};
use crate::host::Host;
use crate::installing::{Programs, Tool, ToolId};
use crate::parallel;
use crate::process::{Cancel, Command, ProcessError};
use crate::smoke::{Isolation, Isolator};
use crate::version::Version;

/// What a program has to tell its version in.
const PATIENCE: Duration = Duration::from_secs(10);

/// More than this of what a program prints isn't kept.
const MOST_OUTPUT: usize = 64 * 1024;

/// Variables that programs get: what Go and git need to find themselves, and nothing that could
/// make them do more than tell their version.
const PASSED: &[&str] = &["HOME", "LOCALAPPDATA", "PATH", "SYSTEMROOT", "USERPROFILE"];

/// The states of tools, in their order, all asked at once.
pub(super) fn states(tools: &[&Tool], host: &Host, cancel: &Cancel) -> Vec<State> {
    parallel::map(tools, tools.len(), |tool| state(tool, host, cancel))
}

/// The toolchains that gobuildx has installed, the newest first.
pub(super) fn installed(host: &Host) -> Vec<Installed> {
    let cache = Cache::of(host);
    cache.map(|cache| cache.installed()).unwrap_or_default()
}

fn state(tool: &Tool, host: &Host, cancel: &Cancel) -> State {
    let found = tool.files().into_iter();
    let found = found.filter_map(|(goarch, file)| Some((goarch, host.program(file)?)));
    let mut found: Vec<_> = found.collect();
    if tool.id == ToolId::Go && found.is_empty() {
        let newest = installed(host).into_iter().next();
        found.extend(newest.map(|installed| (None, installed.go())));
    }
    let Some((_, path)) = found.first().cloned() else {
        return State::Missing;
    };
    let version = match version(tool, &path, host, cancel) {
        Ok(version) => version,
        Err(problem) => return State::Unusable { path, problem },
    };
    if let (Some(version), Some(oldest)) = (&version, tool.oldest.map(Version::new))
        && *version < oldest
    {
        let version = version.clone();
        return State::TooOld {
            version,
            oldest,
            path,
        };
    }
    if tool.id == ToolId::Bubblewrap
        && let Err(problem) = Isolation::find(Isolator::Bubblewrap, host, cancel)
    {
        let problem = problem.to_string();
        return State::Unusable { path, problem };
    }
    let detail = match tool.programs {
        Programs::One(_) => None,
        Programs::Emulators => {
            let names = found.iter().filter_map(|(goarch, _)| *goarch);
            let names: Vec<&str> = names.map(crate::target::Goarch::as_str).collect();
            Some(names.join(", "))
        }
    };
    State::Found {
        version,
        path,
        detail,
    }
}

/// The version that a program tells; none where it tells something that isn't one.
fn version(
    tool: &Tool,
    path: &Path,
    host: &Host,
    cancel: &Cancel,
) -> Result<Option<Version>, String> {
    let mut command = Command::new(path)
        .args(tool.version)
        .env("LC_ALL", "C")
        // go must not fetch the toolchain that a go.mod names, only to tell its version.
        .env("GOTOOLCHAIN", "local")
        .timeout(PATIENCE)
        .keep(MOST_OUTPUT);
    for (name, value) in host.env.only(PASSED).iter() {
        command = command.env(name, value);
    }
    if let Some(folder) = path.parent() {
        command = command.dir(folder);
    }
    match command.run(cancel) {
        Ok(output) => Ok(Version::find(&output.stdout_text())),
        Err(error) => Err(said(&error)),
    }
}

/// How a program failed, and its first words about it.
fn said(error: &ProcessError) -> String {
    match error.first_line() {
        Some(line) => format!("it {}: {line}", error.ending()),
        None => format!("it {}", error.ending()),
    }
}

/// Whether a tool is needed, as [`needs`](super::needs::needs) says it.
pub(super) fn need(reason: Option<&String>) -> Need {
    match reason {
        Some(reason) => Need::Required {
            reason: reason.clone(),
        },
        None => Need::Optional,
    }
}
