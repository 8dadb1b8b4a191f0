//! An audit as Markdown, for the page of a pipeline's run.

use std::fmt::Write as _;

use super::{AuditReport, COLUMNS, cells, named, told};
use crate::audit::{Grade, Standing};
use crate::markdown::escaped;
use crate::text_table::Align;

/// The most bytes that a step may add to the page of a run.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary>,
/// "Step isolation and limits".
const LARGEST: usize = 1024 * 1024;

/// What stands in the place of what is too much.
const CUT: &str =
    "\n*There is more than a page of a run can have: `gobuildx audit --format json` has all.*\n";

/// Lines, as long as they fit.
#[derive(Default)]
struct Page {
    text: String,
    is_cut: bool,
}

impl Page {
    /// Adds what fits as a whole; after something that doesn't, nothing more.
    fn add(&mut self, text: &str) {
        self.is_cut |= self.text.len() + text.len() + CUT.len() > LARGEST;
        if !self.is_cut {
            self.text.push_str(text);
        }
    }

    fn line(&mut self, line: &str) {
        self.add(&format!("{line}\n"));
    }

    fn done(mut self) -> String {
        if self.is_cut {
            self.text.push_str(CUT);
        }
        self.text
    }
}

impl AuditReport {
    /// Headings and tables, in the dialect that GitHub and GitLab read; never more than GitHub takes.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = Page::default();
        page.line(&format!(
            "## Dependencies\n\n**{}**",
            escaped(&self.verdict())
        ));
        self.findings(&mut page);
        let names = COLUMNS.map(|(name, _)| name).join(" | ");
        let sides = COLUMNS.map(|(_, align)| match align {
            Align::Left => "---",
            Align::Right => "---:",
        });
        page.add(&format!("\n| {names} |\n|{}|\n", sides.join("|")));
        for module in &self.audit.modules {
            let cells = cells(module).map(|cell| escaped(&cell));
            page.line(&format!("| {} |", cells.join(" | ")));
        }
        self.ratings(&mut page);
        let unused = &self.audit.unused;
        if !unused.is_empty() {
            page.add("\n### Allowed, and not found\n\n");
        }
        for unused in unused {
            page.line(&format!("- {}", escaped(unused)));
        }
        page.add(&format!("\n### Checked\n\n{}\n", escaped(&self.checked())));
        let gaps: Vec<_> = self.audit.gaps().collect();
        if !gaps.is_empty() {
            page.add("\n### Not checked\n\n");
        }
        for (check, why) in gaps {
            page.line(&format!("- {}: {}", check.question, escaped(why)));
        }
        page.done()
    }

    fn findings(&self, page: &mut Page) {
        if self.audit.findings.is_empty() {
            return;
        }
        page.add("\n| | Finding | What to do |\n|---|---|---|\n");
        for finding in &self.audit.findings {
            let standing = match &finding.standing {
                Standing::Denied { .. } => "denied",
                Standing::Allowed { .. } => "allowed",
                Standing::Told => "",
            };
            let mut said = escaped(&told(finding));
            let _ = write!(said, "<br>{}", escaped(finding.means));
            if !finding.chain.is_empty() {
                let chain: Vec<String> = finding.chain.iter().map(|one| escaped(one)).collect();
                let _ = write!(said, "<br>{}", chain.join(" → "));
            }
            let todo = match &finding.standing {
                Standing::Allowed { reason, until } => format!("until {until}: {reason}"),
                Standing::Denied { .. } | Standing::Told => finding.fix.clone().unwrap_or_default(),
            };
            page.line(&format!("| {standing} | {said} | {} |", escaped(&todo)));
        }
    }

    fn ratings(&self, page: &mut Page) {
        let modules = self.audit.modules.iter();
        let rated: Vec<_> = modules
            .filter(|one| one.rating.grade > Grade::Unknown)
            .collect();
        if !rated.is_empty() {
            page.add("\n### Ratings\n\n");
        }
        for module in rated {
            let reasons = escaped(&module.rating.reasons.join("; "));
            let (name, grade) = (escaped(&named(module)), module.rating.grade);
            page.line(&format!("- {name} is {grade}: {reasons}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_between_lines_where_it_would_be_too_much() {
        let mut page = Page::default();
        page.line("first");
        page.line(&"x".repeat(LARGEST));
        page.line("not missed in between");
        assert_eq!(page.done(), format!("first\n{CUT}"));
        let mut page = Page::default();
        for _ in 0..LARGEST {
            page.line("| a | row |");
        }
        let text = page.done();
        assert!(text.len() <= LARGEST && text.len() > LARGEST - 200);
        assert!(text.ends_with(CUT));
    }
}
