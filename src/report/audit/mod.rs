//! An audit of dependencies, as people and programs read it.

mod markdown;
mod sarif;

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use crate::audit::rating::span;
use crate::audit::{
    Audit, AuditedModule, Finding, Grade, Newest, Part, Releases, Standing, Verdict,
};
use crate::human;
use crate::printable::printable;
use crate::report::page;
use crate::text_table::{Align, Table};

/// The version of `audit --format json`.
const SCHEMA: u32 = 1;

/// More findings of a kind than these are counted.
const MOST: usize = 12;

/// The report on an audit.
#[derive(Clone, Debug, Serialize)]
pub struct AuditReport {
    schema: u32,
    #[serde(flatten)]
    pub(super) audit: Audit,
}

impl AuditReport {
    /// Of an audit.
    #[must_use]
    pub fn new(audit: Audit) -> Self {
        Self {
            schema: SCHEMA,
            audit,
        }
    }

    /// What it comes to.
    #[must_use]
    pub fn outcome(&self) -> Verdict {
        self.audit.verdict
    }

    /// A page of its own, which loads nothing from anywhere.
    #[must_use]
    pub fn html(&self) -> String {
        page::audit_page(self)
    }

    /// A row for each module that is linked into something.
    #[must_use]
    pub fn table(&self) -> Table {
        let spare = ["Required by", "Packages", "Releases", "Made", "Code", "In"];
        let mut table = Table::new(&COLUMNS).spare(&spare);
        for module in &self.audit.modules {
            table.row(cells(module).to_vec());
        }
        table
    }

    /// Why modules are rated as they are, a paragraph each; none for those that are good.
    #[must_use]
    pub fn reasons(&self) -> String {
        let mut text = String::new();
        let rated = self.audit.modules.iter();
        for module in rated.filter(|module| module.rating.grade > Grade::Unknown) {
            let by = required_by(module);
            text.push_str(&printable(&format!(
                "{} is {}{by}",
                named(module),
                module.rating.grade
            )));
            text.push('\n');
            for reason in &module.rating.reasons {
                text.push_str("  - ");
                text.push_str(&printable(reason));
                text.push('\n');
            }
        }
        if !text.is_empty() {
            text.insert(0, '\n');
        }
        text
    }

    /// What the audit fails for, with what mends it.
    pub fn failures(&self) -> impl Iterator<Item = String> {
        self.audit.denied().map(|finding| {
            let mut text = told(finding);
            let _ = write!(text, "\n  what it means: {}", finding.means);
            for (at, function) in finding.chain.iter().enumerate() {
                let arrow = if at == 0 { "  " } else { "  → " };
                let _ = write!(text, "\n{arrow}{}", printable(function));
            }
            if let Some(fix) = &finding.fix {
                let _ = write!(text, "\n  {}", printable(fix));
            }
            text
        })
    }

    /// What else is to be known.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let others = self.audit.findings.iter().filter(|one| !one.is_denied());
        let others: Vec<&Finding> = others.collect();
        for finding in others.iter().take(MOST) {
            let mut text = told(finding);
            if let Standing::Allowed { reason, until } = &finding.standing {
                text.push_str(&printable(&format!("; allowed until {until}: {reason}")));
            } else if let Some(fix) = &finding.fix {
                text.push_str(&printable(&format!(" ({fix})")));
            }
            notes.push(text);
        }
        let more = others.len().saturating_sub(MOST);
        if more > 0 {
            notes.push(format!("{more} more findings: --format json has all"));
        }
        for unused in &self.audit.unused {
            let text = format!("`allow` in the manifest allows nothing that was found: {unused}");
            notes.push(printable(&text));
        }
        for (check, why) in self.audit.gaps() {
            notes.push(printable(&format!(
                "not checked: {} ({why})",
                check.question
            )));
        }
        notes
    }

    /// What was asked in full, and which database says which advisories there are.
    #[must_use]
    pub fn checked(&self) -> String {
        let asked = self
            .audit
            .checks
            .iter()
            .filter(|check| check.gap().is_none());
        let asked: Vec<&str> = asked.map(|check| check.question.as_str()).collect();
        let mut text = match asked.as_slice() {
            [] => "nothing in full".to_owned(),
            asked => asked.join("; "),
        };
        if let Some(database) = &self.audit.database {
            let _ = write!(text, "; advisories are from {database}");
        }
        printable(&text)
    }

    /// What it comes to, in a line.
    #[must_use]
    pub fn verdict(&self) -> String {
        let modules = human::counted(self.audit.modules.len(), "module", "modules");
        let programs = human::counted(self.audit.programs.len(), "program", "programs");
        let linked = format!("{modules} in {programs}");
        match self.audit.verdict {
            Verdict::Denied => {
                let denied = self.audit.denied().count();
                let findings = human::counted(denied, "finding is", "findings are");
                format!("{findings} denied, of {linked}")
            }
            Verdict::Undecided => {
                format!("what had to be looked for could not be in full, of {linked}")
            }
            Verdict::CleanAsFarAsAsked => {
                format!("nothing that is denied, as far as it was asked, in {linked}")
            }
            Verdict::Clean => format!("nothing that is denied in {linked}"),
        }
    }
}

/// What is told of each module.
pub(super) const COLUMNS: [(&str, Align); 11] = [
    ("Rating", Align::Left),
    ("Module", Align::Left),
    ("Version", Align::Left),
    ("Made", Align::Left),
    ("Newest", Align::Left),
    ("Releases", Align::Left),
    ("Licence", Align::Left),
    ("Required by", Align::Left),
    ("In", Align::Right),
    ("Packages", Align::Right),
    ("Code", Align::Right),
];

/// The cells of a module's row.
pub(super) fn cells(module: &AuditedModule) -> [String; 11] {
    let version = match &module.replaced_by {
        Some(by) => format!("{} => {by}", module.version),
        None => module.version.clone(),
    };
    let newest = match &module.newest {
        Newest::This => "the same".to_owned(),
        Newest::Other { version, time } => match time {
            Some(time) => format!("{version} ({})", month(*time)),
            None => version.clone(),
        },
        Newest::NotAsked { .. } => "not known".to_owned(),
    };
    [
        module.rating.grade.to_string(),
        printable(&module.path),
        printable(&version),
        module.time.map(month).unwrap_or_default(),
        printable(&newest),
        module.releases.map(rhythm).unwrap_or_default(),
        module.licence.to_string(),
        printable(&way(module)),
        module.programs.len().to_string(),
        packages(&module.programs).map_or_else(|| "–".to_owned(), |count| count.to_string()),
        code(&module.programs).map_or_else(|| "–".to_owned(), human::size),
    ]
}

/// How many releases there are, and how often: `12, 3 newer, each 41 days`.
fn rhythm(releases: Releases) -> String {
    let newer = match releases.newer {
        0 => String::new(),
        newer => format!(", {newer} newer"),
    };
    let days = releases.days_between.map(|days| span(days.into()));
    let days = days.map_or_else(String::new, |days| format!(", each {days}"));
    format!("{}{newer}{days}", releases.all)
}

/// The most packages of a module that one program has.
fn packages(parts: &[Part]) -> Option<usize> {
    parts.iter().filter_map(|part| part.packages).max()
}

/// From a module of the project to the one that requires it.
fn way(module: &AuditedModule) -> String {
    match module.required_by.as_slice() {
        [] => "–".to_owned(),
        [_] => "go.mod".to_owned(),
        [_, others @ ..] => others.join(" → "),
    }
}

/// The most code that a module has in one program.
fn code(parts: &[Part]) -> Option<u64> {
    parts.iter().filter_map(|part| part.code).max()
}

/// A month as it sorts: `2018-03`.
fn month(time: Timestamp) -> String {
    let date = jiff::tz::Offset::UTC.to_datetime(time);
    date.strftime("%Y-%m").to_string()
}

/// Who requires a module, where that isn't the project itself.
pub(super) fn required_by(module: &AuditedModule) -> String {
    match module.required_by.as_slice() {
        [] | [_] => String::new(),
        [_, others @ ..] => format!(" (required by {})", others.join(" → ")),
    }
}

/// A module with its version.
pub(super) fn named(module: &AuditedModule) -> String {
    format!("{}@{}", module.path, module.version)
}

/// A finding in a line.
fn told(finding: &Finding) -> String {
    let subject = finding.subject();
    let separator = if subject.is_empty() { "" } else { ": " };
    let expired = match &finding.standing {
        Standing::Denied { expired: Some(day) } => format!("; it was allowed until {day}"),
        Standing::Denied { expired: None } | Standing::Allowed { .. } | Standing::Told => {
            String::new()
        }
    };
    printable(&format!(
        "{}: {subject}{separator}{}{expired}",
        finding.rule, finding.says
    ))
}
