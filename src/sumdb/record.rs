//! What the database answers when it is asked for a module: the number of the record, its text, and a signed tree.

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its number.
    pub number: u64,
    /// Its text: lines as go.sum has them.
    pub text: &'a str,
    /// The note with the head of a tree that has it.
    pub note: &'a str,
}

/// Why an answer isn't believed. It finishes "it ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// No record.
    #[error("is no record")]
    Malformed,
    /// About something else.
    #[error("has no hash of {0}")]
    Other(String),
}

impl<'a> Record<'a> {
    /// Reads an answer.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &'a str) -> Result<Self, RecordError> {
        Self::parts(text).ok_or(RecordError::Malformed)
    }

    fn parts(text: &'a str) -> Option<Self> {
        let (number, rest) = text.split_once('\n')?;
        let is_plain = number.bytes().all(|byte| byte.is_ascii_digit()) && number.len() <= 18;
        let number = number.parse().ok().filter(|_| is_plain)?;
        let (lines, note) = rest.split_once("\n\n")?;
        // The end of its last line belongs to the record.
        let text = rest.get(..=lines.len()).filter(|_| !lines.is_empty())?;
        Some(Self { number, text, note })
    }

    /// The hash of a module's files: `h1:…`.
    ///
    /// # Errors
    /// When the record has none.
    pub fn sum_of(&self, module: &str, version: &str) -> Result<&'a str, RecordError> {
        let lines = self.text.lines();
        let mut sums = lines.filter_map(|line| {
            let mut words = line.split(' ');
            let is_it = words.next() == Some(module) && words.next() == Some(version);
            let sum = words.next().filter(|sum| is_it && sum.starts_with("h1:"));
            sum.filter(|_| words.next().is_none())
        });
        let sum = sums.next();
        sum.ok_or_else(|| RecordError::Other(format!("{module}@{version}")))
    }
}
