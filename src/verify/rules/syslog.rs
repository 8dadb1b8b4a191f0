//! `syslog`: the system log.

use super::runtime::{Unreached, called, linked};
use crate::inspect::Word;
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("syslog"),
    class: Class::Runtime,
    systems: Systems::Unix,
    severity: Severity::Fail,
    summary: "the program writes to the system log",
    explanation: "log/syslog looks for a socket at /dev/log, /var/run/syslog and /var/run/log. \
        Containers have none, nor a program that listens there. The log of another machine, whose \
        network is constant in the source, is no finding.",
    symptom: "Unix syslog delivery error",
    signs: &["Unix syslog delivery error"],
    fixes: &[
        Fix::source("write to the standard error, which container runtimes and systemd collect"),
        Fix::image("mount /dev/log of a machine that has a system log"),
    ],
    check: Check::Functions(check),
};

const DIAL: &str = "log/syslog.Dial";
/// Where it takes a network.
pub(super) const NETWORKS: &[(&str, Word)] = &[(DIAL, Word(0))];
/// These take no network, and so mean the log of this machine.
const LOCAL: &[&str] = &["log/syslog.New", "log/syslog.NewLogger"];

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let (subject, need) = ("the system log", Need::Syslog);
    let sites = uses.sites(NETWORKS);
    let local = sites
        .iter()
        .find(|(network, site)| uses.text(*site, *network).is_none_or(str::is_empty));
    let found = match local {
        Some((_, site)) => Some(called(&RULE, uses, site.call, subject, need)),
        None if uses.links(LOCAL) || !uses.has_calls() => {
            let names = [LOCAL, &[DIAL]].concat();
            linked(&RULE, uses, &names, Unreached::AsBad, subject, need)
        }
        None => None,
    };
    found.into_iter().collect()
}
