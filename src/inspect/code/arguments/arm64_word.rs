//! What the bits of an instruction of arm64 say.
//!
//! Source: Arm Architecture Reference Manual, section C4.1.

use crate::inspect::code::calls::signed;

/// As a base, this register is the stack pointer.
pub(super) const STACK_POINTER: usize = 31;

/// Bits of an instruction, as a number of a register.
pub(super) fn register(word: u32, lowest: u32) -> usize {
    ((word >> lowest) & 0x1f) as usize
}

/// Whether a computation sets flags alone: `CMP`, `CMN` and `TST`. As a destination of those that set
/// flags, the last register is zero.
pub(super) fn is_comparison(word: u32) -> bool {
    let sets_flags = word & 0x3f80_0000 == 0x3100_0000
        || word & 0x3f00_0000 == 0x2b00_0000
        || word & 0x7f80_0000 == 0x7200_0000
        || word & 0x7f00_0000 == 0x6a00_0000;
    sets_flags && register(word, 0) == 31
}

/// Whether a load or store is of vectors.
pub(super) fn is_vector(word: u32) -> bool {
    word & 1 << 26 != 0
}

/// Whether a load or store is of two registers.
pub(super) fn is_pair(word: u32) -> bool {
    word & 0x3a00_0000 == 0x2800_0000
}

/// Whether a load or store also moves the register that it counts from.
pub(super) fn writes_base(word: u32) -> bool {
    if is_pair(word) {
        word & 0x0080_0000 != 0
    } else {
        word & 0x3b20_0400 == 0x3800_0400
    }
}

/// The number that an instruction sets a register to: `MOVZ`, `MOVN`, or ones in a row, rotated, which is
/// how Go loads numbers that have that form.
pub(in crate::inspect::code) fn constant(word: u32) -> Option<u64> {
    if word & 0xffe0_0000 == 0xd280_0000 {
        Some(u64::from((word >> 5) & 0xffff))
    } else if word & 0xffe0_0000 == 0x9280_0000 {
        Some(!u64::from((word >> 5) & 0xffff))
    } else if word & 0xffc0_03e0 == 0xb240_03e0 {
        let (ones, rotation) = ((word >> 10) & 0x3f, (word >> 16) & 0x3f);
        Some((u64::MAX >> (63 - ones)).rotate_right(rotation))
    } else {
        None
    }
}

/// How many instructions ahead a branch inside a function leads.
pub(in crate::inspect::code) fn branch(word: u32) -> Option<i64> {
    if word & 0xfc00_0000 == 0x1400_0000 {
        Some(signed(word, 26))
    } else if word & 0xff00_0010 == 0x5400_0000 || word & 0x7e00_0000 == 0x3400_0000 {
        Some(signed(word >> 5, 19))
    } else if word & 0x7e00_0000 == 0x3600_0000 {
        Some(signed(word >> 5, 14))
    } else {
        None
    }
}

/// Whether the next instruction is run behind this one, and finds the registers as this one left them. Of the
/// group of branches, conditional ones go on behind them, as barriers do.
pub(in crate::inspect::code) fn goes_on(word: u32) -> bool {
    word & 0x1c00_0000 != 0x1400_0000
        || word & 0x7c00_0000 == 0x3400_0000
        || word & 0xff00_0000 == 0x5400_0000
        || word & 0xff00_0000 == 0xd500_0000
}
