//! amd64 and 386: `CALL` and `JMP` with a relative target, `LEA` of an address.
//!
//! Source: Intel SDM volume 2: E8 and E9 with rel32, 0F 8x with rel32, 8D with `ModRM`.

use super::{Code, Reference, Targets};
use crate::inspect::code::memory::Pointer;

const CALL: u8 = 0xe8;
const JMP: u8 = 0xe9;
const LEA: u8 = 0x8d;
/// `mod = 00`, `r/m = 101`: relative to the next instruction on amd64, absolute on 386.
const MODRM_MASK: u8 = 0xc7;
const MODRM_ADDRESS: u8 = 0x05;

pub(super) fn references(code: Code<'_>, targets: Targets<'_, '_>, found: &mut Vec<Reference>) {
    let wide = targets.memory.pointer == Pointer::Wide;
    for place in memchr::memchr3_iter(CALL, JMP, LEA, code.bytes) {
        let Some(rest) = code.bytes.get(place..) else {
            continue;
        };
        let to = match *rest {
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
    }
}

fn relative(next: u64, bytes: [u8; 4]) -> u64 {
    next.wrapping_add_signed(i32::from_le_bytes(bytes).into())
}
