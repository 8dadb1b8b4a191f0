//! The first line in which two texts differ.

use serde::Serialize;

/// A line of two texts that isn't the same in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineDifference {
    /// Counted from 1.
    pub line: usize,
    /// The line of the first text; empty behind its end.
    pub first: String,
    /// The line of the second text; empty behind its end.
    pub second: String,
}

/// The first line in which two texts differ; none where they are the same.
#[must_use]
pub fn first_line(first: &[u8], second: &[u8]) -> Option<LineDifference> {
    if first == second {
        return None;
    }
    let mut lines = (
        first.split(|byte| *byte == b'\n'),
        second.split(|byte| *byte == b'\n'),
        1,
    );
    loop {
        let (one, other) = (lines.0.next(), lines.1.next());
        if one != other {
            let text = |line: Option<&[u8]>| {
                String::from_utf8_lossy(line.unwrap_or_default()).into_owned()
            };
            return Some(LineDifference {
                line: lines.2,
                first: text(one),
                second: text(other),
            });
        }
        one?;
        lines.2 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_told_with_its_number() {
        let told = first_line(b"a\nb\nc\n", b"a\nx\nc\n").unwrap();
        assert_eq!((told.line, &*told.first, &*told.second), (2, "b", "x"));
        assert_eq!(first_line(b"a\n", b"a\n"), None);
    }

    #[test]
    fn a_text_that_ends_earlier_has_an_empty_line_there() {
        let told = first_line(b"a", b"a\nb").unwrap();
        assert_eq!((told.line, &*told.first, &*told.second), (2, "", "b"));
    }
}
