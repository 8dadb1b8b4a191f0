//! What tells this run from all others. Numbers of processes don't: in containers, many have the same.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;

/// A number below 2^28 that another run has by chance only.
pub(super) fn of_this_run() -> u32 {
    static NUMBER: OnceLock<u32> = OnceLock::new();
    *NUMBER.get_or_init(|| {
        // The keys of a new map are random.
        let random = RandomState::new().hash_one(0);
        u32::try_from(random >> 36).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_the_same_and_leaves_room_above_the_first_user() {
        assert_eq!(of_this_run(), of_this_run());
        assert!(of_this_run() < 1 << 28);
    }
}
