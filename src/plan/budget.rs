//! Cores: how many each go process may use, so that together they use all and no more.

/// The number of cores for each of `groups` processes that run side by side, in order.
///
/// With more processes than cores each gets one core: many processes of one thread waste less
/// than few of many. The last ones, which would leave cores idle, share all of them.
pub(super) fn shares(groups: usize, cores: u32) -> Vec<u32> {
    let cores = cores.max(1);
    let all = u32::try_from(groups).unwrap_or(u32::MAX);
    let last = all % cores;
    let mut shares = vec![1; (all - last) as usize];
    shares.extend((0..last).map(|index| cores / last + u32::from(index < cores % last)));
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn few_processes_share_all_cores() {
        assert_eq!(shares(1, 8), [8]);
        assert_eq!(shares(3, 8), [3, 3, 2]);
    }

    #[test]
    fn many_processes_take_one_core_each_but_the_last_ones() {
        assert_eq!(shares(5, 2), [1, 1, 1, 1, 2]);
        assert_eq!(shares(4, 2), [1, 1, 1, 1]);
    }

    proptest! {
        #[test]
        fn every_process_gets_a_core_and_none_more_than_there_are(groups in 0_usize..200, cores in 1_u32..64) {
            let shares = shares(groups, cores);
            prop_assert_eq!(shares.len(), groups);
            prop_assert!(shares.iter().all(|share| (1..=cores).contains(share)));
        }
    }
}
