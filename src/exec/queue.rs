//! Decides what runs next: a queue of items that need each other, and a budget.
//!
//! Pure: it starts nothing and knows nothing of steps. Whoever runs the items asks for the
//! next one with [`start`](Queue::start) until there is none, and tells of each one's end with
//! [`finish`](Queue::finish). The same items and the same ends, in the same order, give the same
//! answers.
//!
//! # Order
//!
//! Of the ready items the one with the highest priority comes first, and of equals the one with
//! the smallest key, if it fits. One that asks for more CPU or memory than is free waits, and smaller
//! ones behind it may go first, because idle cores are waste; but only as many of them as the budget
//! has cores. After that what becomes free is kept for it. Light items, which ask for neither, take
//! nothing away from anybody and always may go first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What may run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// How much CPU the running items may ask for together; at least 1.
    pub cpu: u32,
    /// How much memory they may ask for together; at least 1, and [`u64::MAX`] is no limit.
    pub memory: u64,
    /// How many items may run, light ones too; at least 1.
    pub running: usize,
}

/// Something to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<K> {
    /// Its name.
    pub key: K,
    /// What must have succeeded before it starts.
    pub needs: Vec<K>,
    /// How much CPU it asks for: none if it is light. More than the whole budget counts as the
    /// whole budget: beside such an item only light ones run.
    pub cpu: u32,
    /// How much memory it asks for. More than the whole budget counts as the whole budget, too.
    pub memory: u64,
    /// What is higher comes first.
    pub priority: u64,
    /// Whether it may start when only what was begun is brought to its end.
    pub part: Part,
}

/// What an item is in the work on one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// With it something new begins.
    Beginning,
    /// It goes on with what was begun.
    Continuation,
}

/// How an item ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What needs it may start.
    Succeeded,
    /// What needs it is skipped.
    Failed,
}

/// An item that will not run because of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped<K> {
    /// The item.
    pub key: K,
    /// That one of its needs that failed, or was skipped itself: then it stands before this one in
    /// the same list.
    pub need: K,
}

/// Why items make no queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError<K> {
    /// Two items have the same key.
    #[error("`{0}` is there twice")]
    Duplicate(K),
    /// An item needs something that isn't there.
    #[error("`{key}` needs `{need}`, which is not there")]
    UnknownNeed {
        /// The item.
        key: K,
        /// What is missing.
        need: K,
    },
    /// Items need each other in a circle: each one the next one, and the last one the first one.
    #[error("{} need each other in a circle", list(.0))]
    Cycle(Vec<K>),
}

fn list<K: std::fmt::Display>(keys: &[K]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    keys.join(", ")
}

/// What may still start, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Admission {
    None,
    FollowUps,
    All,
}

/// Where an item is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Some of its needs haven't succeeded yet.
    Waiting,
    /// It may start as soon as it fits.
    Ready,
    Running,
    Succeeded,
    Failed,
    /// One of its needs failed or was skipped.
    Skipped,
}

/// An item and what the queue knows of it.
#[derive(Clone, Debug)]
struct Entry<K> {
    /// At most the whole budget.
    cpu: u32,
    /// At most the whole budget, until more is known of it.
    memory: u64,
    priority: u64,
    part: Part,
    needs: BTreeSet<K>,
    needed_by: BTreeSet<K>,
    /// How many needs haven't succeeded yet.
    missing: usize,
    /// How many smaller items behind this one went first.
    overtaken: u32,
    state: State,
}

/// The items, and how far they are. The module tells in which order they come.
#[derive(Clone, Debug)]
pub struct Queue<K> {
    budget: Budget,
    entries: BTreeMap<K, Entry<K>>,
    ready: BTreeSet<(Reverse<u64>, K)>,
    running: BTreeSet<K>,
    cpu_taken: u32,
    admission: Admission,
}

impl<K: Ord + Clone> Queue<K> {
    /// A queue of these items, none of which has started.
    ///
    /// # Errors
    ///
    /// If a key is there twice, a need isn't there, or items need each other in a circle.
    pub fn new(
        budget: Budget,
        items: impl IntoIterator<Item = Item<K>>,
    ) -> Result<Self, QueueError<K>> {
        let budget = Budget {
            cpu: budget.cpu.max(1),
            memory: budget.memory.max(1),
            running: budget.running.max(1),
        };
        let mut entries = collect(budget, items)?;
        link(&mut entries)?;
        find_cycle(&entries).map_or(Ok(()), |cycle| Err(QueueError::Cycle(cycle)))?;
        let mut queue = Self {
            budget,
            entries,
            ready: BTreeSet::new(),
            running: BTreeSet::new(),
            cpu_taken: 0,
            admission: Admission::All,
        };
        let keys: Vec<K> = queue.entries.keys().cloned().collect();
        for key in &keys {
            queue.ready_if_possible(key);
        }
        Ok(queue)
    }

    /// The item to start now, which counts as running from here on; none if nothing is ready, what
    /// is ready doesn't fit, or the queue was stopped.
    pub fn start(&mut self) -> Option<K> {
        if self.admission == Admission::None || self.running.len() >= self.budget.running {
            return None;
        }
        let (key, overtaken) = self.choose()?;
        for key in overtaken {
            if let Some(entry) = self.entries.get_mut(&key) {
                entry.overtaken += 1;
            }
        }
        let entry = self.entries.get_mut(&key)?;
        entry.state = State::Running;
        self.cpu_taken += entry.cpu;
        self.ready.remove(&(Reverse(entry.priority), key.clone()));
        self.running.insert(key.clone());
        Some(key)
    }

    /// The first ready item that may start, and those before it that it overtakes.
    fn choose(&self) -> Option<(K, Vec<K>)> {
        let free = self.budget.cpu.saturating_sub(self.cpu_taken);
        let free_memory = self.budget.memory.saturating_sub(self.memory_taken());
        let mut overtaken = Vec::new();
        let mut rest_is_kept = false;
        for (_, key) in &self.ready {
            let entry = self.entries.get(key)?;
            if self.admission == Admission::FollowUps && entry.part == Part::Beginning {
                continue;
            }
            if entry.cpu == 0 && entry.memory == 0 {
                return Some((key.clone(), Vec::new()));
            }
            if rest_is_kept {
                continue;
            }
            if entry.cpu <= free && entry.memory <= free_memory {
                return Some((key.clone(), overtaken));
            }
            rest_is_kept = entry.overtaken >= self.budget.cpu;
            overtaken.push(key.clone());
        }
        None
    }

    fn memory_taken(&self) -> u64 {
        let running = self.running.iter();
        let running = running.filter_map(|key| self.entries.get(key));
        running.fold(0, |sum, entry| sum.saturating_add(entry.memory))
    }

    /// Takes note of how much memory a running item has: where that is more than it asked for, less is left for
    /// others.
    pub fn takes_memory(&mut self, key: &K, memory: u64) {
        if self.running.contains(key)
            && let Some(entry) = self.entries.get_mut(key)
        {
            entry.memory = entry.memory.max(memory);
        }
    }

    /// Takes note of how much memory an item will take that hasn't started.
    pub fn will_take_memory(&mut self, key: &K, memory: u64) {
        if let Some(entry) = self.entries.get_mut(key)
            && matches!(entry.state, State::Waiting | State::Ready)
        {
            entry.memory = memory.min(self.budget.memory);
        }
    }

    /// Puts a running item back, which then asks for the whole budget: only light ones run beside it. What was begun
    /// with it goes on with it.
    ///
    /// For an item that isn't running nothing changes.
    pub fn put_back_alone(&mut self, key: &K) {
        if !self.running.remove(key) {
            return;
        }
        if let Some(entry) = self.entries.get_mut(key) {
            self.cpu_taken = self.cpu_taken.saturating_sub(entry.cpu);
            entry.cpu = self.budget.cpu;
            entry.memory = self.budget.memory;
            entry.part = Part::Continuation;
            entry.state = State::Ready;
            self.ready.insert((Reverse(entry.priority), key.clone()));
        }
    }

    /// Takes note of the end of a running item, and tells which items are skipped because of it.
    ///
    /// For an item that isn't running nothing changes.
    pub fn finish(&mut self, key: &K, outcome: Outcome) -> Vec<Skipped<K>> {
        if !self.running.remove(key) {
            return Vec::new();
        }
        let Some(entry) = self.entries.get_mut(key) else {
            return Vec::new();
        };
        self.cpu_taken = self.cpu_taken.saturating_sub(entry.cpu);
        match outcome {
            Outcome::Succeeded => {
                entry.state = State::Succeeded;
                for key in entry.needed_by.clone() {
                    if let Some(entry) = self.entries.get_mut(&key) {
                        entry.missing = entry.missing.saturating_sub(1);
                    }
                    self.ready_if_possible(&key);
                }
                Vec::new()
            }
            Outcome::Failed => {
                entry.state = State::Failed;
                self.skip_what_needs(key)
            }
        }
    }

    /// Starts nothing new from now on. What runs may still finish.
    pub fn stop(&mut self) {
        self.admission = Admission::None;
    }

    /// Starts only what follows something from now on: what was begun is brought to its end.
    pub fn start_only_follow_ups(&mut self) {
        self.admission = self.admission.min(Admission::FollowUps);
    }

    /// Whether nothing runs and nothing will.
    #[must_use]
    pub fn is_done(&self) -> bool {
        // Whatever waits, waits for something that is ready or running.
        self.running.is_empty()
            && match self.admission {
                Admission::All => self.ready.is_empty(),
                Admission::FollowUps => self.choose().is_none(),
                Admission::None => true,
            }
    }

    /// The running items.
    pub fn running(&self) -> impl Iterator<Item = &K> {
        self.running.iter()
    }

    /// The items that haven't started and aren't skipped: after a stop they never will.
    pub fn not_run(&self) -> impl Iterator<Item = &K> {
        self.entries
            .iter()
            .filter(|(_, entry)| matches!(entry.state, State::Waiting | State::Ready))
            .map(|(key, _)| key)
    }

    fn ready_if_possible(&mut self, key: &K) {
        if let Some(entry) = self.entries.get_mut(key)
            && entry.state == State::Waiting
            && entry.missing == 0
        {
            entry.state = State::Ready;
            self.ready.insert((Reverse(entry.priority), key.clone()));
        }
    }

    fn skip_what_needs(&mut self, failed: &K) -> Vec<Skipped<K>> {
        let mut skipped = Vec::new();
        let mut causes = VecDeque::from([failed.clone()]);
        while let Some(need) = causes.pop_front() {
            let needed_by = self.entries.get(&need).map(|entry| entry.needed_by.clone());
            for key in needed_by.unwrap_or_default() {
                // An item with a need that hasn't succeeded is waiting, or skipped already.
                if let Some(entry) = self.entries.get_mut(&key)
                    && entry.state == State::Waiting
                {
                    entry.state = State::Skipped;
                    causes.push_back(key.clone());
                    let need = need.clone();
                    skipped.push(Skipped { key, need });
                }
            }
        }
        skipped
    }
}

/// The entries by key, not linked yet.
fn collect<K: Ord + Clone>(
    budget: Budget,
    items: impl IntoIterator<Item = Item<K>>,
) -> Result<BTreeMap<K, Entry<K>>, QueueError<K>> {
    let mut entries = BTreeMap::new();
    for item in items {
        let needs: BTreeSet<K> = item.needs.into_iter().collect();
        let entry = Entry {
            cpu: item.cpu.min(budget.cpu),
            memory: item.memory.min(budget.memory),
            priority: item.priority,
            part: item.part,
            missing: needs.len(),
            needs,
            needed_by: BTreeSet::new(),
            overtaken: 0,
            state: State::Waiting,
        };
        if entries.insert(item.key.clone(), entry).is_some() {
            return Err(QueueError::Duplicate(item.key));
        }
    }
    Ok(entries)
}

/// Tells each item what needs it.
fn link<K: Ord + Clone>(entries: &mut BTreeMap<K, Entry<K>>) -> Result<(), QueueError<K>> {
    let links: Vec<(K, K)> = entries
        .iter()
        .flat_map(|(key, entry)| entry.needs.iter().map(|need| (key.clone(), need.clone())))
        .collect();
    for (key, need) in links {
        match entries.get_mut(&need) {
            Some(entry) => {
                entry.needed_by.insert(key);
            }
            None => return Err(QueueError::UnknownNeed { key, need }),
        }
    }
    Ok(())
}

/// A circle among the entries, if there is one.
fn find_cycle<K: Ord + Clone>(entries: &BTreeMap<K, Entry<K>>) -> Option<Vec<K>> {
    let mut missing: BTreeMap<&K, usize> = entries
        .iter()
        .map(|(key, entry)| (key, entry.missing))
        .collect();
    let mut free: Vec<&K> = missing
        .iter()
        .filter_map(|(key, count)| (*count == 0).then_some(*key))
        .collect();
    while let Some(done) = free.pop() {
        missing.remove(done);
        for key in entries
            .get(done)
            .into_iter()
            .flat_map(|entry| &entry.needed_by)
        {
            if let Some(count) = missing.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    free.push(key);
                }
            }
        }
    }
    // Each entry that is left needs another one that is left, so following them comes round.
    let mut path: Vec<&K> = Vec::new();
    let mut here = *missing.keys().next()?;
    loop {
        if let Some(start) = path.iter().position(|key| *key == here) {
            return Some(path.into_iter().skip(start).cloned().collect());
        }
        path.push(here);
        let needs = &entries.get(here)?.needs;
        here = needs.iter().find(|need| missing.contains_key(need))?;
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
