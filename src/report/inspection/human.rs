//! An inspection for people: a few aligned lines, then what was found.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::hash::Hash;

use anstyle::Style;

use super::fields::{Block, Fields};
use super::{Inspection, words};
use crate::console::{BAD, GOOD, NOTE, STRONG};
use crate::human;
use crate::inspect::{BuildInfo, Facts, Format, Module};
use crate::target::Goos;
use crate::verify::{Finding, Fix, FixPlace, Outcome, Rule, Severity, Standing, Verdict};

/// How much of the facts is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What most people look for.
    Main,
    /// Also settings, modules, imported functions and every fix.
    All,
}

/// Whether the explanations of rules are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explanations {
    /// They are.
    Shown,
    /// They are left out.
    Left,
}

/// How to print inspections.
#[derive(Clone, Copy, Debug)]
pub struct Human {
    /// How much.
    pub extent: Extent,
    /// With explanations or without.
    pub explanations: Explanations,
    /// The columns of the terminal; none where lines are never wrapped.
    pub width: Option<usize>,
}

const PLAIN: Style = Style::new();

/// The fields of the file.
const FILE: Block = Block {
    indent: 2,
    labels: 8,
};

/// The fields of a finding.
const FINDING: Block = Block {
    indent: 4,
    labels: 7,
};

impl Human {
    /// The text for one file, with styles.
    #[must_use]
    pub fn text(self, inspection: &Inspection) -> String {
        let mut fields = Fields::new(self.width);
        fields.title(STRONG, &inspection.path);
        self.facts(&mut fields, inspection);
        let findings = &inspection.verification.findings;
        for same in findings.chunk_by(|one, next| one.rule == next.rule) {
            if self.is_shown(same) {
                self.findings(&mut fields, same);
            }
        }
        fields.finish()
    }

    /// Findings that only say why nothing is proven, or what the system has, stand in the line of the
    /// verdict already; what hangs on nothing is left for those who want everything.
    fn is_shown(self, same: &[Finding]) -> bool {
        let is_in_verdict = |finding: &Finding| {
            let only_why =
                finding.verdict() == Verdict::Unproven && finding.severity == Severity::Info;
            let hangs_on_nothing =
                finding.verdict() == Verdict::Proven && finding.standing != Standing::Fails;
            only_why || hangs_on_nothing
        };
        self.extent == Extent::All
            || self.explanations == Explanations::Shown
            || !same.iter().all(is_in_verdict)
    }

    fn facts(self, fields: &mut Fields, inspection: &Inspection) {
        let facts = &inspection.facts;
        let size = human::size(inspection.size);
        let format = format!("{}, {size}", words::format(facts));
        fields.field(FILE, "format", PLAIN, &format);
        fields.field(FILE, "go", PLAIN, &words::go(facts));
        linking(fields, facts);
        for slice in &facts.slices {
            fields.field(FILE, "holds", PLAIN, &words::format(&slice.facts));
            linking(fields, &slice.facts);
        }
        if facts.packed.is_some() {
            fields.field(
                FILE,
                "packed",
                NOTE,
                "with UPX: only its unpacker can be read",
            );
        } else if self.extent == Extent::All {
            fields.field(FILE, "packed", PLAIN, "not with UPX");
        }
        // The functions of a Go program tell why C is in it; other programs have many reasons.
        if self.extent == Extent::All || facts.go.is_ok() {
            let imports = facts.symbols.iter().map(|one| (one.name, one.purpose));
            fields.list(FILE, "imports", imports);
        }
        if self.extent == Extent::All {
            details(fields, inspection);
        }
        let verification = &inspection.verification;
        let verdict = match inspection.policy {
            Some(policy) => words::verdict_under(policy, facts, verification),
            None => words::verdict(facts, verification),
        };
        let style = match (verification.verdict, verification.outcome) {
            (_, Outcome::Failed) if inspection.policy.is_some() => BAD,
            (Verdict::Proven, _) => GOOD,
            (Verdict::Conditional | Verdict::Unproven, _) => NOTE,
        };
        fields.field(FILE, "verdict", style, &verdict);
    }

    /// The findings of one rule, the worst first, which are told together where they are as bad.
    fn findings(self, fields: &mut Fields, of_rule: &[Finding]) {
        let mut severities: Vec<_> = of_rule.iter().map(|finding| finding.severity).collect();
        severities.sort_unstable_by_key(|severity| Reverse(*severity));
        severities.dedup();
        if self.extent == Extent::Main {
            // What is only worth knowing is no part of what blocks.
            severities.truncate(1);
        }
        for severity in severities {
            let as_bad = of_rule.iter().filter(|one| one.severity == severity);
            self.group(fields, severity, &as_bad.collect::<Vec<_>>());
        }
        let rule = of_rule.first().and_then(|finding| Rule::get(finding.rule));
        if let (Explanations::Shown, Some(rule)) = (self.explanations, rule) {
            fields.field(FINDING, "why", PLAIN, rule.explanation);
        }
    }

    /// Findings of one rule that are as bad.
    fn group(self, fields: &mut Fields, severity: Severity, same: &[&Finding]) {
        let Some(first) = same.first() else {
            return;
        };
        let style = match severity {
            Severity::Block | Severity::Fail => BAD,
            Severity::Degrade | Severity::Info => NOTE,
        };
        let head = format!("{} ({})", first.rule, words::severity(severity));
        fields.heading(style, &head, &self.sentence(same, first));
        if self.extent == Extent::All {
            for finding in same {
                fields.field(FINDING, "found", PLAIN, &words::found(finding));
            }
        }
        if severity > Severity::Info || self.extent == Extent::All {
            let symptoms = same.iter().map(|finding| finding.symptom.as_str());
            let counted = same.iter().map(|finding| finding.subject.count() - 1);
            self.list(fields, "symptom", &distinct(symptoms), counted.sum());
            let fixes = distinct(self.fixes(same).into_iter().map(Fix::to_string));
            for fix in &fixes {
                fields.field(FINDING, "fix", PLAIN, fix);
            }
        }
    }

    /// Texts below one label; those that are too many are counted, with what was only counted before.
    fn list(self, fields: &mut Fields, label: &str, texts: &[&str], counted: usize) {
        let most = match self.extent {
            Extent::All => texts.len(),
            Extent::Main => SYMPTOMS,
        };
        let mut label = label;
        for text in texts.iter().take(most) {
            fields.field(FINDING, label, PLAIN, text);
            label = "";
        }
        if let more @ 1.. = texts.len().saturating_sub(most) + counted {
            fields.field(FINDING, "", PLAIN, &format!("and {more} more like that"));
        }
    }

    /// What findings of a rule amount to.
    fn sentence(self, same: &[&Finding], first: &Finding) -> String {
        let summary =
            Rule::get(first.rule).map_or_else(|| first.detail.as_str(), |rule| rule.summary);
        match self.extent {
            Extent::All => summary.to_owned(),
            Extent::Main => format!("{summary}: {}", words::subjects(same.iter().copied())),
        }
    }

    /// The first fix that needs no manifest, unless all are wanted.
    fn fixes<'a>(self, same: &[&'a Finding]) -> Vec<&'a Fix> {
        match self.extent {
            Extent::All => same.iter().flat_map(|finding| &finding.fixes).collect(),
            Extent::Main => {
                let fixes = same.iter().map(|finding| &finding.fixes);
                let fixes = fixes.take(1).flatten();
                let mut for_anyone = fixes.clone().filter(|fix| fix.place != FixPlace::Manifest);
                let first = for_anyone.next().or_else(|| fixes.clone().next());
                first.into_iter().collect()
            }
        }
    }
}

/// Symptoms that are shown unless all are wanted.
const SYMPTOMS: usize = 2;

/// Each once, in the order in which they come first.
fn distinct<T: Clone + Eq + Hash>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    all.filter(|one| seen.insert(one.clone())).collect()
}

fn linking(fields: &mut Fields, facts: &Facts) {
    fields.field(FILE, "linking", PLAIN, &words::linking(facts));
    let needed = facts
        .needed
        .iter()
        .map(|library| (library.name.as_str(), library.purpose.unwrap_or_default()));
    fields.list(FILE, "needs", needed);
    for folder in &facts.runpath {
        fields.field(FILE, "runpath", PLAIN, folder);
    }
    if let Some(glibc) = words::glibc(facts) {
        fields.field(FILE, "glibc", PLAIN, &glibc);
    }
    if let Some(system) = words::system(facts) {
        fields.field(FILE, "system", PLAIN, &system);
    }
    if facts.format == Format::Macho && facts.slices.is_empty() {
        let signature = words::signature(facts.code_signature);
        fields.field(FILE, "signed", PLAIN, signature);
    }
}

/// What `-v` adds.
fn details(fields: &mut Fields, inspection: &Inspection) {
    let facts = &inspection.facts;
    if facts.goos() == Some(Goos::Linux) {
        let vdso = "ldd lists linux-vdso.so.1 too: the kernel maps it into every process, from no \
                    file, so no program needs it to be there";
        fields.field(FILE, "vdso", PLAIN, vdso);
    }
    identifiers(fields, facts);
    for slice in &facts.slices {
        identifiers(fields, &slice.facts);
    }
    let imports = facts.wasm_imports.iter();
    fields.list(
        FILE,
        "wants",
        imports.map(|import| (import.name.as_str(), import.module.as_str())),
    );
    if let Some(info) = facts.build_info() {
        build_info(fields, info);
    }
    let checked = inspection.verification.checked.iter();
    let checked: Vec<_> = checked.map(|rule| rule.as_str()).collect();
    fields.field(FILE, "checked", PLAIN, &checked.join(", "));
}

fn identifiers(fields: &mut Fields, facts: &Facts) {
    for (name, id) in facts.build_ids.all() {
        fields.field(FILE, "build ID", PLAIN, &format!("{name} {id}"));
    }
}

fn build_info(fields: &mut Fields, info: &BuildInfo) {
    let mut label = "settings";
    for setting in &info.settings {
        let text = format!("{}={}", setting.key, setting.value);
        fields.field(FILE, label, PLAIN, &text);
        label = "";
    }
    let mut label = "modules";
    for module in info.main.iter().chain(&info.modules) {
        fields.field(FILE, label, PLAIN, &module_with_sum(module));
        label = "";
    }
}

fn module_with_sum(module: &Module) -> String {
    let mut text = format!("{} {}", words::module(module), module.sum);
    if let Some(by) = &module.replace {
        text = format!(
            "{} => {} {} {}",
            text.trim_end(),
            by.path,
            by.version,
            by.sum
        );
    }
    text.trim_end().to_owned()
}
