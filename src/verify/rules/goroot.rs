//! `goroot`: Go's own sources and tools.

use super::runtime::{Unreached, linked};
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("goroot"),
    class: Class::Runtime,
    systems: Systems::Every,
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
        Fix::source("read packages when the program is built, and embed what was found"),
        Fix::image("one that has Go, such as golang, with GOROOT set"),
    ],
    check: Check::Functions(check),
};

const IMPORT: &[&str] = &["go/build.(*Context).importGo"];

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let (subject, need) = ("Go's sources and tools", Need::Goroot);
    linked(&RULE, uses, IMPORT, Unreached::AsBad, subject, need)
        .into_iter()
        .collect()
}
