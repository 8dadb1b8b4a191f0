//! XCOFF: what the header says of the file.
//!
//! Source: AIX's `xcoff/filehdr.h`, `scnhdr.h`, `syms.h` and `reloc.h`.

use super::Header;
use crate::target::{Goarch, Goos};

/// More sections than any program has.
const MAX_SECTIONS: u64 = 4096;
/// Sections of this kind are zeroed, and take no room in the file.
const STYP_BSS: u64 = 0x80;
const SYMBOL: u64 = 18;

/// Where things stand in the headers: each with how many bytes it takes.
struct Layout {
    header: u64,
    symbols_at: Field,
    symbols: Field,
    optional: Field,
    section: u64,
    size: Field,
    content_at: Field,
    relocations_at: Field,
    relocations: Field,
    flags: Field,
    relocation: u64,
}

#[derive(Clone, Copy)]
struct Field {
    at: u64,
    bytes: u64,
}

const fn field(at: u64, bytes: u64) -> Field {
    Field { at, bytes }
}

/// The magic 0x01F7.
const WIDE: Layout = Layout {
    header: 24,
    symbols_at: field(8, 8),
    optional: field(16, 2),
    symbols: field(20, 4),
    section: 72,
    size: field(24, 8),
    content_at: field(32, 8),
    relocations_at: field(40, 8),
    relocations: field(56, 4),
    flags: field(64, 4),
    relocation: 14,
};
/// The magic 0x01DF.
const NARROW: Layout = Layout {
    header: 20,
    symbols_at: field(8, 4),
    symbols: field(12, 4),
    optional: field(16, 2),
    section: 40,
    size: field(16, 4),
    content_at: field(20, 4),
    relocations_at: field(24, 4),
    relocations: field(32, 2),
    flags: field(36, 4),
    relocation: 10,
};
const SECTIONS: Field = field(2, 2);

pub(super) fn header(bytes: &[u8]) -> Header {
    Header {
        goos: Some(Goos::Aix),
        // Go builds for 64 bits only.
        goarch: is_wide(bytes).then_some(Goarch::Ppc64),
    }
}

fn is_wide(bytes: &[u8]) -> bool {
    bytes.get(1) == Some(&0xf7)
}

/// Whether the file has its sections and symbols.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let layout = if is_wide(bytes) { &WIDE } else { &NARROW };
    has_its_parts(bytes, layout).unwrap_or(false)
}

/// None where a header is missing.
fn has_its_parts(bytes: &[u8], layout: &Layout) -> Option<bool> {
    let number = |start: u64, field: Field| {
        let at = usize::try_from(start.checked_add(field.at)?).ok()?;
        let bytes = bytes.get(at..)?.get(..usize::try_from(field.bytes).ok()?)?;
        let digit = |number, byte: &u8| number << 8 | u64::from(*byte);
        Some(bytes.iter().fold(0, digit))
    };
    let holds = |start: u64, count: u64, size: u64| {
        let end = count
            .checked_mul(size)
            .and_then(|all| start.checked_add(all));
        start == 0 || count == 0 || end.is_some_and(|end| end <= bytes.len() as u64)
    };
    let first = layout.header + number(0, layout.optional)?;
    for section in 0..number(0, SECTIONS)?.min(MAX_SECTIONS) {
        let at = first + section * layout.section;
        let is_zeroed = number(at, layout.flags)? & STYP_BSS != 0;
        let (content, size) = (number(at, layout.content_at)?, number(at, layout.size)?);
        let relocations = number(at, layout.relocations_at)?;
        let count = number(at, layout.relocations)?;
        if !(is_zeroed || holds(content, size, 1)) || !holds(relocations, count, layout.relocation)
        {
            return Some(false);
        }
    }
    let (symbols, count) = (number(0, layout.symbols_at)?, number(0, layout.symbols)?);
    if symbols == 0 || count == 0 {
        return Some(true);
    }
    // Behind them stand the texts that they name, which begin with their own size where there are any.
    let texts = symbols.checked_add(count.checked_mul(SYMBOL)?)?;
    let size = number(texts, field(0, 4)).unwrap_or(0);
    Some(holds(symbols, count, SYMBOL) && holds(texts, size, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_symbols_and_their_texts_belong_to_the_file() {
        let mut file = vec![0; 24 + 72];
        // One section, of eight bytes behind its header; one symbol behind that, and texts of six bytes.
        for (at, byte) in [(0, 1), (1, 0xf7), (3, 1), (15, 104), (23, 1)] {
            file[at] = byte;
        }
        for (at, byte) in [(31, 8), (39, 96)] {
            file[24 + at] = byte;
        }
        file.extend([7; 8 + 18]);
        file.extend([0, 0, 0, 6, b'a', 0]);
        assert!(is_whole(&file));
        for length in [file.len() - 1, 120, 103, 90, 20, 2] {
            assert!(!is_whole(&file[..length]), "{length}");
        }
    }
}
