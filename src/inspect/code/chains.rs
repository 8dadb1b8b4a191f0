//! Chains of references: who leads to a function.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use super::program::FunctionId;

/// What a search for a chain does at a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// This is who was looked for.
    Ends,
    /// It asks who refers to this one.
    GoesOn,
    /// It doesn't look behind this one.
    Turns,
}

/// Chains of references, by the functions at which a search ended.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    /// Which function comes after one, of those that were reached: mostly few of all.
    next: HashMap<FunctionId, Option<FunctionId>>,
    /// Where the search ended, the shortest chain first.
    pub ends: Vec<FunctionId>,
}

impl Chains {
    /// Searches breadth first, from `targets` to those that refer to them and so on. The shortest
    /// chain ends it, after those that are longer by so many steps; so does a function whose callers
    /// may not be asked for any more.
    pub(super) fn search<C: Iterator<Item = FunctionId>>(
        targets: &[FunctionId],
        longer: usize,
        at: impl Fn(FunctionId) -> Search,
        callers: impl Fn(FunctionId) -> Option<C>,
    ) -> Self {
        let mut chains = Self::default();
        let mut queue = VecDeque::new();
        let mut most = usize::MAX;
        for target in targets {
            if chains.reach(*target, None) {
                queue.push_back((*target, 0_usize));
            }
        }
        while let Some((function, steps)) = queue.pop_front() {
            if steps > most {
                break;
            }
            match at(function) {
                Search::Ends => {
                    most = most.min(steps.saturating_add(longer));
                    chains.ends.push(function);
                }
                Search::GoesOn => {
                    let Some(callers) = callers(function) else {
                        break;
                    };
                    for caller in callers {
                        if chains.reach(caller, Some(function)) {
                            queue.push_back((caller, steps + 1));
                        }
                    }
                }
                Search::Turns => {}
            }
        }
        chains
    }

    /// Notes what comes after a function; not where that is known already.
    fn reach(&mut self, function: FunctionId, next: Option<FunctionId>) -> bool {
        match self.next.entry(function) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(next);
                true
            }
        }
    }

    /// The chain from a function at which the search ended, from the outside in.
    #[must_use]
    pub fn from(&self, end: FunctionId) -> Vec<FunctionId> {
        let follow = |function: &FunctionId| self.next.get(function).copied().flatten();
        std::iter::successors(Some(end), follow).collect()
    }
}
