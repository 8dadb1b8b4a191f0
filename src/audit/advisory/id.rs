//! The ids of advisories, which are names of files in a database.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// Longer ids than any database has are none.
const LONGEST: usize = 64;

/// The id of an advisory, such as `GO-2021-0113`: letters, digits and dashes, so it is a name of a file
/// everywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AdvisoryId(String);

/// A text that is no id of an advisory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no id of an advisory, such as GO-2021-0113")]
pub struct ParseIdError(String);

impl AdvisoryId {
    /// As the database writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AdvisoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AdvisoryId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        // A dash first would be an option, and names without one are those of devices on Windows.
        let starts = text.bytes().next().is_some_and(|byte| byte != b'-');
        if starts && text.contains('-') && text.len() <= LONGEST && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseIdError(text.chars().take(LONGEST).collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_names_of_files_and_lead_nowhere_else() {
        for id in ["GO-2021-0113", "GHSA-ppp9-7jff-5vj2", "CVE-2021-38561"] {
            assert_eq!(id.parse::<AdvisoryId>().unwrap().as_str(), id);
        }
        let long = format!("GO-{}", "1".repeat(LONGEST));
        for text in [
            "",
            "../GO-1",
            "GO-1/2",
            "-GO-1",
            "con",
            "GO-1.json",
            "GO-\u{e9}",
            &long,
        ] {
            assert!(text.parse::<AdvisoryId>().is_err(), "{text}");
        }
    }
}
