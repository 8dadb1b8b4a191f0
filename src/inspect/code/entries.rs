//! Where functions start: from an address to the number of its function, in constant time.

/// The starts of functions, as a set of bits with the number of those before each word.
#[derive(Clone, Debug)]
pub(super) struct Entries {
    /// The address of the first bit.
    base: u64,
    bits: Vec<u64>,
    before: Vec<u32>,
}

impl Entries {
    /// The set of these addresses, which are sorted. Those that lie `limit` bytes and more behind
    /// the first are left out.
    pub(super) fn new(starts: &[u64], limit: u64) -> Self {
        let base = starts.first().copied().unwrap_or_default();
        let span = starts.last().map_or(0, |last| {
            last.saturating_sub(base).saturating_add(1).min(limit)
        });
        let words = usize::try_from(span.div_ceil(64)).unwrap_or_default();
        let mut bits = vec![0_u64; words];
        for start in starts {
            let offset = start.wrapping_sub(base);
            let word = usize::try_from(offset / 64).ok();
            if let Some(word) = word.and_then(|word| bits.get_mut(word)) {
                *word |= 1 << (offset % 64);
            }
        }
        let mut count = 0;
        let before = bits
            .iter()
            .map(|word| {
                let before = count;
                count += word.count_ones();
                before
            })
            .collect();
        Self { base, bits, before }
    }

    /// The number of the function that starts at an address, counted from 0 in their order.
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
        }
    }
}
