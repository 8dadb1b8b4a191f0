//! Digests as text.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::Serialize;

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// SHA-256 of a file or a text, in lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Sha256Hex(String);

/// A text that is no SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no SHA-256: 64 hexadecimal digits in small letters")]
pub struct ParseSha256Error(String);

impl Sha256Hex {
    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sha256Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Sha256Hex {
    type Err = ParseSha256Error;

    /// Reads the digits, also with `sha256:` in front.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() == 64 && digits.bytes().all(is_digit) {
            Ok(Self(digits.to_owned()))
        } else {
            Err(ParseSha256Error(text.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_64_small_digits() {
        let digits = "0a".repeat(32);
        for text in [digits.clone(), format!("sha256:{digits}")] {
            assert_eq!(text.parse::<Sha256Hex>().unwrap().as_str(), digits);
        }
        for text in [
            "",
            "sha256:",
            &"0A".repeat(32),
            &"0g".repeat(32),
            &"0a".repeat(31),
            &"0a".repeat(33),
        ] {
            assert!(text.parse::<Sha256Hex>().is_err(), "{text}");
        }
    }
}
