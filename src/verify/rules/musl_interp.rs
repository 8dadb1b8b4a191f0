//! `musl-interp`: linked against musl, so it starts on Alpine only.

use super::{caused_by_c, is_bare_elf, pie_interp};
use crate::inspect::musl;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("musl-interp"),
    class: Class::Linking,
    systems: Systems::Bare,
    severity: Severity::Block,
    summary: "the program needs the loader of musl, which only Alpine and its like have",
    explanation: "A program that was linked dynamically on Alpine names /lib/ld-musl-*.so.1 as \
        its loader. Debian, Ubuntu, Fedora and the like have glibc and not this file.",
    symptom: "exec /app: no such file or directory on distributions with glibc, although the \
        file is there",
    signs: &[
        "exec …: no such file or directory",
        "cannot execute: required file not found",
        "/ld-musl-…: No such file or directory",
    ],
    fixes: &[
        Fix::manifest("`cgo = false` for this cell"),
        Fix::command("CGO_ENABLED=0 go build"),
        Fix::other(
            "if C is needed: link musl statically, -ldflags='-linkmode=external -extldflags=-static'",
        ),
    ],
    check: Check::Facts {
        applies: is_bare_elf,
        check,
    },
};

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    match &evidence.facts.interpreter {
        Some(loader) if musl::is_loader(loader) && !pie_interp::is_pie_only(evidence.facts) => {
            let detail = format!("the kernel has to start {loader} first, the loader of musl.");
            let need = Need::Loader(loader.clone());
            vec![caused_by_c(evidence, &RULE, loader, &detail).needing(need)]
        }
        _ => Vec::new(),
    }
}
