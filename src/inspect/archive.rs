//! Archives of object files: the object that Go's linker made, among those of the C compiler.

use object::pe;
use object::read::archive::ArchiveFile;

use super::{Facts, Format, Header, InspectError, Kind, buildinfo, elf, macho, other};
use crate::target::{Goarch, Goos};

/// Reads the facts of an archive: platform and build information of the first object with both,
/// and what that object says of libraries is nothing, since whoever links it decides.
pub(super) fn read(bytes: &[u8]) -> Result<Facts, InspectError> {
    let archive = ArchiveFile::parse(bytes).map_err(unreadable)?;
    let mut facts = Facts::new(Format::Archive);
    facts.kind = Kind::Archive;
    for member in archive.members() {
        let content = member.and_then(|member| member.data(bytes));
        let Some(object) = object(content.map_err(unreadable)?) else {
            continue;
        };
        if object.go.is_ok() {
            facts.header = object.header;
            facts.go = object.go;
            break;
        }
    }
    Ok(facts)
}

fn unreadable(error: object::read::Error) -> InspectError {
    InspectError::new(Format::Archive, error.to_string())
}

/// The facts of one object; none of what is no object, such as an index.
fn object(bytes: &[u8]) -> Option<Facts> {
    match Format::of(bytes) {
        Format::Elf => elf::read(bytes).ok(),
        Format::Macho => macho::read(bytes).ok(),
        Format::Xcoff => other::read(Format::Xcoff, bytes).ok(),
        _ => coff(bytes),
    }
}

/// An object for Windows starts with its machine, without a magic.
fn coff(bytes: &[u8]) -> Option<Facts> {
    let goarch = match pe::Machine(u16::from_le_bytes(*bytes.first_chunk()?)) {
        pe::IMAGE_FILE_MACHINE_I386 => Goarch::I386,
        pe::IMAGE_FILE_MACHINE_AMD64 => Goarch::Amd64,
        pe::IMAGE_FILE_MACHINE_ARM64 => Goarch::Arm64,
        _ => return None,
    };
    let mut facts = Facts::new(Format::Pe);
    facts.header = Header {
        goos: Some(Goos::Windows),
        goarch: Some(goarch),
    };
    facts.go = buildinfo::search_anywhere(bytes);
    Some(facts)
}
