//! How much work all questions to one program may make together, so that a file that was made to
//! be slow is answered with "unknown" in the end.

use std::sync::atomic::{AtomicU64, Ordering};

/// About as many nanoseconds: a quarter of a second. Real programs take a hundredth.
const ALL: u64 = 1 << 28;

/// What following an instruction costs, for each byte.
pub(super) const CODE: u64 = 40;
/// What looking at code for an address costs, for each byte.
pub(super) const SCAN: u64 = 1;
/// What one change between inlined calls costs.
pub(super) const VALUE: u64 = 4;
/// What a step from one function to another costs.
pub(super) const STEP: u64 = 16;

/// What is left.
#[derive(Debug)]
pub(super) struct Allowance(AtomicU64);

impl Default for Allowance {
    fn default() -> Self {
        Self(AtomicU64::new(ALL))
    }
}

impl Clone for Allowance {
    fn clone(&self) -> Self {
        Self(AtomicU64::new(self.0.load(Ordering::Relaxed)))
    }
}

impl Allowance {
    /// Takes so many steps of a cost; none where there isn't as much left.
    pub(super) fn take(&self, steps: usize, cost: u64) -> Option<()> {
        let cost = (steps as u64).saturating_mul(cost);
        let less = |left: u64| left.checked_sub(cost);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .ok()
            .map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_ends() {
        let allowance = Allowance::default();
        assert_eq!(allowance.take(1 << 27, 1), Some(()));
        assert_eq!(allowance.take(1 << 27, 2), None);
        assert_eq!(allowance.take(1 << 27, 1), Some(()));
        assert_eq!(allowance.take(1, 1), None);
    }
}
