//! What is left of a plan gets the whole machine: how many cores each go process may use once others have nothing to do.

use super::Plan;
use super::budget::shares;
use super::step::{Action, Step, StepKind};
use crate::ledger::Measures;

impl Plan {
    /// Shares the machine among the compilations that are left, as if there had never been others, by what they took
    /// in earlier runs.
    pub fn share_anew(&mut self, earlier: &Measures) {
        let (cores, memory) = (self.tuning.cores, self.tuning.memory);
        for kind in [StepKind::Compile, StepKind::Recompile] {
            let steps = self.steps.iter_mut();
            let mut steps: Vec<&mut Step> = steps.filter(|step| step.id.kind() == kind).collect();
            let measured: Vec<_> = steps.iter().map(|step| earlier.of(step)).collect();
            for (step, share) in steps.iter_mut().zip(shares(&measured, (cores, memory))) {
                let before = step.action.cpu();
                let expected = self.tuning.expected.get_mut(&step.id);
                let mut known = expected.and_then(|expected| expected.memory.as_mut());
                let bytes = known.as_deref().copied().unwrap_or_default();
                let fits = |cores: &u32| {
                    memory.is_none_or(|memory| scaled(bytes, (before, *cores)) <= memory)
                };
                let share = (1..=share).rev().find(fits).unwrap_or(1);
                if let Some(known) = &mut known {
                    **known = scaled(bytes, (before, share));
                }
                if let Action::Compile(compile) | Action::Recompile(compile) = &mut step.action {
                    **compile = compile.with_cores(share);
                }
            }
        }
    }
}

/// What a process that took so many bytes takes with more cores; with fewer, its largest part may be all of it.
fn scaled(bytes: u64, (before, now): (u32, u32)) -> u64 {
    let scaled = u128::from(bytes) * u128::from(now) / u128::from(before.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX).max(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_grows_with_the_cores_and_never_falls() {
        assert_eq!(scaled(10, (1, 4)), 40);
        assert_eq!(scaled(10, (4, 1)), 10);
        assert_eq!(scaled(0, (0, 1)), 0);
    }
}
