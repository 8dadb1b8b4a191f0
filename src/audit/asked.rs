//! Which questions of an audit have an answer, for all that they are about. Pure.

use super::audited::AuditFacts;
use super::check::{Check, Question};
use super::drift::Lock;
use super::finding::{Finding, Standing};
use super::licence::Licence;
use super::locked;
use super::module::{AuditedModule, Newest};
use super::policy::{AuditPolicy, Level};
use super::program::{AuditedProgram, Known};
use super::refused;
use super::rule::AuditRule;
use super::survey::Programs;

impl AuditFacts {
    /// What was asked, and what not; what somebody allows needn't be known any better.
    pub(super) fn checks(
        &self,
        modules: &[AuditedModule],
        findings: &[Finding],
        policy: &AuditPolicy,
    ) -> Vec<Check> {
        let of_advisories = [self.advisories_asked.clone(), self.calls(findings)];
        if let Some(refusal) = &self.refused {
            return refused::checks(refusal, &of_advisories);
        }
        let reasons = self.unlinked.iter().map(String::as_str);
        let all = self.programs.len().max(1);
        let mut checks = vec![Check::by_reasons(Question::Linked, reasons, all)];
        checks.extend(locked::checks(&self.locks));
        if policy.max_age.is_some() {
            let unknown = modules.iter().filter(|module| module.time.is_none());
            let unknown = unknown.map(|_| "when its version was made isn't known");
            checks.push(Check::by_reasons(Question::Ages, unknown, modules.len()));
        }
        let unknown = modules.iter().filter_map(|module| match &module.newest {
            Newest::NotAsked { why } => Some(why.as_str()),
            Newest::This | Newest::Other { .. } => None,
        });
        checks.push(Check::by_reasons(Question::Newest, unknown, modules.len()));
        checks.push(licences(modules, findings, policy));
        checks.extend(of_advisories);
        if self.scope == Programs::Built {
            checks.extend(of_built(&self.programs, self.lock.as_ref()));
        }
        checks
    }

    /// Of files that have a vulnerable function nobody knows who calls it, where nothing leads there: only sources tell.
    fn calls(&self, findings: &[Finding]) -> Check {
        let question = Question::Calls;
        if let Some(why) = self.advisories_asked.not_asked() {
            return Check::of(question, Some(&why.to_owned()));
        }
        let Err(why) = &self.sources else {
            return Check::asked(question);
        };
        let reasons = self.programs.iter().filter_map(|program| {
            let is_read = match program.known {
                Known::File { .. } => !program.packages.is_empty(),
                Known::Listed { .. } => false,
            };
            if !is_read {
                return Some(why.clone());
            }
            let mut findings = findings.iter();
            let uncalled = findings.find(|one| {
                let is_open = !matches!(one.standing, Standing::Allowed { .. });
                is_open && one.level == Some(Level::Linked) && one.programs.contains(&program.name)
            })?;
            let advisory = uncalled.advisory.as_deref().unwrap_or_default();
            Some(format!(
                "the file doesn't show who calls what {advisory} tells of: an interface, perhaps ({why})"
            ))
        });
        let reasons: Vec<String> = reasons.collect();
        let reasons = reasons.iter().map(String::as_str);
        Check::by_reasons(question, reasons, self.programs.len())
    }
}

/// Which licences are known. Where some are denied, one that isn't known may be one of those.
fn licences(modules: &[AuditedModule], findings: &[Finding], policy: &AuditPolicy) -> Check {
    let is_any_denied = policy.licences().next().is_some();
    let is_allowed = |module: &AuditedModule| {
        findings.iter().any(|one| {
            one.rule == AuditRule::LicenceUnknown
                && one.is_of(module)
                && matches!(one.standing, Standing::Allowed { .. })
        })
    };
    let reasons = modules.iter().filter_map(|module| match module.licence {
        Licence::Known(_) => None,
        Licence::NotRead => Some("the module's files were not fetched".to_owned()),
        Licence::Unknown | Licence::Partly(_) | Licence::Missing => {
            let is_open = is_any_denied && !is_allowed(module);
            is_open.then(|| {
                format!(
                    "what licence {} has isn't known: read it, then allow `licence-unknown` of it",
                    module.path
                )
            })
        }
    });
    let reasons: Vec<String> = reasons.collect();
    let reasons = reasons.iter().map(String::as_str);
    Check::by_reasons(Question::Licences, reasons, modules.len())
}

/// What the files of programs tell of their build, and what they are compared to.
fn of_built(programs: &[AuditedProgram], lock: Option<&Lock>) -> Vec<Check> {
    let unlisted = lock.and_then(|lock| lock.selected.as_ref().err());
    let unbuilt = programs.iter().filter_map(|program| match &program.known {
        Known::Listed { why } => Some(why.as_str()),
        Known::File { .. } => unlisted.map(String::as_str),
    });
    let mut checks = vec![Check::by_reasons(Question::Drift, unbuilt, programs.len())];
    let files = programs.iter().filter(|program| program.is_file());
    let files: Vec<&AuditedProgram> = files.collect();
    if files.is_empty() {
        return checks;
    }
    let unsummed = files.iter().filter_map(|program| lock?.uncompared(program));
    checks.push(Check::by_reasons(
        Question::BuiltSums,
        unsummed,
        files.len(),
    ));
    let has_commit = lock.is_some_and(|lock| lock.commit.is_some());
    let unstamped = files.iter().filter_map(|program| {
        let build = program.build.as_ref()?;
        if build.commit.is_none() {
            return Some("its file names no commit");
        }
        if build.modified.is_none() {
            return Some("its file doesn't say whether sources differed from their commit");
        }
        (!has_commit).then_some("the project has no commit to compare it with")
    });
    checks.push(Check::by_reasons(Question::Commits, unstamped, files.len()));
    checks
}
