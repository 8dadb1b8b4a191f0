//! ELF: the pointers that are written into a program before it runs, since they depend on where it
//! lies. Here it lies where its own addresses say.
//!
//! Many linkers leave zeros in the places of these pointers, and have them only in the table `DT_RELA`,
//! as addends. Those that the other tables lead to, `DT_REL` and `DT_RELR`, are in their places.
//!
//! Source: System V gABI, chapters 4, "Relocation", and 5, "Dynamic Section"; for the types of
//! relocations the supplement of each architecture.

use object::Endianness;
use object::elf::{self, FileHeader64};
use object::endian::Endian as _;
use object::read::elf::FileHeader as _;

use crate::inspect::InspectError;
use crate::inspect::elf::Image;
use crate::inspect::elf_dynamic::relocations;

/// The bytes of an `Elf64_Rela`, three words: the place, the symbol with the type, and the addend.
const ENTRY: usize = 24;
/// The part of the second word that is the type.
const TYPE: u64 = 0xffff_ffff;

/// A pointer that is written into a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::inspect::code) struct Relative {
    /// The address that it is written to.
    pub(in crate::inspect::code) place: u64,
    /// What it points to.
    pub(in crate::inspect::code) pointer: u64,
}

/// The pointers that an ELF file has in its table, in the order in which they are written. None of
/// 32-bit ones: of the architectures that Go builds for, they have all pointers in their places.
pub(in crate::inspect::code) fn relative(
    bytes: &[u8],
) -> Result<impl Iterator<Item = Relative>, InspectError> {
    Ok(Table::of(bytes)?.into_iter().flat_map(Table::pointers))
}

/// A table of relocations.
struct Table<'data> {
    bytes: &'data [u8],
    endian: Endianness,
    /// The type of those that point into the program itself.
    wanted: u64,
}

impl<'data> Table<'data> {
    /// Finds it; none where nobody reads it.
    fn of(bytes: &'data [u8]) -> Result<Option<Self>, InspectError> {
        // e_ident[EI_CLASS]
        if bytes.get(4) != Some(&2) {
            return Ok(None);
        }
        let image = Image::<FileHeader64<Endianness>>::parse(bytes)?;
        let endian = image.endian;
        let wanted = match image.header.e_machine(endian) {
            elf::EM_X86_64 => elf::R_X86_64_RELATIVE,
            elf::EM_AARCH64 => elf::R_AARCH64_RELATIVE,
            elf::EM_LOONGARCH => elf::R_LARCH_RELATIVE,
            elf::EM_PPC64 => elf::R_PPC64_RELATIVE,
            elf::EM_RISCV => elf::R_RISCV_RELATIVE,
            elf::EM_S390 => elf::R_390_RELATIVE,
            _ => return Ok(None),
        };
        if !image.is_relocated() {
            return Ok(None);
        }
        Ok(Some(Self {
            bytes: relocations(&image, ENTRY as u64)?,
            endian,
            wanted: wanted.0.into(),
        }))
    }

    fn pointers(self) -> impl Iterator<Item = Relative> + use<'data> {
        let (words, _) = self.bytes.as_chunks();
        let (entries, _) = words.as_chunks();
        entries
            .iter()
            .filter_map(move |entry: &[[u8; 8]; ENTRY / 8]| {
                let [place, of_type, pointer] = entry.map(|word| self.endian.read_u64(word));
                (of_type & TYPE == self.wanted).then_some(Relative { place, pointer })
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DYNAMIC: [u64; 8] = [7, 0x1000, 8, 48, 9, 24, 0, 0];
    const RELATIVE: u64 = 8;

    /// A library of amd64 with this dynamic section, behind which two relocations lie from 0x1000 on.
    fn library(endian: Endianness, dynamic: [u64; 8]) -> Vec<u8> {
        let data = if endian == Endianness::Big { 2 } else { 1 };
        let mut file = vec![0x7f, b'E', b'L', b'F', 2, data, 1];
        file.resize(16, 0);
        file.extend([3, 62].map(|half| endian.write_u16(half)).concat());
        file.extend(endian.write_u32(1));
        file.extend([0, 64, 0].map(|word| endian.write_u64(word)).concat());
        file.extend([0; 4]);
        let halves = [64, 56, 3, 64, 0, 0].map(|half| endian.write_u16(half));
        file.extend(halves.concat());
        let headers = 64 + 3 * 56;
        for (of_type, offset, address, size) in [
            (elf::PT_DYNAMIC.0, headers, 0x2000, 64),
            (elf::PT_LOAD.0, headers + 64, 0x1000, 48),
            (elf::PT_NULL.0, 0, 0, 0),
        ] {
            file.extend([of_type, 6].map(|word| endian.write_u32(word)).concat());
            let words = [offset, address, address, size, size, 8];
            file.extend(words.map(|word| endian.write_u64(word)).concat());
        }
        let relocations = [0x1010, RELATIVE, 0x1234, 0x1020, RELATIVE + 1, 0x1234];
        let words = dynamic.into_iter().chain(relocations);
        file.extend(words.flat_map(|word| endian.write_u64(word)));
        file
    }

    fn pointers(file: &[u8]) -> Vec<(u64, u64)> {
        let pointers = relative(file).unwrap();
        pointers.map(|found| (found.place, found.pointer)).collect()
    }

    #[test]
    fn the_addends_of_what_points_into_the_program_itself_are_its_pointers() {
        for endian in [Endianness::Little, Endianness::Big] {
            let file = library(endian, DYNAMIC);
            assert_eq!(pointers(&file), [(0x1010, 0x1234)], "{endian:?}");
        }
    }

    #[test]
    fn a_table_that_is_not_there_or_of_another_form_has_no_pointers() {
        for (word, value) in [(1, 0x5000), (3, 23), (5, 16), (4, 10)] {
            let mut dynamic = DYNAMIC;
            dynamic[word] = value;
            let file = library(Endianness::Little, dynamic);
            assert_eq!(pointers(&file), [], "{word}");
        }
    }

    #[test]
    fn of_other_architectures_the_type_means_something_else() {
        let mut file = library(Endianness::Little, DYNAMIC);
        // EM_AARCH64
        file[18] = 183;
        assert_eq!(pointers(&file), []);
    }

    #[test]
    fn what_nobody_writes_to_has_its_pointers() {
        let mut file = library(Endianness::Little, DYNAMIC);
        // ET_EXEC
        file[16] = 2;
        assert_eq!(pointers(&file), []);
        // A loader does: PT_INTERP.
        file[64 + 2 * 56] = 3;
        assert_eq!(pointers(&file), [(0x1010, 0x1234)]);
    }
}
