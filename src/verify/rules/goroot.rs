//! `goroot`: Go's own sources and tools.

use super::runtime::{Unreached, has_functions, linked};
use crate::verify::{Class, Evidence, Finding, Need, Rule, RuleId, Severity};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("goroot"),
    class: Class::Runtime,
    severity: Severity::Fail,
    summary: "the program reads Go packages while it runs",
    explanation: "go/build finds packages in GOROOT, and asks the go command for those of \
        modules. Neither is on a machine where nobody develops. With -trimpath the program \
        doesn't even know where GOROOT was. That it names the folder, or reads build \
        constraints, is no finding.",
    symptom: "cannot find package \"fmt\" in any of: ($GOROOT not set)",
    signs: &[
        "cannot find package \"…\" in any of",
        "go/build: go list …",
        "go: cannot find GOROOT directory",
    ],
    fixes: &[
        "source: read packages when the program is built, and embed what was found",
        "image: one that has Go, such as golang, with GOROOT set",
    ],
    applies: has_functions,
    check,
};

const IMPORT: &[&str] = &["go/build.(*Context).importGo"];

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some(uses) = evidence.uses() else {
        return Vec::new();
    };
    let (subject, need) = ("Go's sources and tools", Need::Goroot);
    linked(&RULE, uses, IMPORT, Unreached::AsBad, subject, need)
        .into_iter()
        .collect()
}
