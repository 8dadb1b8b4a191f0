//! `build-cgo`: cgo was on or off as planned.

use super::{comparison, differs, is_comparable};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("build-cgo"),
    class: Class::Confirmation,
    systems: Systems::Every,
    severity: Severity::Block,
    summary: "cgo was on where it should be off, or off where it should be on",
    explanation: "Go records CGO_ENABLED. Without cgo, packages fall back to Go code or to stubs \
        that only end in an error; with it, C code may be linked in.",
    symptom: "with a stub: `Binary was compiled with 'CGO_ENABLED=0', … requires cgo to work`",
    signs: &[],
    fixes: &[Fix::command(
        "build again with CGO_ENABLED set as the manifest says",
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
    let wanted = expected.cgo.env_value();
    let recorded = info.setting("CGO_ENABLED").unwrap_or("not recorded");
    if recorded == wanted {
        return Vec::new();
    }
    vec![RULE.finding("CGO_ENABLED", differs("CGO_ENABLED", wanted, recorded))]
}
