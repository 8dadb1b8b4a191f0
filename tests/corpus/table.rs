//! How often the rules are right about the corpus, as `docs/accuracy.md` shows it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::case::{Case, Part};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/accuracy.md");

/// Right ones, and all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    right: usize,
    all: usize,
}

impl Score {
    fn cell(self) -> String {
        if self.all == 0 {
            return "–".to_owned();
        }
        format!("{}/{}", self.right, self.all)
    }
}

/// Scores by a row, a column and the part of a program.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    scores: BTreeMap<(String, String, Part), Score>,
    /// What is not right, in words, with the rows where it is so.
    pub(crate) faults: BTreeMap<String, Vec<String>>,
}

impl Scores {
    /// Counts a program.
    pub(crate) fn count(&mut self, row: &str, column: &str, case: &Case, fault: Option<&str>) {
        let key = (row.to_owned(), column.to_owned(), case.part);
        let score = self.scores.entry(key).or_default();
        score.all += 1;
        match fault {
            None => score.right += 1,
            Some(fault) => self
                .faults
                .entry(format!("{column}, {}: {fault}", case.name))
                .or_default()
                .push(row.to_owned()),
        }
    }

    /// A table with three cells, one a part, for each column.
    pub(crate) fn table(&self, what: &str, rows: &[&str], columns: &[&str]) -> String {
        let mut text = format!("| {what} |");
        for column in columns {
            let _ = write!(text, " {column} |");
        }
        let _ = write!(text, "\n|---|{}\n", "---|".repeat(columns.len()));
        for row in rows {
            let _ = write!(text, "| {row} |");
            for column in columns {
                let cells = Part::ALL.map(|part| {
                    let key = ((*row).to_owned(), (*column).to_owned(), part);
                    self.scores.get(&key).copied().unwrap_or_default().cell()
                });
                let _ = write!(text, " {} |", cells.join(" · "));
            }
            text.push('\n');
        }
        text
    }
}

/// Holds a section of the page against what was counted; with `SNAPSHOTS=overwrite` writes it.
pub(crate) fn compare(heading: &str, body: &str) {
    // Tests run side by side, and write one page.
    static PAGE_IS_WRITTEN: Mutex<()> = Mutex::new(());
    let _one = PAGE_IS_WRITTEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let page = fs::read_to_string(PAGE).unwrap();
    let start = page.find(&format!("## {heading}\n"));
    let start = start.unwrap_or_else(|| panic!("docs/accuracy.md has no section {heading:?}"));
    let start = start + "## ".len() + heading.len() + 1;
    let end = page[start..]
        .find("\n## ")
        .map_or(page.len(), |end| start + end);
    let body = format!("\n{body}");
    let whole = format!("{}{body}{}", &page[..start], &page[end..]);
    if std::env::var(snapbox::assert::DEFAULT_ACTION_ENV).as_deref() == Ok("overwrite") {
        fs::write(Path::new(PAGE), whole).unwrap();
    } else {
        assert_eq!(
            &page[start..end],
            body,
            "docs/accuracy.md: SNAPSHOTS=overwrite writes it"
        );
    }
}
