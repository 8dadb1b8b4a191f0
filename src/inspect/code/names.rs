//! The names of functions, found by where they stand and by what they are.

use super::entries::Entries;
use super::table::{LONGEST_NAME, Table, text_bytes};
use super::work::{TooMuch, Work};

/// The names of functions, each with a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Names<'data> {
    /// Each with its bytes, in the order in which they stand; empty where it doesn't end.
    texts: Vec<&'data [u8]>,
    /// Where they start.
    starts: Entries,
    /// Open addressing by hash: numbers of names and 1 more, 0 where there is none.
    slots: Vec<u32>,
}

impl<'data> Names<'data> {
    /// The names of a table that start at these offsets.
    pub(super) fn new(
        table: &Table<'data>,
        starts: Entries,
        work: &mut Work,
    ) -> Result<Self, TooMuch> {
        let mut texts = Vec::with_capacity(starts.len());
        for offset in starts.iter() {
            let text = usize::try_from(offset).ok();
            let text = text.and_then(|offset| text_bytes(table.names, offset));
            work.spend(1 + text.map_or(LONGEST_NAME, <[u8]>::len) / 2)?;
            texts.push(text.unwrap_or_default());
        }
        let mut names = Self {
            slots: vec![0; (2 * texts.len() + 1).next_power_of_two()],
            starts,
            texts,
        };
        names.fill(work)?;
        Ok(names)
    }

    fn fill(&mut self, work: &mut Work) -> Result<(), TooMuch> {
        let mask = self.slots.len().saturating_sub(1);
        for (number, text) in (1_u32..).zip(&self.texts) {
            let mut place = hash(text) & mask;
            while let Some(slot) = self.slots.get_mut(place) {
                if *slot == 0 {
                    *slot = number;
                    break;
                }
                work.spend(1)?;
                place = (place + 1) & mask;
            }
        }
        Ok(())
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The number of the name that starts at an offset.
    pub(super) fn at(&self, offset: u32) -> Option<u32> {
        self.starts.number(offset.into())
    }

    /// The name of a number. Names that aren't UTF-8 are none that Go writes.
    pub(super) fn text(&self, number: u32) -> Option<&'data str> {
        let text = self.texts.get(number as usize)?;
        std::str::from_utf8(text)
            .ok()
            .filter(|text| !text.is_empty())
    }

    /// All names, in the order in which they stand.
    pub(super) fn all(&self) -> impl Iterator<Item = &'data str> + '_ {
        let texts = self.texts.iter();
        texts.filter_map(|text| {
            std::str::from_utf8(text)
                .ok()
                .filter(|text| !text.is_empty())
        })
    }

    /// The numbers of a name. Only tables that Go didn't write have one twice.
    pub(super) fn numbers<'n>(&'n self, name: &'n str) -> impl Iterator<Item = u32> + 'n {
        let mask = self.slots.len().saturating_sub(1);
        let first = hash(name.as_bytes()) & mask;
        (0..self.slots.len())
            .map(move |step| (first + step) & mask)
            .map_while(|place| self.slots.get(place)?.checked_sub(1))
            .filter(move |number| self.texts.get(*number as usize) == Some(&name.as_bytes()))
    }
}

/// Words of eight bytes, each multiplied in. What matters is speed; a file whose names were made to
/// collide makes more work than it may.
fn hash(text: &[u8]) -> usize {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = text.as_chunks::<8>();
    let mut hash = text.len() as u64;
    let mut mix = |word: u64| hash = (hash.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    for word in words {
        mix(u64::from_le_bytes(*word));
    }
    let mut last = 0;
    for byte in rest {
        last = last << 8 | u64::from(*byte);
    }
    mix(last);
    usize::try_from(hash >> 32).unwrap_or_default()
}
