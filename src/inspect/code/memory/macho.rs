//! Mach-O: the segments, cut into their sections, since code lies in one segment with what is
//! only read.

use object::Endianness;
use object::macho::{self, MachHeader64};
use object::read::macho::{MachHeader as _, Section as _, Segment as _};

use super::{Access, Memory, Pointer, Pointers, Stretch};
use crate::inspect::InspectError;
use crate::inspect::macho::{goarch, section_content, unreadable};

/// None for a file of several programs, or a 32-bit one.
pub(super) fn memory(bytes: &[u8]) -> Result<Option<Memory<'_>>, InspectError> {
    let Some([0xcf, 0xfa, 0xed, 0xfe] | [0xfe, 0xed, 0xfa, 0xcf]) = bytes.first_chunk() else {
        return Ok(None);
    };
    let header = MachHeader64::<Endianness>::parse(bytes, 0).map_err(unreadable)?;
    let endian = header.endian().map_err(unreadable)?;
    let mut commands = header.load_commands(endian, bytes, 0).map_err(unreadable)?;
    let mut stretches = Vec::new();
    while let Some(command) = commands.next().map_err(unreadable)? {
        let Some((segment, sections)) = command.segment_64().map_err(unreadable)? else {
            continue;
        };
        // What the loader alone writes to is only read from then on.
        let writable = segment.initprot(endian).contains(macho::VM_PROT_WRITE)
            && !segment.flags(endian).contains(macho::SG_READ_ONLY);
        for section in segment.sections(endian, sections).map_err(unreadable)? {
            // What is zeroed has no place in the file.
            if section.offset.get(endian) == 0 {
                continue;
            }
            let Some(content) = section_content(bytes, endian, section) else {
                continue;
            };
            stretches.push(Stretch {
                address: section.addr.get(endian),
                bytes: content,
                access: match section.name() {
                    b"__text" | b"__symbol_stub1" => Access::Execute,
                    _ if writable => Access::Write,
                    _ => Access::Read,
                },
            });
        }
    }
    let goarch = goarch(header.cputype(endian));
    let memory = Memory::new(stretches, endian, Pointer::Wide, goarch);
    // Apple's linker leaves a chain of what the loader has to write.
    Ok(Some(memory.with_pointers(Pointers::Loader)))
}
