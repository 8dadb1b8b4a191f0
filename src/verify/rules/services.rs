//! `services`: ports that are named.

use std::collections::BTreeMap;

use super::addresses::{addresses, needs_list};
use super::runtime::called;
use crate::inspect::Word;
use crate::verify::uses::{Call, Uses};
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("services"),
    class: Class::Runtime,
    systems: Systems::PlainUnix,
    severity: Severity::Fail,
    summary: "the program names ports whose numbers only the system knows",
    explanation: "Go looks up the number of a port that is named in /etc/services, which many \
        images don't have: on Debian it comes with netbase. Go itself knows a handful: domain, \
        ftp, ftps, gopher, http, https, imap2, imap3, imaps, pop3, pop3s, smtp, ssh, submissions, \
        telnet. The code that reads the file is in every program with the package net; a finding is \
        a name that is constant, or a look-up of one that isn't.",
    symptom: "lookup tcp/postgresql: unknown port",
    signs: &["lookup tcp/…: unknown port", "lookup udp/…: unknown port"],
    fixes: &[
        Fix::source("the number of the port"),
        Fix::image("copy /etc/services, or install netbase on Debian and Ubuntu"),
    ],
    check: Check::Functions(check),
};

/// Where the network and the port stand.
pub(super) const LOOK_UPS: &[(&str, (Word, Word))] = &[
    ("net.LookupPort", (Word(0), Word(2))),
    // The context comes first, and takes two words.
    ("net.(*Resolver).LookupPort", (Word(3), Word(5))),
];

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    // The calls with each port, each with its network.
    let mut ports: BTreeMap<&str, Vec<(&str, Call)>> = BTreeMap::new();
    for address in addresses(uses) {
        if let Some((network, port)) = address.unknown_port() {
            let calls = ports.entry(port).or_default();
            calls.push((network, address.site.call));
        }
    }
    for (address, call) in &uses.servers().texts {
        if let Some((_, port)) = address.rsplit_once(':')
            && needs_list("tcp", port)
        {
            ports.entry(port).or_default().push(("tcp", *call));
        }
    }
    let mut unknown = Vec::new();
    for ((network, port), site) in uses.sites(LOOK_UPS) {
        let network = uses.text(site, network).unwrap_or("tcp");
        match uses.text(site, port) {
            Some(port) if needs_list(network, port) => {
                ports.entry(port).or_default().push((network, site.call));
            }
            Some(_) => {}
            None => unknown.push(site.call),
        }
    }
    let named = ports.iter().filter_map(|(port, calls)| {
        let call = uses.likeliest_call(calls.iter().map(|(_, call)| *call))?;
        let (network, _) = calls.iter().find(|(_, one)| *one == call)?;
        let subject = Subject::named("port", port);
        let mut finding = called(&RULE, uses, call, subject, Need::Services);
        finding.symptom = format!("lookup {network}/{port}: unknown port");
        Some(finding)
    });
    let others = uses.likeliest_call(unknown).map(|call| {
        let mut finding = called(&RULE, uses, call, "ports by name", Need::Services);
        // Mostly they are numbers.
        finding.severity = Severity::Info;
        finding
    });
    named.chain(others).collect()
}
