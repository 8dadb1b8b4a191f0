//! Numbers of bytes, as people write them.

use std::str::FromStr;

/// Units and what they are in bytes.
const UNITS: &[(&str, u64)] = &[
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

/// A number of bytes, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

impl ByteSize {
    /// How many they are.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }
}

/// A text that is no number of bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a whole number with a unit is wanted, such as 2GiB, 1500MiB or 4GB")]
pub struct ParseByteSizeError;

impl FromStr for ByteSize {
    type Err = ParseByteSizeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let unit = unit.trim_start_matches(' ');
        let mut units = UNITS.iter();
        let (_, factor) = units
            .find(|(name, _)| name.eq_ignore_ascii_case(unit))
            .ok_or(ParseByteSizeError)?;
        let number: u64 = number.parse().map_err(|_| ParseByteSizeError)?;
        match number.checked_mul(*factor) {
            None | Some(0) => Err(ParseByteSizeError),
            Some(bytes) => Ok(Self(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Option<u64> {
        text.parse().ok().map(ByteSize::bytes)
    }

    #[test]
    fn units_are_those_that_people_write() {
        assert_eq!(bytes("2GiB"), Some(2 << 30));
        assert_eq!(bytes("1500 MiB"), Some(1500 << 20));
        assert_eq!(bytes("4gb"), Some(4_000_000_000));
        assert_eq!(bytes("7B"), Some(7));
    }

    #[test]
    fn what_is_unclear_is_refused() {
        for text in [
            "",
            "2",
            "GiB",
            "0GiB",
            "2G",
            "1.5GiB",
            "-1GiB",
            "99999999TiB",
        ] {
            assert_eq!(text.parse::<ByteSize>(), Err(ParseByteSizeError), "{text}");
        }
    }
}
