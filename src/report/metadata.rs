//! `metadata.json`: the release that the output folder holds, the same on every machine.

use serde_json::{Value, json};

use crate::delivery::SCHEMA;
use crate::plan::Plan;

/// The file's content.
#[must_use]
pub fn metadata(plan: &Plan) -> Value {
    let release = &plan.release;
    let mut metadata = json!({
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
    });
    if !release.go_releases.is_empty()
        && let Some(fields) = metadata.as_object_mut()
    {
        let releases = release.go_releases.as_slice();
        fields.insert("go_releases".to_owned(), releases.into());
    }
    metadata
}
