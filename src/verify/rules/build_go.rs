//! `build-go`: the toolchain is the pinned one.

use super::{comparison, differs, is_comparable};
use crate::go_version::without_experiments;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("build-go"),
    class: Class::Confirmation,
    systems: Systems::Every,
    severity: Severity::Block,
    summary: "another Go toolchain built the binary than the pinned one",
    explanation: "Go records its version. Experiments follow after -X: and are compared by the \
        settings, not here.",
    symptom: "none: other fixes of the standard library, and other bytes",
    signs: &[],
    fixes: &[Fix::command(
        "set GOTOOLCHAIN to the pinned version, and build again",
    )],
    check: Check::Facts {
        applies: is_comparable,
        check,
    },
};

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some((expected, info)) = comparison(evidence) else {
        return Vec::new();
    };
    if without_experiments(&info.go_version) == expected.go_version {
        return Vec::new();
    }
    let detail = differs("the Go version", &expected.go_version, &info.go_version);
    vec![RULE.finding("go", detail)]
}
