//! What the provenance of a release says, held against its files and records.

use std::collections::BTreeMap;
use std::path::Path;

use super::consumer::{SignatureFlaw, Standing};
use super::folder::{ARTIFACTS, DeliveryError, METADATA, read};
use super::records::contradictions;
use super::release::Difference;
use super::released::SUMMED;
use super::signature::Vouched;
use super::{Fault, FaultKind};
use crate::attest::{Envelope, SIGNED, Statement, UNSIGNED};
use crate::signing::PublicKey;

/// What a statement has to agree with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Described<'a> {
    /// What is delivered, with digests.
    pub(super) sums: &'a BTreeMap<&'a str, String>,
    /// The version that was released.
    pub(super) version: &'a str,
    /// The digest of the plan, where that is recorded.
    pub(super) plan: Option<&'a str>,
}

/// What the provenance is worth, and what it says that isn't so.
pub(super) fn provenance(
    folder: &Path,
    described: &Described<'_>,
    keys: &[PublicKey],
) -> Result<Vouched, DeliveryError> {
    let mut vouched = Vouched::default();
    let signed = read(&folder.join(SIGNED))?;
    if signed.is_none() && !keys.is_empty() {
        let of = "how the release was made";
        vouched.refuses(SIGNED, SignatureFlaw::Absent { of });
    }
    if let Some(text) = signed
        && let Some(statement) = opened(&text, keys, &mut vouched)
    {
        vouched.faults.extend(described.denies(SIGNED, &statement));
    }
    if let Some(text) = read(&folder.join(UNSIGNED))? {
        vouched.says(UNSIGNED, Standing::Unsigned);
        vouched
            .faults
            .extend(match Statement::parse(text.as_bytes()) {
                Ok(statement) => described.denies(UNSIGNED, &statement),
                Err(fault) => vec![unreadable(UNSIGNED, fault.to_string())],
            });
    }
    Ok(vouched)
}

/// The statement of an envelope, if one of the keys signed it, or none is named.
fn opened(text: &str, keys: &[PublicKey], vouched: &mut Vouched) -> Option<Statement> {
    if keys.is_empty() {
        vouched.says(SIGNED, Standing::KeyNotNamed);
        return match Envelope::statement((SIGNED, text)) {
            Ok(statement) => Some(statement),
            Err(error) => {
                let fault = unreadable(SIGNED, error.fault.to_string());
                vouched.faults.push(fault);
                None
            }
        };
    }
    match Envelope::verify((SIGNED, text), keys) {
        Ok((statement, key)) => {
            let key = key.id().to_string();
            vouched.says(SIGNED, Standing::Verified { key });
            Some(statement)
        }
        Err(error) => {
            vouched.says(SIGNED, Standing::Refused);
            vouched.refuses(SIGNED, SignatureFlaw::Refused(error.fault.to_string()));
            None
        }
    }
}

fn unreadable(path: &str, why: String) -> Fault {
    Fault {
        path: path.to_owned(),
        kind: FaultKind::Unreadable(why),
    }
}

impl Described<'_> {
    /// What a statement says in another way than the checksums and the records.
    fn denies(&self, file: &'static str, statement: &Statement) -> Vec<Fault> {
        let is_subject = |path: &str| {
            let is_statement = [SIGNED, UNSIGNED].contains(&path);
            !is_statement && !SUMMED.contains(&path)
        };
        let sums = self.sums.iter().filter(|(path, _)| is_subject(path));
        let sums = sums.map(|(path, sum)| (*path, sum.clone())).collect();
        let subjects = statement.files().into_iter();
        let subjects = subjects
            .map(|(path, sum)| (path, sum.to_string()))
            .collect();
        let mut faults = contradictions((file, "checksums.txt"), &sums, &subjects);
        let (own_version, own_plan) = (statement.version(), statement.plan());
        // As records have it.
        let own_plan = own_plan.map(|plan| format!("sha256:{plan}"));
        for (what, own, (other, theirs)) in [
            ("version", own_version, (ARTIFACTS, Some(self.version))),
            ("plan", own_plan.as_deref(), (METADATA, self.plan)),
        ] {
            let kind = match (own, theirs) {
                (None, _) => FaultKind::Unreadable(format!("it doesn't say of which {what} it is")),
                (Some(own), Some(theirs)) if own != theirs => {
                    FaultKind::OtherRelease(Difference::new(what, own, (other, theirs)))
                }
                _ => continue,
            };
            faults.push(Fault {
                path: file.to_owned(),
                kind,
            });
        }
        faults
    }
}
