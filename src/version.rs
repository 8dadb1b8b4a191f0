//! Versions in what programs print about themselves.

use std::fmt;

/// The numbers of a version, such as 4.2.2.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(Vec<u32>);

impl Version {
    /// From its numbers.
    #[must_use]
    pub fn new(numbers: &[u32]) -> Self {
        Self(numbers.to_vec())
    }

    /// The first version in a text: a word that starts with a digit, perhaps behind `v` or `go`, and
    /// has a dot in it. What stands in parentheses is about something else, such as a distribution.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let mut depth = 0_u32;
        let outside: String = text
            .chars()
            .filter(|c| {
                match c {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => return depth == 0,
                }
                false
            })
            .collect();
        outside.split_whitespace().find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let word = word.strip_prefix("go").unwrap_or(word);
        let word = word.strip_prefix('v').unwrap_or(word);
        let end = word.find(|c: char| c != '.' && !c.is_ascii_digit());
        let (numbers, _) = word.split_at(end.unwrap_or(word.len()));
        let numbers = numbers.trim_end_matches('.');
        let numbers: Option<Vec<u32>> = numbers.split('.').map(|part| part.parse().ok()).collect();
        numbers.filter(|numbers| numbers.len() > 1).map(Self)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

impl serde::Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_real_programs_print_is_read() {
        for (printed, version) in [
            ("go version go1.26.8 linux/amd64\n", "1.26.8"),
            ("go version devel go1.28-abc123 linux/amd64", "1.28"),
            ("git version 2.39.5 (Apple Git-154)", "2.39.5"),
            ("git version 2.45.1.windows.1", "2.45.1"),
            (
                "cc (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright (C) 2022",
                "12.2.0",
            ),
            ("Apple clang version 15.0.0 (clang-1500.3.9.4)", "15.0.0"),
            ("Debian clang version 14.0.6\nTarget: x86_64", "14.0.6"),
            ("                 upx 4.2.2\n", "4.2.2"),
            ("upx 5.0.3-devel.20250808", "5.0.3"),
            ("bubblewrap 0.8.0", "0.8.0"),
            (
                "qemu-aarch64 version 7.2.19 (Debian 1:7.2+dfsg-7)",
                "7.2.19",
            ),
        ] {
            let found = Version::find(printed).map(|found| found.to_string());
            assert_eq!(found.as_deref(), Some(version), "{printed}");
        }
    }

    #[test]
    fn what_has_no_version_has_none() {
        for printed in ["", "usage: x", "99", "(1.2)", "1.", "99999999999.1", "…1.2"] {
            assert_eq!(Version::find(printed), None, "{printed}");
        }
    }

    #[test]
    fn newer_is_greater() {
        assert!(Version::new(&[1, 9]) < Version::new(&[1, 21]));
        assert!(Version::new(&[1, 21]) < Version::new(&[1, 21, 1]));
    }
}
