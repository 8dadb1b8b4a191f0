//! Values by key, of which each may have many: one list in the order of the keys, and where each
//! starts.

/// Values by keys that are numbers from 0 on.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups<T> {
    /// Where the values of each key start; one more than there are keys.
    starts: Vec<u32>,
    values: Vec<T>,
}

impl<T: Copy + Default> Groups<T> {
    /// Sorts values by key: counts them, then puts each into its place, in the order in which they
    /// came.
    pub(super) fn new(keys: usize, all: impl Iterator<Item = (u32, T)> + Clone) -> Self {
        let mut starts = vec![0_u32; keys + 1];
        for (key, _) in all.clone() {
            if let Some(count) = starts.get_mut(key as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut values = vec![T::default(); sum as usize];
        for (key, value) in all {
            if let Some(place) = next.get_mut(key as usize)
                && let Some(slot) = values.get_mut(*place as usize)
            {
                *slot = value;
                *place += 1;
            }
        }
        Self { starts, values }
    }

    /// The values of a key.
    pub(super) fn of(&self, key: u32) -> &[T] {
        let index = key as usize;
        let bounds = self.starts.get(index).zip(self.starts.get(index + 1));
        bounds
            .and_then(|(start, end)| self.values.get(*start as usize..*end as usize))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_order_within_a_key() {
        let all = [(2, 'a'), (0, 'b'), (2, 'c')];
        let groups = Groups::new(3, all.into_iter());
        assert_eq!(groups.of(0), ['b']);
        assert!(groups.of(1).is_empty());
        assert_eq!(groups.of(2), ['a', 'c']);
        assert!(groups.of(3).is_empty());
        assert!(Groups::<u32>::default().of(0).is_empty());
    }
}
