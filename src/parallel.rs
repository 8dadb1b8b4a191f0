//! The same question to many things at once, such as `go list` for every target.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The answers in the order of the items, asked by as many threads as there are workers.
pub fn map<T: Sync, R: Send>(items: &[T], workers: usize, ask: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut answers = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return answers;
            };
            answers.push((index, ask(item)));
        }
    };
    let mut answers: Vec<(usize, R)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.clamp(1, items.len().max(1)))
            .map(|_| scope.spawn(work))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(map(&items, 4, |item| item * 2)[..3], [0, 2, 4]);
        assert_eq!(map(&items, 4, |item| *item), items);
        assert_eq!(map(&[] as &[u32], 4, |item| *item), [0; 0]);
    }
}
