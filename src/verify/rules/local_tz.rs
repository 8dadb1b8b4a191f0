//! `local-tz`: the time zone of the machine.

use super::runtime::{Unreached, reached};
use super::tzdata::AS_UTC;
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("local-tz"),
    class: Class::Runtime,
    systems: Systems::Unix,
    severity: Severity::Info,
    summary: "the program shows times in the zone of the machine",
    explanation: "The local zone comes from TZ and the database of time zones, else from \
        /etc/localtime. Where neither is there it is UTC, without an error. Package log writes \
        local times, and so do the handlers of log/slog.",
    symptom: AS_UTC,
    // Seen, and no message: programs print the same words where all is well.
    signs: &[],
    fixes: &[
        Fix::image("TZ, with zoneinfo or a program that has a copy of it; or /etc/localtime"),
        Fix::source("time.Now().UTC(), and log.LUTC, where the zone doesn't matter"),
    ],
    check: Check::Functions(check),
};

/// What finds out about the local zone.
const INIT: &str = "time.initLocal";
/// What makes a record of log/slog, with the time, and hands it on.
const SLOG: &[&str] = &["log/slog.(*Logger).log", "log/slog.(*Logger).logAttrs"];

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    // What handles a record of log/slog is called by an interface.
    let logs = || uses.links(&[INIT]).then(|| uses.chain(SLOG)).flatten();
    let chain = uses.chain(&[INIT]).or_else(logs);
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
