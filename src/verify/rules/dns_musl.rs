//! `dns-musl`: names of hosts, looked up by musl.

use super::c_library::{CLibrary, HOSTS};
use super::runtime::{Unreached, linked};
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::DNS_MUSL,
    class: Class::Runtime,
    systems: Systems::Linux,
    severity: Severity::Degrade,
    summary: "the program has musl's resolver, which asks for names of hosts in another way",
    explanation: "musl has no name service switch: what /etc/nsswitch.conf says of mDNS, LDAP or \
        systemd-resolved is not heard. It asks all servers of resolv.conf at once and takes the \
        first answer, asks for A and AAAA at the same time, which some servers don't bear, and \
        before musl 1.2.4 doesn't repeat a question over TCP when the answer was cut. The \
        program works where names are plain and servers agree. It has this resolver in it also \
        where it is linked statically: musl's words for what failed tell so.",
    symptom: "lookup …: Name does not resolve, for a name that other programs on that machine find",
    signs: &["lookup …: Name does not resolve", "lookup …: Try again"],
    fixes: &[
        Fix::manifest("`[build] resolver = \"go\"`"),
        Fix::command("go build -tags netgo,osusergo"),
    ],
    check: Check::Functions(check),
};

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    if !uses.links(HOSTS) {
        return Vec::new();
    }
    if uses.c_library(evidence) != CLibrary::Musl {
        return Vec::new();
    }
    let (subject, need) = ("musl's resolver", Need::ResolverFiles);
    linked(&RULE, uses, HOSTS, Unreached::AsBad, subject, need)
        .into_iter()
        .collect()
}
