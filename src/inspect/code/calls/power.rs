//! ppc64 and ppc64le: `B` and `BL`, and addresses that two instructions make.
//!
//! Source: Power ISA, book I: `b`, `bl`, `addis`, `addi`.

use super::{Code, Reference, Targets, signed, words};

const REGISTERS: usize = 32;

pub(super) fn references(code: Code<'_>, targets: Targets<'_, '_>, found: &mut Vec<Reference>) {
    let mut upper = [None; REGISTERS];
    for (at, word) in words(code, targets.memory) {
        let here = code.address.wrapping_add(at.into());
        let destination = ((word >> 21) & 0x1f) as usize;
        let source = ((word >> 16) & 0x1f) as usize;
        let to = match (word >> 26, word & 2) {
            // The lowest two bits say absolute and link.
            (18, 0) => targets.called(here.wrapping_add_signed(signed(word & !3, 26))),
            (15, _) if source == 0 => {
                if let Some(slot) = upper.get_mut(destination) {
                    *slot = Some(signed(word, 16) << 16);
                }
                None
            }
            (14, _) => {
                let upper = upper.get(source).copied().flatten();
                upper.and_then(|upper: i64| {
                    targets.named(0_u64.wrapping_add_signed(upper + signed(word, 16)))
                })
            }
            _ => None,
        };
        if let Some(to) = to {
            found.push(Reference { at, to });
        }
    }
}
