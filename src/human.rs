//! Sizes, times and numbers, in words for people.

use std::borrow::Borrow;
use std::fmt::Display;

/// Units of sizes, a thousand to the next.
const UNITS: [(u64, &str); 3] = [(1_000, "kB"), (1_000_000, "MB"), (1_000_000_000, "GB")];

/// Bytes, rounded to a tenth: `6.2 MB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut shown = String::new();
    for (unit, name) in UNITS {
        let tenths = bytes.saturating_add(unit / 20) / (unit / 10);
        shown = format!("{} {name}", with_point(tenths));
        // What rounding makes a thousand of has the next unit.
        if tenths < 10_000 {
            break;
        }
    }
    shown
}

/// Bytes before and after packing: `6.2 MB → 2.1 MB (-66 %)`.
#[must_use]
pub fn change(before: u64, after: u64) -> String {
    let saved = before.saturating_sub(after).saturating_mul(100) / before.max(1);
    format!("{} → {} (-{saved} %)", size(before), size(after))
}

/// Milliseconds: `340 ms`, `12.3 s`, `2 min 5 s`.
#[must_use]
pub fn time(ms: u64) -> String {
    if ms < 1_000 {
        return format!("{ms} ms");
    }
    let tenths = ms.saturating_add(50) / 100;
    if tenths < 600 {
        return format!("{} s", with_point(tenths));
    }
    let seconds = tenths / 10;
    format!("{} min {} s", seconds / 60, seconds % 60)
}

/// Microseconds, where tenths of a millisecond matter: `0.3 ms`, `12.3 ms`.
#[must_use]
pub fn microseconds(us: u64) -> String {
    if us < 1_000_000 {
        format!("{} ms", with_point(us / 100))
    } else {
        time(us / 1_000)
    }
}

/// A number of things: `1 package`, `2 packages`.
#[must_use]
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(
    count: N,
    one: &str,
    many: &str,
) -> String {
    let word = if count == N::from(1) { one } else { many };
    format!("{count} {word}")
}

/// The first names, and how many more there are: `a, b and 3 more`.
#[must_use]
pub fn first<S: Borrow<str>>(shown: usize, names: &[S]) -> String {
    first_of(names.len(), shown, names)
}

/// The same, of so many, not all of which have a name.
#[must_use]
pub fn first_of<S: Borrow<str>>(all: usize, shown: usize, names: &[S]) -> String {
    let first = names.get(..shown).unwrap_or(names);
    match all.saturating_sub(first.len()) {
        0 => first.join(", "),
        more if first.is_empty() => format!("{more} more"),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

fn with_point(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_unit_that_people_use() {
        for (bytes, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (6_240_000, "6.2 MB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (2_000_000_000, "2.0 GB"),
            (8_192_000_000, "8.2 GB"),
            (12_000_000_000_000, "12000.0 GB"),
        ] {
            assert_eq!(size(bytes), words);
        }
        assert_eq!(change(6_240_000, 2_100_000), "6.2 MB → 2.1 MB (-66 %)");
        assert_eq!(change(0, 0), "0 B → 0 B (-0 %)");
    }

    #[test]
    fn times_have_the_unit_that_people_use() {
        for (ms, words) in [
            (340, "340 ms"),
            (12_340, "12.3 s"),
            (59_940, "59.9 s"),
            (59_950, "1 min 0 s"),
            (125_000, "2 min 5 s"),
        ] {
            assert_eq!(time(ms), words);
        }
    }

    #[test]
    fn short_times_have_tenths() {
        for (us, words) in [(0, "0.0 ms"), (12_399, "12.3 ms"), (1_000_000, "1.0 s")] {
            assert_eq!(microseconds(us), words);
        }
    }

    #[test]
    fn names_beyond_the_first_are_counted() {
        assert_eq!(first::<&str>(2, &[]), "");
        assert_eq!(first(2, &["a", "b"]), "a, b");
        assert_eq!(first(2, &["a", "b", "c", "d"]), "a, b and 2 more");
        assert_eq!(first_of(9, 2, &["a", "b", "c"]), "a, b and 7 more");
        assert_eq!(first_of(9, 2, &["a"]), "a and 8 more");
    }

    #[test]
    fn one_is_no_plural_and_none_is() {
        assert_eq!(counted(0_usize, "core", "cores"), "0 cores");
        assert_eq!(counted(1_u32, "core", "cores"), "1 core");
        assert_eq!(counted(2_u64, "process", "processes"), "2 processes");
    }
}
