//! What a registry says of why it refuses.

use std::fmt;

use serde::Deserialize;

use crate::printable::printable;
use crate::secret::redacted;

/// So many errors of an answer are told.
const MANY: usize = 3;
/// So many characters of each.
const LONGEST: usize = 300;

/// What a registry says, fit for a terminal and never long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(Vec<String>);

/// Source: OCI distribution specification v1.1, "Error codes".
#[derive(Deserialize)]
struct Answer {
    errors: Vec<OneError>,
}

#[derive(Deserialize)]
struct OneError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl Said {
    /// What the body of an answer says; nothing where it isn't what the specification has.
    pub(super) fn of(body: &[u8]) -> Self {
        let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
            return Self::default();
        };
        let words = answer.errors.iter().take(MANY).map(|error| {
            let both = [error.code.as_str(), error.message.as_str()];
            let both: Vec<&str> = both.into_iter().filter(|word| !word.is_empty()).collect();
            // Half of a secret isn't known as one any more.
            let text = redacted(&both.join(": ")).into_owned();
            let text: String = text.chars().take(LONGEST).collect();
            printable(&text)
        });
        Self(words.filter(|text| !text.is_empty()).collect())
    }
}

/// Empty, or in parentheses behind what it is about.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", self.0.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_registries_are_told_with_their_codes() {
        let said = Said::of(br#"{"errors":[{"code":"DENIED","message":"no","detail":{"x":1}},{"message":"a\u001b[2J"}]}"#);
        assert_eq!(said.to_string(), r" (DENIED: no; a\u{1b}[2J)");
    }

    #[test]
    fn what_is_no_error_of_a_registry_is_not_told() {
        for body in ["", "<html>", "{}", r#"{"errors":[]}"#, r#"{"errors":"x"}"#] {
            assert_eq!(Said::of(body.as_bytes()).to_string(), "", "{body}");
        }
    }

    #[test]
    fn a_long_story_is_cut() {
        let one = format!(r#"{{"code":"X","message":"{}"}}"#, "a".repeat(10_000));
        let body = format!(r#"{{"errors":[{}]}}"#, vec![one; 100].join(","));
        let told = Said::of(body.as_bytes()).to_string();
        assert!(told.len() < 1000, "{}", told.len());
    }
}
