//! Mach-O: the header, the load commands, and where Go's build information lies.
//!
//! Source: Apple's `mach-o/loader.h`; for signatures, `kern/cs_blobs.h` of XNU.

use object::Endianness;
use object::macho::{self, FatArch32, FatArch64, MachHeader64};
use object::read::macho::{FatArch, LoadCommandData, MachHeader, MachOFatFile, Section, Segment};

use super::bounds::{MAX_ENTRIES, MAX_REGIONS, text};
use super::buildinfo::search_regions;
use super::library::Needed;
use super::{
    CodeSignature, Facts, Format, Header, InspectError, Kind, MinimumOs, Packer, Slice, build_id,
    with_older,
};
use crate::target::{Goarch, Goos};

/// More programs than any universal file holds.
const MAX_SLICES: usize = 16;

/// More load commands than any program has.
const MAX_COMMANDS: usize = 1 << 16;

/// Reads the facts of a Mach-O file. One with several programs has those of each as its slices.
pub(super) fn read(bytes: &[u8]) -> Result<Facts, InspectError> {
    match bytes.first_chunk() {
        Some([0xca, 0xfe, 0xba, 0xbe]) => universal::<FatArch32>(bytes),
        Some([0xca, 0xfe, 0xba, 0xbf]) => universal::<FatArch64>(bytes),
        _ => read_one(bytes),
    }
}

/// Reads a file of `mach-o/fat.h`. Programs in it are never universal themselves.
fn universal<Arch: FatArch>(bytes: &[u8]) -> Result<Facts, InspectError> {
    let file = MachOFatFile::<Arch>::parse(bytes).map_err(unreadable)?;
    if file.arches().len() > MAX_SLICES {
        return Err(damaged("it holds more programs than any universal file"));
    }
    let mut facts = Facts::new(Format::Macho);
    facts.kind = Kind::Universal;
    for arch in file.arches() {
        let (offset, size) = arch.file_range();
        facts.slices.push(Slice {
            offset,
            size,
            facts: read_one(arch.data(bytes).map_err(unreadable)?)?,
        });
    }
    let first = facts.slices.first().and_then(|slice| slice.facts.goos());
    facts.header.goos = first.filter(|goos| {
        let mut systems = facts.slices.iter().map(|slice| slice.facts.goos());
        systems.all(|system| system == Some(*goos))
    });
    Ok(facts)
}

fn read_one(bytes: &[u8]) -> Result<Facts, InspectError> {
    let mut facts = Facts::new(Format::Macho);
    // Go builds no 32-bit Mach-O since 1.15.
    if let Some([0xcf, 0xfa, 0xed, 0xfe] | [0xfe, 0xed, 0xfa, 0xcf]) = bytes.first_chunk() {
        read_thin(bytes, &mut facts)?;
    }
    with_older(facts, bytes)
}

fn damaged(reason: &str) -> InspectError {
    InspectError::new(Format::Macho, reason)
}

pub(super) fn unreadable(error: object::read::Error) -> InspectError {
    InspectError::new(Format::Macho, error.to_string())
}

pub(super) fn goarch(cpu: macho::CpuType) -> Option<Goarch> {
    match cpu {
        macho::CPU_TYPE_X86_64 => Some(Goarch::Amd64),
        macho::CPU_TYPE_ARM64 => Some(Goarch::Arm64),
        _ => None,
    }
}

fn read_thin(bytes: &[u8], facts: &mut Facts) -> Result<(), InspectError> {
    let header = MachHeader64::<Endianness>::parse(bytes, 0).map_err(unreadable)?;
    let endian = header.endian().map_err(unreadable)?;
    facts.header = Header {
        goos: None,
        goarch: goarch(header.cputype(endian)),
    };
    facts.kind = match header.filetype(endian) {
        macho::MH_EXECUTE if header.flags(endian).contains(macho::MH_PIE) => Kind::Pie,
        macho::MH_EXECUTE => Kind::Executable,
        macho::MH_DYLIB | macho::MH_BUNDLE => Kind::Library,
        macho::MH_DSYM => Kind::DebugInfo,
        _ => Kind::Other,
    };
    let mut commands = header.load_commands(endian, bytes, 0).map_err(unreadable)?;
    let mut regions = Regions::default();
    let mut budget = MAX_COMMANDS;
    while let Some(command) = commands.next().map_err(unreadable)? {
        budget = budget
            .checked_sub(1)
            .ok_or_else(|| damaged("it has more load commands than any program"))?;
        read_command(bytes, endian, command, facts)?;
        regions.add(bytes, endian, command)?;
    }
    facts.go = search_regions(regions.section.into_iter().chain(regions.writable));
    facts.build_ids.go = build_id::of_text(bytes);
    facts.set_packed(regions.packer);
    Ok(())
}

fn read_command(
    bytes: &[u8],
    endian: Endianness,
    command: LoadCommandData<'_, Endianness>,
    facts: &mut Facts,
) -> Result<(), InspectError> {
    let string = |offset| command.string(endian, offset).map(text).map_err(unreadable);
    if let Some(dylib) = command.dylib().map_err(unreadable)? {
        facts.needed.push(Needed::new(string(dylib.dylib.name)?));
    } else if let Some((build, _)) = command.build_version(endian).map_err(unreadable)? {
        facts.header.goos = match build.platform.get(endian) {
            macho::PLATFORM_MACOS => Some(Goos::Darwin),
            macho::PLATFORM_IOS | macho::PLATFORM_IOSSIMULATOR => Some(Goos::Ios),
            _ => None,
        };
        facts.minimum_os = Some(MinimumOs::from_nibbles(build.minos.get(endian).0));
    }
    if let Some(command) = command.uuid().map_err(unreadable)? {
        facts.build_ids.uuid = Some(build_id::uuid(command.uuid));
    }
    match command.cmd() {
        macho::LC_LOAD_DYLINKER => {
            let linker: &macho::DylinkerCommand<Endianness> = command.data().map_err(unreadable)?;
            facts.interpreter = Some(string(linker.name)?);
        }
        macho::LC_RPATH => {
            let path: &macho::RpathCommand<Endianness> = command.data().map_err(unreadable)?;
            facts.runpath.push(string(path.path)?);
        }
        macho::LC_VERSION_MIN_MACOSX => {
            let least: &macho::VersionMinCommand<Endianness> =
                command.data().map_err(unreadable)?;
            facts.header.goos = Some(Goos::Darwin);
            facts.minimum_os = Some(MinimumOs::from_nibbles(least.version.get(endian).0));
        }
        macho::LC_CODE_SIGNATURE => {
            let place: &macho::LinkeditDataCommand<Endianness> =
                command.data().map_err(unreadable)?;
            facts.code_signature = Some(signature(bytes, endian, place).map_err(unreadable)?);
        }
        _ => {}
    }
    if facts.needed.len() + facts.runpath.len() > MAX_ENTRIES {
        return Err(damaged("it needs more libraries than any program"));
    }
    Ok(())
}

/// Who signed: the flags of the first code directory.
fn signature(
    bytes: &[u8],
    endian: Endianness,
    place: &macho::LinkeditDataCommand<Endianness>,
) -> object::read::Result<CodeSignature> {
    let signature = place.code_signature(endian, bytes)?;
    let mut blobs = signature.blobs();
    while let Some(blob) = blobs.next()? {
        if let Some(directory) = blob.code_directory()? {
            let flags = directory.header().flags.get(object::BigEndian);
            return Ok(if flags.contains(macho::CS_LINKER_SIGNED) {
                CodeSignature::Linker
            } else if flags.contains(macho::CS_ADHOC) {
                CodeSignature::AdHoc
            } else {
                CodeSignature::Identity
            });
        }
    }
    Ok(CodeSignature::Identity)
}

/// Where build information may lie: in the section of Go's linker, else in what is written to. And
/// who made the sections.
#[derive(Default)]
struct Regions<'data> {
    section: Option<&'data [u8]>,
    writable: Vec<&'data [u8]>,
    packer: Option<Packer>,
}

impl<'data> Regions<'data> {
    fn add(
        &mut self,
        bytes: &'data [u8],
        endian: Endianness,
        command: LoadCommandData<'data, Endianness>,
    ) -> Result<(), InspectError> {
        let Some((segment, sections)) = command.segment_64().map_err(unreadable)? else {
            return Ok(());
        };
        if segment.data(endian, bytes).is_err() {
            return Err(damaged(
                "it is truncated: its segments don't end within the file",
            ));
        }
        let writable = segment.initprot(endian).contains(macho::VM_PROT_WRITE);
        if writable
            && self.writable.len() < MAX_REGIONS
            && let Ok(content) = segment.data(endian, bytes)
        {
            self.writable.push(content);
        }
        let sections = segment.sections(endian, sections).map_err(unreadable)?;
        for section in sections {
            self.packer = self.packer.or_else(|| Packer::of_section(section.name()));
            if section.name() == b"__go_buildinfo" {
                self.section = section_content(bytes, endian, section);
            }
        }
        Ok(())
    }
}

pub(super) fn section_content<'data>(
    bytes: &'data [u8],
    endian: Endianness,
    section: &macho::Section64<Endianness>,
) -> Option<&'data [u8]> {
    let start = usize::try_from(section.offset.get(endian)).ok()?;
    let size = usize::try_from(section.size.get(endian)).ok()?;
    bytes.get(start..start.checked_add(size)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Mach-O header with no commands, for a processor.
    fn thin(cpu: u32) -> Vec<u8> {
        let words = [0xfeed_facf, cpu, 0, macho::MH_EXECUTE.0, 0, 0, 0, 0];
        words.map(u32::to_le_bytes).concat()
    }

    /// A universal file of programs that are 32 bytes each.
    fn universal_of(programs: &[Vec<u8>]) -> Vec<u8> {
        let count = u32::try_from(programs.len()).unwrap();
        let mut bytes = [0xcafe_babe, count].map(u32::to_be_bytes).concat();
        for index in 0..count {
            let start = 8 + 20 * count + 32 * index;
            bytes.extend([0, 0, start, 32, 0].map(u32::to_be_bytes).concat());
        }
        [bytes, programs.concat()].concat()
    }

    #[test]
    fn a_universal_file_has_the_facts_of_each_program() {
        let bytes = universal_of(&[
            thin(macho::CPU_TYPE_X86_64.0),
            thin(macho::CPU_TYPE_ARM64.0),
        ]);
        let facts = read(&bytes).unwrap();
        assert_eq!(facts.kind, Kind::Universal);
        let of: Vec<_> = facts
            .slices
            .iter()
            .map(|slice| slice.facts.header.goarch)
            .collect();
        assert_eq!(of, [Some(Goarch::Amd64), Some(Goarch::Arm64)]);
    }

    #[test]
    fn a_universal_file_that_ends_too_early_is_damaged() {
        let mut bytes = universal_of(&[thin(macho::CPU_TYPE_ARM64.0)]);
        bytes.truncate(bytes.len() - 1);
        assert!(read(&bytes).is_err());
        assert!(read(b"\xca\xfe\xba\xbe\0\0\0\x02").is_err());
    }
}
