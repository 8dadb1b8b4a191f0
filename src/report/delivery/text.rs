//! What `verify` says of a folder, for people.

use std::collections::BTreeMap;

use super::{DeliveredRecord, DeliveryReport, FaultRecord, PolicySource};
use crate::delivery::FaultKind;
use crate::human;
use crate::printable::printable;
use crate::report::caveat::caveats;
use crate::report::failure::write_gate;
use crate::text_table::{Align, Table};
use crate::verify::Outcome;

/// More names than these are counted.
const NAMES: usize = 5;

impl DeliveryReport {
    /// An artifact a row.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new(&[
            ("Target", Align::Left),
            ("Artifact", Align::Left),
            ("Size", Align::Right),
            ("Verdict", Align::Left),
        ])
        .spare(&["Target", "Size"]);
        for artifact in &self.artifacts {
            table.row(vec![
                artifact.target.to_string(),
                printable(&artifact.path),
                artifact.size.map_or_else(|| "-".to_owned(), human::size),
                artifact.words(),
            ]);
        }
        table
    }

    /// What is wrong, a text of several lines each.
    #[must_use]
    pub fn failures(&self) -> Vec<String> {
        let faults = self.faults.iter().map(|fault| {
            let text = format!("failed to verify the folder: {}", fault.message);
            printable(&text)
        });
        let refused = self.artifacts.iter().filter_map(|artifact| {
            if let Some(error) = &artifact.error {
                return Some(printable(error));
            }
            let verification = artifact.verification.as_ref();
            let verification = verification.filter(|one| one.outcome == Outcome::Failed)?;
            let mut text = format!("failed to verify {}", printable(&artifact.path));
            write_gate(&mut text, verification);
            Some(text)
        });
        let coverage = [
            (&self.missing, "the manifest asks for what no record names"),
            (&self.foreign, "the manifest doesn't ask for what is there"),
        ];
        let coverage = coverage.into_iter().filter(|(names, _)| !names.is_empty());
        let coverage = coverage.map(|(names, what)| {
            let names = some(&all_printable(names));
            format!("failed to verify the folder: {what}: {names}")
        });
        faults.chain(refused).chain(coverage).collect()
    }

    /// What to do about what is missing, modes that are lost, and signatures.
    pub fn hints(&self) -> impl Iterator<Item = &'static str> {
        let is_mode = |fault: &FaultRecord| matches!(fault.kind, FaultKind::NotExecutable { .. });
        let modes = self.faults.iter().any(is_mode).then_some(
            "give programs mode 0755 again (chmod 755), and copy the folder with its modes: cp -a and \
             tar keep them, a zip file of a pipeline's artifacts doesn't",
        );
        let missing = (!self.missing.is_empty()).then_some(
            "build all of it with --matrix, or name what has to be there: gobuildx verify --target \
             GLOB --binary NAME",
        );
        let is_unsafe = |fault: &FaultRecord| matches!(fault.kind, FaultKind::UnsafeMode { .. });
        let rights = self.faults.iter().any(is_unsafe).then_some(
            "give programs mode 0755 and libraries 0644 (chmod), and look at who could have changed them",
        );
        let is_signature = |fault: &FaultRecord| matches!(fault.kind, FaultKind::Signature(_));
        let signature = self.faults.iter().any(is_signature).then_some(
            "use nothing of this release, and get it again from where it was published; if it is signed with \
             another key that you trust, name that one",
        );
        let hints = modes.into_iter().chain(rights);
        hints.chain(signature).chain(missing)
    }

    /// What a reader might take for shown, and isn't.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.conditions();
        let other = |artifact: &&DeliveredRecord| matches!(self.policies, PolicySource::CommandLine(named) if named != artifact.policy);
        let others: Vec<String> = self
            .artifacts
            .iter()
            .filter(other)
            .map(|artifact| {
                format!(
                    "{} (held against {})",
                    printable(&artifact.path),
                    artifact.policy
                )
            })
            .collect();
        if !others.is_empty() {
            notes.push(format!(
                "the policy is about another system than {}",
                some(&others)
            ));
        }
        let packed = self.artifacts.iter().filter(|one| one.is_packed());
        let packed: Vec<String> = packed.map(|one| printable(&one.path)).collect();
        if !packed.is_empty() {
            let packed = some(&packed);
            notes.push(format!(
                "only the digest, the system and the architecture of packed files are compared: \
                 {packed}"
            ));
        }
        if !self.extra.is_empty() {
            let extra = some(&all_printable(&self.extra));
            notes.push(format!("no record names {extra}"));
        }
        if !self.open.is_empty() {
            let open = some(&all_printable(&self.open));
            notes.push(format!(
                "not there, which only go can tell is right: {open}"
            ));
        }
        notes.extend(self.signatures.iter().filter_map(|signature| {
            let key = signature.key.as_ref()?;
            let file = printable(&signature.file);
            Some(format!("the signature in {file} holds, by the key {key}"))
        }));
        let not_checked = all_printable(&self.not_checked);
        notes.push(format!("not checked: {}", not_checked.join(", ")));
        notes
    }

    /// What the verdicts of artifacts depend on.
    fn conditions(&self) -> Vec<String> {
        let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for artifact in self.artifacts.iter().filter(|artifact| artifact.is_sound()) {
            let Some(verification) = &artifact.verification else {
                continue;
            };
            for caveat in caveats(verification) {
                let reason = format!("{} ({})", caveat.kind, caveat.why);
                let path = printable(&artifact.path);
                reasons.entry(reason).or_default().push(path);
            }
        }
        reasons
            .iter()
            .map(|(reason, paths)| format!("{reason}: {}", some(paths)))
            .collect()
    }
}

fn all_printable(names: &[String]) -> Vec<String> {
    names.iter().map(|name| printable(name)).collect()
}

/// Some names, and how many more there are.
fn some(names: &[String]) -> String {
    human::first(NAMES, names)
}
