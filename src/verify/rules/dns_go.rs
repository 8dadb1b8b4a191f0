//! `dns-go`: the files that Go's own resolver reads.

use super::addresses::{Address, addresses, host, is_name};
use super::http_client;
use super::runtime::{Unreached, called, handed, linked, reached, unread};
use super::servers::listeners;
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("dns-go"),
    class: Class::Runtime,
    systems: Systems::PlainUnix,
    severity: Severity::Fail,
    summary: "the program looks up names of hosts in the network",
    explanation: "Go's own resolver reads whom to ask from /etc/resolv.conf, and the names of \
        this machine, localhost too, from /etc/hosts. Without the first it asks port 53 of the machine itself, where \
        nobody answers. Container runtimes mount both files; a chroot or a bare system has \
        neither. Each program that listens has the resolver in it; where nothing shows that a \
        name is looked up, that is only told. Addresses that are numbers need no file. That of an \
        http.Server is read where the code puts it there that makes the server; an address of a server that \
        isn't constant is told as not known.",
    symptom: "lookup example.com on [::1]:53: read udp [::1]:…->[::1]:53: read: connection refused",
    signs: &[
        "lookup … on [::1]:53: …",
        "lookup … on 127.0.0.1:53: …",
        "lookup … on …:53: …",
        "dial tcp: lookup …: no such host",
        "lookup … on …: server misbehaving",
        "DNS failure",
        "lookup failure",
    ],
    fixes: &[
        Fix::image("mount or copy /etc/resolv.conf and /etc/hosts, as container runtimes do"),
        Fix::source("addresses that are numbers, or a net.Resolver whose Dial names the server"),
    ],
    check: Check::Functions(check),
};

const SUBJECT: &str = "names of hosts";
/// Mostly there is no name in them.
const SERVERS: &str = "addresses that servers listen at";
/// Until Go 1.11 the second was the only one.
const RESOLVER: &[&str] = &[
    "net.(*Resolver).lookupIPAddr",
    "net.(*Resolver).LookupIPAddr",
];
/// What reaches others, where it doesn't show who calls whom.
const REACH: &[&str] = &["net.Dial", "net.DialTimeout", "net.LookupHost"];
/// Functions that do nothing but look up.
pub(super) const LOOK_UPS: &[&str] = &[
    "net.LookupHost",
    "net.LookupIP",
    "net.LookupAddr",
    "net.LookupCNAME",
    "net.LookupMX",
    "net.LookupNS",
    "net.LookupSRV",
    "net.LookupTXT",
    "net.(*Resolver).LookupHost",
    "net.(*Resolver).LookupIP",
    "net.(*Resolver).LookupIPAddr",
    "net.(*Resolver).LookupNetIP",
    "net.(*Resolver).LookupAddr",
    "net.(*Resolver).LookupCNAME",
    "net.(*Resolver).LookupMX",
    "net.(*Resolver).LookupNS",
    "net.(*Resolver).LookupSRV",
    "net.(*Resolver).LookupTXT",
];

/// Functions that reach others by an address that they are called with.
pub(super) const DIAL: &[&str] = &[
    "net.Dial",
    "net.DialTimeout",
    "net.(*Dialer).Dial",
    "net.(*Dialer).DialContext",
];

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    if !uses.links(RESOLVER) {
        return Vec::new();
    }
    let named = addresses(uses).filter(Address::has_name);
    let named = named.map(|address| address.site.call);
    let mut waited_for = uses.servers().clone();
    uses.add(listeners(uses), &mut waited_for);
    let listening = waited_for.texts.iter();
    let listening = listening.filter(|(address, _)| is_name(host(address)));
    let listening = listening.map(|(_, call)| *call);
    let calls = named.chain(uses.calls_of(LOOK_UPS)).chain(listening);
    let call = uses.likeliest_call(calls);
    let need = Need::ResolverFiles;
    // To whom it is handed on shows as little as for which hosts.
    let handed = || {
        handed(
            &RULE,
            uses,
            &[LOOK_UPS, DIAL].concat(),
            SUBJECT,
            need.clone(),
        )
    };
    let found = call.map(|call| called(&RULE, uses, call, SUBJECT, need.clone()));
    let found = match found.or_else(handed) {
        Some(found) => Some(found),
        None if uses.links(&[http_client::CONNECT]) => {
            let leads = [&[http_client::CONNECT], http_client::ASK].concat();
            let chain = uses.chain(&leads);
            Some(reached(&RULE, chain, Unreached::AsBad, SUBJECT, need))
        }
        None if !uses.has_calls() && uses.links(REACH) => {
            linked(&RULE, uses, REACH, Unreached::AsBad, SUBJECT, need)
        }
        None => linked(&RULE, uses, RESOLVER, Unreached::Told, SUBJECT, need).map(only_there),
    };
    let is_found = found
        .as_ref()
        .is_some_and(|found| found.severity > Severity::Info);
    let unknown = unread(&RULE, uses, &waited_for.unknown, SERVERS).filter(|_| !is_found);
    let unknown = unknown.map(|unknown| Finding {
        severity: Severity::Info,
        ..unknown
    });
    found.into_iter().chain(unknown).collect()
}

/// The resolver is there, and who listens leads to it: that is no sign of a name.
fn only_there(mut finding: Finding) -> Finding {
    finding.severity = finding.severity.min(Severity::Info);
    finding
}
