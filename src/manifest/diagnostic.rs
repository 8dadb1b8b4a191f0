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

impl<T> Located<T> {
    /// Another value in the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Located<U> {
        Located {
            value: change(self.value),
            span: self.span,
        }
    }
}

/// One fault: what is wrong at a place, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong; a sentence without a full stop.
    pub message: String,
    /// Where; an empty range at the start where no place can be named.
    pub span: Span,
    /// A second place that matters, and what it is.
    pub also: Option<Located<String>>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A fault of the manifest.
    pub fn wrong(span: &Span, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span: span.clone(),
            also: None,
            help: None,
        }
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn also(mut self, span: &Span, label: impl Into<String>) -> Self {
        self.also = Some(Located {
            value: label.into(),
            span: span.clone(),
        });
        self
    }
}
