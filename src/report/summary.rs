//! The table that ends a build.

use std::collections::BTreeMap;

use super::ArtifactRecord;
use crate::exec::{End, Outcomes};
use crate::plan::{Artifact, Plan};
use crate::text_table::{Align, Table};
use crate::verify::Verdict;

/// An artifact a row: where it lies, how large it is, what was proven, how long its target took.
#[must_use]
pub fn summary_table(plan: &Plan, outcomes: &Outcomes, records: &[ArtifactRecord]) -> Table {
    let mut table = Table::new(&[
        ("Target", Align::Left),
        ("Artifact", Align::Left),
        ("Size", Align::Right),
        ("Compiled in", Align::Right),
        ("Verdict", Align::Left),
    ])
    // The artifact's folder names the target too.
    .spare(&["Compiled in", "Target", "Size"]);
    let records: BTreeMap<&str, &ArtifactRecord> = records
        .iter()
        .map(|record| (record.path.as_str(), record))
        .collect();
    for artifact in &plan.artifacts {
        let record = records.get(artifact.path.as_str());
        let size = record.map_or_else(|| "-".to_owned(), |record| human_size(record.size));
        let verdict = match record {
            Some(record) => verdict_words(record),
            None => missing_words(artifact, outcomes).to_owned(),
        };
        table.row(vec![
            artifact.label(),
            artifact.path.to_string(),
            size,
            compile_time(artifact, outcomes),
            verdict,
        ]);
    }
    table
}

/// A verdict of the static gate; it says what was proven, and no more.
fn verdict_words(record: &ArtifactRecord) -> String {
    // Where Go always links the system's own libraries, static means those and no others.
    let bare = record.needed.is_empty() && record.interpreter.is_none();
    let what = if bare {
        "static"
    } else {
        "system libraries only"
    };
    match record.verdict {
        Verdict::Proven => format!("{what}: proven"),
        Verdict::Conditional => "static: conditional".to_owned(),
        Verdict::Unproven => "static: not proven".to_owned(),
    }
}

/// Why an artifact isn't there.
fn missing_words(artifact: &Artifact, outcomes: &Outcomes) -> &'static str {
    let failed = |step| {
        let outcome = outcomes.get(step);
        outcome.is_some_and(|outcome| matches!(outcome.end, End::Failed(_)))
    };
    let steps = &artifact.steps;
    if failed(&steps.compile) {
        "failed to compile"
    } else if failed(&steps.verify) {
        "failed the gate"
    } else if failed(&steps.place) {
        "failed to be written"
    } else {
        "not built"
    }
}

fn compile_time(artifact: &Artifact, outcomes: &Outcomes) -> String {
    outcomes
        .get(&artifact.steps.compile)
        .filter(|outcome| outcome.duration_ms > 0)
        .map_or_else(|| "-".to_owned(), |outcome| human_time(outcome.duration_ms))
}

/// Bytes for people: `6.2 MB`, a thousand to the next unit.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "one digit after the point is shown"
)]
pub fn human_size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Milliseconds for people: `340 ms`, `12.3 s`, `2 min 5 s`.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "one digit after the point is shown"
)]
pub fn human_time(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{:.1} s", ms as f64 / 1e3),
        _ => format!("{} min {} s", ms / 60_000, ms / 1_000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_have_the_unit_that_people_use() {
        assert_eq!(human_size(999), "999 B");
        assert_eq!(human_size(6_240_000), "6.2 MB");
        assert_eq!(human_time(340), "340 ms");
        assert_eq!(human_time(12_340), "12.3 s");
        assert_eq!(human_time(125_000), "2 min 5 s");
    }
}
