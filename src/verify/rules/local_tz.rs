//! `local-tz`: the time zone of the machine.

use super::runtime::{Unreached, is_unix, reached};
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
    let chain = evidence
        .uses()
        .and_then(|uses| uses.chain(&["time.initLocal"]));
    chain
        .map(|chain| {
            reached(
                &RULE,
                Some(chain),
                Unreached::Told,
                "the local time",
                Need::LocalTime,
            )
        })
        .into_iter()
        .collect()
}
