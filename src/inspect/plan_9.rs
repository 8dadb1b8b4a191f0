//! Plan 9: what the header says of the file.
//!
//! Source: a.out(6) of Plan 9, and `writePlan9Header` in Go's `cmd/link/internal/ld/outbuf.go`.

use super::Header;
use crate::target::{Goarch, Goos};

/// Eight words, of which the fifth after the magic is where the program starts.
const HEADER: u64 = 32;
/// Where the sizes of the text, the data, the symbols and two tables of lines stand.
const SIZES: [usize; 5] = [4, 8, 16, 24, 28];
/// Of 64 bits the start stands once more behind the header, in eight bytes: this bit of the magic.
const IS_WIDE: u8 = 0x80;
const WIDE_START: u64 = 8;

pub(super) fn header(bytes: &[u8]) -> Header {
    Header {
        goos: Some(Goos::Plan9),
        goarch: match bytes.get(2..4) {
            Some([0x01, 0xeb]) => Some(Goarch::I386),
            Some([0x8a, 0x97]) => Some(Goarch::Amd64),
            Some([0x06, 0x47]) => Some(Goarch::Arm),
            _ => None,
        },
    }
}

/// Whether the file has all that its header speaks of.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let word = |at: &usize| {
        let bytes = bytes.get(*at..)?.first_chunk()?;
        Some(u64::from(u32::from_be_bytes(*bytes)))
    };
    let is_wide = bytes.get(2).is_some_and(|magic| magic & IS_WIDE != 0);
    let start = if is_wide { WIDE_START } else { 0 };
    let sizes: Option<u64> = SIZES.iter().map(word).sum();
    sizes.is_some_and(|sizes| HEADER + start + sizes <= bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_magic_tells_the_architecture() {
        assert_eq!(header(b"\0\0\x8a\x97").goarch, Some(Goarch::Amd64));
    }

    #[test]
    fn the_parts_follow_the_header() {
        let mut file = vec![0; 40 + 7];
        file[..4].copy_from_slice(b"\0\0\x8a\x97");
        // The text, the data and the symbols; what is zeroed takes no room in the file.
        for (at, size) in [(7, 1), (11, 2), (15, 200), (19, 4)] {
            file[at] = size;
        }
        assert!(is_whole(&file));
        assert!(!is_whole(&file[..46]));
        // Of 32 bits the parts begin sooner.
        file[2..4].copy_from_slice(b"\x01\xeb");
        assert!(is_whole(&file[..39]) && !is_whole(&file[..38]));
        assert!(!is_whole(b"\0\0\x01\xeb"));
    }
}
