//! PE: the sections, each at its address relative to the image base.

use object::LittleEndian as LE;
use object::pe::{self, ImageDosHeader, ImageNtHeaders32, ImageNtHeaders64};
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader as _, optional_header_magic};

use super::{Access, Memory, Pointer, Stretch};
use crate::inspect::InspectError;
use crate::inspect::pe::{goarch, unreadable};

pub(super) fn memory(bytes: &[u8]) -> Result<Memory<'_>, InspectError> {
    match optional_header_magic(bytes).map_err(unreadable)? {
        pe::IMAGE_NT_OPTIONAL_HDR32_MAGIC => of_class::<ImageNtHeaders32>(bytes, Pointer::Narrow),
        _ => of_class::<ImageNtHeaders64>(bytes, Pointer::Wide),
    }
}

fn of_class<Pe: ImageNtHeaders>(
    bytes: &[u8],
    pointer: Pointer,
) -> Result<Memory<'_>, InspectError> {
    let dos = ImageDosHeader::parse(bytes).map_err(unreadable)?;
    let mut offset = dos.nt_headers_offset().into();
    let (headers, _) = Pe::parse(bytes, &mut offset).map_err(unreadable)?;
    let base = headers.optional_header().image_base();
    let sections = headers.sections(bytes, offset).map_err(unreadable)?;
    let stretches = sections.iter().filter_map(|section| {
        let flags = section.characteristics.get(LE);
        Some(Stretch {
            address: base.checked_add(section.virtual_address.get(LE).into())?,
            bytes: section.pe_data(bytes).ok()?,
            access: if flags.contains(pe::IMAGE_SCN_MEM_EXECUTE) {
                Access::Execute
            } else if flags.contains(pe::IMAGE_SCN_MEM_WRITE) {
                Access::Write
            } else {
                Access::Read
            },
        })
    });
    Ok(Memory::new(
        stretches.collect(),
        object::Endianness::Little,
        pointer,
        goarch(headers.file_header().machine.get(LE)),
    ))
}
