//! The lines of a manifest that settle findings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::inspect::{Facts, Kind};
use crate::printable::{printable, printable_json};
use crate::target::Goos;
use crate::verify::{AsksForNames, COrigin, Class, Finding, Need, Rule, RuleId};

/// A section of the manifest, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Matrix,
    Build,
    Embed,
    Override,
}

impl Section {
    fn header(self) -> &'static str {
        match self {
            Self::Matrix => "[matrix]",
            Self::Build => "[build]",
            Self::Embed => "[embed]",
            Self::Override => "[[override]]",
        }
    }
}

/// What a manifest can do about a finding.
enum Remedy {
    /// A line of a section takes the need away.
    Line(Section, &'static str),
    /// C is linked into the program, for this target alone.
    LinkStatically(String),
    /// Only the system can have it: the manifest says that it does.
    Allow,
    /// No line settles it alone.
    Advice(&'static str),
}

/// A program that a manifest builds.
#[derive(Clone, Copy, Debug)]
pub struct Built<'a> {
    /// What the file says.
    pub facts: &'a Facts,
    /// Where the C in it comes from.
    pub c_origin: COrigin,
    /// What was found in it.
    pub findings: &'a [Finding],
}

/// The section and the line that take the need of a running program away, where one does.
pub(super) fn line_of(finding: &Finding) -> Option<(&'static str, &'static str)> {
    let class = Rule::get(finding.rule)?.class;
    let line = line_against(finding).filter(|_| class == Class::Runtime);
    let (section, line) = line?;
    Some((section.header(), line))
}

/// The line that takes a need away which a program has while it runs.
fn line_against(finding: &Finding) -> Option<(Section, &'static str)> {
    match finding.need.as_ref()? {
        Need::CaRoots => Some((Section::Embed, "ca_roots = true")),
        Need::ZoneInfo => Some((Section::Embed, "tzdata = true")),
        Need::NameServiceModules(AsksForNames::Go) | Need::SystemResolver => {
            Some((Section::Build, BY_GO))
        }
        // Go's reads these files, too; what is found is how musl asks.
        Need::ResolverFiles if finding.rule == RuleId::DNS_MUSL => Some((Section::Build, BY_GO)),
        _ => None,
    }
}

/// Whether a finding is about what is left out without C: no system makes up for that.
pub(super) fn is_left_out(finding: &Finding) -> bool {
    let wants_c = [RuleId::PLUGIN, RuleId::CGO_STUB].contains(&finding.rule);
    wants_c && finding.need.is_none()
}

const BY_GO: &str = "resolver = \"go\"";
const CGO_OFF: &str = "cgo = [false]";
const CGO_ON: &str = "cgo = [true]";

/// What C changes, and what it brings along.
const WITH_C: &str = "no line settles it alone: `cgo = [true]` below [matrix] compiles its C parts in, with a \
                      C compiler; then the program needs the loader and libraries of a system, which \
                      the policy has to be about";
const OF_ITS_C: &str = "no line settles it: C of the program asks for these names, and not Go's resolver; link it \
                        against musl, which loads no modules";
const OF_APPLE: &str = "no line settles it: the program has C of its own, so it can't be built without cgo; \
                        link the library's .a file in place of its .dylib";
const SANITIZED: &str = "no line settles it: the program was built with a sanitizer, whose runtime is a C \
                         library; leave it out of what is shipped";
const NOWHERE: &str = "no line settles it: the program has C of its own, so it can't be built without cgo, \
                       and for which system it is doesn't show";

impl Built<'_> {
    fn remedy(&self, finding: &Finding) -> Option<Remedy> {
        let rule = Rule::get(finding.rule)?;
        match (rule.class, &finding.need) {
            (Class::Confirmation | Class::Opacity, _) | (Class::Linking, None) => None,
            (Class::Linking, _) if rule.id == RuleId::PIE_INTERP => {
                Some(Remedy::Line(Section::Build, "buildmode = \"exe\""))
            }
            // What else needs a loader or libraries has C in it.
            (Class::Linking, Some(_)) => Some(self.against_libraries()),
            (Class::Runtime, Some(Need::NameServiceModules(AsksForNames::C))) => {
                Some(Remedy::Advice(OF_ITS_C))
            }
            (Class::Runtime, Some(_)) => Some(match line_against(finding) {
                Some((section, line)) => Remedy::Line(section, line),
                None => Remedy::Allow,
            }),
            (Class::Runtime, None) => is_left_out(finding).then_some(Remedy::Advice(WITH_C)),
        }
    }

    /// What takes the loader and the libraries away.
    fn against_libraries(&self) -> Remedy {
        match self.c_origin {
            // A static program loads nothing, and plugins are left out without C.
            _ if self.loads_plugins() => Remedy::Allow,
            COrigin::Go => Remedy::Line(Section::Matrix, CGO_OFF),
            COrigin::Sanitizer => Remedy::Advice(SANITIZED),
            // It shares the C library of the program that loads it.
            COrigin::Program if self.facts.kind == Kind::Library => Remedy::Allow,
            COrigin::Program => match (self.facts.goos(), self.facts.goarch()) {
                (Some(Goos::Darwin | Goos::Ios), _) => Remedy::Advice(OF_APPLE),
                (Some(goos), Some(goarch)) => Remedy::LinkStatically(format!("{goos}/{goarch}")),
                _ => Remedy::Advice(NOWHERE),
            },
        }
    }

    fn loads_plugins(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|one| one.rule == RuleId::PLUGIN && one.need.is_some())
    }

    /// How C is linked into the program, for one target.
    fn static_link(&self, target: &str) -> String {
        let linked = match self.facts.kind {
            Kind::Pie if self.facts.goos() == Some(Goos::Linux) => "-static-pie",
            _ => "-static",
        };
        format!(
            "match = \"{target}\"\ncgo = true\n\
             ldflags = [\"-linkmode=external\", \"-extldflags={linked}\"]\n\
             # the C library's own resolver can't be linked statically\nresolver = \"go\""
        )
    }
}

/// What a manifest can do about findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManifestLines {
    /// Lines that settle findings, each after what it settles; empty if there are none. They are
    /// valid TOML, to be merged into a manifest, but for the reasons, which are empty: a manifest
    /// is refused until somebody has written them.
    pub settling: String,
    /// Comments on what no line settles alone.
    pub advice: String,
}

/// The lines of sections, each with the findings that it settles.
type Lines<'a> = BTreeMap<(Section, String), Vec<&'a Finding>>;

/// What a manifest can do about the findings on which verdicts hang.
#[must_use]
pub fn manifest_lines(program: &Built<'_>) -> ManifestLines {
    let mut lines = Lines::new();
    let mut allowed: BTreeSet<(RuleId, &str)> = BTreeSet::new();
    let mut advice: BTreeSet<String> = BTreeSet::new();
    for finding in program.findings.iter().filter(|one| one.is_condition()) {
        let mut write = |section, line: &str| {
            let settled = lines.entry((section, line.to_owned())).or_default();
            settled.push(finding);
        };
        match program.remedy(finding) {
            Some(Remedy::Line(section, line)) => write(section, line),
            Some(Remedy::LinkStatically(target)) => {
                write(Section::Matrix, CGO_ON);
                write(Section::Override, &program.static_link(&target));
            }
            // How many it stands for may be another number the next time.
            Some(Remedy::Allow) if finding.subject.count() > 1 => {
                advice.insert(format!(
                    "# {} ({}): too many to be allowed one by one\n",
                    finding.rule, finding.subject
                ));
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

fn settling(lines: &Lines<'_>, allowed: BTreeSet<(RuleId, &str)>) -> String {
    let mut text = String::new();
    let mut last = None;
    for ((section, line), settled) in lines {
        if last.replace(*section) != Some(*section) {
            let gap = if text.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}{}", section.header());
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
            "{gap}# These the system has to have. Write the reason why it does: an empty one is refused.\n\
             [verify]\nallow = ["
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
    // JSON's escapes are all TOML's, and leave no line break, which an inline table may not hold.
    let subject = printable_json(&serde_json::Value::from(subject).to_string());
    format!("{{ rule = \"{rule}\", subject = {subject}, reason = \"\" }}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use crate::manifest;
    use crate::target::Goarch;
    use crate::verify::{FixPlace, Severity};

    fn facts(goos: Goos, kind: Kind) -> Facts {
        let mut facts = inspect(b"").unwrap();
        facts.kind = kind;
        facts.header.goos = Some(goos);
        facts.header.goarch = Some(Goarch::Amd64);
        facts
    }

    fn lines_of(findings: &[Finding]) -> ManifestLines {
        let facts = facts(Goos::Linux, Kind::Executable);
        let c_origin = COrigin::Go;
        manifest_lines(&Built {
            facts: &facts,
            c_origin,
            findings,
        })
    }

    fn needs() -> Vec<Need> {
        let name = || "git".to_owned();
        vec![
            Need::Loader(name()),
            Need::Library(name()),
            Need::Glibc("2.34".parse().unwrap()),
            Need::RecentSystem,
            Need::Cpu(name()),
            Need::NameServiceModules(AsksForNames::Go),
            Need::NameServiceModules(AsksForNames::C),
            Need::SystemResolver,
            Need::ResolverFiles,
            Need::CaRoots,
            Need::ZoneInfo,
            Need::Users,
            Need::Tmp,
            Need::Program(Some(name())),
            Need::File(name()),
            Need::Sight,
        ]
    }

    /// Whether a manifest with this text is one.
    fn is_parsed(text: &str) -> Result<(), String> {
        let parsed = manifest::parse(None, text);
        parsed.map(drop).map_err(|refused| refused.render(false))
    }

    #[test]
    fn every_line_is_one_of_a_manifest_once_the_reasons_are_written() {
        let mut seen = BTreeSet::new();
        for (rule, need) in Rule::ALL
            .iter()
            .flat_map(|rule| needs().into_iter().map(|need| (rule.id, need)))
        {
            let findings = [Finding::example(rule.as_str(), "git").needing(need)];
            for (goos, kind, c_origin) in [
                (Goos::Linux, Kind::Executable, COrigin::Go),
                (Goos::Linux, Kind::Executable, COrigin::Program),
                (Goos::Linux, Kind::Pie, COrigin::Program),
                (Goos::Linux, Kind::Library, COrigin::Program),
                (Goos::Windows, Kind::Executable, COrigin::Program),
                (Goos::Darwin, Kind::Executable, COrigin::Program),
                (Goos::Linux, Kind::Executable, COrigin::Sanitizer),
            ] {
                let facts = facts(goos, kind);
                let lines = manifest_lines(&Built {
                    facts: &facts,
                    c_origin,
                    findings: &findings,
                });
                let written = lines
                    .settling
                    .replace("reason = \"\"", "reason = \"it is\"");
                assert_eq!(is_parsed(&written), Ok(()), "{written}");
                if written != lines.settling {
                    let refused = is_parsed(&lines.settling).unwrap_err();
                    assert!(refused.contains("the reason is empty"), "{refused}");
                }
                seen.insert(lines.settling);
            }
        }
        for line in [
            CGO_OFF,
            CGO_ON,
            "-extldflags=-static\"",
            "-extldflags=-static-pie\"",
            "match = \"windows/amd64\"",
            "allow = [",
        ] {
            assert!(seen.iter().any(|text| text.contains(line)), "{line}");
        }
    }

    #[test]
    fn what_advice_quotes_is_a_line_of_the_matrix() {
        let quoted = WITH_C.split('`').nth(1).unwrap();
        assert_eq!(is_parsed(&format!("[matrix]\n{quoted}\n")), Ok(()));
    }

    /// Texts before a line that a rule quotes, by which it stands in a section.
    const PLACES: &[&str] = &[
        "",
        "[matrix]\n",
        "[build]\n",
        "[embed]\n",
        "[verify]\n",
        "[project]\n",
        "[matrix]\ncgo = [true]\n[[override]]\nmatch = \"linux/*\"\n",
        "[[override]]\nmatch = \"linux/*\"\n",
        "[[matrix.include]]\ntarget = \"linux/amd64\"\ncgo = true\n",
    ];

    #[test]
    fn what_rules_quote_of_a_manifest_is_part_of_one() {
        let mut parsed = 0;
        let fixes = Rule::ALL.iter().flat_map(|rule| rule.fixes);
        for fix in fixes.filter(|fix| fix.place == FixPlace::Manifest) {
            let quoted = fix.text.split('`').skip(1).step_by(2);
            for line in quoted.filter(|line| line.contains(" = ")) {
                // A section before the line stands on a line of its own.
                let line = line.replace("] ", "]\n").replace("\"…\"", "\"1.25.14\"");
                let line = line.replace("]\n}", "] }");
                let fits = PLACES
                    .iter()
                    .any(|place| is_parsed(&format!("{place}{line}\n")).is_ok());
                assert!(fits, "{}: {:?}", fix.text, is_parsed(&line));
                parsed += 1;
            }
        }
        assert!(parsed > 5, "{parsed}");
    }

    #[test]
    fn c_of_the_programs_own_is_linked_into_it_and_not_turned_off() {
        let library = Need::Library("libc.so.6".to_owned());
        let findings = [Finding::example("elf-needed", "libc.so.6").needing(library)];
        let facts = facts(Goos::Linux, Kind::Executable);
        let with = |c_origin| {
            let findings = &findings;
            manifest_lines(&Built {
                facts: &facts,
                c_origin,
                findings,
            })
        };
        let own = r#"[matrix]
# elf-needed: libc.so.6
cgo = [true]

[[override]]
# elf-needed: libc.so.6
match = "linux/amd64"
cgo = true
ldflags = ["-linkmode=external", "-extldflags=-static"]
# the C library's own resolver can't be linked statically
resolver = "go"
"#;
        assert_eq!(with(COrigin::Program).settling, own);
        assert!(with(COrigin::Go).settling.ends_with("\ncgo = [false]\n"));
        let sanitized = with(COrigin::Sanitizer);
        assert_eq!(sanitized.settling, "");
        assert!(sanitized.advice.contains("sanitizer"), "{sanitized:?}");
    }

    #[test]
    fn what_can_be_embedded_is_and_the_rest_is_allowed() {
        let findings = [
            Finding::example("exec", "git").needing(Need::Program(Some("git".to_owned()))),
            Finding::example("tzdata", "time zones").needing(Need::ZoneInfo),
            Finding::example("exec", "a \"b\"\n").needing(Need::Program(None)),
        ];
        let expected = r#"[embed]
# tzdata: time zones
tzdata = true

# These the system has to have. Write the reason why it does: an empty one is refused.
[verify]
allow = [
    { rule = "exec", subject = "a \"b\"\n", reason = "" },
    { rule = "exec", subject = "git", reason = "" },
]
"#;
        let lines = lines_of(&findings);
        assert_eq!(
            (lines.settling.as_str(), lines.advice.as_str()),
            (expected, "")
        );
    }

    #[test]
    fn a_line_names_the_subject_as_it_is_whatever_is_in_it() {
        for subject in ["a\tb", "a\nb", "\"a\\b'", "\u{7f}\u{202e}\u{1b}[0m", "ä"] {
            let line = allowance("exec".parse().unwrap(), subject);
            let read: toml::Table = format!("allow = [{line}]").parse().unwrap();
            assert_eq!(read["allow"][0]["subject"].as_str(), Some(subject));
            assert_eq!(printable(&line), line);
        }
    }

    #[test]
    fn gos_resolver_is_no_remedy_for_names_that_c_asks_for() {
        let asked_by = |who| {
            let modules = Need::NameServiceModules(who);
            lines_of(&[Finding::example("static-nss", "names").needing(modules)])
        };
        let by_go = asked_by(AsksForNames::Go);
        assert!(by_go.settling.contains("resolver = \"go\""), "{by_go:?}");
        let by_c = asked_by(AsksForNames::C);
        assert_eq!(by_c.settling, "");
        let start = "# static-nss (names): no line settles it: C of the program";
        assert!(by_c.advice.starts_with(start), "{by_c:?}");
    }

    #[test]
    fn gos_resolver_is_the_remedy_for_that_of_musl_and_not_for_itself() {
        let by = |rule| {
            let finding = Finding::example(rule, "names").needing(Need::ResolverFiles);
            lines_of(&[finding]).settling
        };
        assert_eq!(
            by("dns-musl"),
            "[build]\n# dns-musl: names\nresolver = \"go\"\n"
        );
        assert!(by("dns-go").contains("allow = ["), "{}", by("dns-go"));
    }

    #[test]
    fn what_is_left_out_without_c_no_system_makes_up_for() {
        let plugin = Finding {
            need: None,
            ..Finding::example("plugin", "plugins").needing(Need::Goroot)
        };
        let lines = lines_of(&[plugin]);
        assert_eq!(lines.settling, "");
        let start = "# plugin (plugins): no line settles it alone: `cgo = [true]` below [matrix]";
        assert!(lines.advice.starts_with(start), "{}", lines.advice);
        // With C it hangs on what the system has.
        let loader = Need::Loader("/lib/ld.so".to_owned());
        let lines = lines_of(&[Finding::example("plugin", "plugins").needing(loader)]);
        assert!(lines.settling.contains("rule = \"plugin\""), "{lines:?}");
    }

    #[test]
    fn what_is_only_told_needs_no_lines() {
        let told = Finding {
            severity: Severity::Info,
            ..Finding::example("user-db", "the list of users").needing(Need::Users)
        };
        assert_eq!(lines_of(&[told]), ManifestLines::default());
    }
}
