//! What changed since the last version, as Markdown.
//!
//! Commits are grouped where any of them says by Conventional Commits what kind of change it is; else they are one
//! list. The same commits give the same text.

mod conventional;

use std::borrow::Cow;
use std::fmt::Write as _;

use self::conventional::{Conventional, Kind, breaking};
use crate::markdown::escaped;
use crate::tools::git::{Commit, End, History};

/// How many digits of a hash are told, as in the version.
const DIGITS: usize = 7;

/// How many characters of a subject, or of what breaks, are told.
const LONGEST: usize = 200;

/// The changes of a version as Markdown: a heading, since when, and a list or several.
#[must_use]
pub fn markdown(version: &str, history: &History) -> String {
    let mut text = format!("## {}\n\n{}\n", escaped(version), since(history));
    let changes: Vec<Change<'_>> = history.commits.iter().map(Change::of).collect();
    if changes
        .iter()
        .all(|change| change.section == Section::Other)
    {
        list(&mut text, &changes.iter().collect::<Vec<_>>());
    } else {
        for section in SECTIONS {
            let of_it: Vec<_> = changes
                .iter()
                .filter(|change| change.section == *section)
                .collect();
            if !of_it.is_empty() {
                let _ = write!(text, "\n### {}\n", section.heading());
                list(&mut text, &of_it);
            }
        }
    }
    let missing = match history.end {
        End::Whole => return text,
        End::Shallow => "Older changes are missing: the clone that this was made from is shallow.",
        End::Limit => "Older changes are left out.",
    };
    let _ = write!(text, "\n{missing}\n");
    text
}

fn since(history: &History) -> String {
    match (&history.since, history.commits.is_empty()) {
        (Some(tag), false) => format!("Changes since {}.", escaped(tag)),
        (Some(tag), true) => format!("No changes since {}.", escaped(tag)),
        (None, _) if history.end == End::Shallow => "The latest changes.".to_owned(),
        (None, _) => "The first release.".to_owned(),
    }
}

/// Where a change is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Breaking,
    Of(Kind),
    /// It doesn't say what kind of change it is.
    Other,
}

/// All sections in their order.
const SECTIONS: &[Section] = &[
    Section::Breaking,
    Section::Of(Kind::Feature),
    Section::Of(Kind::Fix),
    Section::Of(Kind::Performance),
    Section::Of(Kind::Documentation),
    Section::Other,
    Section::Of(Kind::Internal),
];

impl Section {
    fn heading(self) -> &'static str {
        match self {
            Self::Breaking => "Breaking changes",
            Self::Of(Kind::Feature) => "Features",
            Self::Of(Kind::Fix) => "Fixes",
            Self::Of(Kind::Performance) => "Performance",
            Self::Of(Kind::Documentation) => "Documentation",
            Self::Of(Kind::Internal) => "Internal",
            Self::Other => "Other changes",
        }
    }
}

/// A commit as it is told.
struct Change<'a> {
    section: Section,
    scope: Option<&'a str>,
    description: &'a str,
    /// What its footer says of what breaks.
    breaking: Option<String>,
    hash: &'a str,
}

impl<'a> Change<'a> {
    fn of(commit: &'a Commit) -> Self {
        let conventional = Conventional::parse(&commit.subject);
        let breaking = breaking(&commit.body);
        let breaks = breaking.is_some() || conventional.is_some_and(|told| told.breaks);
        let kind = conventional.map_or(Section::Other, |told| Section::Of(told.kind));
        Self {
            section: if breaks { Section::Breaking } else { kind },
            scope: conventional.and_then(|told| told.scope),
            description: conventional.map_or(&commit.subject, |told| told.description),
            breaking,
            hash: commit.hash.get(..DIGITS).unwrap_or(&commit.hash),
        }
    }
}

/// The start of a text that is longer than anybody reads in a list.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or(text).trim_end())),
        None => Cow::Borrowed(text),
    }
}

fn list(text: &mut String, changes: &[&Change<'_>]) {
    for (index, change) in changes.iter().enumerate() {
        let gap = if index == 0 { "\n" } else { "" };
        let scope = change
            .scope
            .map(|scope| format!("**{}:** ", escaped(&shortened(scope))));
        let description = match escaped(&shortened(change.description)) {
            empty if empty.is_empty() => "(no message)".to_owned(),
            description => description,
        };
        let scope = scope.unwrap_or_default();
        let _ = writeln!(text, "{gap}- {scope}{description} ({})", change.hash);
        if let Some(breaking) = &change.breaking {
            let _ = writeln!(text, "  {}", escaped(&shortened(breaking)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn commit(subject: &str, body: &str) -> Commit {
        Commit {
            hash: "0123456789abcdef".to_owned(),
            subject: subject.to_owned(),
            body: body.to_owned(),
        }
    }

    fn since(tag: Option<&str>, commits: &[(&str, &str)], end: End) -> String {
        let commits = commits.iter().map(|(subject, body)| commit(subject, body));
        let history = History {
            since: tag.map(str::to_owned),
            commits: commits.collect(),
            end,
        };
        markdown("v1.1.0-0123456", &history)
    }

    #[test]
    fn what_nobody_reads_to_its_end_is_cut() {
        let long = "ä".repeat(100_000);
        let footer = format!("BREAKING CHANGE: {long}");
        let subject = format!("fix({long}): {long}");
        let text = since(None, &[(subject.as_str(), footer.as_str())], End::Whole);
        let told = format!("{}…", "ä".repeat(LONGEST));
        assert!(
            text.contains(&format!("- **{told}:** {told} (0123456)\n  {told}\n")),
            "{text}"
        );
        let whole = "a".repeat(LONGEST);
        let text = since(None, &[(whole.as_str(), "")], End::Whole);
        assert!(text.contains(&format!("- {whole} (")), "{text}");
    }

    #[test]
    fn conventional_commits_stand_in_sections() {
        let text = since(
            Some("v1.0.0"),
            &[
                ("feat: b", ""),
                ("fix(api): <b>x</b>", ""),
                ("feat: a", ""),
                ("chore: tidy", ""),
                ("Merge-free work", ""),
                ("perf!: c", ""),
                ("fix: d", "BREAKING CHANGE: - e\nis gone"),
            ],
            End::Whole,
        );
        let expected = "## v1.1.0-0123456\n\nChanges since v1.0.0.\n\
            \n### Breaking changes\n\n- c (0123456)\n- d (0123456)\n  \\- e is gone\n\
            \n### Features\n\n- b (0123456)\n- a (0123456)\n\
            \n### Fixes\n\n- **api:** &lt;b\\>x&lt;/b\\> (0123456)\n\
            \n### Other changes\n\n- Merge-free work (0123456)\n\
            \n### Internal\n\n- tidy (0123456)\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn other_commits_are_one_list() {
        let commits = [("net/http: fix x", ""), ("", "")];
        assert_eq!(
            since(None, &commits, End::Limit),
            "## v1.1.0-0123456\n\nThe first release.\n\n- net/http: fix x (0123456)\n\
            - (no message) (0123456)\n\nOlder changes are left out.\n"
        );
    }

    #[test]
    fn what_a_shallow_clone_has_not_is_told() {
        let text = since(None, &[("x", "")], End::Shallow);
        assert!(text.contains("The latest changes."), "{text}");
        assert!(text.ends_with("is shallow.\n"), "{text}");
        assert!(!text.contains("first"), "{text}");
    }

    #[test]
    fn no_change_is_told_too() {
        let text = since(Some("v1.0.0"), &[], End::Whole);
        assert!(text.ends_with("No changes since v1.0.0.\n"), "{text}");
    }

    proptest! {
        #[test]
        fn each_commit_is_one_item_whatever_it_says(
            commits in proptest::collection::vec(("(feat|fix|x)?(\\([a-z]\\))?!?(: )?\\PC*", "\\PC*"), 1..5),
        ) {
            let commits: Vec<(&str, &str)> = commits
                .iter()
                .map(|(subject, body)| (subject.as_str(), body.as_str()))
                .collect();
            let text = since(None, &commits, End::Whole);
            let items = text.lines().filter(|line| line.starts_with("- ")).count();
            prop_assert_eq!(items, commits.len());
            prop_assert!(!text.contains('<'));
        }
    }
}
