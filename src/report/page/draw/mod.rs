//! The page as HTML.

mod artifact;
mod audit;
mod bytes;
mod findings;
mod matrix;
mod run;
mod smoke;
mod startup;
mod timeline;

use super::View;
use super::audit::AuditView;
use super::html::Html;
use super::mark::{Mark, Tone};

/// The rules of the looks.
const SHEET: &str = include_str!("page.css");

/// Nothing is loaded from anywhere and no script is run, whatever stands on the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The whole document of a run.
pub(super) fn document(view: &View<'_>) -> String {
    let head = &view.head;
    let title = format!("{} {}: {}", head.project, head.version, head.word);
    titled(&title, |html| {
        run::head(html, view);
        html.element("main", &[], |html| {
            matrix::matrix(html, &view.artifacts);
            run::failures(html, &view.failures);
            run::notes(html, view);
            if let Some(audit) = &view.audit {
                audit::audit(html, audit);
            }
            bytes::sizes(html, &view.artifacts);
            artifact::artifacts(html, &view.artifacts);
            timeline::timeline(html, view);
        });
        run::foot(html);
    })
}

/// The whole document of an audit.
pub(super) fn audit_document(view: &AuditView<'_>) -> String {
    titled(&format!("Dependencies: {}", view.verdict.word), |html| {
        html.element("main", &[], |html| audit::audit(html, view));
        html.leaf("footer", "Made by gobuildx audit.");
    })
}

fn titled(title: &str, body: impl FnOnce(&mut Html)) -> String {
    Html::document(|html| {
        html.element("head", &[], |html| {
            html.void("meta", &[("charset", "utf-8")]);
            html.void(
                "meta",
                &[
                    ("http-equiv", "Content-Security-Policy"),
                    ("content", POLICY),
                ],
            );
            html.void(
                "meta",
                &[
                    ("name", "viewport"),
                    ("content", "width=device-width, initial-scale=1"),
                ],
            );
            html.void(
                "meta",
                &[("name", "color-scheme"), ("content", "light dark")],
            );
            html.leaf("title", title);
            html.style(SHEET);
        });
        html.element("body", &[], body);
    })
}

/// A section with its heading. Anchors are constants, so no name of a build leads anywhere.
fn section(html: &mut Html, anchor: &'static str, title: &str, inside: impl FnOnce(&mut Html)) {
    html.element("section", &[("id", anchor)], |html| {
        html.leaf("h2", title);
        inside(html);
    });
}

/// A word with its tone, which its sign tells, too: not all people see colours, nor do all printers have them.
fn mark(html: &mut Html, mark: &Mark) {
    html.class("span", &format!("mark {}", mark.tone.class()), |html| {
        html.element(
            "span",
            &[("aria-hidden", "true"), ("class", "sign")],
            |html| {
                html.text(sign(mark.tone));
            },
        );
        html.text(&mark.word);
    });
}

fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✓",
        Tone::Caution => "!",
        Tone::Bad => "✕",
        Tone::Unknown => "–",
    }
}

/// The first row of a table.
fn headings(html: &mut Html, names: &[&str]) {
    html.element("thead", &[], |html| {
        html.element("tr", &[], |html| {
            for name in names {
                html.element("th", &[("scope", "col")], |html| html.text(name));
            }
        });
    });
}

/// What may be wider than the page: it scrolls by itself, also by keyboard.
fn wide(html: &mut Html, label: &str, inside: impl FnOnce(&mut Html)) {
    let attributes = [
        ("class", "wide"),
        ("tabindex", "0"),
        ("role", "region"),
        ("aria-label", label),
    ];
    html.element("div", &attributes, inside);
}

/// A name and what it says, in a list of such.
fn field(html: &mut Html, name: &str, inside: impl FnOnce(&mut Html)) {
    html.leaf("dt", name);
    html.element("dd", &[], inside);
}
