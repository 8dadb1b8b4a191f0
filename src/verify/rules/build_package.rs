//! `build-package`: the main package is the planned one.

use super::{comparison, differs, is_comparable};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("build-package"),
    class: Class::Confirmation,
    systems: Systems::Every,
    severity: Severity::Block,
    summary: "the binary is another program than the planned one",
    explanation: "Go records the import path of the main package. Two main packages with the same \
        default name, built into one folder, overwrite each other without a word from go.",
    symptom: "the wrong program runs",
    signs: &[],
    fixes: &[Fix::command(
        "build each main package to an output of its own",
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
    if info.path == expected.package {
        return Vec::new();
    }
    let detail = differs("the main package", &expected.package, &info.path);
    vec![RULE.finding("path", detail)]
}
