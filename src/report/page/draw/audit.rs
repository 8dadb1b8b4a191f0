//! The dependencies: what is denied, every module, and what was not asked.

use super::super::audit::AuditView;
use super::super::html::Html;
use super::super::mark::Mark;
use super::{field, headings, mark, section, wide};
use crate::audit::{AuditedModule, Finding, Grade, Standing};
use crate::report::audit::{COLUMNS, cells, named, required_by};
use crate::text_table::Align;

pub(super) fn audit(html: &mut Html, audit: &AuditView<'_>) {
    section(html, "dependencies", "Dependencies", |html| {
        outcome(html, audit);
        findings(html, audit);
        modules(html, audit);
        programs(html, audit);
    });
}

/// What it comes to, and what was not asked.
fn outcome(html: &mut Html, audit: &AuditView<'_>) {
    html.class("p", "outcome", |html| {
        mark(html, &audit.verdict);
        html.text(" ");
        html.text(&audit.outcome);
    });
    html.class_leaf("p", "detail", &format!("Checked: {}", audit.checked));
    if !audit.gaps.is_empty() {
        html.leaf("h4", "Not checked");
        html.element("ul", &[], |html| {
            for (check, why) in &audit.gaps {
                html.leaf("li", &format!("{}: {why}", check.question));
            }
        });
    }
    if !audit.unused.is_empty() {
        html.leaf("h4", "Allowed, and not found");
        html.element("ul", &[], |html| {
            for unused in audit.unused {
                html.leaf("li", unused);
            }
        });
    }
}

fn findings(html: &mut Html, audit: &AuditView<'_>) {
    if audit.findings.is_empty() {
        return;
    }
    html.leaf("h4", "Findings");
    html.class("ul", "findings", |html| {
        for (standing, finding) in &audit.findings {
            html.element("li", &[], |html| one(html, standing, finding));
        }
    });
}

fn one(html: &mut Html, standing: &Mark, finding: &Finding) {
    html.element("p", &[], |html| {
        mark(html, standing);
        html.text(" ");
        html.leaf("code", finding.rule.as_str());
        html.text(" ");
        html.text(&finding.subject());
    });
    html.class_leaf("p", "detail", &finding.says);
    html.class_leaf("p", "detail", &format!("What it means: {}", finding.means));
    if !finding.chain.is_empty() {
        html.class("p", "detail", |html| {
            html.leaf("code", &finding.chain.join(" → "));
        });
    }
    if let Standing::Allowed { reason, .. } = &finding.standing {
        html.leaf("p", &format!("Allowed: {reason}"));
    }
    if let Some(fix) = &finding.fix {
        html.class("p", "fixes", |html| {
            html.text("What to do: ");
            html.leaf("code", fix);
        });
    }
}

fn modules(html: &mut Html, audit: &AuditView<'_>) {
    if audit.modules.is_empty() {
        return;
    }
    html.leaf("h4", "Modules");
    wide(html, "Modules", |html| {
        html.class("table", "modules", |html| {
            headings(html, &COLUMNS.map(|(name, _)| name));
            html.element("tbody", &[], |html| {
                for (grade, module) in &audit.modules {
                    html.element("tr", &[], |html| row(html, grade, module));
                }
            });
        });
    });
    let rated = audit.modules.iter().map(|(_, module)| *module);
    let rated: Vec<_> = rated
        .filter(|module| module.rating.grade > Grade::Unknown)
        .collect();
    if rated.is_empty() {
        return;
    }
    html.element("details", &[("open", "")], |html| {
        html.leaf("summary", "Why modules are rated as they are");
        html.class("dl", "fields", |html| {
            for module in rated {
                let name = format!("{}{}", named(module), required_by(module));
                field(html, &name, |html| {
                    html.text(&module.rating.reasons.join("; "));
                });
            }
        });
    });
}

fn row(html: &mut Html, grade: &Mark, module: &AuditedModule) {
    html.element("td", &[], |html| mark(html, grade));
    let cells = cells(module);
    for (cell, (_, align)) in cells.iter().zip(COLUMNS).skip(1) {
        match align {
            Align::Left => html.leaf("td", cell),
            Align::Right => html.class_leaf("td", "number", cell),
        }
    }
}

fn programs(html: &mut Html, audit: &AuditView<'_>) {
    html.element("details", &[], |html| {
        html.leaf("summary", "How it is known what is linked");
        html.class("dl", "fields", |html| {
            for (name, known) in &audit.programs {
                field(html, name, |html| html.text(known));
            }
        });
    });
}
