//! An artifact as records have it, for tests.

use serde_json::{Value, json};

/// The record of a static program for Linux, with some fields changed.
pub(super) fn recorded(changes: &Value) -> Value {
    let mut record = json!({
        "binary": "a", "target": "linux/amd64/v1", "cgo": false, "toolchain": null,
        "path": "a/a", "size": 5, "sha256": "00".repeat(32), "policy": "static", "header": null, "packed": null,
        "go": "go1.26.8", "buildmode": "exe", "interpreter": null, "needed": [],
        "verdict": "proven", "checked": [], "findings": [],
    });
    for (key, value) in changes.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}
