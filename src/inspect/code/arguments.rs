//! Constant texts that a function is called with, read from the instructions before the call.
//!
//! Source: Go's `src/cmd/compile/abi-internal.md` for the registers of arguments, which amd64 has
//! since Go 1.17 and arm64 since Go 1.18; for the instructions, Intel SDM volume 2 (`LEA`, `MOV`)
//! and the Arm Architecture Reference Manual (`ADRP`, `ADD`, `MOVZ`, `ORR (immediate)`).

use super::calls::Code;
use super::memory::{Access, Memory};
use crate::target::Goarch;

/// Bytes before a call in which its arguments are looked for.
const WINDOW: usize = 128;
/// The longest text that is worth telling.
const LONGEST: u64 = 1024;

/// Where a text stands among the words of the arguments, counted from 0. A text takes two words:
/// its address and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(pub usize);

/// The constant text that is passed at a word of the arguments by the call at an offset; none
/// where it isn't constant, or the architecture isn't read.
pub(super) fn text<'data>(
    memory: &Memory<'data>,
    code: Code<'data>,
    call: u32,
    word: Word,
) -> Option<&'data str> {
    let end = usize::try_from(call).ok()?;
    let start = end.saturating_sub(WINDOW);
    let before = Code {
        address: code.address.wrapping_add(start as u64),
        bytes: code.bytes.get(start..end)?,
    };
    let (address, length) = match memory.goarch? {
        Goarch::Amd64 => amd64(before, word)?,
        Goarch::Arm64 => arm64(before, word)?,
        _ => return None,
    };
    if length == 0 || length > LONGEST {
        return None;
    }
    let is_constant = memory
        .stretch(address)
        .is_some_and(|stretch| stretch.access != Access::Write);
    let text = std::str::from_utf8(memory.bytes(address, length)?).ok()?;
    (is_constant && !text.contains(char::is_control)).then_some(text)
}

/// The numbers of the registers that hold the words of arguments: RAX, RBX, RCX, RDI, RSI, R8, R9,
/// R10, R11.
const AMD64: [u8; 9] = [0, 3, 1, 7, 6, 8, 9, 10, 11];

fn amd64(before: Code<'_>, word: Word) -> Option<(u64, u64)> {
    let (address, length) = (*AMD64.get(word.0)?, *AMD64.get(word.0 + 1)?);
    Some((last_lea(before, address)?, last_mov(before, length)?))
}

/// The address that `LEA` put into a register last.
fn last_lea(before: Code<'_>, register: u8) -> Option<u64> {
    let rex = 0x48 | (register >> 3) << 2;
    let mark = [rex, 0x8d, 0x05 | (register & 7) << 3];
    let place = memchr::memmem::rfind(before.bytes, &mark)?;
    let distance = before.bytes.get(place + 3..)?.first_chunk()?;
    let next = before.address.wrapping_add(place as u64 + 7);
    Some(next.wrapping_add_signed(i32::from_le_bytes(*distance).into()))
}

/// The number that `MOV` put into a register last.
fn last_mov(before: Code<'_>, register: u8) -> Option<u64> {
    let operation = 0xb8 | register & 7;
    let mut end = before.bytes.len();
    loop {
        let place = memchr::memrchr(operation, before.bytes.get(..end)?)?;
        end = place;
        let is_extended = place
            .checked_sub(1)
            .and_then(|before_it| before.bytes.get(before_it))
            .is_some_and(|byte| *byte == 0x41);
        let Some(number) = before.bytes.get(place + 1..).and_then(<[u8]>::first_chunk) else {
            continue;
        };
        let number = u32::from_le_bytes(*number);
        // What is no instruction but part of one hardly ever looks like a length.
        if is_extended == (register >= 8) && u64::from(number) <= LONGEST && number != 0 {
            return Some(number.into());
        }
    }
}

fn arm64(before: Code<'_>, word: Word) -> Option<(u64, u64)> {
    let wanted = u32::try_from(word.0).ok()?;
    let mut pages = [None; 32];
    let (mut address, mut length) = (None, None);
    for (index, bytes) in before.bytes.as_chunks::<4>().0.iter().enumerate() {
        let instruction = u32::from_le_bytes(*bytes);
        let here = before.address.wrapping_add(4 * index as u64);
        let destination = instruction & 0x1f;
        if instruction & 0x9f00_0000 == 0x9000_0000 {
            let low = i64::from((instruction >> 29) & 3);
            let high = i64::from((instruction >> 5) & 0x7_ffff) << 45 >> 43;
            let page = (here & !0xfff).wrapping_add_signed((high | low) << 12);
            if let Some(slot) = pages.get_mut(destination as usize) {
                *slot = Some(page);
            }
        } else if instruction & 0xffc0_0000 == 0x9100_0000 && destination == wanted {
            let source = ((instruction >> 5) & 0x1f) as usize;
            let offset = u64::from((instruction >> 10) & 0xfff);
            let page: Option<u64> = pages.get(source).copied().flatten();
            address = page.map(|page| page.wrapping_add(offset));
        } else if instruction & 0xffe0_0000 == 0xd280_0000 && destination == wanted + 1 {
            length = Some(u64::from((instruction >> 5) & 0xffff));
        } else if instruction & 0xffc0_03e0 == 0xb240_03e0 && destination == wanted + 1 {
            // Ones in a row, rotated: how Go loads numbers that have that form.
            let ones = (instruction >> 10) & 0x3f;
            let rotation = (instruction >> 16) & 0x3f;
            length = Some((u64::MAX >> (63 - ones)).rotate_right(rotation));
        }
    }
    Some((address?, length?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(bytes: &[u8]) -> Code<'_> {
        Code {
            address: 0x1000,
            bytes,
        }
    }

    #[test]
    fn a_text_of_amd64_is_an_address_and_a_length() {
        // LEA RAX, [RIP+0x100]; MOV EBX, 3
        let code = [0x48, 0x8d, 0x05, 0, 1, 0, 0, 0xbb, 3, 0, 0, 0];
        assert_eq!(amd64(before(&code), Word(0)), Some((0x1107, 3)));
        assert_eq!(amd64(before(&code), Word(1)), None);
        assert_eq!(amd64(before(&code), Word(9)), None);
    }

    #[test]
    fn a_text_of_arm64_is_a_page_an_offset_and_a_length() {
        // ADRP X0, 1 page; ADD X0, X0, #0x91b; ORR X1, XZR, #3
        let code = [0xb000_0000_u32, 0x9124_6c00, 0xb240_07e1].map(u32::to_le_bytes);
        assert_eq!(
            arm64(before(code.as_flattened()), Word(0)),
            Some((0x291b, 3))
        );
        // MOVZ X1, #5 and ORR X1, XZR, #12
        let code = [0xb000_0000_u32, 0x9124_6c00, 0xd280_00a1].map(u32::to_le_bytes);
        assert_eq!(
            arm64(before(code.as_flattened()), Word(0)),
            Some((0x291b, 5))
        );
        let code = [0xb000_0000_u32, 0x9124_6c00, 0xb27e_07e1].map(u32::to_le_bytes);
        assert_eq!(
            arm64(before(code.as_flattened()), Word(0)),
            Some((0x291b, 12))
        );
    }
}
