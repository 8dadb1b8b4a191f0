//! What a reader might take for checked, and isn't.

use crate::attest::{SIGNED, UNSIGNED};
use crate::delivery::{Author, Coverage, Delivery, Modes, Standing};

/// What nothing here says anything about.
const SECOND_BUILD: &str = "whether a second build makes the same bytes";

/// What isn't known without a manifest.
const WITHOUT_MANIFEST: &str =
    "whether anything is missing (no manifest says what there should be)";

/// What another version says in its own words.
const OTHER_RULES: &str =
    "what is recorded of findings and rules (another version of gobuildx wrote it)";

/// What only `metadata.json` says.
const WITHOUT_METADATA: &str = "the commit that files are stamped with, and which gobuildx wrote the records (there is no \
     metadata.json)";

/// What is held against `artifacts.json`.
const WITHOUT_REPORT: &str = "whether the run says the same (there is no report.json)";

/// What nobody answers for.
const OF_MACHINE: &str = "report.html, and what report.json says besides artifacts (they are of the machine that built, and no \
     checksum has them)";

const LOST_MODES: &str = "modes of files (a server tells none)";

/// All of it, as parts of a sentence.
pub(super) fn not_checked(delivery: &Delivery, coverage: Option<&Coverage>) -> Vec<String> {
    let mut parts = signatures(delivery);
    let is_foreign = delivery.author() == Author::AnotherRelease;
    let others = [
        (true, SECOND_BUILD),
        (coverage.is_none(), WITHOUT_MANIFEST),
        (is_foreign, OTHER_RULES),
        (delivery.metadata.is_none(), WITHOUT_METADATA),
        (delivery.report.is_none(), WITHOUT_REPORT),
        (delivery.report.is_some(), OF_MACHINE),
        (delivery.modes == Modes::Lost, LOST_MODES),
    ];
    let others = others.iter().filter(|(is_open, _)| *is_open);
    parts.extend(others.map(|(_, what)| (*what).to_owned()));
    parts
}

fn signatures(delivery: &Delivery) -> Vec<String> {
    let is_statement = |file: &str| [SIGNED, UNSIGNED].contains(&file);
    let vouchers = &delivery.vouchers;
    let mut parts = Vec::new();
    if vouchers.iter().all(|one| is_statement(&one.file)) {
        parts.push("signatures (the checksums have none)".to_owned());
    }
    parts.extend(vouchers.iter().filter_map(|voucher| {
        let file = &voucher.file;
        match voucher.standing {
            Standing::Verified { .. } | Standing::Refused => None,
            Standing::KeyNotNamed if is_statement(file) => Some(format!(
                "the signature in {file} (name its key with --provenance-key)"
            )),
            Standing::KeyNotNamed => {
                Some(format!("the signature in {file} (name its key with --key)"))
            }
            Standing::Foreign => Some(format!("the signature in {file} (another program made it)")),
            Standing::Unsigned => Some(format!("who wrote {file} (it isn't signed)")),
        }
    }));
    if !vouchers.iter().any(|one| is_statement(&one.file)) {
        parts.push("provenance (there is none)".to_owned());
    }
    parts
}
