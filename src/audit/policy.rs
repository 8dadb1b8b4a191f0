//! What the manifest denies, and what it allows all the same. Pure.

use std::fmt;
use std::str::FromStr;

use globset::GlobMatcher;
use jiff::civil::Date;
use serde::Serialize;

use super::check::Question;
use super::finding::{Finding, Standing};
use super::licence::{by_identifier, known_licences};
use super::rule::{AuditRule, ParseRuleError};

/// How near an advisory is to what a program does, from the farthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Only the module is required.
    Required,
    /// A package of it is linked.
    Imported,
    /// A function of it is in the program.
    Linked,
    /// A function of it is called.
    Called,
}

impl Level {
    const ALL: [Self; 4] = [Self::Required, Self::Imported, Self::Linked, Self::Called];

    /// Its name, as manifests and reports have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Imported => "imported",
            Self::Linked => "linked",
            Self::Called => "called",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an audit fails for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Deny {
    /// Whatever breaks a rule.
    Rule(AuditRule),
    /// Advisories that are at least as near.
    Vulnerable(Level),
    /// A licence, by its SPDX identifier.
    Licence(String),
}

/// A text that says nothing to deny.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseDenyError {
    /// No such rule.
    #[error(transparent)]
    Rule(#[from] ParseRuleError),
    /// No such level.
    #[error("`{0}` is no level of `vulnerable`: there are called, linked, imported, required")]
    Level(String),
    /// A rule that takes no more.
    #[error("`{0}` takes nothing after a colon")]
    Plain(AuditRule),
    /// A licence that is none of those that gobuildx knows.
    #[error("`{0}` is no licence that gobuildx knows: there are {known}", known = known_licences().join(", "))]
    Licence(String),
    /// A licence without its name.
    #[error("`licence` needs one: `licence:GPL-3.0`")]
    NoLicence,
}

impl FromStr for Deny {
    type Err = ParseDenyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rule, of) = match text.split_once(':') {
            Some((rule, of)) => (rule, Some(of)),
            None => (text, None),
        };
        let rule: AuditRule = rule.parse()?;
        match (rule, of) {
            (AuditRule::Licence, Some(id)) if !id.is_empty() => by_identifier(id)
                .map(|id| Self::Licence(id.to_owned()))
                .ok_or_else(|| ParseDenyError::Licence(id.to_owned())),
            (AuditRule::Licence, _) => Err(ParseDenyError::NoLicence),
            (AuditRule::Vulnerable, Some(level)) => {
                let mut levels = Level::ALL.into_iter();
                let found = levels.find(|one| one.as_str() == level);
                let level = found.ok_or_else(|| ParseDenyError::Level(level.to_owned()))?;
                Ok(Self::Vulnerable(level))
            }
            (rule, None) => Ok(Self::Rule(rule)),
            (rule, Some(_)) => Err(ParseDenyError::Plain(rule)),
        }
    }
}

impl fmt::Display for Deny {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(rule) => write!(f, "{rule}"),
            Self::Vulnerable(level) => write!(f, "{}:{level}", AuditRule::Vulnerable),
            Self::Licence(id) => write!(f, "{}:{id}", AuditRule::Licence),
        }
    }
}

/// What is allowed although it breaks a rule.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The rule; none for each.
    pub rule: Option<AuditRule>,
    /// The advisory, by its name or one of its other names; none for each.
    pub advisory: Option<String>,
    /// The modules, by a pattern; none for each.
    pub module: Option<GlobMatcher>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Date,
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.rule.map(|rule| rule.to_string());
        let module = self
            .module
            .as_ref()
            .map(|pattern| pattern.glob().to_string());
        let parts = [rule, self.advisory.clone(), module];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(" of "))
    }
}

impl Allow {
    fn is_about(&self, finding: &Finding) -> bool {
        let is_rule = self.rule.is_none_or(|rule| rule == finding.rule);
        let is_advisory = self.advisory.as_ref().is_none_or(|id| {
            let mut names = finding.advisory.iter().chain(&finding.aliases);
            names.any(|name| name.eq_ignore_ascii_case(id))
        });
        let is_module = self.module.as_ref().is_none_or(|pattern| {
            let module = finding.module.as_ref();
            module.is_some_and(|module| pattern.is_match(module))
        });
        is_rule && is_advisory && is_module
    }
}

/// What an audit holds against.
#[derive(Clone, Debug)]
pub struct AuditPolicy {
    /// What it fails for.
    pub deny: Vec<Deny>,
    /// What it doesn't fail for.
    pub allow: Vec<Allow>,
    /// The greatest age of a version.
    pub max_age: Option<Age>,
    /// Whether the manifest says what is denied: then it has to be looked for.
    pub is_written: bool,
}

impl Default for AuditPolicy {
    /// What no release should have in it, whatever else it may be.
    fn default() -> Self {
        Self {
            deny: vec![
                Deny::Rule(AuditRule::Altered),
                Deny::Rule(AuditRule::OtherSum),
                Deny::Rule(AuditRule::Unlocked),
                Deny::Rule(AuditRule::Retracted),
                Deny::Vulnerable(Level::Called),
            ],
            allow: Vec::new(),
            max_age: None,
            is_written: false,
        }
    }
}

impl AuditPolicy {
    /// What the policy says of a finding, on this day.
    #[must_use]
    pub fn standing(&self, finding: &Finding, today: Date) -> Standing {
        let mut about = self.allow.iter().filter(|allow| allow.is_about(finding));
        let holds = about.clone().find(|allow| allow.until >= today);
        let is_denied = self.deny.iter().any(|deny| denies(deny, finding));
        match (holds, is_denied) {
            (Some(allow), _) => Standing::Allowed {
                reason: allow.reason.clone(),
                until: allow.until,
            },
            (None, true) => Standing::Denied {
                expired: about.next().map(|allow| allow.until),
            },
            (None, false) => Standing::Told,
        }
    }

    /// Whether something that the manifest itself denies hangs on a question.
    #[must_use]
    pub fn asks(&self, question: Question) -> bool {
        self.is_written
            && self.deny.iter().any(|deny| match deny {
                Deny::Vulnerable(Level::Called | Level::Linked) => {
                    [Question::Advisories, Question::Calls].contains(&question)
                }
                Deny::Vulnerable(_) | Deny::Rule(AuditRule::Vulnerable) => {
                    question == Question::Advisories
                }
                Deny::Licence(_) | Deny::Rule(AuditRule::LicenceUnknown) => {
                    question == Question::Licences
                }
                Deny::Rule(AuditRule::Retracted | AuditRule::Deprecated) => {
                    question == Question::Newest
                }
                Deny::Rule(AuditRule::Untidy) => question == Question::Tidy,
                Deny::Rule(AuditRule::Altered) => question == Question::Sums,
                Deny::Rule(AuditRule::VendorDrift) => question == Question::Vendor,
                Deny::Rule(AuditRule::Old) => question == Question::Ages,
                Deny::Rule(AuditRule::Unlocked) => question == Question::Linked,
                Deny::Rule(AuditRule::OtherSum) => {
                    [Question::Drift, Question::BuiltSums].contains(&question)
                }
                Deny::Rule(AuditRule::Dirty | AuditRule::OtherCommit) => {
                    [Question::Drift, Question::Commits].contains(&question)
                }
                Deny::Rule(rule) => rule.is_about_files() && question == Question::Drift,
            })
            || self.hangs_on_modules(question)
    }

    /// What isn't linked as far as anybody knows can't be denied for what it is.
    fn hangs_on_modules(&self, question: Question) -> bool {
        let is_of_files = |deny: &Deny| matches!(deny, Deny::Rule(rule) if rule.is_about_files());
        let is_of_modules = self.deny.iter().any(|deny| !is_of_files(deny));
        self.is_written && question == Question::Linked && is_of_modules
    }

    /// The licences that it denies.
    pub fn licences(&self) -> impl Iterator<Item = &str> {
        self.deny.iter().filter_map(|deny| match deny {
            Deny::Licence(id) => Some(id.as_str()),
            Deny::Rule(_) | Deny::Vulnerable(_) => None,
        })
    }

    /// The allowances that were about none of these.
    pub fn unused<'p>(&'p self, findings: &'p [Finding]) -> impl Iterator<Item = &'p Allow> {
        let is_unused = |allow: &&Allow| !findings.iter().any(|finding| allow.is_about(finding));
        self.allow.iter().filter(is_unused)
    }
}

fn denies(deny: &Deny, finding: &Finding) -> bool {
    match deny {
        Deny::Rule(rule) => *rule == finding.rule,
        Deny::Vulnerable(least) => finding.level.is_some_and(|level| level >= *least),
        // Such a finding is made for what is denied only.
        Deny::Licence(_) => finding.rule == AuditRule::Licence,
    }
}

/// An age: `90d`, `26w`, `18mo`, `3y`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    days: u32,
}

/// A text that is no age.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no age, such as 90d, 26w, 18mo or 3y")]
pub struct ParseAgeError(String);

impl Age {
    /// In days; months have 30 and years 365.
    #[must_use]
    pub fn days(self) -> u32 {
        self.days
    }
}

impl FromStr for Age {
    type Err = ParseAgeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || ParseAgeError(text.to_owned());
        let end = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(fault)?;
        let (number, unit) = text.split_at(end);
        let days: u32 = match unit {
            "d" => 1,
            "w" => 7,
            "mo" => 30,
            "y" => 365,
            _ => return Err(fault()),
        };
        let number: u32 = number.parse().map_err(|_| fault())?;
        let days = number.checked_mul(days).filter(|days| *days > 0);
        days.map(|days| Self { days }).ok_or_else(fault)
    }
}

#[cfg(test)]
mod tests {
    use globset::Glob;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn advisory(level: Level) -> Finding {
        Finding {
            level: Some(level),
            advisory: Some("GO-2021-0113".to_owned()),
            aliases: vec!["CVE-2021-38561".to_owned()],
            ..Finding::of(AuditRule::Vulnerable, "golang.org/x/text")
        }
    }

    fn policy(deny: &[&str]) -> AuditPolicy {
        AuditPolicy {
            deny: deny.iter().map(|deny| deny.parse().unwrap()).collect(),
            ..AuditPolicy::default()
        }
    }

    #[test]
    fn an_advisory_is_denied_from_a_level_on() {
        let today = day("2026-11-29");
        let denied = |deny: &str, level| {
            let standing = policy(&[deny]).standing(&advisory(level), today);
            matches!(standing, Standing::Denied { .. })
        };
        assert!(denied("vulnerable:called", Level::Called));
        assert!(!denied("vulnerable:called", Level::Linked));
        assert!(denied("vulnerable:linked", Level::Called));
        assert!(denied("vulnerable", Level::Required));
        assert!(!denied("retracted", Level::Called));
    }

    #[test]
    fn what_is_allowed_is_so_until_its_last_day() {
        let allow = Allow {
            rule: None,
            advisory: Some("cve-2021-38561".to_owned()),
            module: Some(Glob::new("golang.org/x/*").unwrap().compile_matcher()),
            reason: "not reachable".to_owned(),
            until: day("2026-12-01"),
        };
        let policy = AuditPolicy {
            allow: vec![allow],
            ..AuditPolicy::default()
        };
        let finding = advisory(Level::Called);
        let allowed = policy.standing(&finding, day("2026-12-01"));
        assert!(matches!(allowed, Standing::Allowed { .. }));
        let expired = Standing::Denied {
            expired: Some(day("2026-12-01")),
        };
        assert_eq!(policy.standing(&finding, day("2026-12-02")), expired);
        let other = Finding {
            module: Some("example.com/x".to_owned()),
            ..finding
        };
        assert_eq!(policy.unused(&[other]).count(), 1);
    }

    #[test]
    fn what_is_denied_is_read_as_it_is_written() {
        for text in [
            "retracted",
            "vulnerable",
            "vulnerable:called",
            "licence:GPL-3.0",
        ] {
            assert_eq!(text.parse::<Deny>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "vulnerable:much",
            "licence",
            "licence:",
            "retracted:yes",
            "rare",
        ] {
            assert!(text.parse::<Deny>().is_err(), "{text}");
        }
    }

    #[test]
    fn ages_have_a_number_and_a_unit() {
        let days = |text: &str| text.parse::<Age>().map(Age::days);
        assert_eq!(days("90d"), Ok(90));
        assert_eq!(days("18mo"), Ok(540));
        assert_eq!(days("3y"), Ok(1095));
        for text in ["", "3", "y", "-1d", "0d", "99999999999y", "3 y"] {
            assert!(days(text).is_err(), "{text}");
        }
    }
}
