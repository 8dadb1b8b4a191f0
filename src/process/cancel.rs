//! The token that stops everything at once.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::group::Group;
use crate::failure::Exit;

/// Stops every process that runs under it, and keeps later ones from starting.
///
/// Clones are the same token. The first reason is the one that counts.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    triggered: Condvar,
}

/// What one lock guards, so that a process can't slip in between the look at `reason` and its own
/// entry in `running`.
#[derive(Debug, Default)]
struct State {
    reason: Option<Reason>,
    running: Vec<Arc<Group>>,
}

/// Why everything stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A signal asked for it.
    Interrupted {
        /// The number of the signal.
        signal: i32,
    },
    /// Something else failed, and what is left isn't worth finishing.
    Failed,
}

/// The program that stops for a reason exits with 130 after SIGINT, 143 after SIGTERM.
impl From<Reason> for Exit {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Interrupted { signal } => {
                Self::Interrupted(u8::try_from(signal).unwrap_or(u8::MAX))
            }
            Reason::Failed => Self::Failed,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted { signal } => {
                write!(f, "interrupted by {}", super::signal_name(*signal))
            }
            Self::Failed => f.write_str("stopped because something else failed"),
        }
    }
}

impl Cancel {
    /// A token that nobody has triggered.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Kills every process group that runs under the token and lets no other one start.
    ///
    /// A second call keeps the first reason.
    pub fn trigger(&self, reason: Reason) {
        let mut state = self.state();
        state.reason.get_or_insert(reason);
        for group in &state.running {
            group.interrupt();
        }
        drop(state);
        self.shared.triggered.notify_all();
    }

    /// Why everything stops, once it does.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.state().reason
    }

    /// Sleeps for `duration`, or until somebody triggers the token; then the reason is given.
    #[must_use]
    pub fn wait(&self, duration: Duration) -> Option<Reason> {
        let end = Instant::now().checked_add(duration);
        let mut state = self.state();
        while state.reason.is_none() {
            let left = end.map_or(duration, |end| {
                end.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                break;
            }
            state = self
                .shared
                .triggered
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        state.reason
    }

    /// Starts a group unless the token was triggered. No trigger can fall between the start and the
    /// entry among the running ones.
    pub(super) fn start<T, E>(
        &self,
        spawn: impl FnOnce() -> Result<(Group, T), E>,
    ) -> Result<Result<(Arc<Group>, T), E>, Reason> {
        let mut state = self.state();
        if let Some(reason) = state.reason {
            return Err(reason);
        }
        Ok(spawn().map(|(group, with)| {
            let group = Arc::new(group);
            state.running.push(Arc::clone(&group));
            (group, with)
        }))
    }

    /// Kills what is left of a group, and forgets it. The leader must not have been reaped: until
    /// then the system gives its number to nobody else.
    pub(super) fn end(&self, group: &Arc<Group>) {
        let mut state = self.state();
        state.running.retain(|other| !Arc::ptr_eq(other, group));
        group.kill();
    }

    /// Kills a group that is still running.
    pub(super) fn kill(&self, group: &Arc<Group>) {
        let state = self.state();
        if state.running.iter().any(|other| Arc::ptr_eq(other, group)) {
            group.kill();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_counts() {
        let cancel = Cancel::new();
        assert_eq!(cancel.reason(), None);
        cancel.clone().trigger(Reason::Interrupted { signal: 2 });
        cancel.trigger(Reason::Failed);
        assert_eq!(cancel.reason(), Some(Reason::Interrupted { signal: 2 }));
    }

    #[test]
    fn exit_codes_are_those_of_a_shell() {
        let code = |reason| Exit::from(reason).code();
        assert_eq!(code(Reason::Interrupted { signal: 1 }), 129);
        assert_eq!(code(Reason::Interrupted { signal: 2 }), 130);
        assert_eq!(code(Reason::Interrupted { signal: 15 }), 143);
        assert_eq!(code(Reason::Failed), 1);
    }

    #[test]
    fn a_wait_ends_with_the_trigger() {
        let cancel = Cancel::new();
        assert_eq!(cancel.wait(Duration::from_millis(1)), None);
        let waiter = std::thread::spawn({
            let cancel = cancel.clone();
            move || cancel.wait(Duration::MAX)
        });
        cancel.trigger(Reason::Failed);
        assert_eq!(waiter.join().unwrap(), Some(Reason::Failed));
    }
}
