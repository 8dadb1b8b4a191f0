//! Medians and ratios.

use std::time::Duration;

use gobuildx::text_table::{Align, Table};

use crate::measure::Cost;
use crate::median::median;
use crate::pair::Pair;

/// The medians of both sides.
pub(crate) fn table(pairs: &[Pair]) -> Table {
    let right = |name| (name, Align::Right);
    let mut table = Table::new(&[
        ("Medians", Align::Left),
        right("CPU"),
        right("Wall"),
        right("Cores idle"),
        right("CPU of others"),
        right("Memory"),
    ]);
    let shell: Vec<Cost> = pairs.iter().map(|pair| pair.shell).collect();
    let gobuildx: Vec<Cost> = pairs.iter().map(|pair| pair.gobuildx).collect();
    for (name, costs) in [("loop", shell), ("gobuildx", gobuildx)] {
        let time = |get: fn(Cost) -> Duration| {
            let values = costs.iter().map(|cost| get(*cost).as_secs_f64());
            format!("{:.1} s", median(values.collect()))
        };
        let peaks = costs.iter().map(|cost| mebibytes(cost.peak));
        table.row(vec![
            name.to_owned(),
            time(|cost| cost.cpu),
            time(|cost| cost.wall),
            time(|cost| cost.idle),
            time(|cost| cost.others),
            format!("{:.0} MiB", median(peaks.collect())),
        ]);
    }
    table
}

/// gobuildx ÷ loop, of each pair.
pub(crate) fn ratios(pairs: &[Pair], get: fn(Cost) -> Duration) -> Vec<f64> {
    let ratio = |pair: &Pair| get(pair.gobuildx).as_secs_f64() / get(pair.shell).as_secs_f64();
    pairs.iter().map(ratio).collect()
}

pub(crate) fn list(ratios: &[f64]) -> String {
    let words: Vec<_> = ratios.iter().map(|ratio| format!("{ratio:.3}")).collect();
    words.join(", ")
}

pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "shown without decimals")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
