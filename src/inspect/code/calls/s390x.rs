//! s390x: `BRASL`, `BRCL` and `LARL`, each with a distance in halfwords.
//!
//! Source: z/Architecture Principles of Operation: RIL formats C0-0, C0-4 and C0-5.

use super::{Code, Reference, Targets};

pub(super) fn references(code: Code<'_>, targets: Targets<'_, '_>, found: &mut Vec<Reference>) {
    for place in memchr::memchr_iter(0xc0, code.bytes) {
        let Some(&[_, operation, a, b, c, d]) = code.bytes.get(place..place + 6) else {
            continue;
        };
        let distance = i64::from(i32::from_be_bytes([a, b, c, d])) * 2;
        let address = code
            .address
            .wrapping_add(place as u64)
            .wrapping_add_signed(distance);
        let to = match operation & 0x0f {
            0x5 | 0x4 => targets.called(address),
            0x0 => targets.named(address),
            _ => None,
        };
        if let (Some(to), Ok(at), true) = (to, u32::try_from(place), place % 2 == 0) {
            found.push(Reference { at, to });
        }
    }
}
