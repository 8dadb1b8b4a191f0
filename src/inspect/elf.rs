//! ELF: the header, the segments that the kernel maps, and where Go's build information lies.
//!
//! Source: System V gABI, chapters 4 and 5. Only segments are trusted: section headers play no
//! part in loading and may be absent. Where they are there, they say whether the file is whole.

use object::elf::{self, FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, Note, NoteIterator, ProgramHeader, SectionHeader};
use object::{Endianness, SectionIndex};

use super::bounds::{MAX_ENTRIES, MAX_REGIONS, c_string, text};
use super::buildinfo::{BuildInfo, NoBuildInfo, search_regions};
use super::elf_dynamic::{self, Dynamic};
use super::{BuildIds, Facts, Format, Header, InspectError, Kind, Packer, build_id, musl};
use crate::target::{Goarch, Goos};

/// More sections than Go's linker or GNU's writes.
const MAX_SECTIONS: usize = 4096;

/// The note with Go's build ID.
///
/// Source: Go's `cmd/internal/buildid/note.go`.
const NT_GO_BUILD_ID: u32 = 4;
/// Go's have 83 characters; `-buildid` sets any.
const LONGEST_GO_ID: usize = 4096;

/// More notes than the linkers of any program write.
const MAX_NOTES: usize = 1 << 16;
/// Names that are looked for have at most eight bytes, and a zero.
const LONGEST_NOTE_NAME: usize = 16;

/// The notes in some parts of a file, which may be the same part again and again.
fn readable<'data, Elf: FileHeader<Endian = Endianness>>(
    parts: impl Iterator<Item = NoteIterator<'data, Elf>>,
) -> impl Iterator<Item = Note<'data, Elf>> {
    parts
        .flat_map(|notes| notes.map_while(Result::ok).take(MAX_ENTRIES))
        .take(MAX_NOTES)
        .filter(|note| note.name_bytes().len() <= LONGEST_NOTE_NAME)
}

/// Reads the facts of an ELF file.
pub(super) fn read(bytes: &[u8]) -> Result<Facts, InspectError> {
    // e_ident[EI_CLASS]
    match bytes.get(4) {
        Some(1) => read_class::<FileHeader32<Endianness>>(bytes),
        Some(2) => read_class::<FileHeader64<Endianness>>(bytes),
        _ => Err(damaged("its class is neither 32 nor 64 bit")),
    }
}

pub(super) fn damaged(reason: &str) -> InspectError {
    InspectError::new(Format::Elf, reason)
}

pub(super) fn unreadable(error: object::read::Error) -> InspectError {
    InspectError::new(Format::Elf, error.to_string())
}

/// The parts of a file that the kernel and the loader look at.
pub(super) struct Image<'data, Elf: FileHeader> {
    pub(super) bytes: &'data [u8],
    pub(super) endian: Endianness,
    pub(super) header: &'data Elf,
    pub(super) segments: &'data [Elf::ProgramHeader],
}

impl<'data, Elf: FileHeader<Endian = Endianness>> Image<'data, Elf> {
    pub(super) fn parse(bytes: &'data [u8]) -> Result<Self, InspectError> {
        let header = Elf::parse(bytes).map_err(unreadable)?;
        let endian = header.endian().map_err(unreadable)?;
        let segments = header.program_headers(endian, bytes).map_err(unreadable)?;
        if segments.len() > MAX_ENTRIES {
            return Err(damaged("it has more segments than any program"));
        }
        let image = Self {
            bytes,
            endian,
            header,
            segments,
        };
        if image.is_truncated() {
            return Err(damaged(
                "it is truncated: its segments don't end within the file",
            ));
        }
        if !image.has_its_sections() {
            return Err(damaged(
                "it is truncated: its sections don't end within the file",
            ));
        }
        Ok(image)
    }

    /// What is mapped into memory.
    fn loaded(&self) -> impl Iterator<Item = &'data Elf::ProgramHeader> {
        let segments = self.segments.iter();
        segments.filter(|segment| segment.p_type(self.endian) == elf::PT_LOAD)
    }

    /// Whether anything of it is mapped into memory.
    fn is_loaded(&self) -> bool {
        self.loaded().next().is_some()
    }

    /// Whether the kernel would map bytes that the file doesn't have.
    fn is_truncated(&self) -> bool {
        let length = self.bytes.len() as u64;
        self.loaded().any(|segment| {
            let (start, size) = segment.file_range(self.endian);
            start.checked_add(size).is_none_or(|end| end > length)
        })
    }

    /// Whether the file holds the sections that its header speaks of. Their table comes last, so it is what
    /// a file lacks first that wasn't copied to its end.
    fn has_its_sections(&self) -> bool {
        let length = self.bytes.len() as u64;
        let sections = self.header.section_headers(self.endian, self.bytes);
        sections.is_ok_and(|sections| {
            sections.iter().all(|section| {
                let range = section.file_range(self.endian);
                range.is_none_or(|(start, size)| {
                    start.checked_add(size).is_some_and(|end| end <= length)
                })
            })
        })
    }

    /// What the file holds from an address on, until the end of the segment there.
    pub(super) fn at(&self, address: u64) -> Option<&'data [u8]> {
        self.loaded().find_map(|segment| {
            let offset = address.checked_sub(segment.p_vaddr(self.endian).into())?;
            let content = segment.data(self.endian, self.bytes).ok()?;
            content
                .get(usize::try_from(offset).ok()?..)
                .filter(|rest| !rest.is_empty())
        })
    }

    /// Whether sections speak of code that the file doesn't hold: objcopy leaves it out where only what
    /// debuggers want is kept. Then the segments are without contents, too.
    fn is_debug_info(&self) -> bool {
        let sections = self.header.section_headers(self.endian, self.bytes);
        let sections = sections.unwrap_or_default().iter().take(MAX_SECTIONS);
        let is_code = |section: &&Elf::SectionHeader| {
            let flags = section.sh_flags(self.endian);
            flags.contains(elf::SHF_EXECINSTR)
        };
        let mut codes = sections.filter(is_code).peekable();
        let start = self.header.e_entry(self.endian).into();
        codes.peek().is_some()
            && codes.all(|section| section.sh_type(self.endian) == elf::SHT_NOBITS)
            && (start == 0 || self.at(start).is_none())
    }

    /// `PT_INTERP`
    fn interpreter(&self) -> Result<Option<String>, InspectError> {
        if self.is_debug_info() {
            return Ok(None);
        }
        for segment in self.segments {
            let path = segment.interpreter(self.endian, self.bytes);
            if let Some(path) = path.map_err(unreadable)? {
                return Ok(Some(text(path)));
            }
        }
        Ok(None)
    }

    /// Whether somebody writes to its pointers before it runs: the loader, or without one the program itself
    /// where it may lie at any address.
    pub(super) fn is_relocated(&self) -> bool {
        let is_interpreter =
            |segment: &Elf::ProgramHeader| segment.p_type(self.endian) == elf::PT_INTERP;
        self.header.e_type(self.endian) == elf::ET_DYN || self.segments.iter().any(is_interpreter)
    }

    pub(super) fn goarch(&self) -> Option<Goarch> {
        let big = self.header.is_big_endian();
        let wide = self.header.is_class_64();
        let goarch = match self.header.e_machine(self.endian) {
            elf::EM_386 => Goarch::I386,
            elf::EM_X86_64 if wide => Goarch::Amd64,
            elf::EM_ARM if !big => Goarch::Arm,
            elf::EM_AARCH64 if !big => Goarch::Arm64,
            elf::EM_LOONGARCH if wide => Goarch::Loong64,
            elf::EM_MIPS => match (wide, big) {
                (false, true) => Goarch::Mips,
                (false, false) => Goarch::Mipsle,
                (true, true) => Goarch::Mips64,
                (true, false) => Goarch::Mips64le,
            },
            elf::EM_PPC64 if big => Goarch::Ppc64,
            elf::EM_PPC64 => Goarch::Ppc64le,
            elf::EM_RISCV if wide => Goarch::Riscv64,
            elf::EM_S390 if wide => Goarch::S390x,
            _ => return None,
        };
        Some(goarch)
    }

    /// The system: `EI_OSABI`, else a vendor's note, else the place of the interpreter. A static
    /// Go program for Linux, Android or `DragonFly` BSD has none of them.
    fn goos(&self, interpreter: Option<&str>) -> Option<Goos> {
        match self.header.e_ident().os_abi {
            elf::ELFOSABI_LINUX => Some(Goos::Linux),
            elf::ELFOSABI_FREEBSD => Some(Goos::Freebsd),
            elf::ELFOSABI_NETBSD => Some(Goos::Netbsd),
            elf::ELFOSABI_OPENBSD => Some(Goos::Openbsd),
            elf::ELFOSABI_SOLARIS => Some(Goos::Solaris),
            _ => self
                .noted_goos()
                .or_else(|| goos_of_interpreter(interpreter?)),
        }
    }

    fn notes(&self) -> impl Iterator<Item = Note<'data, Elf>> + '_ {
        let segments = self.segments.iter();
        readable(segments.filter_map(|segment| segment.notes(self.endian, self.bytes).ok()?))
    }

    /// Those of sections: Go's linker puts GNU's build ID into no segment.
    fn section_notes(&self) -> impl Iterator<Item = Note<'data, Elf>> + '_ {
        let sections = self.header.section_headers(self.endian, self.bytes);
        let sections = sections.unwrap_or_default().iter().take(MAX_SECTIONS);
        readable(sections.filter_map(|section| section.notes(self.endian, self.bytes).ok()?))
    }

    /// The identifiers in notes: Go's and GNU's.
    fn build_ids(&self) -> BuildIds {
        let of = |name: &[u8], number| {
            let mut notes = self.notes().chain(self.section_notes());
            let note =
                notes.find(|note| note.name() == name && note.n_type(self.endian).0 == number)?;
            Some(note.desc())
        };
        let go = of(b"Go", NT_GO_BUILD_ID).filter(|id| !id.is_empty() && id.len() <= LONGEST_GO_ID);
        BuildIds {
            go: go.map(text),
            gnu: of(b"GNU", elf::NT_GNU_BUILD_ID.0).and_then(build_id::digits),
            ..BuildIds::default()
        }
    }

    fn noted_goos(&self) -> Option<Goos> {
        let endian = self.endian;
        self.notes().find_map(|note| match note.name() {
            b"Android" => Some(Goos::Android),
            b"FreeBSD" => Some(Goos::Freebsd),
            b"NetBSD" => Some(Goos::Netbsd),
            b"OpenBSD" => Some(Goos::Openbsd),
            b"DragonFly" => Some(Goos::Dragonfly),
            // NT_GNU_ABI_TAG: the first word is the system, 0 for Linux.
            b"GNU" if note.n_type(endian) == elf::NT_GNU_ABI_TAG => {
                note.desc().starts_with(&[0; 4]).then_some(Goos::Linux)
            }
            _ => None,
        })
    }

    /// `ET_DYN` is a library unless something says that it is a program. An interpreter does, but
    /// for libraries that can be started too, such as glibc's `libc.so.6`.
    fn kind(&self, interpreter: Option<&str>, dynamic: &Dynamic) -> Kind {
        if !self.is_loaded() {
            return Kind::Other;
        }
        if self.is_debug_info() {
            return Kind::DebugInfo;
        }
        match self.header.e_type(self.endian) {
            elf::ET_EXEC => Kind::Executable,
            elf::ET_DYN if dynamic.marked_pie => Kind::Pie,
            elf::ET_DYN if interpreter.is_some() && !dynamic.named_library => Kind::Pie,
            elf::ET_DYN => Kind::Library,
            _ => Kind::Other,
        }
    }

    /// The section of Go's linker, else every segment that is written to.
    fn build_info(&self) -> Result<BuildInfo, NoBuildInfo> {
        let writable = self
            .loaded()
            .filter(|segment| segment.p_flags(self.endian).contains(elf::PF_W));
        let contents = writable
            .filter_map(|segment| segment.data(self.endian, self.bytes).ok())
            .take(MAX_REGIONS);
        search_regions(self.build_info_section().into_iter().chain(contents))
    }

    fn build_info_section(&self) -> Option<&'data [u8]> {
        let sections = self.header.sections(self.endian, self.bytes).ok()?;
        let index = self.header.shstrndx(self.endian, self.bytes).ok()?;
        let names = sections
            .section(SectionIndex(index.try_into().ok()?))
            .ok()?;
        let names = names.data(self.endian, self.bytes).ok()?;
        let section = sections.iter().take(MAX_SECTIONS).find(|section| {
            usize::try_from(section.sh_name(self.endian))
                .is_ok_and(|offset| c_string(names, offset) == Some(b".go.buildinfo"))
        })?;
        section.data(self.endian, self.bytes).ok()
    }
}

fn goos_of_interpreter(path: &str) -> Option<Goos> {
    if path.starts_with("/system/bin/linker") {
        Some(Goos::Android)
    } else if path.contains("/ld-linux") || musl::is_loader(path) || path.contains("/ld64.so") {
        Some(Goos::Linux)
    } else if path.ends_with("/ld.so.1") && path.contains("/amd64/") {
        Some(Goos::Solaris)
    } else {
        None
    }
}

fn read_class<Elf: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Result<Facts, InspectError> {
    let image = Image::<Elf>::parse(bytes)?;
    let interpreter = image.interpreter()?;
    let dynamic = elf_dynamic::read(&image)?;
    let mut facts = Facts::new(Format::Elf);
    facts.header = Header {
        goos: image.goos(interpreter.as_deref()),
        goarch: image.goarch(),
    };
    facts.kind = image.kind(interpreter.as_deref(), &dynamic);
    facts.interpreter = interpreter;
    facts.needed = dynamic.needed;
    facts.runpath = dynamic.runpath;
    facts.glibc = dynamic.glibc;
    facts.symbols = dynamic.symbols;
    facts.build_ids = image.build_ids();
    facts.go = image.build_info();
    let of_program = Packer::in_headers(bytes);
    if of_program.is_some() && !Packer::wrote_all(bytes) {
        return Err(damaged(
            "it is truncated: what the packer wrote last isn't there",
        ));
    }
    let of_library = || match facts.kind {
        Kind::Library => Packer::in_library(bytes),
        _ => None,
    };
    facts.set_packed(of_program.or_else(of_library));
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_mapped_into_memory_is_no_program() {
        let mut file = vec![0; 64 + 56];
        // A 64-bit file of amd64 that calls itself a program.
        file[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        for (at, byte) in [(16, 2), (18, 62), (20, 1), (32, 64), (52, 64), (54, 56)] {
            file[at] = byte;
        }
        assert_eq!(read(&file).unwrap().kind, Kind::Other);
        // One segment, of a kind that isn't mapped, and then of PT_LOAD.
        file[56] = 1;
        file[64] = 4;
        assert_eq!(read(&file).unwrap().kind, Kind::Other);
        file[64] = 1;
        assert_eq!(read(&file).unwrap().kind, Kind::Executable);
    }
}
