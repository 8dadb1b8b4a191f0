//! A project that go refuses, since go.sum or `vendor` is of another one: what is known all the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::advice::{self, Advisors};
use super::audited::AuditFacts;
use super::built::Reader;
use super::check::{Check, Outcome, Question};
use super::finding::Finding;
use super::locked::command_in;
use super::mains::label;
use super::module_facts::ModuleFacts;
use super::program::{AuditedProgram, NamedProgram};
use super::rule::AuditRule;
use super::survey::Programs;
use super::unpacker::Unpacker;
use crate::delivery;
use crate::human;
use crate::manifest::Cell;
use crate::process::Cancel;
use crate::tools::go::{Mismatch, Network, Refusal, StaleVendor};

/// A project that go refuses: only the programs of the output folder tell what is in them (effects).
#[derive(Clone, Copy)]
pub struct Refused<'a> {
    /// What go refuses.
    pub refusal: &'a Refusal,
    /// The cells that are shipped.
    pub cells: &'a [Cell],
    /// Only these binaries; none means all.
    pub binaries: &'a [String],
    /// The output folder.
    pub out: &'a Path,
    /// Whether a database may be asked.
    pub network: Network,
    /// What packed programs are unpacked by.
    pub unpacker: &'a Unpacker<'a>,
    /// What is asked about vulnerabilities.
    pub advisors: &'a Advisors<'a>,
    /// When it is asked.
    pub now: Timestamp,
}

impl Refused<'_> {
    /// Reads what there is.
    #[must_use]
    pub fn facts(&self, cancel: &Cancel) -> AuditFacts {
        let (programs, files) = self.built(cancel);
        let advice = advice::of_files(
            (self.advisors, self.network),
            (&programs, &files),
            &why(self.refusal),
        );
        AuditFacts {
            unlinked: Vec::new(),
            altered: Vec::new(),
            scope: Programs::Built,
            modules: ModuleFacts {
                not_asked: Some(why(self.refusal)),
                ..ModuleFacts::default()
            },
            programs,
            locks: Vec::new(),
            lock: None,
            refused: Some(self.refusal.clone()),
            advisories: advice.findings,
            advisories_asked: advice.advisories,
            sources: advice.sources,
            database: advice.database,
            required_at: BTreeMap::new(),
            insisted: advice.insisted,
            now: self.now,
        }
    }

    /// The programs of the output folder that can be read, and where their bytes are.
    fn built(&self, cancel: &Cancel) -> (Vec<AuditedProgram>, BTreeMap<String, PathBuf>) {
        let (mut programs, mut files) = (Vec::new(), BTreeMap::new());
        let Ok(delivery) = delivery::open(self.out) else {
            return (programs, files);
        };
        let reader = Reader {
            out: self.out,
            unpacker: self.unpacker,
            cancel,
        };
        for artifact in &delivery.records.artifacts {
            let cell = artifact.cell();
            let is_it = |other: &&Cell| (&other.target, other.cgo) == (&cell.target, cell.cgo);
            let is_named = self.binaries.is_empty() || self.binaries.contains(&artifact.binary);
            let Some(wanted) = self.cells.iter().find(is_it).filter(|_| is_named) else {
                continue;
            };
            let release = cell.release().filter(|_| wanted.release().is_some());
            let named = NamedProgram {
                name: label(&artifact.binary, &cell, release),
                target: cell.target.clone(),
                folder: ".".to_owned(),
                go: String::new(),
            };
            if let Ok((program, file)) = reader.read(named, &delivery, artifact) {
                files.insert(program.name.clone(), file);
                programs.push(program);
            }
        }
        (programs, files)
    }
}

/// Why nothing else is known.
fn why(refusal: &Refusal) -> String {
    format!("go refuses the modules of the project, {refusal}")
}

/// The rule that it breaks.
pub(super) fn rule(refusal: &Refusal) -> AuditRule {
    match refusal {
        Refusal::Checksum(_) => AuditRule::Altered,
        Refusal::Vendor(_) => AuditRule::VendorDrift,
    }
}

/// What is wrong.
pub(super) fn finding(refusal: &Refusal) -> Finding {
    match refusal {
        Refusal::Checksum(mismatch) => of_checksum(mismatch),
        Refusal::Vendor(vendor) => of_vendor(vendor),
    }
}

fn of_checksum(mismatch: &Mismatch) -> Finding {
    let what = if mismatch.is_of_module_file {
        "its go.mod file"
    } else {
        "it"
    };
    let (locked, fetched) = (&mismatch.expected, &mismatch.fetched);
    let says = format!(
        "go refuses {what}: {} has the checksum {locked}, and what was fetched {fetched}",
        mismatch.by
    );
    Finding::of(AuditRule::Altered, &mismatch.module)
        .at(&mismatch.version)
        .saying(says)
        .mended_by("take go.sum from version control, or find out who changed the module")
}

fn of_vendor(vendor: &StaleVendor) -> Finding {
    let differences = human::first(3, &vendor.differences);
    let command = command_in(&vendor.folder, vendor.command());
    Finding {
        folder: Some(vendor.folder.clone()),
        ..Finding::of_all(AuditRule::VendorDrift)
            .saying(format!("go refuses it: {differences}"))
            .mended_by(command)
    }
}

/// What was not asked: all that hangs on go.
pub(super) fn checks(refusal: &Refusal, advisories: &[Check]) -> Vec<Check> {
    let questions = [
        Question::Linked,
        Question::Tidy,
        Question::Sums,
        Question::Newest,
        Question::Licences,
        Question::Drift,
    ];
    let unasked = questions.into_iter().map(|question| Check {
        question,
        outcome: Outcome::NotAsked { why: why(refusal) },
    });
    unasked.chain(advisories.iter().cloned()).collect()
}
