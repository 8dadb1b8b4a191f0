//! `metadata.json`: the release that the output folder holds, the same on every machine.

use serde_json::{Value, json};

use crate::delivery::SCHEMA;
use crate::plan::Plan;

/// The file's content.
#[must_use]
pub fn metadata(plan: &Plan) -> Value {
    let release = &plan.release;
    json!({
        "schema": SCHEMA,
        "project": release.project,
        "version": release.version,
        "tag": release.tag,
        "commit": release.commit,
        "modified": release.modified,
        "stamps_all": plan.stamps_release(),
        "date": release.date(),
        "go": release.go,
        "gobuildx": env!("CARGO_PKG_VERSION"),
        "plan": plan.digest().to_string(),
    })
}
