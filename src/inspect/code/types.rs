//! What the descriptors of types say of each other.
//!
//! Source: `Type`, `ArrayType`, `StructType` and `StructField` in Go's `internal/abi/type.go`, which
//! have been so since Go 1.7.

use super::allowance::{self, Allowance};
use super::memory::{Access, Memory, Pointer};

/// More types with one among their fields than any program has.
const MOST_TYPES: usize = 64;
/// More places than anything that matters has.
const MOST_PLACES: usize = 4096;
/// Bytes that are searched at once.
const AT_ONCE: usize = 32;
/// More copies of a name than there are.
const MOST_NAMES: usize = 4;
/// More fields than a struct has in front of one that matters.
const MOST_FIELDS: u64 = 256;
/// Values of the kind of a type, and the bits that are it.
const ARRAY: u8 = 17;
const STRUCT: u8 = 25;
const KIND: u8 = 31;

/// The types whose values have one of a type in them, with that itself.
pub(super) fn types_with(memory: &Memory<'_>, address: u64, allowance: &Allowance) -> Vec<u64> {
    let mut types = vec![address];
    let mut next = 0;
    while let Some(part) = types.get(next).copied() {
        next += 1;
        for place in places(memory, part, allowance) {
            for whole in [array(memory, place), structure(memory, place)] {
                let whole = whole.filter(|whole| !types.contains(whole));
                if types.len() < MOST_TYPES {
                    types.extend(whole);
                }
            }
        }
    }
    types
}

/// The structs whose first fields have these names.
///
/// Source: `Name` in the same file of Go, as it has been since Go 1.17.
pub(super) fn structs(memory: &Memory<'_>, first: &[&str], allowance: &Allowance) -> Vec<u64> {
    let names: Vec<_> = first.iter().map(|name| written(name)).collect();
    // Few things but the name are the same as the longest one.
    let longest = (0_u64..).zip(&names).max_by_key(|(_, name)| name.len());
    let Some((before, longest)) = longest else {
        return Vec::new();
    };
    let size = memory.pointer.size() as u64;
    let mut structs = Vec::new();
    for stretch in memory.searched(&[Access::Read, Access::Write]) {
        // The linker keeps one of those that are the same.
        for found in memchr::memmem::find_iter(stretch.bytes, longest).take(MOST_NAMES) {
            for place in places(memory, stretch.address + found as u64, allowance) {
                let Some(start) = place.checked_sub(before * 3 * size) else {
                    continue;
                };
                let mut fields = (0_u64..).zip(&names);
                let are_its = fields.all(|(number, wanted)| {
                    let name = memory.pointer_at(start + number * 3 * size);
                    let name = name.and_then(|name| memory.at(name));
                    name.is_some_and(|name| name.starts_with(wanted))
                });
                let found = structure(memory, place + size).filter(|_| are_its);
                structs.extend(found.filter(|found| is_first(memory, *found, start)));
            }
        }
    }
    structs
}

/// The name of a field, as a descriptor has it.
fn written(name: &str) -> Vec<u8> {
    let is_exported = name.starts_with(|first: char| first.is_ascii_uppercase());
    let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
    [&[u8::from(is_exported), length], name.as_bytes()].concat()
}

/// Whether the fields of a struct start at a place.
fn is_first(memory: &Memory<'_>, start: u64, place: u64) -> bool {
    let fields = start + header(memory.pointer) + memory.pointer.size() as u64;
    memory.pointer_at(fields) == Some(place)
}

/// Where a pointer to a type, or to a name, lies.
fn places(memory: &Memory<'_>, address: u64, allowance: &Allowance) -> Vec<u64> {
    let Some(wanted) = memory.pointer_bytes(address) else {
        return Vec::new();
    };
    let size = memory.pointer.size() as u64;
    let stretches = memory.searched(&[Access::Read, Access::Write]);
    let affordable = stretches.take_while(|stretch| {
        allowance
            .take(stretch.bytes.len() / AT_ONCE, allowance::SCAN)
            .is_some()
    });
    let places = affordable.flat_map(|stretch| {
        let found = memchr::memmem::find_iter(stretch.bytes, &wanted);
        let places = found.map(|place| stretch.address + place as u64);
        places.collect::<Vec<_>>()
    });
    let places = places.filter(|place| place.is_multiple_of(size));
    places.take(MOST_PLACES).collect()
}

/// The array type whose element a pointer at a place names.
fn array(memory: &Memory<'_>, place: u64) -> Option<u64> {
    let start = place.checked_sub(header(memory.pointer))?;
    (kind(memory, start)? == ARRAY).then_some(start)
}

/// The struct type one of whose fields a pointer at a place names. Go's compiler puts the fields right
/// behind the descriptor.
fn structure(memory: &Memory<'_>, place: u64) -> Option<u64> {
    let size = memory.pointer.size() as u64;
    let header = header(memory.pointer);
    let of_field = 3 * size;
    // The name of a field comes first, then its type.
    let field = place.checked_sub(size)?;
    // In between lie the package, and where the fields are: four words, and what tells of methods.
    let nearest = field.checked_sub(header + 4 * size)?;
    let furthest = nearest.saturating_sub(MOST_FIELDS * of_field);
    let mut starts = (furthest..=nearest)
        .rev()
        .filter(|at| at.is_multiple_of(size));
    starts.find(|start| {
        let word = |number| memory.pointer_at(*start + header + number * size);
        let is_its = || {
            let (first, count) = (word(1)?, word(2)?);
            let number = field.checked_sub(first)?;
            Some(number.is_multiple_of(of_field) && number / of_field < count.min(MOST_FIELDS))
        };
        kind(memory, *start) == Some(STRUCT) && is_its() == Some(true)
    })
}

/// How long the part of a descriptor is that all types have.
const fn header(pointer: Pointer) -> u64 {
    match pointer {
        Pointer::Wide => 48,
        Pointer::Narrow => 32,
    }
}

fn kind(memory: &Memory<'_>, start: u64) -> Option<u8> {
    let at = match memory.pointer {
        Pointer::Wide => 23,
        Pointer::Narrow => 15,
    };
    let byte = memory.bytes(start.checked_add(at)?, 1)?.first()?;
    Some(byte & KIND)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Descriptors of a type, of a struct with it as its second field, and of an array of that.
    fn memory() -> Memory<'static> {
        let mut bytes = vec![0_u8; 0x200];
        let mut put = |at: usize, word: u64| {
            bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
        };
        put(0x88, 0x1000 + 0xa0);
        put(0x90, 2);
        // Its fields, each a name, a type and where it is.
        put(0xa8, 0x1000 + 0x1f0);
        put(0xc0, 0x1000);
        put(0x130, 0x1000 + 0x50);
        bytes[0x50 + 23] = STRUCT;
        bytes[0x100 + 23] = ARRAY;
        Memory::with(bytes.leak())
    }

    #[test]
    fn a_type_is_found_in_structs_and_in_arrays_of_them() {
        assert_eq!(
            types_with(&memory(), 0x1000, &Allowance::default()),
            [0x1000, 0x1050, 0x1100]
        );
    }

    #[test]
    fn a_type_that_nothing_names_is_in_no_other() {
        assert_eq!(
            types_with(&memory(), 0x1100, &Allowance::default()),
            [0x1100]
        );
    }
}
