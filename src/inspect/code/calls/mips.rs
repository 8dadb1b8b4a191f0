//! MIPS: `JAL` and `J`, and addresses that two instructions make.
//!
//! Source: MIPS32 Architecture volume II: `J`, `JAL`, `LUI`, `ADDIU`, `DADDIU`.

use super::{Code, Reference, Targets, signed, words};

const REGISTERS: usize = 32;

pub(super) fn references(code: Code<'_>, targets: Targets<'_, '_>, found: &mut Vec<Reference>) {
    let mut upper = [None; REGISTERS];
    for (at, word) in words(code, targets.memory) {
        let next = code.address.wrapping_add(u64::from(at) + 4);
        let source = ((word >> 21) & 0x1f) as usize;
        let destination = ((word >> 16) & 0x1f) as usize;
        let to = match word >> 26 {
            // The upper bits come from the instruction after.
            2 | 3 => targets.called((next & !0x0fff_ffff) | u64::from((word & 0x03ff_ffff) << 2)),
            0x0f => {
                if let Some(slot) = upper.get_mut(destination) {
                    *slot = Some(u64::from(word & 0xffff) << 16);
                }
                None
            }
            0x09 | 0x19 => {
                let upper = upper.get(source).copied().flatten();
                upper.and_then(|upper: u64| {
                    targets.named(upper.wrapping_add_signed(signed(word, 16)))
                })
            }
            _ => None,
        };
        if let Some(to) = to {
            found.push(Reference { at, to });
        }
    }
}
