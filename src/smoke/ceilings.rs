//! The hard limits of who calls gobuildx: what it starts may have no more.

use super::Limits;
use crate::human;

/// The most that a process may have here; none where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ceilings {
    pub(super) memory: Option<u64>,
    pub(super) processes: Option<u64>,
    pub(super) files: Option<u64>,
}

impl Ceilings {
    /// Those of this process.
    #[cfg(target_os = "linux")]
    pub(super) fn of_process() -> Self {
        use rustix::process::{Resource, getrlimit};
        let most = |resource| getrlimit(resource).maximum;
        Self {
            memory: most(Resource::Data),
            processes: most(Resource::Nproc),
            files: most(Resource::Nofile),
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn of_process() -> Self {
        Self::default()
    }

    /// Which limits of a run they make stricter, as people read it.
    pub(super) fn stricter(&self, limits: &Limits) -> Vec<String> {
        let mut told = Vec::new();
        if let Some(memory) = below(self.memory, limits.memory) {
            told.push(format!(
                "{} of memory for each process",
                human::size(memory)
            ));
        }
        if let Some(processes) = below(self.processes, limits.processes) {
            told.push(format!("{processes} threads of the user"));
        }
        if let Some(files) = below(self.files, limits.files) {
            told.push(format!("{files} open files"));
        }
        told
    }
}

/// The lower one, if it is the first.
fn below(ceiling: Option<u64>, limit: u64) -> Option<u64> {
    ceiling.filter(|most| *most < limit)
}

/// The lower one.
pub(super) fn within(ceiling: Option<u64>, limit: u64) -> u64 {
    below(ceiling, limit).unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_stricter_is_told() {
        let limits = Limits::default();
        assert_eq!(Ceilings::default().stricter(&limits), [""; 0]);
        let equal = Ceilings {
            memory: Some(limits.memory),
            processes: Some(limits.processes),
            files: Some(limits.files),
        };
        assert_eq!(equal.stricter(&limits), [""; 0]);
        let lower = Ceilings {
            processes: Some(100),
            ..equal
        };
        assert_eq!(lower.stricter(&limits), ["100 threads of the user"]);
        assert_eq!(within(lower.processes, 300), 100);
        assert_eq!(within(None, 300), 300);
    }
}
