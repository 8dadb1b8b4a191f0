//! `home`: the user's folder, and those for configuration and caches.

use super::environment::asks_for;
use super::runtime::{Unreached, called, reached};
use crate::target::Goos;
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("home"),
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Fail,
    summary: "the program wants the folder of its user",
    explanation: "os.UserHomeDir and the functions for the folders of configuration and caches \
        read HOME, XDG_CONFIG_HOME and XDG_CACHE_HOME (on Windows USERPROFILE, AppData and \
        LocalAppData), and look nowhere else. Services and images made from scratch have none of \
        them. A program that reads HOME itself gets an empty text, and its paths start at the top \
        of the file system. Whether the \
        program does without where the folder isn't known doesn't show.",
    symptom: "$HOME is not defined, or neither $XDG_CACHE_HOME nor $HOME are defined",
    signs: &[
        "$HOME is not defined",
        "neither $XDG_CACHE_HOME nor $HOME are defined",
        "neither $XDG_CONFIG_HOME nor $HOME are defined",
        "%userprofile% is not defined",
        "%LocalAppData% is not defined",
        "%AppData% is not defined",
        "mkdir /.cache: permission denied",
        "mkdir /.config: permission denied",
        "mkdir /.local: permission denied",
    ],
    fixes: &[
        Fix::source("a path from the configuration where there is no such folder"),
        Fix::image("ENV HOME=/ or a folder that may be written to"),
    ],
    check: Check::Functions(check),
};

/// What is asked for, by which function, and how the subject calls it.
const FOLDERS: &[(&str, &str)] = &[
    ("os.UserHomeDir", "the user's home folder"),
    ("os.UserConfigDir", "the folder for configuration"),
    ("os.UserCacheDir", "the folder for caches"),
];
/// os/user asks for the home folder only to fill in what it tells of the user.
const PAST: &[&str] = &["os/user."];

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let folders = FOLDERS.iter();
    let mut findings: Vec<_> = folders
        .filter(|(function, _)| uses.links(&[function]))
        .map(|(function, subject)| {
            let chain = uses.chain_past(&[function], PAST);
            reached(&RULE, chain, unreached(uses), *subject, Need::Home)
        })
        .collect();
    let asked = asks_for(uses, home(evidence));
    findings.extend(asked.map(|call| {
        let subject = format!("${}", home(evidence));
        let mut finding = called(&RULE, uses, call, &subject, Need::Home);
        finding.severity = Severity::Degrade;
        finding
    }));
    findings
}

/// Other packages that bring os.UserHomeDir with them: os/user alone.
fn unreached(uses: Uses<'_>) -> Unreached {
    if uses.links(&["os/user.Current", "os/user.current"]) {
        Unreached::Told
    } else {
        Unreached::AsBad
    }
}

/// The variable that has the home folder.
fn home(evidence: &Evidence<'_>) -> &'static str {
    match evidence.goos() {
        Some(Goos::Windows) => "USERPROFILE",
        Some(Goos::Plan9) => "home",
        _ => "HOME",
    }
}
