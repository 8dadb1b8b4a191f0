//! A project with hooks, and what is told of them.

use serde_json::Value;

use crate::project::{Project, Run};

/// Allows hooks.
pub const ALLOWED: &str = "--allow-hooks";

/// The hello project with a manifest, where `made.txt` and the like are no change of the tree.
pub fn hello(manifest: &str) -> Project {
    Project::hello()
        .file(".gitignore", "made*\n*.log\n")
        .file("targets.toml", manifest)
}

/// The events of a run, each a line of JSON.
pub fn events(run: &Run) -> Vec<Value> {
    let lines = run.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The steps or hooks of a kind of event, in order.
pub fn steps<'a>(events: &'a [Value], kind: &str) -> Vec<&'a str> {
    let of_kind = events.iter().filter(|event| event["event"] == kind);
    of_kind
        .map(|event| event["step"].as_str().unwrap())
        .collect()
}
