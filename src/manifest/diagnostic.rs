//! A fault of a manifest, with its place in the text.

use std::ops::Range;

/// A range of bytes in the manifest's text.
pub type Span = Range<usize>;

/// A value with the place it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands in the manifest.
    pub span: Span,
}

/// One fault: what is wrong at a place, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong; a sentence without a full stop.
    pub message: String,
    /// Where; an empty range at the start where no place can be named.
    pub span: Span,
    /// What to write instead.
    pub help: Option<String>,
}
