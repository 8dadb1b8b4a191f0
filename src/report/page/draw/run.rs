//! What is said of the run as a whole.

use super::super::html::Html;
use super::super::mark::Mark;
use super::super::{Failed, View};
use super::{mark, section};

/// So many failures are unfolded from the start.
const UNFOLDED: usize = 2;

pub(super) fn head(html: &mut Html, view: &View<'_>) {
    let head = &view.head;
    html.element("header", &[], |html| {
        html.element("h1", &[], |html| {
            html.text(head.project);
            html.text(" ");
            html.class_leaf("span", "version", head.version);
        });
        html.class("p", "outcome", |html| {
            let word = Mark {
                tone: head.tone,
                word: head.word.into(),
            };
            mark(html, &word);
            html.text(" ");
            html.text(&head.outcome);
        });
        html.leaf("p", &head.known);
        html.class("p", "plan", |html| {
            html.text("Plan ");
            html.leaf("code", head.plan);
        });
        html.element("nav", &[("aria-label", "On this page")], |html| {
            let audit = view.audit.as_ref();
            let audit = audit.map(|_| ("#dependencies", "Dependencies"));
            let links = [("#gates", "Gates")].into_iter().chain(audit).chain([
                ("#sizes", "Sizes"),
                ("#artifacts", "Artifacts"),
                ("#timeline", "Timeline"),
            ]);
            for (link, name) in links {
                html.element("a", &[("href", link)], |html| html.text(name));
                html.text(" ");
            }
        });
    });
}

/// Each with the first line of what it said; the whole is folded away where there are many.
pub(super) fn failures(html: &mut Html, failures: &[Failed<'_>]) {
    if failures.is_empty() {
        return;
    }
    section(html, "failures", "What failed", |html| {
        let unfolded = [("class", "failure"), ("open", "")];
        let attributes = if failures.len() <= UNFOLDED {
            &unfolded[..]
        } else {
            &unfolded[..1]
        };
        for failed in failures {
            html.element("details", attributes, |html| {
                let first = failed.message.lines().next().unwrap_or(&failed.name);
                html.element("summary", &[], |html| html.leaf("h3", first));
                html.element("p", &[], |html| html.leaf("code", &failed.name));
                html.leaf("pre", failed.message);
            });
        }
    });
}

pub(super) fn notes(html: &mut Html, view: &View<'_>) {
    if view.notes.is_empty() && view.removed.is_empty() {
        return;
    }
    section(html, "notes", "Worth knowing", |html| {
        html.element("ul", &[], |html| {
            for note in view.notes {
                html.leaf("li", note);
            }
            if !view.removed.is_empty() {
                html.element("li", &[], |html| {
                    html.text(
                        "removed, since an earlier run left it and this one doesn't make it: ",
                    );
                    for removed in view.removed {
                        html.leaf("code", removed);
                        html.text(" ");
                    }
                });
            }
        });
    });
}

pub(super) fn foot(html: &mut Html) {
    html.element("footer", &[], |html| {
        html.text("Made by gobuildx from what it wrote to ");
        html.leaf("code", "report.json");
        html.text(". This page is for people: ");
        html.leaf("code", "gobuildx verify");
        html.text(" goes by the other records, and so should you.");
    });
}
