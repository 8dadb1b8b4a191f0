//! What was seen of an artifact when it was started.

use super::super::artifact::ArtifactView;
use super::super::foreseen::{Foreseen, Observed, foreseen};
use super::super::html::Html;
use super::super::mark::Mark;
use super::{field, headings, mark, wide};
use crate::human;
use crate::report::{Answer, SmokeRecord};
use crate::smoke::Verdict;

pub(super) fn smoke(html: &mut Html, artifact: &ArtifactView<'_>) {
    if let Some(record) = artifact.smoke {
        html.leaf("h4", "On a blank system");
        blank(html, record);
    }
}

fn blank(html: &mut Html, record: &SmokeRecord) {
    html.class("dl", "fields", |html| {
        field(html, "Verdict", |html| mark(html, &verdict(record.verdict)));
        if let Some(because) = &record.because {
            field(html, "Because", |html| html.text(because));
        }
        for besides in &record.besides {
            field(html, "And", |html| html.text(besides));
        }
        field(html, "What ran", |html| html.leaf("code", &record.path));
        if let Some(how) = &record.how {
            field(html, "How", |html| html.text(how));
        }
        if let Some(time) = record.time_ms {
            let words = format!(
                "{} from start to end, with the sandbox around it",
                human::time(time)
            );
            field(html, "Time", |html| html.text(&words));
        }
        if let Some(limits) = record.limits() {
            field(html, "Limits", |html| html.text(&limits));
        }
        if !record.ungranted.is_empty() {
            field(html, "Had, ungranted", |html| {
                for path in &record.ungranted {
                    html.leaf("code", path);
                    html.text(" ");
                }
            });
        }
        let dimensions = &record.dimensions;
        for (name, answer) in [
            ("Dependencies complete", dimensions.dependencies_complete),
            ("Environment isolated", dimensions.environment_isolated),
            ("Starts there", dimensions.executable),
            ("Healthy", dimensions.health),
        ] {
            field(html, name, |html| mark(html, &in_word(answer)));
        }
        if let Some(time) = record.well_after_ms {
            let words = format!("{}{}", human::time(time), record.whoever());
            field(html, "Healthy after", |html| html.text(&words));
        }
        if !record.missing.is_empty() {
            field(html, "Missing", |html| {
                for rule in &record.missing {
                    html.leaf("code", rule.as_str());
                    html.text(" ");
                }
            });
        }
    });
    comparison(html, record);
    if !record.said.is_empty() {
        html.leaf("p", "What it said:");
        html.leaf("pre", &record.said.join("\n"));
    }
}

fn verdict(verdict: Verdict) -> Mark {
    let word = verdict.as_str();
    match verdict {
        Verdict::Pass => Mark::good(word),
        Verdict::Fail => Mark::bad(word),
        Verdict::NotRun => Mark::unknown(word),
    }
}

fn in_word(answer: Answer) -> Mark {
    match answer {
        Answer::Yes => Mark::good("yes"),
        Answer::No => Mark::bad("no"),
        Answer::Untested => Mark::unknown("not tested"),
        Answer::Unknown => Mark::unknown("not known"),
    }
}

/// What was predicted, beside what was observed.
fn comparison(html: &mut Html, record: &SmokeRecord) {
    let rows = foreseen(record);
    if rows.is_empty() {
        return;
    }
    wide(html, "Predicted and observed", |html| {
        html.element("table", &[], |html| {
            headings(
                html,
                &["Cause", "Predicted from the file", "Observed in the run"],
            );
            html.element("tbody", &[], |html| {
                for one in &rows {
                    row(html, one, record);
                }
            });
        });
    });
}

fn row(html: &mut Html, one: &Foreseen<'_>, record: &SmokeRecord) {
    html.element("tr", &[], |html| {
        html.element("th", &[("scope", "row")], |html| {
            html.leaf("code", &one.what);
        });
        html.element("td", &[], |html| match one.predicted {
            Some(subject) => html.text(subject),
            None => mark(html, &Mark::caution("not predicted")),
        });
        html.element("td", &[], |html| match one.observed {
            Observed::Line(line) => html.leaf("code", line),
            Observed::Elsewhere => html.text("yes"),
            Observed::Not => mark(html, &Mark::unknown(unseen(record.verdict))),
        });
    });
}

fn unseen(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "not needed in this run",
        // It may not have come that far.
        Verdict::Fail => "not seen in this run",
        Verdict::NotRun => "not run",
    }
}
