//! A file as it lies in memory when its program starts to run.

use std::collections::BTreeMap;

use object::endian::Endian as _;

use super::memory::{Memory, Relative, Stretch, relative};
use super::program::NoProgram;
use super::work::{TooMuch, Work};
use crate::inspect::Format;
use crate::inspect::bounds::MAX_SEARCHED;

/// The steps that one pointer takes: a search among the stretches.
const STEPS: usize = 8;

/// A file as it lies in memory, with the pointers that are written into it before its program runs. The
/// file's own bytes are never changed: where they don't have the pointers, there is a copy that has.
#[derive(Clone, Debug)]
pub struct Loaded<'data> {
    /// As the file has it.
    memory: Result<Memory<'data>, NoProgram>,
    /// What stretches hold that pointers were written to, by their addresses.
    written: BTreeMap<u64, Vec<u8>>,
    /// Bytes of the file.
    size: usize,
}

impl<'data> Loaded<'data> {
    /// Lays out the bytes of a file. That it can't be laid out is told where its functions are looked for.
    #[must_use]
    pub fn of(format: Format, bytes: &'data [u8]) -> Self {
        let (memory, written) = match laid_out(format, bytes) {
            Ok((memory, written)) => (Ok(memory), written),
            Err(reason) => (Err(reason), BTreeMap::new()),
        };
        Self {
            memory,
            written,
            size: bytes.len(),
        }
    }

    /// What lies at which address.
    pub(super) fn memory(&self) -> Result<Memory<'_>, NoProgram> {
        let memory = self.memory.as_ref().map_err(Clone::clone)?;
        Ok(memory.with_contents(&self.written))
    }

    /// The size of the file in bytes.
    pub(super) fn size(&self) -> usize {
        self.size
    }
}

/// A file as it is, and the copies of its stretches that pointers were written to.
type LaidOut<'data> = (Memory<'data>, BTreeMap<u64, Vec<u8>>);

fn laid_out(format: Format, bytes: &[u8]) -> Result<LaidOut<'_>, NoProgram> {
    let memory = Memory::of(format, bytes)?.ok_or(NoProgram::Format)?;
    let written = if format == Format::Elf {
        let mut work = Work::for_file(bytes.len());
        written(&memory, relative(bytes)?, &mut work)?
    } else {
        // PE files have all pointers in their places. Those of Mach-O files that aren't can't be told.
        BTreeMap::new()
    };
    Ok((memory, written))
}

/// Writes pointers, one after the other.
fn written(
    memory: &Memory<'_>,
    pointers: impl Iterator<Item = Relative>,
    work: &mut Work,
) -> Result<BTreeMap<u64, Vec<u8>>, TooMuch> {
    let mut copies = Copies {
        of_stretches: BTreeMap::new(),
        left: MAX_SEARCHED,
    };
    for Relative { place, pointer } in pointers {
        work.spend(STEPS)?;
        if let Some(stretch) = memory.stretch(place) {
            copies.write(stretch, place, memory.endian.write_u64(pointer))?;
        }
    }
    Ok(copies.of_stretches)
}

/// Copies of stretches.
struct Copies {
    /// By the addresses of the stretches.
    of_stretches: BTreeMap<u64, Vec<u8>>,
    /// How many bytes may still be copied: a file may map the same ones many times.
    left: usize,
}

impl Copies {
    /// Writes to a stretch, which is copied unless it has this there already. What isn't whole in the stretch
    /// isn't written.
    fn write(
        &mut self,
        stretch: &Stretch<'_>,
        place: u64,
        pointer: [u8; 8],
    ) -> Result<(), TooMuch> {
        let copy = self.of_stretches.get_mut(&stretch.address);
        let bytes = copy.as_deref().map_or(stretch.bytes, Vec::as_slice);
        let offset = usize::try_from(place - stretch.address).unwrap_or(usize::MAX);
        let range = offset..offset.saturating_add(pointer.len());
        if bytes
            .get(range.clone())
            .is_none_or(|there| *there == pointer)
        {
            return Ok(());
        }
        let copy = if let Some(copy) = copy {
            copy
        } else {
            self.left = self.left.checked_sub(stretch.bytes.len()).ok_or(TooMuch)?;
            let copy = self.of_stretches.entry(stretch.address);
            copy.or_insert_with(|| stretch.bytes.to_vec())
        };
        if let Some(there) = copy.get_mut(range) {
            there.copy_from_slice(&pointer);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What lies from 0x1000 on when pointers were written; none if nothing was copied.
    fn written_to(bytes: &'static [u8], pointers: &[(u64, u64)]) -> Option<Vec<u8>> {
        let memory = Memory::with(bytes);
        let pointers = pointers.iter();
        let pointers = pointers.map(|&(place, pointer)| Relative { place, pointer });
        let mut written = written(&memory, pointers, &mut Work::for_file(0)).unwrap();
        written.remove(&0x1000)
    }

    #[test]
    fn pointers_that_are_in_their_places_take_no_copy() {
        assert_eq!(written_to(&[0; 24], &[]), None);
        assert_eq!(written_to(&[0; 24], &[(0x1008, 0)]), None);
        assert_eq!(
            written_to(&[1; 8], &[(0x1000, 0x0101_0101_0101_0101)]),
            None
        );
    }

    #[test]
    fn pointers_are_written_one_after_the_other_to_where_all_of_them_fits() {
        let copy = written_to(
            &[1; 12],
            &[
                (0x1000, u64::MAX),
                (0x1004, 0),
                (0x1005, 0),
                (0x1006, 2),
                (0xfff, 2),
                (0x2000, 2),
                (u64::MAX, 2),
            ],
        );
        let expected = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(copy.as_deref(), Some(expected.as_slice()));
    }

    #[test]
    fn more_pointers_than_a_file_has_place_for_are_too_much() {
        let memory = Memory::with(&[0; 8]);
        let same = Relative {
            place: 0x1000,
            pointer: 0,
        };
        let pointers = std::iter::repeat(same);
        assert_eq!(
            written(&memory, pointers, &mut Work::for_file(0)),
            Err(TooMuch)
        );
    }
}
