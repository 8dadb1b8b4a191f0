//! What is wanted of gobuildx, where what was measured is what the bound is about.

use std::time::Duration;

use crate::measure::Cost;
use crate::rounds::{Measured, seconds};
use crate::scenario::Scenario;
use crate::side::Who;
use crate::size::Size;

/// Each bound in words, and whether it holds.
pub(crate) fn verdicts(scenario: Scenario, measured: &Measured) -> Vec<(String, bool)> {
    let size = measured.size;
    let wall: fn(&Cost) -> Duration = |cost| cost.wall;
    let cpu: fn(&Cost) -> Duration = |cost| cost.cpu;
    let ratio = |of: &str, to: Who, get, at_most: f64| {
        let ratio = measured.ratio(to, get)?;
        let text = format!(
            "{size}: {ratio:.3} of the {of} of {}, at most {at_most} wanted",
            to.name()
        );
        Some((text, ratio <= at_most))
    };
    let verdicts = match scenario {
        Scenario::Cold => {
            let of_loop = (size.binaries >= 4).then(|| ratio("CPU time", Who::Loop, cpu, 0.45));
            let of_goreleaser = match size {
                Size {
                    binaries: 2,
                    targets: 2,
                } => Some(0.50),
                Size {
                    binaries: 4,
                    targets: 4,
                } => Some(0.28),
                _ => None,
            };
            let of_goreleaser =
                of_goreleaser.map(|at_most| ratio("time", Who::Goreleaser, wall, at_most));
            vec![of_loop.flatten(), of_goreleaser.flatten()]
        }
        Scenario::Edit => vec![ratio("CPU time", Who::Necessary, cpu, 1.1)],
        Scenario::Nothing => {
            let at_most = match size.binaries * size.targets {
                ..=12 => Some(0.020),
                13..=200 => Some(0.100),
                _ => None,
            };
            let own = at_most.zip(measured.median(Who::Gobuildx, wall));
            let own = own.map(|(at_most, own)| {
                let text = format!(
                    "{size}: {}, at most {} wanted",
                    seconds(own),
                    seconds(at_most)
                );
                (text, own <= at_most)
            });
            vec![
                own,
                ratio("time", Who::Loop, wall, 0.1),
                ratio("time", Who::Goreleaser, wall, 0.02),
            ]
        }
    };
    verdicts.into_iter().flatten().collect()
}
