//! Faults of the TOML itself.

use toml::de::Error;

use super::diagnostic::{Diagnostic, Span};
use super::words::{quote, toml};

/// What the text looks like to a TOML parser that goes on after a fault.
pub(super) struct Syntax {
    /// Its faults.
    pub(super) faults: Vec<Diagnostic>,
    /// From here on the tree can't be trusted: brackets or quotes don't match.
    pub(super) broken_from: Option<usize>,
}

/// Faults that leave the structure of the rest as it is.
const LOCAL: [&str; 3] = [
    "string values must be quoted",
    "duplicate key",
    "invalid boolean",
];

pub(super) fn faults(text: &str, errors: &[Error]) -> Syntax {
    let place = |error: &Error| error.span().unwrap_or(text.len()..text.len());
    let local = |error: &Error| LOCAL.iter().any(|known| error.message().starts_with(known));
    let broken_from = errors
        .iter()
        .filter(|error| !local(error))
        .map(|error| place(error).start)
        .min();
    let mut faults = Vec::new();
    let mut told = false;
    for error in errors {
        let span = place(error);
        // The first fault that breaks the structure makes many more behind it.
        match broken_from {
            Some(from) if span.start > from => continue,
            Some(from) if span.start == from && (local(error) || told) => continue,
            Some(from) if span.start == from => told = true,
            _ => {}
        }
        faults.push(fault(text, error, &span));
    }
    Syntax {
        faults,
        broken_from,
    }
}

fn fault(text: &str, error: &Error, span: &Span) -> Diagnostic {
    let (message, expected) = match error.message().split_once(", expected ") {
        Some((message, expected)) => (message, Some(expected)),
        None => (error.message(), None),
    };
    let written = text.get(span.clone()).unwrap_or_default();
    let diagnostic = |message: &str| Diagnostic::wrong(span, message);
    match message {
        "string values must be quoted" => diagnostic(&format!("{} has no quotes", quote(written)))
            .help(format!("write `{}`", toml(written))),
        "duplicate key" => diagnostic(&format!("{} stands here a second time", quote(written)))
            .help("write it once, with everything that belongs to it"),
        "invalid boolean" => diagnostic(&format!("{} is not a value", quote(written)))
            .help(format!("write {}", expected.unwrap_or("`true` or `false`"))),
        "missing comma between array elements" => {
            diagnostic(message).help("write `,` between the elements, and `]` after the last one")
        }
        _ => match expected {
            Some(expected) => diagnostic(message)
                .help(format!("{} is wanted here", expected.replace(", ", " or "))),
            None => diagnostic(message),
        },
    }
}
