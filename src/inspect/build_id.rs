//! Identifiers of a build, by which symbol servers and debuggers find what belongs to a binary.

use object::read::pe::DataDirectories;
use object::read::pe::SectionTable;
use object::{LittleEndian as LE, pe};

use super::bounds::{MAX_ENTRIES, text};
use crate::digest::hex;

/// The identifiers that linkers wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct BuildIds {
    /// Go's: what the build was made from, and what it made, as hashes.
    pub go: Option<String>,
    /// GNU's, `NT_GNU_BUILD_ID`, in hexadecimal digits.
    pub gnu: Option<String>,
    /// Apple's, `LC_UUID`.
    pub uuid: Option<String>,
    /// Microsoft's: the GUID and the age of the debug information.
    pub guid: Option<String>,
}

impl BuildIds {
    /// Each that is there, with its name.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("Go", &self.go),
            ("GNU", &self.gnu),
            ("UUID", &self.uuid),
            ("GUID", &self.guid),
        ];
        all.into_iter()
            .filter_map(|(name, id)| Some((name, id.as_deref()?)))
    }
}

/// Where Go's own reader looks in files that are no ELF files, and twice as far: the headers of
/// Mach-O files may be long.
///
/// Source: Go's `cmd/internal/buildid/buildid.go`.
const SEARCHED: usize = 64 << 10;
const START: &[u8] = b"\xff Go build ID: \"";
const END: &[u8] = b"\"\n \xff";
/// Go's have 83 characters; `-buildid` sets any.
const LONGEST: usize = 4096;

/// Go's, where there are no notes: from the start of the code, or, in WebAssembly, of the file.
pub(super) fn of_text(bytes: &[u8]) -> Option<String> {
    let near = bytes.get(..SEARCHED).unwrap_or(bytes);
    let start = memchr::memmem::find(near, START)? + START.len();
    let rest = bytes.get(start..)?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let id = rest.get(..memchr::memmem::find(rest, END)?)?;
    (!id.is_empty()).then(|| text(id))
}

/// Bytes as hexadecimal digits; none for more than any linker writes.
pub(super) fn digits(bytes: &[u8]) -> Option<String> {
    (!bytes.is_empty() && bytes.len() <= 64).then(|| hex(bytes))
}

/// Sixteen bytes as a UUID is written.
pub(super) fn uuid(bytes: [u8; 16]) -> String {
    let digits = hex(&bytes).to_uppercase();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part));
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join("-")
}

/// The GUID and age in the debug directory of a PE file, as a symbol server has them.
///
/// Source: Microsoft's PE/COFF specification, "The .debug Section"; LLVM's `CVDebugRecord.h` for the
/// record, `RSDS`.
pub(super) fn of_debug_directory(
    bytes: &[u8],
    directories: &DataDirectories<'_>,
    sections: &SectionTable<'_>,
) -> Option<String> {
    let directory = directories.get(pe::IMAGE_DIRECTORY_ENTRY_DEBUG)?;
    let entries = directory.data(bytes, sections).ok()?;
    let size = size_of::<pe::ImageDebugDirectory>();
    entries
        .chunks_exact(size)
        .take(MAX_ENTRIES)
        .find_map(|entry| {
            let (entry, _) = object::from_bytes::<pe::ImageDebugDirectory>(entry).ok()?;
            if entry.typ.get(LE) != pe::IMAGE_DEBUG_TYPE_CODEVIEW {
                return None;
            }
            let start = usize::try_from(entry.pointer_to_raw_data.get(LE)).ok()?;
            guid(bytes.get(start..)?)
        })
}

fn guid(record: &[u8]) -> Option<String> {
    let rest = record.strip_prefix(b"RSDS")?;
    let (guid, rest) = rest.split_first_chunk::<16>()?;
    let age = u32::from_le_bytes(*rest.first_chunk()?);
    // The first three numbers of a GUID are little-endian.
    let mut bytes = *guid;
    for number in [0..4, 4..6, 6..8] {
        bytes.get_mut(number)?.reverse();
    }
    Some(format!("{} {age}", uuid(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_go_is_between_its_marks() {
        let file = b"MZ..\xff Go build ID: \"a/b/c/d\"\n \xff\xcc".as_slice();
        assert_eq!(of_text(file).as_deref(), Some("a/b/c/d"));
        for file in [
            b"\xff Go build ID: \"a/b".as_slice(),
            b"\xff Go build ID: \"\"\n \xff",
            b"Go build ID",
        ] {
            assert_eq!(of_text(file), None);
        }
    }

    #[test]
    fn a_guid_has_numbers_in_the_order_of_the_machine() {
        let record = [
            b"RSDS".as_slice(),
            &[1, 2, 3, 4, 5, 6, 7, 8],
            &[9; 8],
            &[2, 0, 0, 0],
        ];
        let guid = guid(&record.concat());
        assert_eq!(
            guid.as_deref(),
            Some("04030201-0605-0807-0909-090909090909 2")
        );
        assert_eq!(super::guid(b"RSDS\0\0"), None);
        assert_eq!(super::guid(b"NB10"), None);
    }

    #[test]
    fn what_is_too_long_for_an_identifier_is_none() {
        assert_eq!(digits(&[0xab, 1]).as_deref(), Some("ab01"));
        assert_eq!(digits(&[]), None);
        assert_eq!(digits(&[0; 65]), None);
    }
}
