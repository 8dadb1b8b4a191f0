//! `asset`: files at constant paths.

use super::paths::{Paths, Realm};
use super::runtime::called;
use crate::target::Goos;
use crate::verify::uses::Uses;
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("asset"),
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Fail,
    summary: "the program opens files at constant paths",
    explanation: "A path in the source is one of the machine that it was written on: a relative \
        one lay beside the source, an absolute one belongs to the system. Neither comes with the \
        binary. Files that the program makes itself, devices and /proc don't count. Where it only \
        asks whether a file is there, that is told. Whether it goes on without the file doesn't \
        show.",
    symptom: "open config/app.yaml: no such file or directory",
    signs: &[
        "open …: no such file or directory",
        "open …: The system cannot find the file specified.",
        "open …: The system cannot find the path specified.",
        "dial unix …: connect: no such file or directory",
        "chdir …: no such file or directory",
    ],
    fixes: &[
        Fix::source("go:embed puts the file into the binary"),
        Fix::source("a default where the file is not there"),
        Fix::image("copy the file to this path, or mount it"),
    ],
    check: Check::Functions(check),
};

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let Paths {
        opened,
        made,
        mut looked_for,
        either: _,
    } = Paths::of(evidence, uses);
    looked_for
        .texts
        .retain(|path, _| !opened.texts.contains_key(path));
    let opened = opened.texts.into_iter().map(|(path, call)| {
        let severity = if made.texts.contains_key(path) {
            Severity::Info
        } else {
            Severity::Fail
        };
        (severity, path, call)
    });
    let looked_for = looked_for
        .texts
        .into_iter()
        .map(|(path, call)| (Severity::Info, path, call));
    let mut all: Vec<_> = opened
        .chain(looked_for)
        .map(|(severity, path, call)| (Realm::of(path), severity, path, call))
        .filter(|(realm, ..)| matches!(realm, Realm::Relative | Realm::Absolute))
        .collect();
    // What lay beside the source is the most telling.
    all.sort_by_key(|(realm, severity, path, _)| (*realm, std::cmp::Reverse(*severity), *path));
    let is_windows = evidence.goos() == Some(Goos::Windows);
    all.into_iter()
        .map(|(_, severity, path, call)| {
            let subject = Subject::named("file", path);
            let need = Need::File(path.to_owned());
            let mut finding = called(&RULE, uses, call, subject, need);
            finding.severity = severity;
            finding.symptom = if is_windows {
                format!("open {path}: The system cannot find the file specified.")
            } else {
                format!("open {path}: no such file or directory")
            };
            finding
        })
        .collect()
}
