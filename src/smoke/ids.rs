//! The numbers of users that there are: in a user namespace only those that are mapped, which may be root's alone.

use std::fs;

use super::number;

/// Users whom no distribution gives a number: that of the run is added, so that two runs differ.
const FIRST_USER: u32 = 1_879_048_192;

/// A user and its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Ids {
    /// Those that no other process has, as far as numbers reach; none where root's is the only one.
    pub(super) fn of_this_run() -> Option<Self> {
        let of = |map: &str| chosen(&fs::read_to_string(map).ok()?, number::of_this_run());
        Some(Self {
            uid: of("/proc/self/uid_map")?,
            gid: of("/proc/self/gid_map")?,
        })
    }
}

/// One number of those that a map has, mostly other ones for other runs.
///
/// Source: `user_namespaces(7)`: each line is the first number inside, the first one outside, and how many there are.
fn chosen(map: &str, run: u32) -> Option<u32> {
    let lines = map.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u32>);
        let (first, _, count) = (numbers.next()?, numbers.next()?, numbers.next()?);
        Some((first.ok()?, count.ok()?))
    });
    let ranges: Vec<(u32, u32)> = lines.collect();
    let own = FIRST_USER.wrapping_add(run);
    let has_own =
        |(first, count): &(u32, u32)| own.checked_sub(*first).is_some_and(|at| at < *count);
    if ranges.iter().any(has_own) {
        return Some(own);
    }
    // The upper half of a range: what there is of users mostly has the first numbers.
    let without_root = ranges.into_iter().map(|(first, count)| match first {
        0 => (1, count.saturating_sub(1)),
        _ => (first, count),
    });
    let (first, count) = without_root.max_by_key(|(_, count)| *count)?;
    let upper = count.div_ceil(2);
    let at = run.checked_rem(upper)?;
    Some(first + (count - 1 - at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_machine_has_numbers_that_nobody_else_has() {
        let whole = "         0          0 4294967295\n";
        assert_eq!(chosen(whole, 7), Some(FIRST_USER + 7));
    }

    #[test]
    fn a_namespace_has_those_that_are_mapped() {
        let rootless = "         0       1000          1\n         1     100000      65536\n";
        assert_eq!(chosen(rootless, 0), Some(65536));
        assert_eq!(chosen(rootless, 32767), Some(32769));
        assert_eq!(chosen(rootless, 32768), Some(65536));
        assert_eq!(chosen("0 100000 2\n", 99), Some(1));
    }

    #[test]
    fn root_alone_has_no_other() {
        assert_eq!(chosen("         0       1000          1\n", 7), None);
        assert_eq!(chosen("", 7), None);
        assert_eq!(chosen("no map", 7), None);
    }
}
