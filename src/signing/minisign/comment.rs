//! The comment that is signed with a file.

use std::fmt;

use crate::printable::printable;

/// What is signed with a file besides its bytes: when, which file, and of which version. One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedComment(String);

impl TrustedComment {
    /// Of a file of a release, whose time is that of its commit: the same release has the same signature.
    #[must_use]
    pub fn of(file: &str, version: &str, epoch: u64) -> Self {
        let (file, version) = (word(file), word(version));
        Self(format!(
            "timestamp:{epoch}\tfile:{file}\tversion:{version}\thashed"
        ))
    }

    /// The comment of a signature.
    pub(super) fn read(line: &str) -> Self {
        Self(line.to_owned())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// One of its fields: `file`, `version`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.split('\t').filter_map(|field| field.split_once(':'));
        fields.find(|(of, _)| *of == name).map(|(_, value)| value)
    }
}

/// Tabulators are between fields.
fn word(text: &str) -> String {
    printable(text).replace('\t', " ")
}

impl fmt::Display for TrustedComment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_one_line_of_fields() {
        let comment = TrustedComment::of("checksums.txt", "v1.2.3", 1_700_000_000);
        assert_eq!(
            comment.to_string(),
            "timestamp:1700000000\tfile:checksums.txt\tversion:v1.2.3\thashed"
        );
        assert_eq!(comment.field("version"), Some("v1.2.3"));
        assert_eq!(comment.field("hashed"), None);
        let hostile = TrustedComment::of("a\tversion:v9\nb", "v1", 0);
        assert_eq!(hostile.to_string().lines().count(), 1);
        assert_eq!(hostile.field("version"), Some("v1"));
    }
}
