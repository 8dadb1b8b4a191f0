use proptest::prelude::*;

use super::*;

const WIDE: Budget = Budget {
    cpu: 4,
    memory: u64::MAX,
    running: 10,
};

fn item(key: u32, needs: &[u32], cpu: u32, priority: u64) -> Item<u32> {
    Item {
        key,
        needs: needs.to_vec(),
        cpu,
        memory: 0,
        priority,
        part: if needs.is_empty() {
            Part::Beginning
        } else {
            Part::Continuation
        },
    }
}

/// One that asks for memory, too.
fn large(key: u32, memory: u64, priority: u64) -> Item<u32> {
    Item {
        memory,
        ..item(key, &[], 1, priority)
    }
}

fn queue(budget: Budget, items: impl IntoIterator<Item = Item<u32>>) -> Queue<u32> {
    Queue::new(budget, items).unwrap()
}

/// All that may start now.
fn start_all(queue: &mut Queue<u32>) -> Vec<u32> {
    std::iter::from_fn(|| queue.start()).collect()
}

#[test]
fn an_empty_queue_is_done() {
    let mut queue = queue(WIDE, []);
    assert!(queue.is_done());
    assert_eq!(queue.start(), None);
}

#[test]
fn priority_comes_first_and_then_the_key() {
    let items = [item(3, &[], 1, 5), item(1, &[], 1, 5), item(2, &[], 1, 9)];
    assert_eq!(start_all(&mut queue(WIDE, items)), [2, 1, 3]);
}

#[test]
fn needs_come_first_whatever_their_priority() {
    let items = [item(1, &[2], 1, 9), item(2, &[], 1, 0)];
    let mut queue = queue(WIDE, items);
    assert_eq!(start_all(&mut queue), [2]);
    assert!(!queue.is_done());
    assert!(queue.finish(&2, Outcome::Succeeded).is_empty());
    assert_eq!(start_all(&mut queue), [1]);
    queue.finish(&1, Outcome::Succeeded);
    assert!(queue.is_done());
}

#[test]
fn what_was_begun_is_brought_to_its_end_and_nothing_else_begins() {
    let one_core = Budget { cpu: 1, ..WIDE };
    let items = [
        item(1, &[], 1, 9),
        item(2, &[1], 1, 8),
        item(3, &[2], 0, 7),
        item(4, &[], 1, 1),
    ];
    let mut queue = queue(one_core, items);
    assert_eq!(start_all(&mut queue), [1]);
    queue.start_only_follow_ups();
    for (done, next) in [(1, vec![2]), (2, vec![3]), (3, vec![])] {
        queue.finish(&done, Outcome::Succeeded);
        assert_eq!(start_all(&mut queue), next);
    }
    assert!(queue.is_done());
    assert_eq!(queue.not_run().copied().collect::<Vec<_>>(), [4]);
}

#[test]
fn an_item_larger_than_the_budget_runs_beside_light_ones_only() {
    let items = [item(1, &[], 99, 9), item(2, &[], 1, 5), item(3, &[], 0, 1)];
    let mut queue = queue(WIDE, items);
    assert_eq!(start_all(&mut queue), [1, 3]);
    queue.finish(&1, Outcome::Succeeded);
    assert_eq!(start_all(&mut queue), [2]);
}

#[test]
fn light_items_stop_at_the_cap() {
    let budget = Budget {
        cpu: 1,
        running: 2,
        ..WIDE
    };
    let items = (0..5).map(|key| item(key, &[], 0, 0));
    assert_eq!(start_all(&mut queue(budget, items)), [0, 1]);
}

#[test]
fn a_budget_of_nothing_still_runs_one_at_a_time() {
    let budget = Budget {
        cpu: 0,
        running: 0,
        ..WIDE
    };
    let mut queue = queue(budget, [item(1, &[], 3, 0), item(2, &[], 0, 0)]);
    assert_eq!(start_all(&mut queue), [1]);
    queue.finish(&1, Outcome::Succeeded);
    assert_eq!(start_all(&mut queue), [2]);
}

#[test]
fn smaller_items_fill_idle_cores_but_not_forever() {
    let budget = Budget { cpu: 2, ..WIDE };
    let small = (1..10).map(|key| item(key, &[], 1, 0));
    let mut queue = queue(
        budget,
        small.chain([item(0, &[], 1, 9), item(10, &[], 2, 8)]),
    );
    // The large item doesn't fit beside 0, and is overtaken as often as there are cores.
    assert_eq!(start_all(&mut queue), [0, 1]);
    queue.finish(&1, Outcome::Succeeded);
    assert_eq!(start_all(&mut queue), [2]);
    queue.finish(&2, Outcome::Succeeded);
    assert!(start_all(&mut queue).is_empty(), "a core is kept for 10");
    queue.finish(&0, Outcome::Succeeded);
    assert_eq!(start_all(&mut queue), [10]);
}

#[test]
fn items_wait_until_there_is_memory_for_them() {
    let budget = Budget { memory: 10, ..WIDE };
    let items = [large(1, 6, 9), large(2, 5, 8), large(3, 4, 7)];
    let mut queue = queue(budget, items);
    // The small one goes first.
    assert_eq!(start_all(&mut queue), [1, 3]);
    queue.finish(&1, Outcome::Succeeded);
    assert_eq!(start_all(&mut queue), [2]);
}

#[test]
fn an_item_larger_than_all_memory_runs_beside_light_ones_only() {
    let budget = Budget { memory: 10, ..WIDE };
    let items = [large(1, 99, 9), large(2, 1, 8), item(3, &[], 0, 1)];
    let mut queue = queue(budget, items);
    assert_eq!(start_all(&mut queue), [1, 3]);
    queue.finish(&1, Outcome::Succeeded);
    assert_eq!(start_all(&mut queue), [2]);
}

#[test]
fn small_items_do_not_keep_a_large_one_from_memory_forever() {
    let budget = Budget {
        cpu: 2,
        memory: 10,
        ..WIDE
    };
    let small = (1..10).map(|key| large(key, 2, 0));
    let mut queue = queue(budget, small.chain([large(0, 2, 9), large(10, 9, 8)]));
    assert_eq!(start_all(&mut queue), [0, 1]);
    queue.finish(&1, Outcome::Succeeded);
    assert_eq!(start_all(&mut queue), [2]);
    queue.finish(&2, Outcome::Succeeded);
    assert!(start_all(&mut queue).is_empty(), "memory is kept for 10");
    queue.finish(&0, Outcome::Succeeded);
    assert_eq!(start_all(&mut queue), [10]);
}

#[test]
fn an_item_that_turns_out_larger_leaves_less_for_others() {
    let budget = Budget { memory: 10, ..WIDE };
    let mut queue = queue(budget, [large(1, 2, 9), large(2, 5, 8)]);
    assert_eq!(queue.start(), Some(1));
    queue.takes_memory(&1, 7);
    assert_eq!(queue.start(), None);
    // It has that much as long as it runs.
    queue.takes_memory(&1, 3);
    assert_eq!(queue.start(), None);
    queue.finish(&1, Outcome::Succeeded);
    assert_eq!(queue.start(), Some(2));
}

#[test]
fn an_item_whose_size_shows_late_waits_until_there_is_memory_for_it() {
    let budget = Budget {
        cpu: 4,
        memory: 10,
        running: 4,
    };
    let mut queue = queue(budget, [large(1, 8, 1), large(2, 0, 0), large(3, 0, 0)]);
    queue.will_take_memory(&2, 5);
    queue.will_take_memory(&3, 50);
    assert_eq!(start_all(&mut queue), [1]);
    // What runs has what it has.
    queue.will_take_memory(&1, 0);
    assert_eq!(start_all(&mut queue), [0; 0]);
    queue.finish(&1, Outcome::Succeeded);
    assert_eq!(start_all(&mut queue), [2]);
    queue.finish(&2, Outcome::Succeeded);
    assert_eq!(
        start_all(&mut queue),
        [3],
        "no item asks for more than there is"
    );
}

#[test]
fn an_item_that_is_put_back_runs_again_beside_light_ones_only() {
    for memory in [10, u64::MAX] {
        let budget = Budget { memory, ..WIDE };
        let items = [large(1, 2, 9), large(2, 2, 8), item(3, &[1], 0, 1)];
        let mut queue = queue(budget, items);
        assert_eq!(start_all(&mut queue), [1, 2]);
        queue.put_back_alone(&1);
        assert_eq!(queue.start(), None);
        queue.start_only_follow_ups();
        queue.finish(&2, Outcome::Succeeded);
        assert_eq!(start_all(&mut queue), [1], "it was begun");
        queue.finish(&1, Outcome::Succeeded);
        assert_eq!(start_all(&mut queue), [3]);
    }
}

#[test]
fn a_failure_skips_what_needs_it() {
    let items = [
        item(1, &[], 1, 0),
        item(2, &[1], 1, 0),
        item(3, &[2, 4], 1, 0),
        item(4, &[], 1, 0),
    ];
    let mut queue = queue(WIDE, items);
    assert_eq!(start_all(&mut queue), [1, 4]);
    let skipped = queue.finish(&1, Outcome::Failed);
    assert_eq!(
        skipped,
        [Skipped { key: 2, need: 1 }, Skipped { key: 3, need: 2 }]
    );
    assert_eq!(queue.running().collect::<Vec<_>>(), [&4]);
    assert!(queue.finish(&4, Outcome::Failed).is_empty(), "skipped once");
    assert!(queue.is_done());
    assert_eq!(queue.not_run().count(), 0);
}

#[test]
fn a_stopped_queue_starts_nothing_and_tells_what_is_left() {
    let items = [item(1, &[], 4, 9), item(2, &[1], 1, 0), item(3, &[], 1, 0)];
    let mut queue = queue(WIDE, items);
    assert_eq!(start_all(&mut queue), [1]);
    queue.stop();
    assert!(!queue.is_done());
    queue.finish(&1, Outcome::Succeeded);
    assert_eq!(queue.start(), None);
    assert!(queue.is_done());
    assert_eq!(queue.not_run().collect::<Vec<_>>(), [&2, &3]);
}

#[test]
fn the_end_of_what_does_not_run_changes_nothing() {
    let mut queue = queue(WIDE, [item(1, &[], 1, 0), item(2, &[1], 1, 0)]);
    assert!(queue.finish(&1, Outcome::Failed).is_empty());
    assert!(queue.finish(&7, Outcome::Failed).is_empty());
    assert_eq!(start_all(&mut queue), [1]);
}

#[test]
fn wrong_items_are_refused() {
    let refused = |items: &[Item<u32>]| Queue::new(WIDE, items.to_vec()).unwrap_err();
    let error = refused(&[item(1, &[], 1, 0), item(1, &[], 1, 0)]);
    assert_eq!(error.to_string(), "`1` is there twice");
    let error = refused(&[item(1, &[5], 1, 0)]);
    assert_eq!(error.to_string(), "`1` needs `5`, which is not there");
    // 0 waits for the circle without being in it.
    let circle = [
        item(0, &[1], 1, 0),
        item(1, &[2], 1, 0),
        item(2, &[3], 1, 0),
    ];
    let error = refused(&[&circle[..], &[item(3, &[1], 1, 0)]].concat());
    assert_eq!(error, QueueError::Cycle(vec![1, 2, 3]));
    assert_eq!(
        error.to_string(),
        "`1`, `2`, `3` need each other in a circle"
    );
    assert_eq!(refused(&[item(4, &[4], 1, 0)]), QueueError::Cycle(vec![4]));
}

/// Items whose needs have smaller keys, a budget, and random numbers that say which running item
/// ends next, and how.
fn runs() -> impl Strategy<Value = (Budget, Vec<Item<u32>>, Vec<(usize, bool)>)> {
    let items = prop::collection::vec((any::<[bool; 6]>(), 0..5u32, 0..9u64, 0..4u64), 0..24);
    let ends = prop::collection::vec((any::<usize>(), prop::bool::weighted(0.85)), 24);
    let budget = (1..5u32, 0..8u64, 1..6usize);
    (budget, items, ends).prop_map(|((cpu, memory, running), shapes, ends)| {
        let shape = |(key, (needs, cpu, memory, priority)): (u32, ([bool; 6], u32, u64, u64))| {
            let before = (0..key).rev().step_by(2).zip(needs);
            let needs: Vec<u32> = before.filter_map(|(need, is)| is.then_some(need)).collect();
            Item {
                memory,
                ..item(key, &needs, cpu, priority)
            }
        };
        let items = (0..).zip(shapes).map(shape).collect();
        let budget = Budget {
            cpu,
            memory,
            running,
        };
        (budget, items, ends)
    })
}

/// What a whole run did, in order.
#[derive(Default, Debug, PartialEq)]
struct Log {
    started: Vec<u32>,
    succeeded: BTreeSet<u32>,
    failed: BTreeSet<u32>,
    skipped: BTreeMap<u32, u32>,
}

fn cpu_of(budget: Budget, items: &[Item<u32>], key: u32) -> u32 {
    items[key as usize].cpu.min(budget.cpu)
}

/// Runs a queue to its end and checks at each start what must hold then.
fn run(budget: Budget, items: &[Item<u32>], ends: &[(usize, bool)]) -> Log {
    let mut queue = queue(budget, items.to_vec());
    let mut log = Log::default();
    let mut overtaken: BTreeMap<u32, u32> = BTreeMap::new();
    let mut ends = ends.iter();
    loop {
        while let Some(key) = queue.start() {
            let needs = &items[key as usize].needs;
            assert!(needs.iter().all(|need| log.succeeded.contains(need)));
            let cpu: u32 = queue.running().map(|key| cpu_of(budget, items, *key)).sum();
            assert!(cpu <= budget.cpu);
            assert_fits_memory(budget, &queue, items);
            assert!(queue.running().count() <= budget.running);
            count_overtaken(&queue, items, key, &mut overtaken);
            log.started.push(key);
        }
        let running: Vec<u32> = queue.running().copied().collect();
        let Some((pick, succeeds)) = ends.next().filter(|_| !running.is_empty()) else {
            break;
        };
        let key = running[pick % running.len()];
        if *succeeds {
            log.succeeded.insert(key);
            assert!(queue.finish(&key, Outcome::Succeeded).is_empty());
        } else {
            log.failed.insert(key);
            for Skipped { key, need } in queue.finish(&key, Outcome::Failed) {
                assert!(log.failed.contains(&need) || log.skipped.contains_key(&need));
                assert_eq!(log.skipped.insert(key, need), None);
            }
        }
    }
    assert!(queue.is_done());
    assert_eq!(queue.not_run().count(), 0);
    assert!(overtaken.values().all(|count| *count <= budget.cpu));
    log
}

/// All that runs fits, or one item that is larger than all there is has it alone.
fn assert_fits_memory(budget: Budget, queue: &Queue<u32>, items: &[Item<u32>]) {
    let asks = queue.running().map(|key| items[*key as usize].memory);
    let asks: Vec<u64> = asks.filter(|memory| *memory > 0).collect();
    let fits = asks.iter().sum::<u64>() <= budget.memory;
    assert!(fits || asks.len() == 1, "{asks:?}");
}

/// Counts for each ready item before `key` that a smaller one went first.
fn count_overtaken(
    queue: &Queue<u32>,
    items: &[Item<u32>],
    key: u32,
    overtaken: &mut BTreeMap<u32, u32>,
) {
    let place = |key: u32| (Reverse(items[key as usize].priority), key);
    let item = &items[key as usize];
    if item.cpu == 0 && item.memory == 0 {
        return;
    }
    for (_, other) in &queue.ready {
        if place(*other) < place(key) {
            *overtaken.entry(*other).or_default() += 1;
        }
    }
}

/// What must be skipped: whatever needs a failed item, or one that must be skipped.
fn must_be_skipped(items: &[Item<u32>], failed: &BTreeSet<u32>) -> BTreeSet<u32> {
    let mut skipped = BTreeSet::new();
    for item in items {
        if item
            .needs
            .iter()
            .any(|need| failed.contains(need) || skipped.contains(need))
        {
            skipped.insert(item.key);
        }
    }
    skipped
}

proptest! {
    #[test]
    fn every_run_keeps_the_rules((budget, items, ends) in runs()) {
        let log = run(budget, &items, &ends);
        let started: BTreeSet<u32> = log.started.iter().copied().collect();
        prop_assert_eq!(started.len(), log.started.len(), "nothing runs twice");

        let skipped: BTreeSet<u32> = log.skipped.keys().copied().collect();
        prop_assert_eq!(&skipped, &must_be_skipped(&items, &log.failed));
        for (key, need) in &log.skipped {
            prop_assert!(items[*key as usize].needs.contains(need));
        }
        prop_assert!(started.is_disjoint(&skipped));
        prop_assert_eq!(started.len() + skipped.len(), items.len(), "nothing is left over");

        let mut reversed = items.clone();
        reversed.reverse();
        let again = run_in_order(budget, &items, &reversed, &ends);
        prop_assert_eq!(again, log.started, "the order is that of the items' names");
    }
}

/// The order of the starts when the queue is filled in another order.
fn run_in_order(
    budget: Budget,
    items: &[Item<u32>],
    filled: &[Item<u32>],
    ends: &[(usize, bool)],
) -> Vec<u32> {
    let mut queue = queue(budget, filled.to_vec());
    let mut started = Vec::new();
    for (pick, succeeds) in ends.iter().take(items.len() + 1) {
        started.extend(start_all(&mut queue));
        let running: Vec<u32> = queue.running().copied().collect();
        if running.is_empty() {
            break;
        }
        let outcome = if *succeeds {
            Outcome::Succeeded
        } else {
            Outcome::Failed
        };
        queue.finish(&running[pick % running.len()], outcome);
    }
    started
}

#[test]
fn something_new_that_needs_other_things_is_not_begun_after_a_failure() {
    let one_core = Budget { cpu: 1, ..WIDE };
    let prepared = Item {
        part: Part::Beginning,
        ..item(2, &[1], 1, 8)
    };
    let items = [item(1, &[], 1, 9), prepared, item(3, &[1], 1, 7)];
    let mut queue = queue(one_core, items);
    assert_eq!(start_all(&mut queue), [1]);
    queue.start_only_follow_ups();
    queue.finish(&1, Outcome::Succeeded);
    assert_eq!(start_all(&mut queue), [3]);
    queue.finish(&3, Outcome::Succeeded);
    assert!(queue.is_done());
}
