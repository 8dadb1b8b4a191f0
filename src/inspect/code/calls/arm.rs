//! arm64 and arm: branches with a relative target, and addresses that two instructions make.
//!
//! Source: Arm Architecture Reference Manual, A64 `B`, `BL`, `ADRP`, `ADD (immediate)`, `LDR
//! (immediate)`; A32 `B`, `BL`, and `LDR (literal)`; for R26 Go's `src/cmd/compile/abi-internal.md`.

use super::{Code, Reference, Targets, signed, words};
use crate::inspect::code::memory::Memory;

/// Registers of A64, the last of which is the stack pointer or zero.
const REGISTERS: usize = 32;

pub(super) fn references_64(code: Code<'_>, targets: Targets<'_, '_>, found: &mut Vec<Reference>) {
    // The page that each register was loaded with last.
    let mut pages = [None; REGISTERS];
    // The address that the instruction before put into a register.
    let mut made: Option<(usize, u64)> = None;
    for (at, word) in words(code, targets.memory) {
        let here = code.address.wrapping_add(at.into());
        let destination = (word & 0x1f) as usize;
        let before = made.take();
        let to = if word & 0x7c00_0000 == 0x1400_0000 {
            targets.called(here.wrapping_add_signed(signed(word, 26) * 4))
        } else if let Some(page) = page(word, here) {
            if let Some(slot) = pages.get_mut(destination) {
                *slot = Some(page);
            }
            made = Some((destination, page));
            None
        } else if word & 0xffc0_0000 == 0x9100_0000 {
            let source = ((word >> 5) & 0x1f) as usize;
            let offset = u64::from((word >> 10) & 0xfff);
            let page = pages.get(source).copied().flatten();
            let address = page.map(|page: u64| page.wrapping_add(offset));
            made = address.map(|address| (destination, address));
            address.and_then(|address| targets.named(address))
        } else if let Some((source, offset)) = load_of_value(word) {
            let base = before.filter(|(register, _)| *register == source);
            base.and_then(|(_, base)| targets.held(base.wrapping_add(offset)))
        } else {
            None
        };
        if let Some(to) = to {
            found.push(Reference { at, to });
        }
    }
}

/// A load into R26, where a function value is that is called: from which register, and how far behind.
fn load_of_value(word: u32) -> Option<(usize, u64)> {
    let source = ((word >> 5) & 0x1f) as usize;
    let offset = u64::from((word >> 10) & 0xfff) * 8;
    (word & 0xffc0_001f == 0xf940_001a).then_some((source, offset))
}

/// Hands the variables that code loads into R26 to `each`.
pub(super) fn called_variables(code: Code<'_>, memory: &Memory<'_>, mut each: impl FnMut(u64)) {
    let mut made: Option<(usize, u64)> = None;
    for (at, word) in words(code, memory) {
        let here = code.address.wrapping_add(at.into());
        let destination = (word & 0x1f) as usize;
        let before = made.take();
        let of_before = |register| before.filter(|(made, _)| *made == register);
        if let Some(page) = page(word, here) {
            made = Some((destination, page));
        } else if word & 0xffc0_0000 == 0x9100_0000 {
            let base = of_before(((word >> 5) & 0x1f) as usize);
            let offset = u64::from((word >> 10) & 0xfff);
            made = base.map(|(_, base)| (destination, base.wrapping_add(offset)));
        } else if let Some((source, offset)) = load_of_value(word)
            && let Some((_, base)) = of_before(source)
        {
            each(base.wrapping_add(offset));
        }
    }
}

/// `ADRP`: the address of a page.
#[inline]
pub(in crate::inspect::code) fn page(word: u32, here: u64) -> Option<u64> {
    let low = (word >> 29) & 3;
    let high = (word >> 5) & 0x7_ffff;
    let distance = signed(high << 2 | low, 21) << 12;
    let is_page = word & 0x9f00_0000 == 0x9000_0000;
    is_page.then(|| (here & !0xfff).wrapping_add_signed(distance))
}

/// Hands the addresses that code loads to `each`, in its order: a page, and what is added to that.
pub(in crate::inspect::code) fn addresses(
    code: Code<'_>,
    memory: &Memory<'_>,
    mut each: impl FnMut(u64),
) {
    let mut pages = [None; REGISTERS];
    for (at, word) in words(code, memory) {
        let here = code.address.wrapping_add(at.into());
        if let Some(page) = page(word, here) {
            if let Some(slot) = pages.get_mut((word & 0x1f) as usize) {
                *slot = Some(page);
            }
        } else if word & 0xffc0_0000 == 0x9100_0000
            && let Some(Some(page)) = pages.get(((word >> 5) & 0x1f) as usize)
        {
            each(page.wrapping_add(((word >> 10) & 0xfff).into()));
        }
    }
}

pub(super) fn references_32(code: Code<'_>, targets: Targets<'_, '_>, found: &mut Vec<Reference>) {
    for (at, word) in words(code, targets.memory) {
        // The program counter is two instructions ahead.
        let ahead = code.address.wrapping_add(u64::from(at) + 8);
        let to = if word & 0x0e00_0000 == 0x0a00_0000 && word >> 28 != 0xf {
            targets.called(ahead.wrapping_add_signed(signed(word, 24) * 4))
        } else {
            // Addresses stand as words after the code of the function that loads them.
            targets.named(word.into())
        };
        if let Some(to) = to {
            found.push(Reference { at, to });
        }
    }
}
