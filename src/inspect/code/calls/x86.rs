//! amd64 and 386: `CALL` and `JMP` with a relative target, `LEA` of an address, `MOV` of a variable.
//!
//! Source: Intel SDM volume 2: E8 and E9 with rel32, 0F 8x with rel32, 8B and 8D with `ModRM`; for DX
//! Go's `src/cmd/compile/abi-internal.md`.

use wide::u8x16;

use super::{Code, Reference, Targets};
use crate::inspect::code::memory::{Memory, Pointer};

const CALL: u8 = 0xe8;
const JMP: u8 = 0xe9;
const LEA: u8 = 0x8d;
/// `mod = 00`, `r/m = 101`: relative to the next instruction on amd64, absolute on 386.
const MODRM_MASK: u8 = 0xc7;
const MODRM_ADDRESS: u8 = 0x05;
/// A load.
const MOV: u8 = 0x8b;
/// The same address, into DX: a function value that is called is there.
const MODRM_VALUE: u8 = MODRM_ADDRESS | 2 << 3;

/// Bytes that are looked at together.
const BLOCK: usize = 16;
/// Where the highest byte of the distance of a `CALL` or `JMP` stands.
const HIGHEST: usize = 4;

pub(super) fn references(code: Code<'_>, targets: Targets<'_, '_>, found: &mut Vec<Reference>) {
    let pointer = targets.memory.pointer;
    let reach = Reach::of(targets.entries.span());
    each_candidate(code.bytes, reach, |place| {
        let to = match *code.bytes.get(place..).unwrap_or_default() {
            [CALL | JMP, a, b, c, d, ..] => {
                let next = code.address.wrapping_add(place as u64 + 5);
                let target = relative(next, [a, b, c, d]);
                targets.called(match pointer {
                    Pointer::Wide => target,
                    Pointer::Narrow => target & 0xffff_ffff,
                })
            }
            [MOV, MODRM_VALUE, a, b, c, d, ..] => {
                targets.held(address(code, place, [a, b, c, d], pointer))
            }
            [LEA, modrm, a, b, c, d, ..] if modrm & MODRM_MASK == MODRM_ADDRESS => {
                targets.named(address(code, place, [a, b, c, d], pointer))
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
    for place in memchr::memchr_iter(LEA, code.bytes) {
        if let [_, modrm, a, b, c, d, ..] = *code.bytes.get(place..).unwrap_or_default()
            && modrm & MODRM_MASK == MODRM_ADDRESS
        {
            each(address(code, place, [a, b, c, d], memory.pointer));
        }
    }
}

/// Hands the variables that code loads into DX to `each`, and what only looks like one.
pub(super) fn called_variables(code: Code<'_>, memory: &Memory<'_>, mut each: impl FnMut(u64)) {
    for place in memchr::memchr_iter(MOV, code.bytes) {
        if let [_, MODRM_VALUE, a, b, c, d, ..] = *code.bytes.get(place..).unwrap_or_default() {
            each(address(code, place, [a, b, c, d], memory.pointer));
        }
    }
}

/// The address behind the opcode and `ModRM` at a place.
fn address(code: Code<'_>, place: usize, bytes: [u8; 4], pointer: Pointer) -> u64 {
    match pointer {
        Pointer::Wide => relative(code.address.wrapping_add(place as u64 + 6), bytes),
        Pointer::Narrow => u32::from_le_bytes(bytes).into(),
    }
}

/// How far functions are from each other at most, as the highest byte of a distance tells.
#[derive(Clone, Copy, Debug)]
struct Reach {
    /// Of the distances backwards, added so that the bytes of all distances are in one row.
    backwards: u8,
    /// The last of that row.
    last: u8,
}

impl Reach {
    /// The distances within so many bytes of code.
    fn of(span: u64) -> Self {
        let high = u8::try_from(span >> 24).unwrap_or(u8::MAX);
        let backwards = high.saturating_add(1).min(0x80);
        Self {
            backwards,
            last: backwards.wrapping_mul(2).wrapping_sub(1),
        }
    }

    fn holds(self, highest: u8) -> bool {
        highest.wrapping_add(self.backwards) <= self.last
    }

    /// The same, of all bytes of a block.
    fn holds_each(self, highest: u8x16) -> u8x16 {
        let row = highest + u8x16::splat(self.backwards);
        row.min(u8x16::splat(self.last)).simd_eq(row)
    }
}

/// Hands the places that may hold one of these instructions to `each`. Opcodes are so frequent
/// among other bytes that what follows them is looked at in the same go.
fn each_candidate(bytes: &[u8], reach: Reach, mut each: impl FnMut(usize)) {
    let mut first = 0;
    while let Some(window) = bytes.get(first..first + BLOCK + HIGHEST) {
        let mut places = candidates(window, reach);
        while places != 0 {
            each(first + places.trailing_zeros() as usize);
            places &= places - 1;
        }
        first += BLOCK;
    }
    for place in first..bytes.len().saturating_sub(HIGHEST) {
        let is_candidate = match *bytes.get(place..).unwrap_or_default() {
            [CALL | JMP, _, _, _, highest, ..] => reach.holds(highest),
            [LEA, modrm, ..] => modrm & MODRM_MASK == MODRM_ADDRESS,
            [MOV, modrm, ..] => modrm == MODRM_VALUE,
            _ => false,
        };
        if is_candidate {
            each(place);
        }
    }
}

/// The candidates of a block, a bit each.
fn candidates(window: &[u8], reach: Reach) -> u32 {
    let block = |from: usize| {
        let bytes = window.get(from..).and_then(<[u8]>::first_chunk::<BLOCK>);
        u8x16::new(bytes.copied().unwrap_or_default())
    };
    let opcodes = block(0);
    let lowest = u8x16::splat(CALL ^ JMP);
    let jumps = (opcodes | lowest).simd_eq(u8x16::splat(JMP)) & reach.holds_each(block(HIGHEST));
    let modrm = block(1);
    let is_address = (modrm & u8x16::splat(MODRM_MASK)).simd_eq(u8x16::splat(MODRM_ADDRESS));
    let addresses = opcodes.simd_eq(u8x16::splat(LEA)) & is_address;
    let is_value = modrm.simd_eq(u8x16::splat(MODRM_VALUE));
    let values = opcodes.simd_eq(u8x16::splat(MOV)) & is_value;
    (jumps | addresses | values).to_bitmask()
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
            bytes in proptest::collection::vec(prop::sample::select(vec![
                0, 1, 2, 5, 0x0d, MODRM_VALUE, MOV, 0x8c, LEA, 0x8e, 0xc5, 0xe7, CALL, JMP, 0xea, 0xfd, 0xfe, 0xff,
            ]), 0..64),
            span in prop::sample::select(vec![0_u64, 1 << 23, 1 << 25, 1 << 31]),
        ) {
            let reach = Reach::of(span);
            let mut found = Vec::new();
            each_candidate(&bytes, reach, |place| found.push(place));
            for place in 0..bytes.len() {
                let is_near = |highest| {
                    let distance = i64::from(i32::from_le_bytes([0xff, 0xff, 0xff, highest]));
                    let least = i64::from(i32::from_le_bytes([0, 0, 0, highest]));
                    let span = i64::try_from(span).unwrap();
                    least <= span && -distance <= span
                };
                let is_one = match bytes[place..] {
                    [CALL | JMP, _, _, _, highest, ..] => is_near(highest),
                    [LEA, modrm, _, _, _, _, ..] => modrm & MODRM_MASK == MODRM_ADDRESS,
                    [MOV, modrm, _, _, _, _, ..] => modrm == MODRM_VALUE,
                    _ => false,
                };
                prop_assert!(!is_one || found.contains(&place), "{place}");
            }
            prop_assert!(found.is_sorted_by(|one, next| one < next));
        }
    }

    #[test]
    fn distances_beyond_all_code_are_none() {
        let reach = Reach::of(3 << 24);
        for near in [0, 1, 3, 0xfc, 0xff] {
            assert!(reach.holds(near), "{near}");
        }
        for far in [4, 0x7f, 0x80, 0xfb] {
            assert!(!reach.holds(far), "{far}");
        }
        assert!((0..=u8::MAX).all(|byte| Reach::of(u64::MAX).holds(byte)));
    }
}
