//! What `explain` says: for machines in `record`, for people in the other files.

mod binary;
mod log;
mod record;
mod subject;
mod symptom;

pub use binary::{Binary, Confirmation};
pub use log::log_text;
pub use record::{Catalogue, LogRecord, SymptomRecord};
pub use subject::{catalogue_text, subject_text};
pub use symptom::symptom_text;

use anstyle::Style;

use super::inspection::fields::{Block, Fields};
use crate::console::{BAD, GOOD, NOTE};
use crate::explain::Cause;
use crate::verify::{Fix, FixPlace};

/// Columns of a text, where the terminal is no narrower.
const WIDTH: usize = 100;

/// The fields of what is explained.
const FIELDS: Block = Block {
    indent: 4,
    labels: 8,
};

const PLAIN: Style = Style::new();

fn fields(width: Option<usize>) -> Fields {
    Fields::new(Some(width.map_or(WIDTH, |width| width.min(WIDTH))))
}

/// What to do, by place.
fn write_fixes(fields: &mut Fields, fixes: &[&Fix]) {
    for place in FixPlace::ALL {
        let mut label = place.as_str();
        for fix in fixes.iter().filter(|fix| fix.place == place) {
            fields.field(FIELDS, label, PLAIN, &fix.text);
            label = "";
        }
    }
}

/// A cause: what it is, how it is told from others, what a binary says to it, what to do.
fn write_cause(fields: &mut Fields, cause: Cause, message: &str, binary: Option<&Binary>) {
    fields.heading(NOTE, cause.name(), cause.summary());
    if let Some(telling) = cause.telling() {
        fields.field(FIELDS, "told by", PLAIN, telling);
    }
    if let Some(standing) = binary.and_then(|binary| binary.standing(cause, message)) {
        let style = match standing {
            Confirmation::Confirmed(_) => BAD,
            Confirmation::Absent | Confirmation::Others(_) => GOOD,
            Confirmation::Unchecked => PLAIN,
        };
        fields.field(FIELDS, "binary", style, &standing.in_words());
    }
    write_fixes(fields, &cause.fixes());
}

/// What a binary says that wasn't seen, and what to run next.
fn write_next(fields: &mut Fields, causes: &[Cause], binary: Option<&Binary>) {
    let Some(binary) = binary else {
        let rules = causes.iter().filter_map(|cause| cause.rule());
        let what = match rules.count() {
            0 => return,
            1 => "whether the program has that",
            _ => "which of these the program has",
        };
        fields.title(PLAIN, &format!("gobuildx inspect FILE tells {what}"));
        return;
    };
    let unseen = binary.unseen(causes.iter().copied());
    if !unseen.is_empty() {
        let unseen: Vec<_> = unseen.iter().map(|rule| rule.as_str()).collect();
        let text = format!(
            "{} has more than this shows: {}",
            binary.path,
            unseen.join(", ")
        );
        fields.title(NOTE, &text);
    }
}

/// A sentence on how many causes there are.
fn choice(causes: usize) -> &'static str {
    match causes {
        1 => "one cause is known",
        _ => "several causes are known",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_fit_their_column() {
        for place in FixPlace::ALL {
            assert!(place.as_str().len() <= FIELDS.labels, "{}", place.as_str());
        }
    }
}
