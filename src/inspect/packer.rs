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

impl Packer {
    /// The packer that left its mark in the headers of an ELF file.
    pub(super) fn in_headers(bytes: &[u8]) -> Option<Self> {
        let headers = bytes.get(..HEADERS).unwrap_or(bytes);
        memchr::memmem::find(headers, UPX_MAGIC).map(|_| Self::Upx)
    }

    /// The packer whose name a section of a PE or a Mach-O file bears.
    ///
    /// Source: `p_w32pe_i386.cpp`, `p_mach.cpp` of UPX.
    pub(super) fn of_section(name: &[u8]) -> Option<Self> {
        matches!(name, b"UPX0" | b"UPX1" | b"UPX2" | b"upxTEXT").then_some(Self::Upx)
    }
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
    fn the_sections_of_a_packed_file_have_names_of_their_own() {
        assert_eq!(Packer::of_section(b"UPX0"), Some(Packer::Upx));
        assert_eq!(Packer::of_section(b"upxTEXT"), Some(Packer::Upx));
        assert_eq!(Packer::of_section(b".text"), None);
    }
}
