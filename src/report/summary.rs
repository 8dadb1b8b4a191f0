//! The table that ends a build.

use std::collections::BTreeMap;

use super::ArtifactRecord;
use super::fate::{Stage, failed_at};
use crate::exec::{Origin, Outcomes};
use crate::human;
use crate::plan::{Artifact, Plan};
use crate::text_table::{Align, Table};
use crate::verify::{PolicyName, Verdict};

/// An artifact a row: where it lies, how large it is, what was proven, how long its target took.
#[must_use]
pub fn summary_table(plan: &Plan, outcomes: &Outcomes, records: &[ArtifactRecord]) -> Table {
    table_of(summary_rows(plan, outcomes, records))
}

/// The same table for a run that did nothing, from the rows of the one before.
#[must_use]
pub fn unchanged_table(rows: &[Vec<String>]) -> Table {
    let unchanged = rows.iter().cloned().map(|mut row| {
        if let Some(time) = row.get_mut(COMPILED_IN) {
            UNCHANGED.clone_into(time);
        }
        row
    });
    table_of(unchanged.collect())
}

/// The column that says how long its target took.
const COMPILED_IN: usize = 3;

const UNCHANGED: &str = "unchanged";

fn table_of(rows: Vec<Vec<String>>) -> Table {
    let mut table = Table::new(&[
        ("Target", Align::Left),
        ("Artifact", Align::Left),
        ("Size", Align::Right),
        ("Compiled in", Align::Right),
        ("Verdict", Align::Left),
    ])
    // The artifact's folder names the target too.
    .spare(&["Compiled in", "Target", "Size"]);
    for row in rows {
        table.row(row);
    }
    table
}

/// The rows of the table.
#[must_use]
pub fn summary_rows(
    plan: &Plan,
    outcomes: &Outcomes,
    records: &[ArtifactRecord],
) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let records: BTreeMap<&str, &ArtifactRecord> = records
        .iter()
        .map(|record| (record.path.as_str(), record))
        .collect();
    for artifact in &plan.artifacts {
        let record = records.get(artifact.path.as_str());
        let size = record.map_or_else(|| "-".to_owned(), |record| size_words(record));
        let verdict = match record {
            Some(record) => verdict_words(record),
            None => missing_words(artifact, outcomes).to_owned(),
        };
        rows.push(vec![
            artifact.label(),
            path_words(artifact, record.copied()),
            size,
            compile_time(artifact, outcomes),
            verdict,
        ]);
    }
    rows
}

/// Where an artifact lies, and the header beside it.
fn path_words(artifact: &Artifact, record: Option<&ArtifactRecord>) -> String {
    let header = record.and_then(|record| record.header.as_ref());
    let header = header.and_then(|header| header.path.rsplit('/').next());
    match header {
        Some(header) => format!("{} with {header}", artifact.path),
        None => artifact.path.to_string(),
    }
}

fn verdict_words(record: &ArtifactRecord) -> String {
    let linking = Linking::of(record.interpreter.as_deref(), &record.needed);
    proof_words(record.verdict, record.policy, linking)
}

/// A verdict of the gate; it says what was proven, and no more. Why a verdict is no better, notes
/// below the table say.
pub(super) fn proof_words(verdict: Verdict, policy: PolicyName, linking: Linking) -> String {
    match (verdict, policy, linking) {
        (Verdict::Proven, PolicyName::System(system), _) => format!("{system}: proven"),
        (Verdict::Proven, PolicyName::Static, Linking::Bare) => "static: proven".to_owned(),
        // Where Go always links the system's own libraries, static means those and no others.
        (Verdict::Proven, PolicyName::Static, Linking::Libraries) => {
            "system libraries only: proven".to_owned()
        }
        (verdict, ..) => verdict.as_str().to_owned(),
    }
}

/// Whether the loader has anything to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Linking {
    /// Nothing.
    Bare,
    /// Something.
    Libraries,
}

impl Linking {
    /// What a loader and the libraries that are needed amount to.
    pub(super) fn of<T>(interpreter: Option<&str>, needed: &[T]) -> Self {
        match (interpreter, needed) {
            (None, []) => Self::Bare,
            _ => Self::Libraries,
        }
    }
}

/// Why an artifact isn't there.
fn missing_words(artifact: &Artifact, outcomes: &Outcomes) -> &'static str {
    match failed_at(artifact, outcomes) {
        Some(Stage::Compile) => "failed to compile",
        Some(Stage::Verify) => "failed the gate",
        Some(Stage::Recompile) => "failed to compile again",
        Some(Stage::Compare) => "not reproducible",
        Some(Stage::Pack) => "failed to be packed",
        Some(Stage::Smoke) => "failed on a blank system",
        Some(Stage::Place) => "failed to be written",
        None => "not built",
    }
}

/// The size, and that before packing.
fn size_words(record: &ArtifactRecord) -> String {
    match &record.packed {
        Some(packed) => human::change(packed.size_before, record.size),
        None => human::size(record.size),
    }
}

fn compile_time(artifact: &Artifact, outcomes: &Outcomes) -> String {
    let placed = outcomes.get(&artifact.steps.place);
    if placed.is_some_and(|placed| placed.origin == Origin::Kept) {
        return UNCHANGED.to_owned();
    }
    outcomes
        .get(&artifact.steps.compile)
        .filter(|outcome| outcome.duration_ms > 0)
        .map_or_else(
            || "-".to_owned(),
            |outcome| human::time(outcome.duration_ms),
        )
}
