//! The table that ends a build.

use super::artifact_records;
use crate::exec::{End, Outcomes};
use crate::plan::{Action, Artifact, Plan, Step};
use crate::text_table::{Align, Table};
use crate::verify::Verdict;

/// An artifact a row: where it lies, how large it is, what was proven, how long its target took.
#[must_use]
pub fn summary_table(plan: &Plan, outcomes: &Outcomes) -> String {
    let mut table = Table::new(&[
        ("Target", Align::Left),
        ("Artifact", Align::Left),
        ("Size", Align::Right),
        ("Compiled in", Align::Right),
        ("Verdict", Align::Left),
    ]);
    let records = artifact_records(plan, outcomes);
    for artifact in &plan.artifacts {
        let record = records
            .iter()
            .find(|record| record.path == artifact.path.as_str());
        let size = record.map_or_else(|| "-".to_owned(), |record| human_size(record.size));
        let verdict = match record {
            Some(record) => verdict_words(record.verdict).to_owned(),
            None => missing_words(plan, artifact, outcomes),
        };
        table.row(vec![
            artifact.target.to_string(),
            artifact.path.to_string(),
            size,
            compile_time(plan, artifact, outcomes),
            verdict,
        ]);
    }
    table.to_string()
}

/// A verdict of the static gate; it says what was proven, and no more.
fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proven => "static: proven",
        Verdict::Conditional => "static: conditional",
        Verdict::Unproven => "static: not proven",
    }
}

fn steps_of<'a>(plan: &'a Plan, artifact: &'a Artifact) -> impl Iterator<Item = &'a Step> {
    plan.steps.iter().filter(|step| match &step.action {
        Action::Compile(compile) => compile.artifacts.contains(&artifact.path),
        Action::Verify(verify) => verify.artifact == artifact.path,
        Action::Place(place) => place.artifact == artifact.path,
    })
}

/// Why an artifact isn't there.
fn missing_words(plan: &Plan, artifact: &Artifact, outcomes: &Outcomes) -> String {
    for step in steps_of(plan, artifact) {
        let failed = outcomes
            .get(&step.id)
            .is_some_and(|outcome| matches!(outcome.end, End::Failed(_)));
        match &step.action {
            Action::Compile(_) if failed => return "failed to compile".to_owned(),
            Action::Verify(_) if failed => return "failed the gate".to_owned(),
            Action::Place(_) if failed => return "failed to be written".to_owned(),
            _ => {}
        }
    }
    "not built".to_owned()
}

fn compile_time(plan: &Plan, artifact: &Artifact, outcomes: &Outcomes) -> String {
    steps_of(plan, artifact)
        .find(|step| matches!(step.action, Action::Compile(_)))
        .and_then(|step| outcomes.get(&step.id))
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
