//! A log: what was recognised, and where.

use super::{Binary, FIELDS, PLAIN, choice, fields, write_cause, write_next};
use crate::console::STRONG;
use crate::explain::{Cause, Log};

/// What a log tells, and what a binary says to it.
#[must_use]
pub fn log_text(log: &Log, binary: Option<&Binary>, width: Option<usize>) -> String {
    let mut fields = fields(width);
    for sighting in &log.sightings {
        let title = format!("line {}: {}", sighting.line, choice(sighting.causes.len()));
        fields.title(STRONG, &title);
        fields.field(FIELDS, "line", PLAIN, &sighting.text);
        if sighting.times > 1 {
            let times = format!("{} lines tell the same", sighting.times);
            fields.field(FIELDS, "seen", PLAIN, &times);
        }
        for cause in &sighting.causes {
            write_cause(&mut fields, *cause, &sighting.text, binary);
        }
        fields.gap();
    }
    let causes: Vec<Cause> = log.causes().collect();
    write_next(&mut fields, &causes, binary);
    fields.finish()
}
