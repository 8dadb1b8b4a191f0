//! loong64: `B` and `BL`, and addresses relative to the instruction.
//!
//! Source: `LoongArch` Reference Manual, volume 1: `B`, `BL`, `PCADDI`, `PCADDU12I`, `PCALAU12I`,
//! `ADDI.D`; Go's `cmd/link/internal/loong64/asm.go` for which of them it writes.

use super::{Code, Reference, Targets, signed, words};

const REGISTERS: usize = 32;

pub(super) fn references(code: Code<'_>, targets: Targets<'_, '_>, found: &mut Vec<Reference>) {
    // What each register was loaded with last, relative to here.
    let mut upper = [None; REGISTERS];
    for (at, word) in words(code, targets.memory) {
        let here = code.address.wrapping_add(at.into());
        let destination = (word & 0x1f) as usize;
        let source = ((word >> 5) & 0x1f) as usize;
        let to = if word & 0xf800_0000 == 0x5000_0000 {
            targets.called(here.wrapping_add_signed(jump(word)))
        } else if let Some(address) = loaded(word, here) {
            if let Some(slot) = upper.get_mut(destination) {
                *slot = Some(address);
            }
            targets.named(address)
        } else if word & 0xffc0_0000 == 0x02c0_0000 {
            let upper = upper.get(source).copied().flatten();
            upper.and_then(|upper: u64| {
                targets.named(upper.wrapping_add_signed(signed(word >> 10, 12)))
            })
        } else {
            None
        };
        if let Some(to) = to {
            found.push(Reference { at, to });
        }
    }
}

/// The distance of `B` and `BL`: the upper ten bits stand behind the lower ones.
fn jump(word: u32) -> i64 {
    signed((word & 0x3ff) << 16 | (word >> 10) & 0xffff, 26) * 4
}

/// The address that an instruction loads, or the one that a next is added to.
fn loaded(word: u32, here: u64) -> Option<u64> {
    let number = signed(word >> 5, 20);
    Some(match word & 0xfe00_0000 {
        0x1800_0000 => here.wrapping_add_signed(number * 4),
        0x1a00_0000 => (here & !0xfff).wrapping_add_signed(number << 12),
        0x1c00_0000 => here.wrapping_add_signed(number << 12),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_has_its_bits_in_two_parts() {
        // BL +8, BL -4, and the farthest ones
        assert_eq!(jump(0x5400_0800), 8);
        assert_eq!(jump(0x57ff_ffff), -4);
        assert_eq!(jump(0x57ff_fdff), (1 << 27) - 4);
        assert_eq!(jump(0x5400_0200), -(1 << 27));
    }

    #[test]
    fn addresses_are_relative_to_the_instruction_or_its_page() {
        // PCADDI, PCALAU12I and PCADDU12I of R4, by one
        assert_eq!(loaded(0x1800_0024, 0x1234), Some(0x1238));
        assert_eq!(loaded(0x1a00_0024, 0x1234), Some(0x2000));
        assert_eq!(loaded(0x1c00_0024, 0x1234), Some(0x2234));
        // LU12I.W is of numbers.
        assert_eq!(loaded(0x1400_0024, 0x1234), None);
    }
}
