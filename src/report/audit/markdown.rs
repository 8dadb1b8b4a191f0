//! An audit as Markdown, for the page of a pipeline's run.

use std::fmt::Write as _;

use super::{AuditReport, cells, told};
use crate::audit::{Grade, Standing};
use crate::printable::printable;

impl AuditReport {
    /// Headings and tables, in the dialect that GitHub and GitLab read.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("## Dependencies\n\n**{}**\n", escaped(&self.verdict()));
        self.findings(&mut text);
        text.push_str(
            "\n| Rating | Module | Version | Made | Newest | Licence | Programs | Code |\n\
             |---|---|---|---|---|---|---:|---:|\n",
        );
        for module in &self.audit.modules {
            let cells = cells(module).map(|cell| escaped(&cell));
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        self.ratings(&mut text);
        let gaps: Vec<_> = self.audit.gaps().collect();
        if !gaps.is_empty() {
            text.push_str("\n### Not checked\n\n");
        }
        for (check, why) in gaps {
            let _ = writeln!(text, "- {}: {}", check.question, escaped(why));
        }
        text
    }

    fn findings(&self, text: &mut String) {
        if self.audit.findings.is_empty() {
            return;
        }
        text.push_str("\n| | Finding | What to do |\n|---|---|---|\n");
        for finding in &self.audit.findings {
            let standing = match &finding.standing {
                Standing::Denied { .. } => "denied",
                Standing::Allowed { .. } => "allowed",
                Standing::Told => "",
            };
            let mut said = escaped(&told(finding));
            if !finding.chain.is_empty() {
                let chain: Vec<String> = finding.chain.iter().map(|one| escaped(one)).collect();
                let _ = write!(said, "<br>{}", chain.join(" → "));
            }
            let todo = match &finding.standing {
                Standing::Allowed { reason, until } => format!("until {until}: {reason}"),
                Standing::Denied { .. } | Standing::Told => finding.fix.clone().unwrap_or_default(),
            };
            let _ = writeln!(text, "| {standing} | {said} | {} |", escaped(&todo));
        }
    }

    fn ratings(&self, text: &mut String) {
        let rated = self
            .audit
            .modules
            .iter()
            .filter(|one| one.rating.grade > Grade::Unknown);
        let mut is_first = true;
        for module in rated {
            if std::mem::take(&mut is_first) {
                text.push_str("\n### Ratings\n\n");
            }
            let reasons = escaped(&module.rating.reasons.join("; "));
            let _ = writeln!(
                text,
                "- {} is {}: {reasons}",
                escaped(&module.path),
                module.rating.grade
            );
        }
    }
}

/// A text that means nothing to Markdown, and stays within its cell.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let line = text.replace(['\n', '\r'], " ");
    // No address becomes a link, and no name a mention.
    let line = printable(&line)
        .replace("://", ":&#47;&#47;")
        .replace('@', "&#64;");
    let entities = ["&#47;", "&#64;"];
    let mut rest = line.as_str();
    while let Some(c) = rest.chars().next() {
        if let Some(entity) = entities.iter().find(|entity| rest.starts_with(**entity)) {
            escaped.push_str(entity);
            rest = rest.get(entity.len()..).unwrap_or_default();
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '>' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_authors_write_stays_text() {
        assert_eq!(
            escaped("a|b <script> [x](y) `c`"),
            "a\\|b &lt;script\\> \\[x\\](y) \\`c\\`"
        );
        assert_eq!(escaped("two\nlines"), "two lines");
        assert_eq!(
            escaped("@octocat https://x"),
            "&#64;octocat https:&#47;&#47;x"
        );
    }
}
