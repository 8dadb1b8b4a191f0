//! Functions that the data of a program holds as values, as its tables do.

use std::collections::{BTreeMap, BTreeSet};

use super::allowance::{self, Allowance};
use super::memory::{Access, Memory};

/// More places than hold a function that matters.
const MOST_PLACES: usize = 1024;

/// The variables that hold values of functions, each with where its function starts.
pub(super) fn holders(
    memory: &Memory<'_>,
    starts: &BTreeSet<u64>,
    allowance: &Allowance,
) -> Vec<(u64, u64)> {
    // A value is a pointer to where the start of the function stands.
    let values: BTreeMap<_, _> = places(memory, starts, allowance).into_iter().collect();
    let held = places(memory, &values.keys().copied().collect(), allowance);
    let held = held.into_iter();
    held.filter_map(|(variable, value)| Some((variable, *values.get(&value)?)))
        .collect()
}

/// Where some words lie, each with the word.
fn places(memory: &Memory<'_>, words: &BTreeSet<u64>, allowance: &Allowance) -> Vec<(u64, u64)> {
    let Some((least, most)) = words.first().zip(words.last()) else {
        return Vec::new();
    };
    let size = memory.pointer.size();
    let mut places = Vec::new();
    for stretch in memory.searched(&[Access::Read, Access::Write]) {
        let words_in_it = stretch.bytes.len() / size;
        if allowance.take(words_in_it, allowance::SCAN).is_none() {
            break;
        }
        let ahead = usize::try_from(stretch.address.wrapping_neg() % size as u64);
        let ahead = ahead.unwrap_or_default();
        let aligned = stretch.bytes.get(ahead..).unwrap_or_default();
        let first = stretch.address + ahead as u64;
        let found = aligned.chunks_exact(size).enumerate();
        let found = found.filter_map(|(number, bytes)| {
            let word = memory.pointer_in(bytes)?;
            let is_near = *least <= word && word <= *most;
            (is_near && words.contains(&word)).then(|| (first + (number * size) as u64, word))
        });
        places.extend(found.take(MOST_PLACES - places.len()));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_holds_the_functions_whose_values_it_points_to() {
        let mut bytes = vec![0_u8; 0x40];
        let mut put = |at: usize, word: u64| {
            bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
        };
        // The value of a function at 0x5000, a table with it, and what only looks like one.
        put(0x10, 0x5000);
        put(0x28, 0x1010);
        put(0x31, 0x1010);
        let memory = Memory::with(bytes.leak());
        let of = |start| holders(&memory, &BTreeSet::from([start]), &Allowance::default());
        assert_eq!(of(0x5000), [(0x1028, 0x5000)]);
        assert_eq!(
            of(0x1010),
            [],
            "no table holds the place of the value as a function"
        );
    }
}
