//! `tzdata`: the database of time zones.

use super::environment::values;
use super::keep_fitting;
use super::runtime::{Unreached, called, linked};
use crate::inspect::Word;
use crate::target::Goos;
use crate::verify::uses::Uses;
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("tzdata"),
    class: Class::Runtime,
    systems: Systems::ButApple,
    severity: Severity::Fail,
    summary: "the program looks up time zones, and has none of its own",
    explanation: "time.LoadLocation reads the zone from the database of the system, which images \
        made from scratch, Alpine and Windows don't have. On a machine with Go it falls back on \
        Go's copy, so a test there shows nothing. With the build tag timetzdata the program has \
        a copy of its own. UTC and Local need no database. Where the program sets TZ to a zone that \
        isn't there, its local times are UTC, without an error.",
    symptom: "unknown time zone Europe/Paris",
    signs: &[UNNAMED],
    fixes: &[
        Fix::manifest("`[embed] tzdata = true`, 0.4 MB"),
        Fix::command("go build -tags timetzdata"),
        Fix::source("import _ \"time/tzdata\""),
        Fix::image("install tzdata, or copy /usr/share/zoneinfo"),
    ],
    check: Check::Functions(check),
};

const UNNAMED: &str = "unknown time zone …";
/// What is seen where the zone of the machine isn't there.
pub(super) const AS_UTC: &str = "times are UTC";

const LOOK_UP: &str = "time.LoadLocation";
/// Where it takes the name of a zone.
pub(super) const ZONES: &[(&str, Word)] = &[(LOOK_UP, Word(0))];
/// What puts the program's own copy into place.
pub(super) const EMBEDDED: &str = "time/tzdata.init.0";

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let mut findings = find(evidence, uses);
    for finding in &mut findings {
        keep_fitting(evidence.goos(), finding);
    }
    findings
}

fn find(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    if uses.links(&[EMBEDDED]) {
        return Vec::new();
    }
    let mut calls = uses.calls(ZONES);
    calls.unsettle(|zone| !needs_database(zone));
    let zones = calls.texts.iter().filter(|(zone, _)| needs_database(zone));
    let mut findings: Vec<_> = zones
        .map(|(zone, call)| {
            let subject = Subject::named("time zone", zone);
            let mut finding = called(&RULE, uses, *call, subject, Need::ZoneInfo);
            finding.symptom = format!("unknown time zone {zone}");
            finding
        })
        .collect();
    let (zones, need) = ("time zones", Need::ZoneInfo);
    let unnamed = if let Some(call) = uses.likeliest_call(calls.unknown.iter().copied()) {
        Some(called(&RULE, uses, call, zones, need))
    } else if calls.is_empty() {
        linked(&RULE, uses, &[LOOK_UP], Unreached::AsBad, zones, need)
    } else {
        None
    };
    findings.extend(unnamed.map(|finding| Finding {
        symptom: UNNAMED.to_owned(),
        ..finding
    }));
    findings.extend(local(evidence, uses));
    findings
}

/// Zones that the program takes for the machine's own, by setting TZ.
fn local(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    // Windows has its own.
    if evidence.goos() == Some(Goos::Windows) {
        return Vec::new();
    }
    let zones = values(uses, "TZ").texts.into_iter();
    let zones = zones.map(|(zone, call)| (zone.strip_prefix(':').unwrap_or(zone), call));
    let zones = zones.filter(|(zone, _)| needs_database(zone) && !zone.starts_with('/'));
    let findings = zones.map(|(zone, call)| {
        let subject = Subject::named("local time zone", zone);
        let mut finding = called(&RULE, uses, call, subject, Need::ZoneInfo);
        finding.severity = Severity::Degrade;
        AS_UTC.clone_into(&mut finding.symptom);
        finding
    });
    findings.collect()
}

fn needs_database(zone: &str) -> bool {
    !matches!(zone, "" | "UTC" | "Local")
}
