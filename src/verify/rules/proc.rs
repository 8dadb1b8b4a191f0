//! `proc`: what the kernel tells of processes and devices, as files.

use std::collections::BTreeMap;

use super::operations::error;
use super::realm::Realm;
use super::runtime::{Unreached, called, reached};
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("proc"),
    class: Class::Runtime,
    systems: Systems::LinuxKernel,
    severity: Severity::Fail,
    summary: "the program reads /proc or /sys",
    explanation: "os.Executable asks /proc/self/exe where the program lies. Container runtimes \
        mount /proc and /sys; a plain chroot, an early boot and some sandboxes don't. Go itself reads \
        there which groups of multicast an interface is in, and for profiles which files are loaded.",
    symptom: "readlink /proc/self/exe: no such file or directory",
    signs: &[
        "readlink /proc/self/exe: no such file or directory",
        "open /proc/…: no such file or directory",
        "open /sys/…: no such file or directory",
        "open /proc: no such file or directory",
        "open /sys: no such file or directory",
        "stat /proc/…: no such file or directory",
        "stat /sys/…: no such file or directory",
        "stat /proc: no such file or directory",
        "stat /sys: no such file or directory",
        "lstat /proc/…: no such file or directory",
        "lstat /sys/…: no such file or directory",
        "lstat /proc: no such file or directory",
        "lstat /sys: no such file or directory",
    ],
    fixes: &[
        Fix::image("mount /proc, and /sys where it is read"),
        Fix::source("a default where the file is not there; os.Args[0] for messages"),
    ],
    check: Check::Functions(check),
};

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let paths = uses.paths(evidence);
    let folders = paths.read_folders();
    let folders = folders.map(|(folder, call)| (folder, (call, format!("{folder}/…"))));
    let opened = paths.opened_or_made().into_iter();
    let opened = opened.map(|(path, call)| (path, (call, path.to_owned())));
    // What is opened itself goes before what is below it.
    let files: BTreeMap<_, _> = folders.chain(opened).collect();
    let files = files
        .into_iter()
        .filter(|(path, _)| Realm::of(evidence.goos(), path) == Realm::Kernel);
    let files = files.map(|(path, (call, seen))| {
        let mut finding = called(&RULE, uses, call, path, Need::Proc);
        let function = Some(uses.called(call));
        finding.symptom = error(
            evidence.goos(),
            function,
            &seen,
            "no such file or directory",
        );
        finding
    });
    let by_go = OF_GO.iter().filter_map(|asked| asked.finding(uses));
    itself(uses).into_iter().chain(by_go).chain(files).collect()
}

/// What Go's own packages read there, and do without in silence.
struct OfGo {
    /// Who reads it.
    function: &'static str,
    subject: &'static str,
    severity: Severity,
    symptom: &'static str,
}

/// Source: `interface_linux.go` of Go's package net, `proto_other.go` of runtime/pprof.
const OF_GO: [OfGo; 2] = [
    OfGo {
        function: "net.(*Interface).MulticastAddrs",
        subject: "/proc/net/igmp and /proc/net/igmp6 (the groups of multicast)",
        severity: Severity::Degrade,
        symptom: "no error: an interface seems to be in no group",
    },
    OfGo {
        function: "runtime/pprof.(*profileBuilder).readMapping",
        subject: "/proc/self/maps (for profiles)",
        severity: Severity::Info,
        symptom: "no error: a profile doesn't say which files its code is of",
    },
];

impl OfGo {
    fn finding(&self, uses: Uses<'_>) -> Option<Finding> {
        // Packages of Go bring both along for who never asks.
        let chain = uses.chain(&[self.function])?;
        let finding = reached(
            &RULE,
            Some(chain),
            Unreached::Told,
            self.subject,
            Need::Proc,
        );
        Some(Finding {
            severity: self.severity,
            symptom: self.symptom.to_owned(),
            ..finding
        })
    }
}

const WHERE: &str = "os.Executable";
/// Packages that do without where they can't learn it: protobuf wants but a number from it.
const CONTENT: &[&str] = &["google.golang.org/protobuf/internal/detrand."];

fn itself(uses: Uses<'_>) -> Option<Finding> {
    let subject = "/proc/self/exe (where the program lies)";
    let finding = |chain| reached(&RULE, chain, Unreached::AsBad, subject, Need::Proc);
    if !uses.links(&[WHERE]) {
        return None;
    }
    let needed = uses.chain_past(&[WHERE], CONTENT);
    if needed.is_some() {
        return Some(finding(needed));
    }
    let any = uses.chain(&[WHERE]);
    let is_content = any.is_some();
    let mut finding = finding(any);
    if is_content {
        finding.severity = Severity::Info;
    }
    Some(finding)
}
