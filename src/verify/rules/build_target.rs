//! `build-target`: header and build information agree with the target.

use super::{comparison, differs, is_comparable};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("build-target"),
    class: Class::Confirmation,
    systems: Systems::Every,
    severity: Severity::Block,
    summary: "the binary is for another system or architecture than its target",
    explanation: "The header of the file and the GOOS and GOARCH that Go recorded are compared \
        with the target. They are independent of each other: the header is what the system \
        looks at.",
    symptom: "exec format error, or cannot execute binary file",
    signs: &[
        "exec format error",
        "cannot execute binary file",
        "bad CPU type in executable",
        "is not a valid Win32 application",
        "not compatible with the version of Windows",
    ],
    fixes: &[Fix::command(
        "build again with GOOS and GOARCH of the target set",
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
    let (goos, goarch) = (expected.target.goos, expected.target.goarch);
    let header = evidence.facts.header;
    let mut findings = Vec::new();
    for (key, wanted) in [("GOOS", goos.as_str()), ("GOARCH", goarch.as_str())] {
        let recorded = info.setting(key).unwrap_or("not recorded");
        if recorded != wanted {
            findings.push(RULE.finding(key, differs(key, wanted, recorded)));
        }
    }
    if let Some(found) = header.goos.filter(|_| !header.allows_goos(goos)) {
        let detail = differs("the system in the header", goos.as_str(), found.as_str());
        findings.push(RULE.finding("header", detail));
    }
    if let Some(found) = header.goarch.filter(|found| *found != goarch) {
        let detail = differs(
            "the architecture in the header",
            goarch.as_str(),
            found.as_str(),
        );
        findings.push(RULE.finding("header", detail));
    }
    findings
}
