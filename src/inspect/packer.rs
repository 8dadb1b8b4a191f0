//! Programs that unpack themselves: the file says nothing about what is inside.

/// The tool that packed a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Packer {
    /// UPX.
    Upx,
}

/// `UPX_MAGIC_LE32` in UPX's `src/conf.h`; it stands in `l_info`, after the program headers.
const UPX_MAGIC: &[u8] = b"UPX!";

/// How far the headers of a packed ELF file reach, with room to spare. The magic
/// further back is only data: any program that looks for packed files has it.
const HEADERS: usize = 512;

/// Where the size of the program stands behind the first mark, and in the header at the end.
const PROGRAM_SIZE: usize = 12;
const LAST_SIZE: usize = 24;
/// That header, with where the program begins that unpacks.
const LAST_HEADER: usize = 36;
/// Where a sum of its bytes stands in it, of those behind the mark.
const LAST_SUM: usize = 31;
/// More texts like the mark than stand behind the last header.
const MOST_MARKS: usize = 4096;

impl Packer {
    /// The packer that left its mark in the headers of an ELF file.
    pub(super) fn in_headers(bytes: &[u8]) -> Option<Self> {
        let headers = bytes.get(..HEADERS).unwrap_or(bytes);
        memchr::memmem::find(headers, UPX_MAGIC).map(|_| Self::Upx)
    }

    /// The packer of an ELF library: it leaves what the loader reads before its first mark, and the file
    /// ends with its last header.
    ///
    /// Source: `PackLinuxElf64::pack2_shlib` in UPX's `src/p_lx_elf.cpp`.
    pub(super) fn in_library(bytes: &[u8]) -> Option<Self> {
        let (before, last) = bytes.split_at_checked(bytes.len().checked_sub(LAST_HEADER)?)?;
        let first = memchr::memmem::find(before, UPX_MAGIC)?;
        let size: &[u8; 4] = before.get(first + PROGRAM_SIZE..)?.first_chunk()?;
        let is_last = last.starts_with(UPX_MAGIC)
            && has_its_sum(last)
            && last.get(LAST_SIZE..)?.first_chunk() == Some(size);
        is_last.then_some(Self::Upx)
    }

    /// Whether a packed ELF file, by its mark, ends with what the packer writes last: a header with the
    /// size of the program that is in it, as the first one has it.
    ///
    /// Source: `p_info` in UPX's `src/p_unix.h`, `PackHeader` in `src/packhead.cpp`.
    pub(super) fn wrote_all(bytes: &[u8]) -> bool {
        let headers = bytes.get(..HEADERS).unwrap_or(bytes);
        let Some(mark) = memchr::memmem::find(headers, UPX_MAGIC) else {
            return false;
        };
        let size = bytes
            .get(mark + PROGRAM_SIZE..)
            .and_then(<[u8]>::first_chunk);
        if size.is_none_or(|size: &[u8; 4]| *size == [0; 4]) {
            // Somebody removed it, against those who unpack.
            return size.is_some();
        }
        let marks = memchr::memmem::rfind_iter(bytes, UPX_MAGIC);
        marks.take(MOST_MARKS).any(|mark| {
            let last = bytes.get(mark..mark + LAST_HEADER);
            last.is_some_and(|last| {
                has_its_sum(last) && last.get(LAST_SIZE..).and_then(<[u8]>::first_chunk) == size
            })
        })
    }

    /// The packer whose name a section of a PE or a Mach-O file bears.
    ///
    /// Source: `p_w32pe_i386.cpp`, `p_mach.cpp` of UPX.
    pub(super) fn of_section(name: &[u8]) -> Option<Self> {
        matches!(name, b"UPX0" | b"UPX1" | b"UPX2" | b"upxTEXT").then_some(Self::Upx)
    }
}

/// Whether the bytes of a last header are those that it counts: another mark stands right before it.
///
/// Source: `get_packheader_checksum` in UPX's `src/packhead.cpp`.
fn has_its_sum(header: &[u8]) -> bool {
    let counted = header.get(UPX_MAGIC.len()..LAST_SUM).unwrap_or_default();
    let sum: u32 = counted.iter().map(|byte| u32::from(*byte)).sum();
    header
        .get(LAST_SUM)
        .is_some_and(|byte| sum % 251 == u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_counts_in_the_headers_only() {
        let mut bytes = vec![0; 4096];
        bytes[236..240].copy_from_slice(b"UPX!");
        assert_eq!(Packer::in_headers(&bytes), Some(Packer::Upx));
        bytes[236] = 0;
        bytes[2048..2052].copy_from_slice(b"UPX!");
        assert_eq!(Packer::in_headers(&bytes), None);
    }

    #[test]
    fn what_is_packed_ends_with_a_header_of_its_own() {
        let mut bytes = vec![0; 4096];
        bytes[236..240].copy_from_slice(b"UPX!");
        assert!(Packer::wrote_all(&bytes), "nothing says how large it is");
        bytes[248..252].copy_from_slice(&[1, 2, 3, 4]);
        assert!(!Packer::wrote_all(&bytes));
        let end = bytes.len() - LAST_HEADER;
        bytes[end..end + 4].copy_from_slice(b"UPX!");
        bytes[end + 24..end + 28].copy_from_slice(&[1, 2, 3, 4]);
        assert!(!Packer::wrote_all(&bytes));
        bytes[end + 31] = 10;
        assert!(Packer::wrote_all(&bytes));
        assert!(!Packer::wrote_all(&bytes[..4095]));
        bytes.extend([0; 100]);
        assert!(Packer::wrote_all(&bytes), "others append something");
    }

    #[test]
    fn a_packed_library_has_its_marks_further_back() {
        let mut bytes = vec![0; 4096];
        bytes[1212..1216].copy_from_slice(b"UPX!");
        bytes[1224..1228].copy_from_slice(&[1, 2, 3, 4]);
        assert_eq!(Packer::in_library(&bytes), None, "only a text");
        let end = bytes.len() - LAST_HEADER;
        bytes[end..end + 4].copy_from_slice(b"UPX!");
        bytes[end + 24..end + 28].copy_from_slice(&[1, 2, 3, 4]);
        bytes[end + 31] = 10;
        assert_eq!(Packer::in_library(&bytes), Some(Packer::Upx));
        bytes[1224] = 2;
        assert_eq!(Packer::in_library(&bytes), None, "of another program");
        assert_eq!(Packer::in_library(b"UPX!"), None);
    }

    #[test]
    fn the_sections_of_a_packed_file_have_names_of_their_own() {
        assert_eq!(Packer::of_section(b"UPX0"), Some(Packer::Upx));
        assert_eq!(Packer::of_section(b"upxTEXT"), Some(Packer::Upx));
        assert_eq!(Packer::of_section(b".text"), None);
    }
}
