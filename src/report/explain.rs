//! What the gate checked and found, with the prose of its rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::run::verification;
use crate::exec::Outcomes;
use crate::plan::Plan;
use crate::printable::printable;
use crate::verify::{Finding, Rule, RuleId};

/// Columns of a paragraph, where the terminal is no narrower.
const WIDTH: usize = 96;

/// Each rule that found something, why it matters and how it is recognised, and what it found
/// where; then the rules that found nothing.
#[must_use]
pub fn explanations(plan: &Plan, outcomes: &Outcomes, width: Option<usize>) -> String {
    let width = width.map_or(WIDTH, |width| width.min(WIDTH));
    let mut found: BTreeMap<RuleId, Vec<(&str, &Finding)>> = BTreeMap::new();
    let mut checked: BTreeSet<RuleId> = BTreeSet::new();
    for artifact in &plan.artifacts {
        let outcome = outcomes.get(&artifact.steps.verify);
        let Some(verification) = outcome.and_then(|outcome| verification(&outcome.end)) else {
            continue;
        };
        checked.extend(&verification.checked);
        for finding in &verification.findings {
            let places = found.entry(finding.rule).or_default();
            places.push((artifact.path.as_str(), finding));
        }
    }
    let mut text = String::new();
    for rule in Rule::ALL {
        if let Some(places) = found.get(&rule.id) {
            write_found(&mut text, rule, places, width);
        }
    }
    let quiet = |rule: &&&Rule| checked.contains(&rule.id) && !found.contains_key(&rule.id);
    let mut quiet = Rule::ALL.iter().filter(quiet).peekable();
    if quiet.peek().is_some() {
        text.push_str("These rules found nothing. Each says what it would have found:\n");
    }
    for rule in quiet {
        // Writing to a String can't fail.
        let _ = writeln!(text, "  {:<13} {}", rule.id, rule.summary);
    }
    text
}

/// How a paragraph is laid out.
fn paragraph(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width)
        .initial_indent("  ")
        .subsequent_indent("  ")
}

// Writing to a String can't fail.
fn write_found(text: &mut String, rule: &Rule, places: &[(&str, &Finding)], width: usize) {
    let _ = writeln!(text, "{}: {}", rule.id, rule.summary);
    let _ = writeln!(
        text,
        "{}",
        textwrap::fill(rule.explanation, paragraph(width))
    );
    for (path, finding) in places {
        let _ = writeln!(text, "  {path}: {}", printable(&finding.detail));
        if let Some(reason) = finding.allowed() {
            let _ = writeln!(text, "    allowed: {reason}");
        }
        for fix in &finding.fixes {
            let _ = writeln!(text, "    fix: {fix}");
        }
    }
    text.push('\n');
}
