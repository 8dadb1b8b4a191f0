//! `local-tz`: the time zone of the machine.

use super::runtime::{Unreached, is_unix, linked};
use crate::verify::{Class, Evidence, Finding, Need, Rule, RuleId, Severity};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("local-tz"),
    class: Class::Runtime,
    severity: Severity::Info,
    summary: "the program shows times in the zone of the machine",
    explanation: "The local zone comes from TZ and the database of time zones, else from \
        /etc/localtime. Where neither is there it is UTC, without an error. Package log writes \
        local times.",
    symptom: "times are UTC",
    signs: &[],
    fixes: &[
        "image: TZ, with zoneinfo or a program that has a copy of it; or /etc/localtime",
        "source: time.Now().UTC(), and log.LUTC, where the zone doesn't matter",
    ],
    applies: is_unix,
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some(uses) = evidence.uses() else {
        return Vec::new();
    };
    let finding = linked(
        &RULE,
        uses,
        &["time.initLocal"],
        Unreached::Told,
        "the local time",
        Need::LocalTime,
    );
    // Nearly every program has the function.
    finding
        .into_iter()
        .filter(|finding| !finding.chain.is_empty())
        .collect()
}
