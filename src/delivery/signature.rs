//! `checksums.txt`, held against its signatures.

use std::fs;
use std::path::Path;

use super::consumer::{SignatureFlaw, Standing, Voucher};
use super::folder::{CHECKSUMS, DeliveryError, read};
use super::{Fault, FaultKind};
use crate::signing::minisign::{PublicKey, SignatureFault, TrustedComment, is_as_written};

/// The signature by minisign.
pub(super) const MINISIG: &str = "checksums.txt.minisig";

/// What signatures are worth, and what is wrong with them.
#[derive(Clone, Debug, Default)]
pub(super) struct Vouched {
    pub(super) vouchers: Vec<Voucher>,
    pub(super) faults: Vec<Fault>,
}

impl Vouched {
    pub(super) fn says(&mut self, file: &str, standing: Standing) {
        self.vouchers.push(Voucher {
            file: file.to_owned(),
            standing,
        });
    }

    pub(super) fn refuses(&mut self, path: &str, flaw: SignatureFlaw) {
        self.faults.push(Fault {
            path: path.to_owned(),
            kind: FaultKind::Signature(flaw),
        });
    }
}

/// What the signatures of the checksums, whose text this is, are worth.
pub(super) fn signatures(
    folder: &Path,
    sums: &str,
    version: &str,
    key: Option<&PublicKey>,
) -> Result<Vouched, DeliveryError> {
    let mut vouched = Vouched::default();
    match (read(&folder.join(MINISIG))?, key) {
        (None, None) => {}
        (None, Some(_)) => {
            let of = "the checksums";
            vouched.refuses(MINISIG, SignatureFlaw::Absent { of });
        }
        (Some(_), None) => vouched.says(MINISIG, Standing::KeyNotNamed),
        (Some(text), Some(key)) => {
            let flaw = flaw(key, (sums, &text), version);
            let standing = match &flaw {
                None => Standing::Verified {
                    key: key.number().to_string(),
                },
                Some(_) => Standing::Refused,
            };
            vouched.says(MINISIG, standing);
            if let Some((path, flaw)) = flaw {
                vouched.refuses(path, flaw);
            }
        }
    }
    for other in others(folder) {
        vouched.says(&other, Standing::Foreign);
    }
    Ok(vouched)
}

/// What is wrong, and with which of both files.
fn flaw(
    key: &PublicKey,
    (sums, signature): (&str, &str),
    version: &str,
) -> Option<(&'static str, SignatureFlaw)> {
    let comment = match key.verify((CHECKSUMS, sums.as_bytes()), signature) {
        Ok(comment) => comment,
        Err(error) => {
            let path = match &error.fault {
                SignatureFault::OtherContent => CHECKSUMS,
                _ => MINISIG,
            };
            return Some((path, SignatureFlaw::Refused(error.fault.to_string())));
        }
    };
    let flaw = elsewhere(&comment, version).or_else(|| {
        let why = "its first line, which nothing signs, is not the one that was written";
        (!is_as_written(signature)).then(|| SignatureFlaw::Refused(why.to_owned()))
    });
    Some((MINISIG, flaw?))
}

/// What the comment names that it shouldn't. One of another program may name less.
fn elsewhere(comment: &TrustedComment, version: &str) -> Option<SignatureFlaw> {
    let is_other = |field: &str, expected: &str| {
        let signed = comment.field(field)?;
        (signed != expected).then(|| SignatureFlaw::Elsewhere {
            signed: format!("the {field} `{signed}`"),
            expected: format!("`{expected}`"),
        })
    };
    is_other("file", CHECKSUMS).or_else(|| is_other("version", version))
}

/// Signatures that commands of the manifest made, sorted.
fn others(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut others: Vec<String> = names.filter(|name| is_signature(name)).collect();
    others.retain(|name| name != MINISIG);
    others.sort();
    others
}

/// Whether a file has the name of a signature of the checksums.
pub(super) fn is_signature(name: &str) -> bool {
    name.strip_prefix(CHECKSUMS)
        .is_some_and(|end| end.starts_with('.'))
}
