//! A program as it lies in memory: which bytes of the file are at which address.

mod elf;
mod macho;
mod pe;
mod relative;

use std::collections::BTreeMap;

use object::Endianness;
use object::endian::Endian as _;
pub(super) use relative::{Relative, relative};

use crate::inspect::bounds::MAX_SEARCHED;
use crate::inspect::{Format, InspectError};
use crate::target::Goarch;

/// More stretches than any program has.
const MAX_STRETCHES: usize = 4096;

/// The contents of a program by address. What the file doesn't hold, such as zeroed data, isn't
/// there.
#[derive(Clone, Debug)]
pub(super) struct Memory<'data> {
    /// Sorted by address, not overlapping.
    stretches: Vec<Stretch<'data>>,
    /// The byte order of its words.
    pub(super) endian: Endianness,
    /// The size of its pointers.
    pub(super) pointer: Pointer,
    /// The architecture, if Go builds for it.
    pub(super) goarch: Option<Goarch>,
    /// Who writes the pointers that lie in it.
    pub(super) pointers: Pointers,
}

/// Who writes the pointers that lie in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pointers {
    /// The linker: the file has them, in their places or in tables that are read.
    Linker,
    /// Maybe the loader: what is in their places may be anything.
    Loader,
}

/// Contiguous bytes of a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch<'data> {
    /// The address of the first byte.
    pub(super) address: u64,
    pub(super) bytes: &'data [u8],
    pub(super) access: Access,
}

/// What a program may do with a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Only read it.
    Read,
    /// Read and write it.
    Write,
    /// Run it.
    Execute,
}

/// The size of a pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pointer {
    /// 4 bytes.
    Narrow,
    /// 8 bytes.
    Wide,
}

impl Pointer {
    /// Bytes.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Narrow => 4,
            Self::Wide => 8,
        }
    }
}

impl<'data> Memory<'data> {
    /// Lays out a file; none for formats that aren't mapped by address.
    pub(super) fn of(format: Format, bytes: &'data [u8]) -> Result<Option<Self>, InspectError> {
        match format {
            Format::Elf => elf::memory(bytes).map(Some),
            Format::Pe => pe::memory(bytes).map(Some),
            Format::Macho => macho::memory(bytes),
            Format::Wasm | Format::Xcoff | Format::Plan9 | Format::Archive | Format::Unknown => {
                Ok(None)
            }
        }
    }

    /// Stretches in any order; of overlapping ones the first by address counts.
    fn new(
        mut stretches: Vec<Stretch<'data>>,
        endian: Endianness,
        pointer: Pointer,
        goarch: Option<Goarch>,
    ) -> Self {
        stretches.truncate(MAX_STRETCHES);
        stretches.retain(|stretch| {
            let end = stretch.address.checked_add(stretch.bytes.len() as u64);
            end.is_some() && !stretch.bytes.is_empty()
        });
        stretches.sort_by_key(|stretch| stretch.address);
        let mut end = 0;
        stretches.retain(|stretch| {
            let follows = stretch.address >= end;
            if follows {
                end = stretch.address + stretch.bytes.len() as u64;
            }
            follows
        });
        Self {
            stretches,
            endian,
            pointer,
            goarch,
            pointers: Pointers::Linker,
        }
    }

    /// Bytes that are read only, from 0x1000 on.
    #[cfg(test)]
    pub(super) fn with(bytes: &'data [u8]) -> Self {
        let stretch = Stretch {
            address: 0x1000,
            bytes,
            access: Access::Read,
        };
        Self::new(vec![stretch], Endianness::Little, Pointer::Wide, None)
    }

    /// The same, of a program whose pointers the loader may have to write.
    fn with_pointers(self, pointers: Pointers) -> Self {
        Self { pointers, ..self }
    }

    /// The same, with what stands for the bytes of stretches at some addresses.
    pub(super) fn with_contents<'new>(&self, contents: &'new BTreeMap<u64, Vec<u8>>) -> Memory<'new>
    where
        'data: 'new,
    {
        let mut memory: Memory<'new> = self.clone();
        for stretch in &mut memory.stretches {
            if let Some(bytes) = contents.get(&stretch.address) {
                stretch.bytes = bytes;
            }
        }
        memory
    }

    pub(super) fn stretches(&self) -> &[Stretch<'data>] {
        &self.stretches
    }

    /// What is searched for something: stretches of these kinds, one kind after the other. A file
    /// may map the same bytes many times, so there is a limit for all of them together.
    pub(super) fn searched<'m>(
        &'m self,
        kinds: &'m [Access],
    ) -> impl Iterator<Item = Stretch<'data>> + 'm {
        let of_kind = |kind: &'m Access| {
            let stretches = self.stretches.iter();
            stretches.filter(move |stretch| stretch.access == *kind)
        };
        let mut left = MAX_SEARCHED;
        kinds.iter().flat_map(of_kind).map_while(move |stretch| {
            let bytes = stretch.bytes.get(..left).unwrap_or(stretch.bytes);
            // What the file doesn't hold of a stretch takes nothing away.
            let is_left = left > 0;
            left -= bytes.len();
            is_left.then_some(Stretch { bytes, ..*stretch })
        })
    }

    /// The stretch that an address lies in.
    pub(super) fn stretch(&self, address: u64) -> Option<&Stretch<'data>> {
        let after = self
            .stretches
            .partition_point(|stretch| stretch.address <= address);
        let stretch = self.stretches.get(after.checked_sub(1)?)?;
        (address - stretch.address < stretch.bytes.len() as u64).then_some(stretch)
    }

    /// The bytes from an address to the end of its stretch.
    pub(super) fn at(&self, address: u64) -> Option<&'data [u8]> {
        let stretch = self.stretch(address)?;
        stretch
            .bytes
            .get(usize::try_from(address - stretch.address).ok()?..)
    }

    /// So many bytes from an address on.
    pub(super) fn bytes(&self, address: u64, length: u64) -> Option<&'data [u8]> {
        self.at(address)?.get(..usize::try_from(length).ok()?)
    }

    /// The pointer at an address.
    pub(super) fn pointer_at(&self, address: u64) -> Option<u64> {
        self.pointer_in(self.at(address)?)
    }

    /// The pointer that bytes start with.
    pub(super) fn pointer_in(&self, bytes: &[u8]) -> Option<u64> {
        match self.pointer {
            Pointer::Narrow => self.word_in(bytes).map(u64::from),
            Pointer::Wide => Some(self.endian.read_u64(*bytes.first_chunk()?)),
        }
    }

    /// A pointer as it lies in memory; none if it is too large for one.
    pub(super) fn pointer_bytes(&self, address: u64) -> Option<Vec<u8>> {
        Some(match self.pointer {
            Pointer::Narrow => self.word_bytes(u32::try_from(address).ok()?).to_vec(),
            Pointer::Wide => self.endian.write_u64(address).to_vec(),
        })
    }

    /// A 32-bit word as it lies in memory.
    pub(super) fn word_bytes(&self, word: u32) -> [u8; 4] {
        self.endian.write_u32(word)
    }

    /// The 32-bit word that bytes start with.
    pub(super) fn word_in(&self, bytes: &[u8]) -> Option<u32> {
        Some(self.endian.read_u32(*bytes.first_chunk()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(stretches: &[(u64, &'static [u8])]) -> Memory<'static> {
        let stretches = stretches.iter().map(|(address, bytes)| Stretch {
            address: *address,
            bytes,
            access: Access::Read,
        });
        Memory::new(stretches.collect(), Endianness::Little, Pointer::Wide, None)
    }

    #[test]
    fn an_address_is_found_in_its_stretch_only() {
        let memory = memory(&[(0x2000, b"second"), (0x1000, b"first")]);
        assert_eq!(memory.at(0x1002), Some(b"rst".as_slice()));
        assert_eq!(memory.at(0x2000), Some(b"second".as_slice()));
        assert_eq!(memory.at(0x1005), None);
        assert_eq!(memory.at(0xfff), None);
        assert_eq!(memory.bytes(0x2000, 7), None);
    }

    #[test]
    fn overlapping_and_endless_stretches_are_left_out() {
        let memory = memory(&[(0x1000, b"first"), (0x1002, b"overlaps"), (u64::MAX, b"ab")]);
        assert_eq!(memory.stretches().len(), 1);
        assert_eq!(memory.at(0x1004), Some(b"t".as_slice()));
    }

    #[test]
    fn bytes_that_are_mapped_again_and_again_are_searched_within_a_limit() {
        let bytes = vec![0; 1 << 20].leak();
        let stretches = (0..MAX_STRETCHES as u64).map(|number| Stretch {
            address: number << 20,
            bytes,
            access: Access::Read,
        });
        let memory = Memory::new(stretches.collect(), Endianness::Little, Pointer::Wide, None);
        let searched = memory.searched(&[Access::Write, Access::Read]);
        let total: usize = searched.map(|stretch| stretch.bytes.len()).sum();
        assert_eq!(total, MAX_SEARCHED);
        assert_eq!(memory.searched(&[Access::Execute]).count(), 0);
    }

    #[test]
    fn words_have_the_byte_order_of_the_file() {
        let mut memory = memory(&[(0, &[1, 0, 0, 0, 0, 0, 0, 2])]);
        assert_eq!(memory.pointer_at(0), Some(0x0200_0000_0000_0001));
        memory.endian = Endianness::Big;
        assert_eq!(memory.pointer_at(0), Some(0x0100_0000_0000_0002));
        memory.pointer = Pointer::Narrow;
        assert_eq!(memory.pointer_at(4), Some(2));
    }
}
