//! PE: the header, the import table, and where Go's build information lies.
//!
//! Source: Microsoft's PE/COFF specification, "Optional Header" and "The .idata Section".

use object::pe::{self, ImageDosHeader, ImageNtHeaders32, ImageNtHeaders64};
use object::read::ReadRef as _;
use object::read::pe::{
    DataDirectories, ImageNtHeaders, ImageOptionalHeader, SectionTable, optional_header_magic,
};
use object::{LittleEndian as LE, U32};

use super::bounds::{MAX_ENTRIES, MAX_REGIONS, c_string, text};
use super::buildinfo::{BuildInfo, NoBuildInfo, search_regions};
use super::library::Needed;
use super::{Facts, Format, Header, InspectError, Kind, Packer, build_id};
use crate::target::{Goarch, Goos};

/// Reads the facts of a PE file.
pub(super) fn read(bytes: &[u8]) -> Result<Facts, InspectError> {
    match optional_header_magic(bytes).map_err(unreadable)? {
        pe::IMAGE_NT_OPTIONAL_HDR32_MAGIC => read_class::<ImageNtHeaders32>(bytes),
        pe::IMAGE_NT_OPTIONAL_HDR64_MAGIC => read_class::<ImageNtHeaders64>(bytes),
        _ => Err(damaged("its optional header is neither 32 nor 64 bit")),
    }
}

fn damaged(reason: &str) -> InspectError {
    InspectError::new(Format::Pe, reason)
}

pub(super) fn unreadable(error: object::read::Error) -> InspectError {
    InspectError::new(Format::Pe, error.to_string())
}

fn read_class<Pe: ImageNtHeaders>(bytes: &[u8]) -> Result<Facts, InspectError> {
    let dos = ImageDosHeader::parse(bytes).map_err(unreadable)?;
    let mut offset = dos.nt_headers_offset().into();
    let (headers, directories) = Pe::parse(bytes, &mut offset).map_err(unreadable)?;
    let sections = headers.sections(bytes, offset).map_err(unreadable)?;
    let mut names = sections.iter().take(MAX_ENTRIES);
    let packer = names.find_map(|section| Packer::of_section(section.raw_name()));
    // Packers leave the header's word on the symbols as it was, and the symbols out.
    let has_its_symbols =
        packer.is_some() || has_its_symbols(bytes, headers.file_header(), &sections);
    if !has_its_symbols || !has_its_sections(bytes, &directories, &sections) {
        return Err(damaged(
            "it is truncated: its sections don't end within the file",
        ));
    }
    let mut facts = Facts::new(Format::Pe);
    facts.header = Header {
        goos: goos(headers.optional_header().subsystem()),
        goarch: goarch(headers.file_header().machine.get(LE)),
    };
    if is_debug_info(&sections) {
        // What its directories lead to is left out, too.
        facts.kind = Kind::DebugInfo;
        return Ok(facts);
    }
    facts.kind = kind(headers);
    facts.needed = imports(bytes, &directories, &sections)?;
    facts.go = build_info(bytes, &sections);
    facts.build_ids.go = build_id::of_text(bytes);
    facts.build_ids.guid = build_id::of_debug_directory(bytes, &directories, &sections);
    facts.set_packed(packer);
    Ok(facts)
}

/// Whether sections speak of code that the file doesn't hold: objcopy leaves it out where only what
/// debuggers want is kept.
fn is_debug_info(sections: &SectionTable<'_>) -> bool {
    let is_code = |section: &&pe::ImageSectionHeader| {
        let flags = section.characteristics.get(LE);
        flags.contains(pe::IMAGE_SCN_CNT_CODE) && section.virtual_size.get(LE) > 0
    };
    let mut codes = sections.iter().filter(is_code).peekable();
    codes.peek().is_some() && codes.all(|section| section.size_of_raw_data.get(LE) == 0)
}

/// Whether the file has its sections, with what fills them up, and the signature, which lies behind them.
fn has_its_sections(
    bytes: &[u8],
    directories: &DataDirectories<'_>,
    sections: &SectionTable<'_>,
) -> bool {
    let holds = |start: u32, size: u64| {
        start == 0 || size == 0 || u64::from(start).saturating_add(size) <= bytes.len() as u64
    };
    let signature = directories.get(pe::IMAGE_DIRECTORY_ENTRY_SECURITY);
    // The one directory that has a place in the file and not in memory.
    signature.is_none_or(|it| holds(it.virtual_address.get(LE), it.size.get(LE).into()))
        && sections.iter().all(|section| {
            let size = section.size_of_raw_data.get(LE).into();
            holds(section.pointer_to_raw_data.get(LE), size)
        })
}

/// Behind the symbols stand the texts that they name, which begin with their own size.
/// Sections with long names have them there, too, whether there are symbols or not.
fn has_its_symbols(
    bytes: &[u8],
    header: &pe::ImageFileHeader,
    sections: &SectionTable<'_>,
) -> bool {
    let start = u64::from(header.pointer_to_symbol_table.get(LE));
    let count = u64::from(header.number_of_symbols.get(LE));
    let is_named_there = || {
        let mut sections = sections.iter();
        sections.any(|section| section.raw_name().starts_with(b"/"))
    };
    if start == 0 || (count == 0 && !is_named_there()) {
        return true;
    }
    let texts = start + count * pe::IMAGE_SIZEOF_SYMBOL as u64;
    bytes
        .read_at::<U32<LE>>(texts)
        .is_ok_and(|size| texts + u64::from(size.get(LE)) <= bytes.len() as u64)
}

fn goos(subsystem: pe::Subsystem) -> Option<Goos> {
    matches!(
        subsystem,
        pe::IMAGE_SUBSYSTEM_WINDOWS_GUI | pe::IMAGE_SUBSYSTEM_WINDOWS_CUI
    )
    .then_some(Goos::Windows)
}

pub(super) fn goarch(machine: pe::Machine) -> Option<Goarch> {
    match machine {
        pe::IMAGE_FILE_MACHINE_I386 => Some(Goarch::I386),
        pe::IMAGE_FILE_MACHINE_AMD64 => Some(Goarch::Amd64),
        pe::IMAGE_FILE_MACHINE_ARMNT => Some(Goarch::Arm),
        pe::IMAGE_FILE_MACHINE_ARM64 => Some(Goarch::Arm64),
        _ => None,
    }
}

fn kind(headers: &impl ImageNtHeaders) -> Kind {
    let flags = headers.file_header().characteristics.get(LE);
    let dll_flags = headers.optional_header().dll_characteristics();
    if flags.contains(pe::IMAGE_FILE_DLL) {
        Kind::Library
    } else if dll_flags.contains(pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE) {
        Kind::Pie
    } else {
        Kind::Executable
    }
}

/// The names of the DLLs in the import table and in the delay-load table, which only differ in
/// when the DLL has to be there.
fn imports(
    bytes: &[u8],
    directories: &DataDirectories<'_>,
    sections: &SectionTable<'_>,
) -> Result<Vec<Needed>, InspectError> {
    let mut names = Vec::new();
    if let Some(table) = directories
        .import_table(bytes, sections)
        .map_err(unreadable)?
    {
        let mut descriptors = table.descriptors().map_err(unreadable)?;
        while let Some(descriptor) = descriptors.next().map_err(unreadable)? {
            names.push(descriptor.name.get(LE));
            check_count(&names)?;
        }
    }
    let delayed = directories.delay_load_import_table(bytes, sections);
    if let Some(table) = delayed.map_err(unreadable)? {
        let mut descriptors = table.descriptors().map_err(unreadable)?;
        while let Some(descriptor) = descriptors.next().map_err(unreadable)? {
            names.push(descriptor.dll_name_rva.get(LE));
            check_count(&names)?;
        }
    }
    names
        .into_iter()
        .map(|address| {
            sections
                .pe_data_at(bytes, address)
                .and_then(|data| c_string(data, 0))
                .map(|name| Needed::new(text(name)))
                .ok_or_else(|| damaged("the name of an imported DLL lies outside the file"))
        })
        .collect()
}

fn check_count(names: &[u32]) -> Result<(), InspectError> {
    if names.len() > MAX_ENTRIES {
        return Err(damaged("it imports more DLLs than any program"));
    }
    Ok(())
}

/// Go's linker puts it near the start of the first section that is data and written to.
fn build_info(bytes: &[u8], sections: &SectionTable<'_>) -> Result<BuildInfo, NoBuildInfo> {
    let wanted = pe::IMAGE_SCN_CNT_INITIALIZED_DATA | pe::IMAGE_SCN_MEM_WRITE;
    search_regions(
        sections
            .iter()
            .filter(|section| section.characteristics.get(LE).contains(wanted))
            .filter_map(|section| section.pe_data(bytes).ok())
            .take(MAX_REGIONS),
    )
}
