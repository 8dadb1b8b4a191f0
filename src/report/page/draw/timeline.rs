//! Which step ran when, drawn and as a table.

use super::super::View;
use super::super::html::Html;
use super::super::mark::Mark;
use super::super::timeline::{Bar, Timeline, has_run};
use super::{bytes, headings, mark, section, wide};
use crate::human;
use crate::plan::StepKind;
use crate::report::HookReport;
use crate::report::run::{StepOutcome, StepReport};

/// Heights in pixels: of a lane, of a bar in it, and of the axis.
const LANE: usize = 26;
const BAR: usize = 20;
const AXIS: usize = 22;

/// The kinds of steps, in the order in which an artifact is made.
const KINDS: [StepKind; 6] = [
    StepKind::Compile,
    StepKind::Verify,
    StepKind::Compress,
    StepKind::Smoke,
    StepKind::Place,
    StepKind::Hook,
];

pub(super) fn timeline(html: &mut Html, view: &View<'_>) {
    section(html, "timeline", "Timeline", |html| {
        html.class_leaf(
            "p",
            "lead",
            "What is one below the other ran side by side. Which core a step ran on isn't known.",
        );
        html.class("p", "legend", |html| {
            for kind in KINDS {
                if view.steps.iter().any(|step| step.id.kind() == kind) {
                    bytes::key(html, kind.as_str(), kind.as_str());
                }
            }
        });
        if !view.timeline.lanes.is_empty() {
            wide(html, "Timeline", |html| drawing(html, &view.timeline));
        }
        table(html, view.steps);
        hooks(html, view.hooks);
    });
}

fn drawing(html: &mut Html, timeline: &Timeline<'_>) {
    let height = AXIS + timeline.lanes.len() * LANE;
    let text = height.to_string();
    let attributes = [
        ("class", "lanes"),
        ("height", text.as_str()),
        ("role", "img"),
        (
            "aria-label",
            "The steps of the build by time; the table below has the same",
        ),
    ];
    html.element("svg", &attributes, |html| {
        for tick in &timeline.ticks {
            let place = tick.place.to_string();
            let line = [
                ("class", "tick"),
                ("x1", &place),
                ("x2", &place),
                ("y1", "0"),
                ("y2", &text),
            ];
            html.element("line", &line, |_| ());
            let label = [
                ("class", "time"),
                ("x", place.as_str()),
                ("dx", "4"),
                ("y", "14"),
            ];
            html.element("text", &label, |html| html.text(&human::time(tick.ms)));
        }
        for (number, lane) in timeline.lanes.iter().enumerate() {
            for one in lane {
                bar(html, one, AXIS + number * LANE);
            }
        }
    });
}

/// An image of its own, which cuts off what of the name has no room.
fn bar(html: &mut Html, bar: &Bar<'_>, top: usize) {
    let step = bar.step;
    let (start, width) = (bar.start.to_string(), bar.width.to_string());
    let (top, height) = (top.to_string(), BAR.to_string());
    let kind = step.id.kind().as_str();
    // What took next to no time is seen all the same.
    let stub = [
        ("class", kind),
        ("x", &start),
        ("y", &top),
        ("width", "2"),
        ("height", &height),
    ];
    html.element("rect", &stub, |_| ());
    let attributes = [
        ("x", start.as_str()),
        ("y", top.as_str()),
        ("width", width.as_str()),
        ("height", height.as_str()),
        ("class", "step"),
    ];
    html.element("svg", &attributes, |html| {
        html.leaf("title", &in_words(step));
        let failed = if step.outcome == StepOutcome::Done {
            ""
        } else {
            " failed"
        };
        let class = format!("{kind}{failed}");
        let attributes = [
            ("class", class.as_str()),
            ("width", "100%"),
            ("height", "100%"),
        ];
        html.element("rect", &attributes, |_| ());
        html.element(
            "text",
            &[("class", "name"), ("x", "5"), ("y", "14")],
            |html| {
                html.text(step.id.subject());
            },
        );
    });
}

fn in_words(step: &StepReport) -> String {
    format!(
        "{}: {}, from {} on, {}",
        step.id,
        step.outcome.as_str(),
        human::time(step.started_ms),
        human::time(step.duration_ms),
    )
}

fn table(html: &mut Html, steps: &[StepReport]) {
    html.element("details", &[], |html| {
        html.leaf("summary", &format!("All steps: {}", steps.len()));
        wide(html, "All steps", |html| {
            html.class("table", "steps", |html| {
                headings(html, &["Step", "Outcome", "Started at", "Took"]);
                html.element("tbody", &[], |html| {
                    for step in steps {
                        html.element("tr", &[], |html| row(html, step));
                    }
                });
            });
        });
    });
}

fn row(html: &mut Html, step: &StepReport) {
    html.element("th", &[("scope", "row")], |html| {
        html.leaf("code", &step.id.to_string());
    });
    html.element("td", &[], |html| mark(html, &outcome(step.outcome)));
    let (started, took) = if has_run(step) {
        (human::time(step.started_ms), human::time(step.duration_ms))
    } else {
        ("never".to_owned(), "–".to_owned())
    };
    html.class_leaf("td", "number", &started);
    html.class_leaf("td", "number", &took);
}

fn outcome(outcome: StepOutcome) -> Mark {
    let word = outcome.as_str();
    match outcome {
        StepOutcome::Done | StepOutcome::Kept => Mark::good(word),
        StepOutcome::Failed => Mark::bad(word),
        StepOutcome::Skipped | StepOutcome::Stopped => Mark::unknown(word),
    }
}

fn hooks(html: &mut Html, hooks: &[HookReport]) {
    if hooks.is_empty() {
        return;
    }
    html.leaf("p", "Hooks of the whole run, before and after these steps:");
    wide(html, "Hooks of the whole run", |html| {
        html.element("table", &[], |html| {
            headings(html, &["Hook", "Outcome", "Took"]);
            html.element("tbody", &[], |html| {
                for hook in hooks {
                    html.element("tr", &[], |html| {
                        html.element("th", &[("scope", "row")], |html| {
                            html.leaf("code", &hook.id);
                        });
                        html.element("td", &[], |html| mark(html, &outcome(hook.outcome)));
                        html.class_leaf("td", "number", &human::time(hook.duration_ms));
                    });
                }
            });
        });
    });
}
