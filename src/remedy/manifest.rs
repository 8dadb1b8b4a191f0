//! The lines of a manifest that settle findings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::printable::printable;
use crate::verify::{Class, Finding, Need, Rule, RuleId};

/// A section of the manifest, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Matrix,
    Build,
    Embed,
}

impl Section {
    fn name(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Build => "build",
            Self::Embed => "embed",
        }
    }
}

/// What a manifest can do about a finding.
enum Remedy {
    /// A line of a section takes the need away.
    Line(Section, &'static str),
    /// Only the system can have it: the manifest says that it does.
    Allow,
    /// No line settles it alone.
    Advice(&'static str),
}

/// The section and the line that take a finding's need away, where one does.
pub(super) fn line_of(finding: &Finding) -> Option<(&'static str, &'static str)> {
    match remedy(finding)? {
        Remedy::Line(section, line) => Some((section.name(), line)),
        Remedy::Allow | Remedy::Advice(_) => None,
    }
}

/// Whether a finding is about what is left out without C: no system makes up for that.
pub(super) fn is_left_out(finding: &Finding) -> bool {
    let wants_c = [RuleId::PLUGIN, RuleId::CGO_STUB].contains(&finding.rule);
    wants_c && finding.need.is_none()
}

/// What C changes, and what it brings along.
const WITH_C: &str = "no line settles it alone: `cgo = true` below [matrix] compiles its C parts in, with a \
                      C compiler; then the program needs the loader and libraries of a system, which \
                      the policy has to be about";

fn remedy(finding: &Finding) -> Option<Remedy> {
    let rule = Rule::get(finding.rule)?;
    match (rule.class, &finding.need) {
        (Class::Confirmation | Class::Opacity, _) | (Class::Linking, None) => None,
        (Class::Linking, _) if rule.id == RuleId::PIE_INTERP => {
            Some(Remedy::Line(Section::Build, "buildmode = \"exe\""))
        }
        // What else needs a loader or libraries has C in it.
        (Class::Linking, Some(_)) => Some(Remedy::Line(Section::Matrix, "cgo = false")),
        (Class::Runtime, Some(Need::CaRoots)) => {
            Some(Remedy::Line(Section::Embed, "ca_roots = true"))
        }
        (Class::Runtime, Some(Need::ZoneInfo)) => {
            Some(Remedy::Line(Section::Embed, "tzdata = true"))
        }
        (Class::Runtime, Some(Need::NameServiceModules | Need::SystemResolver)) => {
            Some(Remedy::Line(Section::Build, "resolver = \"go\""))
        }
        (Class::Runtime, Some(_)) => Some(Remedy::Allow),
        (Class::Runtime, None) => is_left_out(finding).then_some(Remedy::Advice(WITH_C)),
    }
}

/// What a manifest can do about findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManifestLines {
    /// Lines that settle findings, each after what it settles; empty if there are none. They are
    /// valid TOML, to be merged into a manifest.
    pub settling: String,
    /// Comments on what no line settles alone.
    pub advice: String,
}

/// What a manifest can do about the findings on which verdicts hang.
#[must_use]
pub fn manifest_lines(findings: &[Finding]) -> ManifestLines {
    let mut lines: BTreeMap<(Section, &str), Vec<&Finding>> = BTreeMap::new();
    let mut allowed: BTreeSet<(RuleId, &str)> = BTreeSet::new();
    let mut advice: BTreeSet<String> = BTreeSet::new();
    for finding in findings.iter().filter(|one| one.is_condition()) {
        match remedy(finding) {
            Some(Remedy::Line(section, line)) => {
                lines.entry((section, line)).or_default().push(finding);
            }
            Some(Remedy::Allow) => {
                allowed.insert((finding.rule, finding.subject.as_str()));
            }
            Some(Remedy::Advice(words)) => {
                let subject = printable(finding.subject.as_str());
                advice.insert(format!("# {} ({subject}): {words}\n", finding.rule));
            }
            None => {}
        }
    }
    ManifestLines {
        settling: settling(&lines, allowed),
        advice: advice.into_iter().collect(),
    }
}

fn settling(
    lines: &BTreeMap<(Section, &str), Vec<&Finding>>,
    allowed: BTreeSet<(RuleId, &str)>,
) -> String {
    let mut text = String::new();
    let mut last = None;
    for ((section, line), settled) in lines {
        if last.replace(*section) != Some(*section) {
            let gap = if text.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}[{}]", section.name());
        }
        for finding in settled {
            let subject = finding.subject.as_str();
            let _ = writeln!(text, "# {}: {}", finding.rule, printable(subject));
        }
        let _ = writeln!(text, "{line}");
    }
    if !allowed.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(
            text,
            "{gap}# These the system has to have. Each needs the reason why it does.\n[verify]\nallow = ["
        );
        for (rule, subject) in allowed {
            let _ = writeln!(text, "    {},", allowance(rule, subject));
        }
        text.push_str("]\n");
    }
    text
}

/// An element of `allow`: for this subject alone, so that others are still found.
fn allowance(rule: RuleId, subject: &str) -> String {
    // A line break would make a string of several lines, which an inline table may not hold.
    let string = |text: &str| toml::Value::String(printable(text).replace('\t', " "));
    let reason = string("say why it is always there");
    let subject = string(subject);
    format!("{{ rule = \"{rule}\", subject = {subject}, reason = {reason} }}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Severity, Standing};

    fn finding(rule: &str, need: Need, subject: &str) -> Finding {
        Finding {
            rule: rule.parse().unwrap(),
            severity: Severity::Fail,
            subject: subject.into(),
            chain: Vec::new(),
            detail: String::new(),
            symptom: String::new(),
            fixes: Vec::new(),
            need: Some(need),
            standing: Standing::Told,
        }
    }

    #[test]
    fn what_can_be_embedded_is_and_the_rest_is_allowed() {
        let findings = [
            finding("exec", Need::Program(Some("git".to_owned())), "git"),
            finding("tzdata", Need::ZoneInfo, "time zones"),
            finding("exec", Need::Program(None), "a \"b\"\n"),
        ];
        let expected = r#"[embed]
# tzdata: time zones
tzdata = true

# These the system has to have. Each needs the reason why it does.
[verify]
allow = [
    { rule = "exec", subject = 'a "b"\u{a}', reason = "say why it is always there" },
    { rule = "exec", subject = "git", reason = "say why it is always there" },
]
"#;
        let lines = manifest_lines(&findings);
        assert_eq!(
            (lines.settling.as_str(), lines.advice.as_str()),
            (expected, "")
        );
    }

    #[test]
    fn what_is_left_out_without_c_no_system_makes_up_for() {
        let plugin = Finding {
            need: None,
            ..finding("plugin", Need::Goroot, "plugins")
        };
        let lines = manifest_lines(&[plugin]);
        assert_eq!(lines.settling, "");
        let start = "# plugin (plugins): no line settles it alone: `cgo = true` below [matrix]";
        assert!(lines.advice.starts_with(start), "{}", lines.advice);
        // With C it hangs on what the system has.
        let loader = Need::Loader("/lib/ld.so".to_owned());
        let lines = manifest_lines(&[finding("plugin", loader, "plugins")]);
        assert!(lines.settling.contains("rule = \"plugin\""), "{lines:?}");
    }

    #[test]
    fn what_is_only_told_needs_no_lines() {
        let told = Finding {
            severity: Severity::Info,
            ..finding("user-db", Need::Users, "the list of users")
        };
        assert_eq!(manifest_lines(&[told]), ManifestLines::default());
    }
}
