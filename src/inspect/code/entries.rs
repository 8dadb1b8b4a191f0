//! Where things start, such as functions: from an address to its number, in constant time.

/// A set of places, as bits with the number of those before each word.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    /// The address of the first bit.
    base: u64,
    bits: Vec<u64>,
    before: Vec<u32>,
}

/// A set of places that is being filled.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    base: u64,
    bits: Vec<u64>,
}

impl Marks {
    /// An empty set of places from `base` on, `span` bytes at most.
    pub(super) fn new(base: u64, span: u64) -> Self {
        let words = usize::try_from(span.div_ceil(64)).unwrap_or_default();
        Self {
            base,
            bits: vec![0; words],
        }
    }

    /// Adds a place; one outside is left out.
    pub(super) fn add(&mut self, place: u64) {
        let offset = place.wrapping_sub(self.base);
        let word = usize::try_from(offset / 64).ok();
        if let Some(word) = word.and_then(|word| self.bits.get_mut(word)) {
            *word |= 1 << (offset % 64);
        }
    }

    /// Numbers the places.
    pub(super) fn numbered(self) -> Entries {
        let mut count = 0;
        let before = self
            .bits
            .iter()
            .map(|word| {
                let before = count;
                count += word.count_ones();
                before
            })
            .collect();
        Entries {
            base: self.base,
            bits: self.bits,
            before,
        }
    }
}

impl Entries {
    /// The set of these addresses, which are sorted. Those that lie `limit` bytes and more behind
    /// the first are left out.
    pub(super) fn new(starts: &[u64], limit: u64) -> Self {
        let base = starts.first().copied().unwrap_or_default();
        let span = starts.last().map_or(0, |last| {
            last.saturating_sub(base).saturating_add(1).min(limit)
        });
        let mut marks = Marks::new(base, span);
        for start in starts {
            marks.add(*start);
        }
        marks.numbered()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        let last = self.bits.last().zip(self.before.last());
        last.map_or(0, |(bits, before)| (before + bits.count_ones()) as usize)
    }

    /// All places, sorted.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let words = (0_u64..).step_by(64).zip(&self.bits);
        words.flat_map(move |(first, bits)| {
            let lowest = |bits: &u64| Some(bits & (bits - 1)).filter(|rest| *rest != 0);
            let left = std::iter::successors(Some(*bits).filter(|bits| *bits != 0), lowest);
            left.map(move |bits| self.base + first + u64::from(bits.trailing_zeros()))
        })
    }

    /// The number of what starts at an address, counted from 0 in their order.
    #[inline]
    pub(super) fn number(&self, address: u64) -> Option<u32> {
        let offset = address.wrapping_sub(self.base);
        let index = usize::try_from(offset / 64).ok()?;
        let word = self.bits.get(index)?;
        let bit = 1_u64 << (offset % 64);
        (word & bit != 0).then(|| {
            let earlier = (word & (bit - 1)).count_ones();
            self.before.get(index).copied().unwrap_or_default() + earlier
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_start_has_its_number_and_nothing_else_has(
            starts in proptest::collection::btree_set(0x1000_u64..0x3000, 0..200),
            probe in 0_u64..0x4000,
        ) {
            let starts: Vec<u64> = starts.into_iter().collect();
            let entries = Entries::new(&starts, 0x2000);
            for (number, start) in (0_u32..).zip(&starts) {
                prop_assert_eq!(entries.number(*start), Some(number));
            }
            prop_assert_eq!(entries.number(probe).is_some(), starts.contains(&probe));
            prop_assert_eq!(entries.len(), starts.len());
            prop_assert_eq!(entries.iter().collect::<Vec<_>>(), starts);
        }
    }
}
