//! `dns-cgo`: names of hosts, looked up by the C library.

use super::c_library::{CLibrary, HOSTS};
use super::runtime::{Unreached, linked};
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("dns-cgo"),
    class: Class::Runtime,
    systems: Systems::Linux,
    severity: Severity::Fail,
    summary: "the program has the C library's resolver for names of hosts",
    explanation: "With cgo, net asks the C library for names of hosts when GODEBUG=netdns=cgo \
        says so, or resolv.conf or nsswitch.conf has something that Go's own resolver doesn't do. glibc then \
        reads /etc/nsswitch.conf and loads the modules that stand there, such as \
        libnss_dns or libnss_systemd. Each such look-up takes a thread. Where glibc or musl is linked \
        statically, static-nss and dns-musl tell what that means.",
    symptom: "lookup example.com: Temporary failure in name resolution, or lookup example.com: \
        Cannot allocate memory",
    signs: &[
        "lookup …: Temporary failure in name resolution",
        "Temporary failure in name resolution",
        "lookup …: Name or service not known",
        "lookup …: cannot allocate memory",
        "lookup …: System error",
    ],
    fixes: &[
        Fix::manifest("`[build] resolver = \"go\"`"),
        Fix::manifest("`cgo = false` for this cell"),
        Fix::command("go build -tags netgo"),
        Fix::image("the libraries libnss_* that /etc/nsswitch.conf names"),
    ],
    check: Check::Functions(check),
};

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    if !uses.links(HOSTS) {
        return Vec::new();
    }
    if uses.c_library(evidence) != CLibrary::Other {
        return Vec::new();
    }
    let (subject, need) = ("the C library's resolver", Need::SystemResolver);
    linked(&RULE, uses, HOSTS, Unreached::AsBad, subject, need)
        .into_iter()
        .collect()
}
