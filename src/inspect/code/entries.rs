//! Where things start, such as functions: from an address to its number, in constant time.

/// A set of places, as bits with the number of those before each word.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    grid: Grid,
    bits: Vec<u64>,
    before: Vec<u32>,
}

/// A set of places that is being filled.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    grid: Grid,
    bits: Vec<u64>,
}

/// Where places may be. Functions start at multiples of 16 or 32 mostly, so that one bit stands for
/// as many bytes, and nearly all other addresses are told from them without a look at the bits.
#[derive(Clone, Copy, Debug, Default)]
struct Grid {
    /// The address of the first bit.
    base: u64,
    /// The bytes that a bit stands for, as a power of two.
    shift: u32,
}

impl Grid {
    /// The grid that places lie on, which count from the first of them.
    fn of(places: &[u64]) -> Self {
        let base = places.first().copied().unwrap_or_default();
        let all = places
            .iter()
            .fold(0, |all, place| all | place.wrapping_sub(base));
        Self {
            base,
            // One place alone lies on any grid.
            shift: all.trailing_zeros() % u64::BITS,
        }
    }

    /// The number of the bit of a place; none of one between the bits.
    #[inline]
    fn bit(self, place: u64) -> Option<u64> {
        let offset = place.wrapping_sub(self.base);
        let bit = offset >> self.shift;
        (bit << self.shift == offset).then_some(bit)
    }
}

impl Marks {
    /// An empty set of places below `end`.
    pub(super) fn below(end: u64) -> Self {
        Self::on(Grid::default(), end)
    }

    fn on(grid: Grid, span: u64) -> Self {
        let bits = span.div_ceil(1 << grid.shift);
        let words = usize::try_from(bits.div_ceil(64)).unwrap_or_default();
        Self {
            grid,
            bits: vec![0; words],
        }
    }

    /// Adds a place; one outside is left out.
    pub(super) fn add(&mut self, place: u64) {
        let Some(bit) = self.grid.bit(place) else {
            return;
        };
        let word = usize::try_from(bit / 64).ok();
        if let Some(word) = word.and_then(|word| self.bits.get_mut(word)) {
            *word |= 1 << (bit % 64);
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
            grid: self.grid,
            bits: self.bits,
            before,
        }
    }
}

impl Entries {
    /// The set of these addresses, which are sorted. Those that lie `limit` bytes and more behind
    /// the first are left out.
    pub(super) fn new(starts: &[u64], limit: u64) -> Self {
        let grid = Grid::of(starts);
        let span = starts.last().map_or(0, |last| {
            let length = last.saturating_sub(grid.base).saturating_add(1);
            length.min(limit)
        });
        let mut marks = Marks::on(grid, span);
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

    /// The bytes from the first place on that places may lie in.
    pub(super) fn span(&self) -> u64 {
        (64 * self.bits.len() as u64).saturating_mul(1 << self.grid.shift)
    }

    /// All places, sorted.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let words = (0_u64..).step_by(64).zip(&self.bits);
        words.flat_map(move |(first, bits)| {
            let lowest = |bits: &u64| Some(bits & (bits - 1)).filter(|rest| *rest != 0);
            let left = std::iter::successors(Some(*bits).filter(|bits| *bits != 0), lowest);
            left.map(move |bits| {
                let bit = first + u64::from(bits.trailing_zeros());
                self.grid.base + (bit << self.grid.shift)
            })
        })
    }

    /// The number of what starts at an address, counted from 0 in their order.
    #[inline]
    pub(super) fn number(&self, address: u64) -> Option<u32> {
        let bit = self.grid.bit(address)?;
        let index = usize::try_from(bit / 64).ok()?;
        let word = self.bits.get(index)?;
        let bit = 1_u64 << (bit % 64);
        (word & bit != 0).then(|| {
            let earlier = (word & (bit - 1)).count_ones();
            self.before.get(index).copied().unwrap_or_default() + earlier
        })
    }

    /// The number of the last that starts at an address or before it.
    pub(super) fn last_at(&self, address: u64) -> Option<u32> {
        let bit = address.checked_sub(self.grid.base)? >> self.grid.shift;
        let index = usize::try_from(bit / 64).ok()?;
        let Some(word) = self.bits.get(index) else {
            return u32::try_from(self.len()).ok()?.checked_sub(1);
        };
        let until = u64::MAX >> (63 - bit % 64);
        let before = self.before.get(index).copied().unwrap_or_default();
        (before + (word & until).count_ones()).checked_sub(1)
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
            step in prop::sample::select(vec![1_u64, 4, 32]),
            probe in 0_u64..0x4000,
        ) {
            let starts: Vec<u64> = starts.into_iter().map(|start| start * step).collect();
            let probe = probe * step + probe % step;
            let entries = Entries::new(&starts, 0x2000 * step);
            for (number, start) in (0_u32..).zip(&starts) {
                prop_assert_eq!(entries.number(*start), Some(number));
            }
            prop_assert_eq!(entries.number(probe).is_some(), starts.contains(&probe));
            let before = starts.partition_point(|start| *start <= probe);
            prop_assert_eq!(entries.last_at(probe), u32::try_from(before).unwrap().checked_sub(1));
            prop_assert_eq!(entries.len(), starts.len());
            prop_assert_eq!(entries.iter().collect::<Vec<_>>(), starts);
        }
    }

    #[test]
    fn one_place_alone_is_found_and_no_other_address() {
        let entries = Entries::new(&[0x1000], 1);
        assert_eq!(entries.number(0x1000), Some(0));
        assert_eq!(entries.number(0x1001), None);
        assert_eq!(entries.number(0), None);
    }
}
