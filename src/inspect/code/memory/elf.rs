//! ELF: the segments that the kernel maps; section headers only name parts of them.

use object::elf::{FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader as _};
use object::{Endianness, elf};

use super::{Access, Memory, Pointer, Stretch};
use crate::inspect::InspectError;
use crate::inspect::elf::Image;

pub(super) fn memory(bytes: &[u8]) -> Result<Memory<'_>, InspectError> {
    // e_ident[EI_CLASS]
    if bytes.get(4) == Some(&1) {
        of_class::<FileHeader32<Endianness>>(bytes, Pointer::Narrow)
    } else {
        of_class::<FileHeader64<Endianness>>(bytes, Pointer::Wide)
    }
}

fn of_class<Elf: FileHeader<Endian = Endianness>>(
    bytes: &[u8],
    pointer: Pointer,
) -> Result<Memory<'_>, InspectError> {
    let image = Image::<Elf>::parse(bytes)?;
    let endian = image.endian;
    let loaded = image
        .segments
        .iter()
        .filter(|segment| segment.p_type(endian) == elf::PT_LOAD);
    let stretches = loaded.filter_map(|segment| {
        let flags = segment.p_flags(endian);
        Some(Stretch {
            address: segment.p_vaddr(endian).into(),
            bytes: segment.data(endian, bytes).ok()?,
            access: if flags.contains(elf::PF_X) {
                Access::Execute
            } else if flags.contains(elf::PF_W) {
                Access::Write
            } else {
                Access::Read
            },
        })
    });
    let goarch = image.goarch();
    Ok(Memory::new(stretches.collect(), endian, pointer, goarch))
}
