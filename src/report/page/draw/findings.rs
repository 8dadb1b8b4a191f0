//! What the rules found in an artifact, what happens then, and what to do.

use super::super::artifact::{ArtifactView, is_only_told};
use super::super::html::Html;
use super::super::mark::Mark;
use super::mark;
use crate::verify::{Finding, Rule, Severity, Standing};

pub(super) fn findings(html: &mut Html, artifact: &ArtifactView<'_>) {
    if artifact.checked.is_empty() {
        return;
    }
    html.leaf("h4", "Findings");
    let (told, matter): (Vec<&Finding>, Vec<&Finding>) = artifact
        .findings
        .iter()
        .partition(|finding| is_only_told(finding));
    if matter.is_empty() {
        html.leaf("p", "Nothing that the verdict hangs on.");
    }
    list(html, &matter);
    if !told.is_empty() {
        html.element("details", &[], |html| {
            html.leaf("summary", &format!("Worth knowing only: {}", told.len()));
            list(html, &told);
        });
    }
    html.element("details", &[], |html| {
        html.leaf(
            "summary",
            &format!("Rules that were checked: {}", artifact.checked.len()),
        );
        html.class("p", "rules", |html| {
            for rule in artifact.checked {
                html.leaf("code", rule.as_str());
                html.text(" ");
            }
        });
    });
}

fn list(html: &mut Html, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    html.class("ul", "findings", |html| {
        for finding in findings {
            html.element("li", &[], |html| one(html, finding));
        }
    });
}

fn one(html: &mut Html, finding: &Finding) {
    html.element("p", &[], |html| {
        mark(html, &standing(finding));
        html.text(" ");
        html.leaf("code", finding.rule.as_str());
        if let Some(rule) = Rule::get(finding.rule) {
            html.text(" ");
            html.text(rule.summary);
        }
    });
    html.class_leaf("p", "detail", &finding.detail);
    let chain = finding.chain.join(" → ");
    if !finding.detail.contains(&chain) {
        html.class("p", "detail", |html| html.leaf("code", &chain));
    }
    if let Some(reason) = finding.allowed() {
        html.leaf("p", &format!("Allowed: {reason}"));
    }
    if !finding.symptom.is_empty() {
        html.element("p", &[], |html| {
            html.leaf("strong", "When it strikes: ");
            html.text(&finding.symptom);
        });
    }
    if !finding.fixes.is_empty() {
        html.class_leaf("p", "fixes", "What to do:");
        html.element("ul", &[], |html| {
            for fix in &finding.fixes {
                html.leaf("li", &fix.to_string());
            }
        });
    }
}

/// What the policy makes of it, and how bad it is.
fn standing(finding: &Finding) -> Mark {
    let severity = match finding.severity {
        Severity::Info => "info",
        Severity::Degrade => "degrade",
        Severity::Fail => "fail",
        Severity::Block => "block",
    };
    match &finding.standing {
        Standing::Fails => Mark::bad(format!("refused: {severity}")),
        Standing::Allowed(_) => Mark::caution(format!("allowed: {severity}")),
        Standing::Provided => Mark::good("the system has it"),
        Standing::Told if finding.is_condition() => Mark::caution(severity),
        Standing::Told => Mark::unknown(severity),
    }
}
