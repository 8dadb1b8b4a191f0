//! `tmp-predictable`: files in a folder that all users may write to, under names that all know.

use super::realm::Realm;
use super::runtime::called;
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("tmp-predictable"),
    class: Class::Runtime,
    systems: Systems::Unix,
    severity: Severity::Degrade,
    summary: "the program uses constant names in a folder that all users may write to",
    explanation: "Everybody may make a file of this name in /tmp first, or a link that leads \
        elsewhere, and so choose what the program reads or overwrites. Two users, or two runs at \
        once, get into each other's way. Where there is no /tmp it fails.",
    symptom: "open /tmp/app.lock: permission denied",
    signs: &[
        "open /tmp/…: permission denied",
        "open /tmp/…: no such file or directory",
        "open /tmp/…: file exists",
        "mkdir /tmp/…: file exists",
        "listen unix /tmp/…: bind: address already in use",
    ],
    fixes: &[
        Fix::source("os.CreateTemp or os.MkdirTemp, which choose a name that nobody knows"),
        Fix::source("a folder of the user's own: os.UserCacheDir, or XDG_RUNTIME_DIR for sockets"),
    ],
    check: Check::Texts(check),
};

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let paths = uses.paths(evidence).opened_or_made();
    let paths = paths
        .into_iter()
        .filter(|(path, _)| Realm::of(evidence.goos(), path) == Realm::Shared);
    paths
        .map(|(path, call)| {
            let mut finding = called(&RULE, uses, call, path, Need::TmpFile(path.to_owned()));
            finding.symptom = format!("open {path}: permission denied");
            finding
        })
        .collect()
}
