//! riscv64: `JAL`, and what `AUIPC` starts: far calls and addresses.
//!
//! Source: RISC-V unprivileged ISA, chapter 2: `JAL`, `JALR`, `AUIPC`, `ADDI`.

use super::{Code, Reference, Targets, signed};

const REGISTERS: usize = 32;

pub(super) fn references(code: Code<'_>, targets: Targets<'_, '_>, found: &mut Vec<Reference>) {
    let mut upper = [None; REGISTERS];
    for (at, word) in instructions(code) {
        let here = code.address.wrapping_add(at.into());
        let destination = ((word >> 7) & 0x1f) as usize;
        let source = ((word >> 15) & 0x1f) as usize;
        let sum = |upper: &[Option<u64>; REGISTERS]| {
            let upper = upper.get(source).copied().flatten()?;
            Some(upper.wrapping_add_signed(signed(word >> 20, 12)))
        };
        let to = match (word & 0x7f, (word >> 12) & 7) {
            (0x6f, _) => targets.called(here.wrapping_add_signed(jump(word))),
            (0x17, _) => {
                if let Some(slot) = upper.get_mut(destination) {
                    let distance = signed(word & 0xffff_f000, 32);
                    *slot = Some(here.wrapping_add_signed(distance));
                }
                None
            }
            (0x67, 0) => sum(&upper).and_then(|address| targets.called(address)),
            (0x13, 0) => sum(&upper).and_then(|address| targets.named(address)),
            _ => None,
        };
        if let Some(to) = to {
            found.push(Reference { at, to });
        }
    }
}

/// Instructions of four bytes, each with its offset; between them may be compressed ones of two,
/// which Go uses since 1.26. The lowest two bits tell which (chapter 1, "Expanded
/// Instruction-Length Encoding").
fn instructions(code: Code<'_>) -> impl Iterator<Item = (u32, u32)> + use<'_> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = code.bytes.get(at..)?;
            let here = u32::try_from(at).ok()?;
            let first = rest.first()?;
            if first & 3 == 3 {
                at += 4;
                return Some((here, u32::from_le_bytes(*rest.first_chunk()?)));
            }
            at += 2;
        }
    })
}

/// The distance of `JAL`, whose bits are shuffled: 20, 10 to 1, 11, 19 to 12.
fn jump(word: u32) -> i64 {
    let bits = (word >> 31 & 1) << 20
        | (word >> 21 & 0x3ff) << 1
        | (word >> 20 & 1) << 11
        | (word >> 12 & 0xff) << 12;
    signed(bits, 21)
}
