//! `docs/rules.md`: every rule, from its own prose.

use std::fmt::Write as _;

use super::cause::fixes;
use super::note::Note;
use super::words;
use crate::verify::{Class, FixPlace, Rule};

const HEAD: &str = "# Rules

What the gate and `gobuildx inspect` look for. `gobuildx explain RULE` prints the same for one rule, `gobuildx explain \"TEXT\"`
finds the rules for what is seen, and `gobuildx explain --log FILE` those for what a log says. [symptoms.md](symptoms.md) has a
table that starts from what is seen.

This page is made from the rules: `SNAPSHOTS=overwrite cargo test --test docs rules`.
";

/// The page as Markdown; the heading of each rule is its name, and so is its anchor.
#[must_use]
pub fn rules_page() -> String {
    let mut page = HEAD.to_owned();
    for class in words::CLASSES {
        let rules = Rule::ALL.iter().filter(|rule| rule.class == class);
        // Writing to a String can't fail.
        let _ = writeln!(page, "\n## {}\n", title(class));
        let _ = writeln!(page, "These rules tell {}.", words::class(class));
        for rule in rules {
            page.push_str(&section(rule));
        }
    }
    page
}

fn title(class: Class) -> &'static str {
    match class {
        Class::Linking => "Linking",
        Class::Runtime => "While it runs",
        Class::Confirmation => "What was asked for",
        Class::Opacity => "What can be read",
    }
}

fn section(rule: &Rule) -> String {
    let mut text = format!(
        "\n### {}\n\n{}.\n\n",
        rule.id,
        prose(&capital(rule.summary))
    );
    // Writing to a String can't fail.
    let mut point = |label: &str, words: &str| {
        let _ = writeln!(text, "- {label}: {words}");
    };
    point("severity", words::severity(rule.severity));
    point("systems", &rule.systems.in_words());
    point("seen", &prose(rule.symptom));
    if !rule.signs.is_empty() {
        let signs: Vec<_> = rule.signs.iter().map(|sign| code(sign)).collect();
        point("signs", &signs.join(", "));
    }
    if let Some(note) = Note::of(rule) {
        point("told from others", &prose(note.telling));
    }
    let _ = writeln!(text, "\n{}\n", prose(rule.explanation));
    let all = fixes(rule);
    for place in FixPlace::ALL {
        for fix in all.iter().filter(|fix| fix.place == place) {
            let _ = writeln!(text, "- {}: {}", words::place(place), prose(&fix.text));
        }
    }
    text
}

fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// A text in which nothing is read as Markdown but code between backticks.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(at, part)| match at % 2 {
        // A lone backtick, as in glibc's messages, quotes nothing.
        1 if text.matches('`').count().is_multiple_of(2) => format!("`{part}`"),
        1 => format!("\\`{}", escaped(part)),
        _ => escaped(part),
    });
    parts.collect()
}

fn escaped(text: &str) -> String {
    text.replace('*', "\\*").replace('<', "\\<")
}

/// A text as code, whatever backticks it has.
fn code(text: &str) -> String {
    if text.contains('`') {
        format!("``{text}``")
    } else {
        format!("`{text}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_heading_by_its_name_below_its_class() {
        let page = rules_page();
        let heads = page.lines().filter_map(|line| line.strip_prefix("### "));
        let mut heads: Vec<_> = heads.collect();
        let mut rules: Vec<_> = Rule::ALL.iter().map(|rule| rule.id.as_str()).collect();
        heads.sort_unstable();
        rules.sort_unstable();
        assert_eq!(heads, rules);
    }

    #[test]
    fn nothing_in_the_prose_becomes_markup() {
        assert_eq!(prose("`a*b` and ld-*.so"), "`a*b` and ld-\\*.so");
        assert_eq!(prose("version `GLIBC' <x>"), "version \\`GLIBC' \\<x>");
        assert_eq!(code("`x'"), "```x'``");
    }
}
