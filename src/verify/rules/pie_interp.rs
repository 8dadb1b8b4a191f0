//! `pie-interp`: a program without C that only needs a loader because it is a PIE.

use super::is_bare_elf;
use crate::inspect::{Facts, Kind};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::PIE_INTERP,
    class: Class::Linking,
    systems: Systems::Bare,
    severity: Severity::Block,
    summary: "the program needs a dynamic loader only because it is position-independent",
    explanation: "Go's linker gives every position-independent executable for Linux and the BSDs \
        a loader, even when it contains no C and needs no library. It fails in an image made \
        from scratch just as a program with C does.",
    symptom: "exec /app: no such file or directory, although the file is there",
    signs: &[
        "exec …: no such file or directory",
        "cannot execute: required file not found",
    ],
    fixes: &[
        Fix::manifest("`buildmode = \"exe\"`"),
        Fix::command("go build without -buildmode=pie"),
        Fix::other(
            "if it must be position-independent: cgo with \
         -ldflags='-linkmode=external -extldflags=-static-pie'",
        ),
    ],
    check: Check::Facts {
        applies: is_bare_elf,
        check,
    },
};

/// Whether nothing but the build mode asks for a loader.
pub(super) fn is_pie_only(facts: &Facts) -> bool {
    facts.kind == Kind::Pie && facts.needed.is_empty()
}

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    match &evidence.facts.interpreter {
        Some(loader) if is_pie_only(evidence.facts) => {
            // Other compilers than go make such programs too.
            let why = match evidence.facts.go {
                Ok(_) => "the program was built with -buildmode=pie",
                Err(_) => "the program is position-independent",
            };
            let detail = format!(
                "the kernel has to start {loader} first, though no library is needed: {why}"
            );
            vec![
                RULE.finding(loader, detail)
                    .needing(Need::Loader(loader.clone())),
            ]
        }
        _ => Vec::new(),
    }
}
