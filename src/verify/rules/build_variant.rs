//! `build-variant`: the CPU variant is the one of the target.

use super::{comparison, differs, is_comparable};
use crate::target::Variant;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("build-variant"),
    class: Class::Confirmation,
    systems: Systems::Every,
    severity: Severity::Block,
    summary: "the binary is for another CPU variant than its target",
    explanation: "Go records GOAMD64, GOARM and the like, always with a value, also the default \
        one; only GOWASM is absent when it is empty. A binary for a higher variant doesn't start \
        on an older CPU.",
    symptom: "This program can only be run on AMD64 processors with v3 microarchitecture support, \
        or illegal instruction",
    signs: &[],
    fixes: &[Fix::command(
        "build again with the variable of the target set, such as GOAMD64=v1",
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
    let target = &expected.target;
    let Some(env) = Variant::env_of(target.goarch) else {
        return Vec::new();
    };
    let wanted = target
        .variant
        .as_ref()
        .map_or("", |variant| variant.value());
    let recorded = info.setting(env).unwrap_or_default();
    if recorded == wanted {
        return Vec::new();
    }
    let quoted = |value: &str| format!("`{value}`");
    vec![RULE.finding(env, differs(env, &quoted(wanted), &quoted(recorded)))]
}
