//! amd64 and 386: `CALL` and `JMP` with a relative target, `LEA` of an address.
//!
//! Source: Intel SDM volume 2: E8 and E9 with rel32, 0F 8x with rel32, 8D with `ModRM`.

use super::{Code, Reference, Targets};
use crate::inspect::code::memory::{Memory, Pointer};

const CALL: u8 = 0xe8;
const JMP: u8 = 0xe9;
const LEA: u8 = 0x8d;
/// `mod = 00`, `r/m = 101`: relative to the next instruction on amd64, absolute on 386.
const MODRM_MASK: u8 = 0xc7;
const MODRM_ADDRESS: u8 = 0x05;

pub(super) fn references(code: Code<'_>, targets: Targets<'_, '_>, found: &mut Vec<Reference>) {
    let wide = targets.memory.pointer == Pointer::Wide;
    each_opcode(code.bytes, |place| {
        let to = match *code.bytes.get(place..).unwrap_or_default() {
            [CALL | JMP, a, b, c, d, ..] => {
                let next = code.address.wrapping_add(place as u64 + 5);
                let target = relative(next, [a, b, c, d]);
                targets.called(if wide { target } else { target & 0xffff_ffff })
            }
            [LEA, modrm, a, b, c, d, ..] if modrm & MODRM_MASK == MODRM_ADDRESS => {
                let bytes = [a, b, c, d];
                targets.named(if wide {
                    relative(code.address.wrapping_add(place as u64 + 6), bytes)
                } else {
                    u32::from_le_bytes(bytes).into()
                })
            }
            _ => None,
        };
        if let (Some(to), Ok(at)) = (to, u32::try_from(place)) {
            found.push(Reference { at, to });
        }
    });
}

/// Hands the addresses that code loads to `each`, and what only looks like one.
pub(super) fn addresses(code: Code<'_>, memory: &Memory<'_>, mut each: impl FnMut(u64)) {
    each_opcode(code.bytes, |place| {
        if let [LEA, modrm, a, b, c, d, ..] = *code.bytes.get(place..).unwrap_or_default()
            && modrm & MODRM_MASK == MODRM_ADDRESS
        {
            let bytes = [a, b, c, d];
            each(match memory.pointer {
                Pointer::Wide => relative(code.address.wrapping_add(place as u64 + 6), bytes),
                Pointer::Narrow => u32::from_le_bytes(bytes).into(),
            });
        }
    });
}

/// Hands the places of bytes that may be one of the three instructions to `each`. They are so
/// frequent that looking at eight bytes at once is faster than searching for the next one.
fn each_opcode(bytes: &[u8], mut each: impl FnMut(usize)) {
    let (words, rest) = bytes.as_chunks::<8>();
    for (first, word) in (0..).step_by(8).zip(words) {
        let mut marks = marks(u64::from_le_bytes(*word));
        while marks != 0 {
            each(first + marks.trailing_zeros() as usize / 8);
            marks &= marks - 1;
        }
    }
    for (place, byte) in (8 * words.len()..).zip(rest) {
        if matches!(*byte, CALL | JMP | LEA) {
            each(place);
        }
    }
}

/// The highest bit of each byte that is one of the instructions, and sometimes of the byte after
/// one.
fn marks(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // Bytes that are zero, as Bit Twiddling Hacks finds them.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    // CALL and JMP differ in the lowest bit.
    zeros((word | ONES) ^ (ONES * u64::from(JMP))) | zeros(word ^ (ONES * u64::from(LEA)))
}

fn relative(next: u64, bytes: [u8; 4]) -> u64 {
    next.wrapping_add_signed(i32::from_le_bytes(bytes).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_instruction_is_missed(
            bytes in proptest::collection::vec(prop::sample::select(vec![0, 1, 0x8c, LEA, 0x8e, 0xe7, CALL, JMP, 0xea, 0xff]), 0..64),
        ) {
            let mut found = Vec::new();
            each_opcode(&bytes, |place| found.push(place));
            for (place, byte) in bytes.iter().enumerate() {
                if matches!(*byte, CALL | JMP | LEA) {
                    prop_assert!(found.contains(&place));
                }
            }
            prop_assert!(found.is_sorted());
        }
    }
}
