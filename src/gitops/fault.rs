//! What keeps a file from being changed.

/// What is wrong with a file, and where. Its text follows `FILE:LINE: `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong at a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The file isn't YAML.
    #[error("it is not YAML: {0}")]
    Syntax(String),
    /// A key stands twice in one mapping, and readers differ in which they take.
    #[error("the key `{0}` stands here a second time")]
    Twice(String),
    /// There is no document, or more than the one that is read.
    #[error("it has {0} documents in place of one")]
    Documents(usize),
    /// Something else than a mapping.
    #[error("{0} is no mapping")]
    NoMapping(String),
    /// Something else than a list.
    #[error("`{0}` is no list")]
    NoList(String),
    /// Something else than a text.
    #[error("{0} is no text")]
    NoText(String),
    /// What is written in one place is used in others, too.
    #[error("{0} is shared by an anchor (`&`, `*`, `<<`): write it out")]
    Shared(String),
    /// A text of several lines.
    #[error("{0} is a block of lines (`|`, `>`): write it in one line")]
    Block(String),
    /// The image isn't there.
    #[error("nothing in it has the image `{0}`")]
    NoImage(String),
    /// A key that leads to the value isn't there.
    #[error("it has no `{0}`")]
    NoKey(String),
    /// The text that would be written doesn't say what it should.
    #[error("it is written in a way that can't be changed without changing more: {0}")]
    Style(&'static str),
}

impl Why {
    pub(super) fn at(self, line: usize) -> Fault {
        Fault { line, why: self }
    }
}
