//! What packing saves, against what it costs at each start.

use super::super::artifact::{ArtifactView, Size};
use super::super::html::Html;
use super::bytes::bar;
use crate::exec::Startup;
use crate::human;
use crate::report::run::TrialReport;

pub(super) fn startup(html: &mut Html, artifact: &ArtifactView<'_>) {
    let Some(trial) = artifact.trial else { return };
    html.leaf("h4", "Packed and unpacked, side by side");
    match trial {
        TrialReport::NotStarted { not_started } => {
            html.leaf("p", &format!("Not started: {not_started}."));
        }
        TrialReport::Started {
            how,
            ending,
            startup,
        } => {
            html.leaf("p", &format!("Started {how}, both {ending}."));
            if let Some(startup) = startup {
                html.leaf("p", &price(*startup, artifact.size));
                html.class("div", "sizes", |html| chart(html, *startup));
            }
        }
    }
}

fn price(startup: Startup, size: Option<Size>) -> String {
    let cost = human::microseconds(startup.cost_us());
    let saved = size.and_then(|size| size.unpacked?.checked_sub(size.bytes));
    match saved {
        Some(saved) => format!(
            "{} saved, for {cost} more at each start.",
            human::size(saved)
        ),
        None => format!("It costs {cost} more at each start."),
    }
}

fn chart(html: &mut Html, startup: Startup) {
    let Startup {
        unpacked_us,
        packed_us,
    } = startup;
    let whole = unpacked_us.max(packed_us);
    for (us, class, what) in [
        (unpacked_us, "whole", "unpacked"),
        (packed_us, "packed", "packed"),
    ] {
        let words = format!(
            "{} {what}, from start to end, with the sandbox around it",
            human::microseconds(us)
        );
        html.class_leaf("span", "bytes", &words);
        bar(html, us, whole, class, &words);
    }
}
