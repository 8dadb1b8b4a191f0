//! `glibc-min`: the oldest glibc that has every symbol the program takes from it.

use super::{is_elf, shared_with_the_loader, with_fitting_fixes};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("glibc-min"),
    class: Class::Linking,
    systems: Systems::Elf,
    severity: Severity::Block,
    summary: "the program needs a glibc that is at least as new as the one it was built with",
    explanation: "Symbols of glibc have versions. A program that was linked on a new system asks \
        for new versions, which an older system doesn't have; newer systems have the old ones. \
        The versions are compared by number: 2.9 is older than 2.34.",
    symptom: "version `GLIBC_2.34' not found",
    signs: &[
        "version `GLIBC_…' not found",
        "Error relocating …: symbol not found",
    ],
    fixes: &[
        Fix::manifest("`cgo = false` for this cell"),
        Fix::command("CGO_ENABLED=0 go build"),
        Fix::manifest_if(
            "if C is needed: `toolchain = \"musl-gcc\"` or `\"zig-musl\"` for this cell, which need no glibc; or an older \
         release of it: `toolchain = \"zig-gnu.2.17\"`",
        ),
    ],
    check: Check::Facts {
        applies: is_elf,
        check,
    },
};

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some(least) = evidence.facts.glibc_min() else {
        return Vec::new();
    };
    let libraries: Vec<_> = evidence
        .facts
        .glibc
        .iter()
        .map(|need| format!("{} from {}", need.library, need.version))
        .collect();
    let detail = format!(
        "the system needs glibc {least} or later: {}",
        libraries.join(", ")
    );
    let subject = format!("glibc ≥ {least}");
    let mut finding = with_fitting_fixes(evidence, RULE.finding(&subject, detail));
    if evidence.is_loaded_library() {
        finding = shared_with_the_loader(finding);
    }
    finding.symptom = format!("version `GLIBC_{least}' not found");
    vec![finding.needing(Need::Glibc(least))]
}
