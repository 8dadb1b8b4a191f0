//! `build-vcs`: the stamped commit is the one that was planned.

use super::{comparison, differs};
use crate::inspect::BuildInfo;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Rule, RuleId, Severity, Stamp, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("build-vcs"),
    class: Class::Confirmation,
    systems: Systems::Every,
    severity: Severity::Block,
    summary: "the stamped commit or the state of the tree is not the planned one",
    explanation: "Go stamps the commit and whether the tree differed from it, untracked files \
        included. The state is read once, before the first build: a file that appears in the \
        tree in between makes the later binaries `+dirty`.",
    symptom: "the version that the program prints ends in +dirty, or names no commit",
    signs: &["+dirty"],
    fixes: &[
        Fix::other("if something was committed or edited while the build ran: build again"),
        Fix::other("keep generated files out of the tree, or list them in .gitignore"),
        Fix::manifest("`[build] vcs = false` to stamp nothing"),
    ],
    check: Check::Facts {
        applies: |evidence| stamps(evidence).is_some(),
        check,
    },
};

fn stamps<'a>(evidence: &Evidence<'a>) -> Option<(&'a Stamp, &'a BuildInfo)> {
    let (expected, info) = comparison(evidence)?;
    Some((expected.vcs.as_ref()?, info))
}

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some((stamp, info)) = stamps(evidence) else {
        return Vec::new();
    };
    let wanted = match stamp {
        Stamp::None => [("vcs.revision", None), ("vcs.modified", None)],
        Stamp::Revision { commit, modified } => [
            ("vcs.revision", Some(commit.as_str())),
            (
                "vcs.modified",
                Some(if *modified { "true" } else { "false" }),
            ),
        ],
    };
    let mut findings = Vec::new();
    for (key, wanted) in wanted {
        let recorded = info.setting(key);
        if recorded != wanted {
            let absent = "not recorded";
            let detail = differs(key, wanted.unwrap_or(absent), recorded.unwrap_or(absent));
            findings.push(RULE.finding(key, detail));
        }
    }
    findings
}
