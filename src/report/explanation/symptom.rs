//! A symptom: what it may come from.

use super::{Binary, choice, fields, write_cause, write_next};
use crate::console::STRONG;
use crate::explain::{Cause, Fit, Match};

/// The causes of a symptom, and what a binary says to each.
#[must_use]
pub fn symptom_text(
    symptom: &str,
    found: &[Match],
    binary: Option<&Binary>,
    width: Option<usize>,
) -> String {
    let mut fields = fields(width);
    let how = match found.first().map(|found| found.fit) {
        Some(Fit::Words) => ", by its words",
        _ => "",
    };
    let title = format!("{symptom}: {}{how}", choice(found.len()));
    fields.title(STRONG, &title);
    for found in found {
        fields.gap();
        write_cause(&mut fields, found.cause, symptom, binary);
    }
    fields.gap();
    let causes: Vec<Cause> = found.iter().map(|found| found.cause).collect();
    write_next(&mut fields, &causes, binary);
    fields.finish()
}
