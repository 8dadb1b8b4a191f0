//! An audit: all that was found, what the policy says of it, and what was not asked. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::check::{Answer, Check, Question};
use super::database::Answering;
use super::drift::Lock;
use super::finding::{Finding, Standing};
use super::locked::{self, LockFacts};
use super::module::{AuditedModule, Newest};
use super::module_facts::ModuleFacts;
use super::policy::AuditPolicy;
use super::program::AuditedProgram;
use super::rating::{Evidence, Rating, instead, span};
use super::refused;
use super::rule::AuditRule;
use super::survey::Programs;
use crate::tools::go::Refusal;

/// All that an audit is made of.
#[derive(Clone, Debug)]
pub struct AuditFacts {
    /// Why it isn't known in full what is linked into programs, a reason for each of them.
    pub unlinked: Vec<String>,
    /// The programs whose files are others than were recorded.
    pub altered: Vec<String>,
    /// Which programs were meant.
    pub scope: Programs,
    /// The programs.
    pub programs: Vec<AuditedProgram>,
    /// What go says of modules.
    pub modules: ModuleFacts,
    /// How the modules of the project are locked.
    pub locks: Vec<LockFacts>,
    /// What a build from here would be made of, where go tells.
    pub lock: Option<Lock>,
    /// What go refuses the whole project for.
    pub refused: Option<Refusal>,
    /// What advisories say of the programs.
    pub advisories: Vec<Finding>,
    /// Whether advisories were asked for.
    pub advisories_asked: Check,
    /// Whether govulncheck read the sources of all programs, or why not.
    pub sources: Answer<()>,
    /// The database that answered.
    pub database: Option<Answering>,
    /// The lines that require modules, by the folders of go.mod files and the modules' paths.
    pub required_at: BTreeMap<(String, String), usize>,
    /// Questions that have to be answered, whatever the manifest denies.
    pub insisted: Vec<Question>,
    /// When it is asked.
    pub now: Timestamp,
}

/// What an audit says.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// The programs.
    pub programs: Vec<AuditedProgram>,
    /// The modules that are linked into some, the worst first.
    pub modules: Vec<AuditedModule>,
    /// How many modules are required and linked into none.
    pub only_required: usize,
    /// What breaks a rule, the worst first.
    pub findings: Vec<Finding>,
    /// What was asked, and what not.
    pub checks: Vec<Check>,
    /// The database that advisories are from.
    pub database: Option<Answering>,
    /// Allowances that were about nothing.
    pub unused: Vec<String>,
    /// What it all comes to.
    pub verdict: Verdict,
}

/// What an audit comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Something is denied.
    Denied,
    /// Nothing is, and what the manifest denies, or where somebody said, was not looked for.
    Undecided,
    /// Nothing is, and not all was asked.
    CleanAsFarAsAsked,
    /// Nothing is, and all was asked.
    Clean,
}

impl AuditFacts {
    /// What the policy says of it.
    #[must_use]
    pub fn held_against(self, policy: &AuditPolicy) -> Audit {
        let mut modules = self.modules.linked_into(&self.programs);
        let mut findings: Vec<Finding> = self.locks.iter().flat_map(LockFacts::findings).collect();
        findings.extend(self.refused.iter().map(refused::finding));
        let lock = self.lock.iter();
        findings.extend(lock.flat_map(|lock| lock.findings(&self.programs)));
        findings.extend(self.altered.iter().map(|program| altered(program)));
        let of_modules = untold(locked::of_modules(&modules), &findings);
        findings.extend(of_modules);
        findings.extend(self.advisories.iter().cloned());
        for module in &modules {
            findings.extend(of_authors(module));
            findings.extend(of_licence(module, policy));
            findings.extend(of_age(module, policy, self.now));
        }
        for finding in &mut findings {
            let folder = folder_of(finding, &self.programs);
            let folder = finding.folder.get_or_insert(folder).clone();
            let place = finding.module.clone().map(|module| (folder, module));
            finding.line = place.and_then(|place| self.required_at.get(&place).copied());
        }
        let mut findings = Finding::united(findings);
        let today = jiff::tz::Offset::UTC.to_datetime(self.now).date();
        for finding in &mut findings {
            finding.standing = policy.standing(finding, today);
        }
        // Nobody can build that, whatever is allowed.
        if let Some(refusal) = &self.refused {
            let rule = refused::rule(refusal);
            for refusal in findings.iter_mut().filter(|one| one.rule == rule) {
                refusal.standing = Standing::Denied { expired: None };
            }
        }
        findings.sort_by_key(Finding::order);
        for module in &mut modules {
            self.rate(module, &findings);
        }
        modules.sort_by(|a, b| {
            let by_grade = b.rating.grade.cmp(&a.rating.grade);
            by_grade.then_with(|| a.path.cmp(&b.path))
        });
        let checks = self.checks(&modules, &findings, policy);
        let is_linked = |path: &str| modules.iter().any(|module| module.path == path);
        let required = self.modules.listed.iter().filter(|one| !one.main);
        Audit {
            only_required: required.filter(|one| !is_linked(&one.path)).count(),
            unused: policy.unused(&findings).map(ToString::to_string).collect(),
            verdict: verdict(&findings, &checks, (policy, &self.insisted)),
            programs: self.programs,
            modules,
            findings,
            checks,
            database: self.database,
        }
    }

    /// What is thought of a module, by all that was found of it.
    fn rate(&self, module: &mut AuditedModule, findings: &[Finding]) {
        let own = findings.iter().filter(|finding| finding.is_of(module));
        let own: Vec<&Finding> = own.collect();
        let advisories: BTreeSet<String> =
            own.iter().filter_map(|one| one.advisory.clone()).collect();
        let evidence = Evidence {
            findings: &own,
            advisories: &self.advisories_asked,
            now: self.now,
        };
        module.rating = Rating::of(module, evidence);
        module.advisories = advisories.into_iter().collect();
    }
}

impl Finding {
    /// The order in which findings are told: what is denied, then the nearest advisories, then by rule.
    fn order(&self) -> impl Ord + use<> {
        let rule = AuditRule::ALL.iter().position(|rule| *rule == self.rule);
        let level = std::cmp::Reverse(self.level);
        let names = (
            self.module.clone(),
            self.programs.clone(),
            self.advisory.clone(),
        );
        (!self.is_denied(), rule, level, names)
    }
}

/// What isn't told already: what a go.mod says by now is told there.
fn untold(mut of_modules: Vec<Finding>, told: &[Finding]) -> Vec<Finding> {
    let is_same =
        |one: &Finding, other: &Finding| (one.rule, &one.module) == (other.rule, &other.module);
    of_modules.retain(|one| !told.iter().any(|told| is_same(one, told)));
    of_modules
}

/// That a program's file is another one than was recorded.
fn altered(program: &str) -> Finding {
    Finding {
        programs: vec![program.to_owned()],
        ..Finding::of_all(AuditRule::OtherSum)
            .saying("its file in the output folder is not what was recorded")
            .mended_by("gobuildx verify tells what differs; build it anew")
    }
}

/// The folder whose go.mod names what a finding is about: that of its program, else of one that has its module.
fn folder_of(finding: &Finding, programs: &[AuditedProgram]) -> String {
    let has = |program: &&AuditedProgram| match (finding.programs.first(), &finding.module) {
        (Some(name), _) => *name == program.name,
        (None, Some(path)) => program.modules.iter().any(|module| module.path == *path),
        (None, None) => false,
    };
    let found = programs.iter().find(has);
    found.map_or(".", |program| &program.folder).to_owned()
}

fn verdict(
    findings: &[Finding],
    checks: &[Check],
    (policy, insisted): (&AuditPolicy, &[Question]),
) -> Verdict {
    if findings.iter().any(Finding::is_denied) {
        return Verdict::Denied;
    }
    let gaps = checks.iter().filter(|check| check.gap().is_some());
    let is_open = |check: &Check| policy.asks(check.question) || insisted.contains(&check.question);
    if gaps.clone().any(is_open) {
        return Verdict::Undecided;
    }
    match gaps.count() {
        0 => Verdict::Clean,
        _ => Verdict::CleanAsFarAsAsked,
    }
}

fn of_authors(module: &AuditedModule) -> Vec<Finding> {
    let of = |rule| Finding::of(rule, &module.path).at(&module.version);
    let update = match &module.newest {
        Newest::Other { version, .. } => format!("go get {}@{version}", module.path),
        Newest::This | Newest::NotAsked { .. } => format!("go get {}@latest", module.path),
    };
    let retracted = (!module.retracted.is_empty()).then(|| {
        let says = format!("its author took it back: {}", module.retracted.join("; "));
        of(AuditRule::Retracted).saying(says).mended_by(update)
    });
    let deprecated = module.deprecated.as_ref().map(|text| {
        let finding = of(AuditRule::Deprecated).saying(format!("its author says: {text}"));
        match named_in(text, &module.path) {
            Some(other) => finding.mended_by(format!("take {other}, which its author names")),
            None => finding,
        }
    });
    retracted.into_iter().chain(deprecated).collect()
}

/// The first path of another module that a text names.
fn named_in<'t>(text: &'t str, own: &str) -> Option<&'t str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    let words = text
        .split(|c| !is_part(c))
        .map(|word| word.trim_matches(['.', '/']));
    let mut paths = words.filter(|word| {
        let host = word.split_once('/').map_or("", |(host, _)| host);
        host.contains('.') && *word != own
    });
    paths.next()
}

fn of_licence(module: &AuditedModule, policy: &AuditPolicy) -> Option<Finding> {
    let of = |rule| Finding::of(rule, &module.path).at(&module.version);
    let denied = policy.licences().find(|id| module.licence.has(id));
    if denied.is_some() {
        let says = format!("its licence is {}", module.licence);
        return Some(of(AuditRule::Licence).saying(says));
    }
    let says = match module.licence {
        super::Licence::Unknown | super::Licence::Partly(_) => {
            "its licence is none that gobuildx knows"
        }
        super::Licence::Missing => "it has no file with a licence",
        super::Licence::Known(_) | super::Licence::NotRead => return None,
    };
    Some(of(AuditRule::LicenceUnknown).saying(says))
}

fn of_age(module: &AuditedModule, policy: &AuditPolicy, now: Timestamp) -> Option<Finding> {
    let most = i64::from(policy.max_age?.days());
    let days = now.duration_since(module.time?).as_hours() / 24;
    (days > most).then(|| {
        let says = format!(
            "it is {} old, and the manifest allows {}",
            span(days),
            span(most)
        );
        let finding = Finding::of(AuditRule::Old, &module.path).at(&module.version);
        let fix = instead(&module.path).unwrap_or_else(|| match &module.newest {
            Newest::This => "it is the newest one: take another module".to_owned(),
            Newest::Other { version, .. } => format!("go get {}@{version}", module.path),
            Newest::NotAsked { why } => format!("whether there is a newer one isn't known ({why})"),
        });
        finding.saying(says).mended_by(fix)
    })
}

impl Audit {
    /// The findings for which it fails.
    pub fn denied(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_denied())
    }

    /// The questions that have no whole answer.
    pub fn gaps(&self) -> impl Iterator<Item = (&Check, &str)> {
        self.checks
            .iter()
            .filter_map(|check| Some((check, check.gap()?)))
    }
}

#[cfg(test)]
#[path = "audited_tests.rs"]
mod tests;
