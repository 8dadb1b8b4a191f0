//! Cores: how many each go process may use, so that together they use all and no more, and each as many as memory
//! allows.

use std::cmp::Reverse;

use super::sharing::{expected_memory, mean};
use crate::ledger::Measure;

/// The number of cores for each of the processes that run side by side, in order; of each is told what it took in
/// an earlier run, if that is known.
///
/// With more processes than cores each gets one core: many processes of one thread waste less
/// than few of many. The shortest ones, which would leave cores idle, share all of them: they run last. A process
/// with several cores runs several compilers; one that would take more than all memory by that gets fewer.
pub(super) fn shares(
    measured: &[Option<&Measure>],
    (cores, memory): (u32, Option<u64>),
) -> Vec<u32> {
    let work: Vec<Option<u64>> = measured
        .iter()
        .map(|measure| measure.map(Measure::work_ms))
        .collect();
    let known: Vec<u64> = work.iter().copied().flatten().collect();
    let like_others = mean(&known);
    let mut longest_first: Vec<usize> = (0..measured.len()).collect();
    longest_first.sort_by_key(|index| Reverse(work.get(*index).copied().flatten().or(like_others)));
    let equal = equal_shares(measured.len(), cores);
    let mut shares: Vec<(usize, u32)> = longest_first.into_iter().zip(equal).collect();
    shares.sort_unstable();
    let shares = shares.into_iter().zip(measured);
    shares
        .map(|((_, share), measure)| {
            let fits = |cores: &u32| {
                memory.is_none_or(|memory| expected_memory(*measure, *cores) <= memory)
            };
            (1..=share).rev().find(fits).unwrap_or(1)
        })
        .collect()
}

fn equal_shares(groups: usize, cores: u32) -> Vec<u32> {
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
    use crate::ledger::Memory;
    use crate::plan::Garbage;
    use crate::plan::sharing::UNMEASURED;
    use crate::process::Footprint;

    /// The shares of processes of which nothing is known.
    fn unmeasured(groups: usize, cores: u32, memory: Option<u64>) -> Vec<u32> {
        shares(&vec![None; groups], (cores, memory))
    }

    fn measure(duration_ms: u64, memory: u64) -> Measure {
        let footprint = Footprint {
            all: memory,
            largest: memory / 4,
        };
        Measure {
            duration_ms,
            cores: 4,
            memory: Some(Memory {
                footprint,
                cores: 4,
                garbage: Garbage::Percent(100),
            }),
        }
    }

    #[test]
    fn few_processes_share_all_cores() {
        assert_eq!(unmeasured(1, 8, None), [8]);
        assert_eq!(unmeasured(3, 8, None), [3, 3, 2]);
    }

    #[test]
    fn many_processes_take_one_core_each_but_the_last_ones() {
        assert_eq!(unmeasured(5, 2, None), [1, 1, 1, 1, 2]);
        assert_eq!(unmeasured(4, 2, None), [1, 1, 1, 1]);
    }

    #[test]
    fn the_shortest_one_shares_all_cores() {
        let times = [30, 10, 20].map(|time| measure(time, 0));
        let times: Vec<_> = times.iter().map(Some).collect();
        assert_eq!(shares(&times, (2, None)), [1, 2, 1]);
    }

    #[test]
    fn a_process_gets_no_more_cores_than_memory_allows() {
        assert_eq!(unmeasured(1, 8, Some(3 * UNMEASURED)), [3]);
        assert_eq!(unmeasured(1, 8, Some(1)), [1]);
        let measured = measure(1, 800);
        assert_eq!(shares(&[Some(&measured)], (8, Some(1000))), [5]);
    }

    proptest! {
        #[test]
        fn every_process_gets_a_core_and_none_more_than_there_are(
            groups in 0_usize..200,
            cores in 1_u32..64,
            memory in proptest::option::of(0..64 * UNMEASURED),
        ) {
            let shares = unmeasured(groups, cores, memory);
            prop_assert_eq!(shares.len(), groups);
            prop_assert!(shares.iter().all(|share| (1..=cores).contains(share)));
        }

        #[test]
        fn none_is_expected_to_take_more_than_all_memory_unless_it_has_one_core(
            times in proptest::collection::vec((0..100_u64, 0..9000_u64), 1..40),
            cores in 1_u32..16,
            memory in 1..9000_u64,
        ) {
            let measures: Vec<Measure> = times.iter().map(|(time, memory)| measure(*time, *memory)).collect();
            let measured: Vec<_> = measures.iter().map(Some).collect();
            for (share, measure) in shares(&measured, (cores, Some(memory))).into_iter().zip(&measures) {
                prop_assert!(share == 1 || measure.memory_with(share) <= Some(memory));
            }
        }
    }
}
