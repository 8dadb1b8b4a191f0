//! All sides in turn, and what that tells.

use std::error::Error;
use std::time::Duration;

use gobuildx::process::Cancel;
use gobuildx::text_table::{Align, Table};

use crate::measure::Cost;
use crate::median::median;
use crate::scenario::Scenario;
use crate::side::{Side, Who};
use crate::size::Size;
use crate::subject::Sized;

/// The costs of each side, one a round.
pub(crate) fn run(
    sized: &Sized<'_>,
    sides: &[Side],
    (scenario, rounds): (Scenario, u32),
    cancel: &Cancel,
) -> Result<Vec<Vec<Cost>>, Box<dyn Error>> {
    if !scenario.begins_empty() {
        // The first edit makes the tree differ from its commit, which all binaries tell.
        if scenario == Scenario::Edit {
            sized.edit()?;
        }
        // A file that was written just now may change once more unseen: the second run settles that.
        for side in sides.iter().chain(sides) {
            side.run(cancel)?;
        }
    }
    let mut costs = vec![Vec::new(); sides.len()];
    for round in 0..rounds {
        let mut order: Vec<(&Side, &mut Vec<Cost>)> = sides.iter().zip(&mut costs).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for (side, costs) in order {
            if scenario == Scenario::Edit {
                sized.edit()?;
            }
            costs.push(side.run(cancel)?);
        }
    }
    compare(sides)?;
    Ok(costs)
}

/// Sees to it that all sides made the same number of programs.
fn compare(sides: &[Side]) -> Result<(), Box<dyn Error>> {
    let whole = sides.iter().filter(|side| side.who != Who::Necessary);
    let mut counts = Vec::new();
    for side in whole {
        counts.push((side.who.name(), side.programs()?.len()));
    }
    let mut numbers = counts.iter().map(|(_, count)| *count);
    let first = numbers.next().unwrap_or_default();
    if first == 0 || numbers.any(|count| count != first) {
        return Err(format!("not all made the same number of programs: {counts:?}").into());
    }
    Ok(())
}

/// What was measured of one size.
pub(crate) struct Measured {
    pub(crate) size: Size,
    pub(crate) sides: Vec<(Who, Vec<Cost>)>,
}

impl Measured {
    pub(crate) fn new(size: Size, sides: &[Side], costs: Vec<Vec<Cost>>) -> Self {
        let who = sides.iter().map(|side| side.who);
        Self {
            size,
            sides: who.zip(costs).collect(),
        }
    }

    fn costs(&self, who: Who) -> Option<&[Cost]> {
        let mut sides = self.sides.iter();
        let side = sides.find(|(side, _)| *side == who)?;
        Some(&side.1)
    }

    /// The median of a side.
    pub(crate) fn median(&self, who: Who, get: fn(&Cost) -> Duration) -> Option<f64> {
        let values = self.costs(who)?.iter();
        Some(median(values.map(|cost| get(cost).as_secs_f64()).collect()))
    }

    /// The median of gobuildx ÷ the other, round by round.
    pub(crate) fn ratio(&self, to: Who, get: fn(&Cost) -> Duration) -> Option<f64> {
        let ours = self.costs(Who::Gobuildx)?.iter();
        let pairs = ours.zip(self.costs(to)?);
        let ratio = |(ours, theirs): (&Cost, &Cost)| {
            get(ours).as_secs_f64() / get(theirs).as_secs_f64().max(1e-9)
        };
        Some(median(pairs.map(ratio).collect()))
    }

    /// The medians of all sides.
    pub(crate) fn table(&self, cores: u32) -> Table {
        let right = |name| (name, Align::Right);
        let title = format!("{}: medians", self.size);
        let mut table = Table::new(&[
            (&title, Align::Left),
            right("From start to end"),
            right("gobuildx ÷ it"),
            right("CPU"),
            right("gobuildx ÷ it, CPU"),
            right("Cores in use"),
            right("By others"),
            right("Memory"),
        ]);
        for (who, costs) in &self.sides {
            let values = |get: fn(&Cost) -> Duration| {
                let values = costs.iter().map(|cost| get(cost).as_secs_f64());
                median(values.collect())
            };
            let ratio = |get| match self.ratio(*who, get) {
                Some(ratio) if *who != Who::Gobuildx => format!("{ratio:.3}"),
                _ => String::new(),
            };
            let in_use = costs.iter().map(|cost| {
                let all = cost.wall.as_secs_f64() * f64::from(cores);
                100.0 * (1.0 - cost.idle.as_secs_f64() / all)
            });
            let peaks = costs.iter().map(|cost| mebibytes(cost.peak));
            table.row(vec![
                who.name().to_owned(),
                seconds(values(|cost| cost.wall)),
                ratio(|cost| cost.wall),
                seconds(values(|cost| cost.cpu)),
                ratio(|cost| cost.cpu),
                format!("{:.0} %", median(in_use.collect()).max(0.0)),
                seconds(values(|cost| cost.others)),
                format!("{:.0} MiB", median(peaks.collect())),
            ]);
        }
        table
    }
}

/// A time in words that fit it.
pub(crate) fn seconds(time: f64) -> String {
    if time < 1.0 {
        format!("{:.1} ms", time * 1000.0)
    } else {
        format!("{time:.1} s")
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown without decimals")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
