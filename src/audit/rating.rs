//! What is thought of a module, with every reason. Pure.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::check::Check;
use super::finding::Finding;
use super::licence::Licence;
use super::module::{AuditedModule, Newest};
use super::policy::Level;
use super::version::{ModuleVersion, VersionKind};

/// How good it is to depend on a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Nothing speaks against it.
    #[default]
    Good,
    /// Nothing is known that does, and not all was asked.
    Unknown,
    /// Something to know.
    Fair,
    /// Something to mend in time.
    Poor,
    /// Replace it, or update it now.
    Bad,
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Good => "good",
            Self::Unknown => "unknown",
            Self::Fair => "fair",
            Self::Poor => "poor",
            Self::Bad => "bad",
        })
    }
}

/// A grade, with what it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rating {
    /// The worst of all reasons.
    pub grade: Grade,
    /// The reasons, the worst first; phrases.
    pub reasons: Vec<String>,
}

/// Modules that their authors left without saying so in a go.mod, each with what came after it and where that is said.
///
/// A line each: the path, the successor, and the source, separated by tabs.
const SUCCESSORS: &str = include_str!("successors.tsv");

/// What came after a module that its author left.
#[must_use]
pub fn successor(path: &str) -> Option<&'static str> {
    let lines = SUCCESSORS.lines().filter(|line| !line.starts_with('#'));
    let mut fields = lines.map(|line| line.split('\t'));
    fields.find_map(|mut fields| (fields.next() == Some(path)).then(|| fields.next())?)
}

/// What to do about a module that its author left, where it is known what came after it.
#[must_use]
pub fn instead(path: &str) -> Option<String> {
    successor(path).map(|successor| format!("take {successor}, which came after it"))
}

/// Days after which a version is one to know of, one to mend, and one that nobody cares for.
const AGES: [(i64, Grade); 3] = [
    (5 * 365, Grade::Bad),
    (3 * 365, Grade::Poor),
    (365 + 183, Grade::Fair),
];

/// What a module is rated by, besides what it says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// What was found of it.
    pub findings: &'a [&'a Finding],
    /// Whether advisories were asked for.
    pub advisories: &'a Check,
    /// When it is asked.
    pub now: Timestamp,
}

impl Rating {
    /// Of a module, by what is known of it.
    #[must_use]
    pub fn of(module: &AuditedModule, evidence: Evidence<'_>) -> Self {
        let mut reasons: Vec<(Grade, String)> = Vec::new();
        reasons.extend(by_author(module));
        reasons.extend(by_age(module, evidence.now));
        reasons.extend(by_version(module));
        reasons.extend(by_advisories(evidence.findings));
        match module.licence {
            Licence::Unknown | Licence::Partly(_) => {
                reasons.push((Grade::Fair, "its licence isn't known".to_owned()));
            }
            Licence::Missing => reasons.push((Grade::Poor, "it has no licence".to_owned())),
            Licence::Known(_) | Licence::NotRead => {}
        }
        reasons.extend(unknown(module, evidence).map(|text| (Grade::Unknown, text.to_owned())));
        reasons.sort_by_key(|(grade, _)| std::cmp::Reverse(*grade));
        Self {
            grade: reasons.first().map_or(Grade::Good, |reason| reason.0),
            reasons: reasons.into_iter().map(|(_, text)| text).collect(),
        }
    }
}

/// What could speak against a module, and wasn't asked.
fn unknown(module: &AuditedModule, evidence: Evidence<'_>) -> impl Iterator<Item = &'static str> {
    let newest = matches!(module.newest, Newest::NotAsked { .. })
        .then_some("whether there is a newer version isn't known");
    let time = (module.time.is_none()).then_some("when its version was made isn't known");
    let licence = (module.licence == Licence::NotRead).then_some("its licence was not read");
    let advisories = evidence.advisories.gap();
    let advisories = advisories.map(|_| "whether advisories are about it isn't known");
    [newest, time, licence, advisories].into_iter().flatten()
}

fn by_author(module: &AuditedModule) -> Vec<(Grade, String)> {
    let mut reasons = Vec::new();
    if !module.retracted.is_empty() {
        let text = format!("its author took it back: {}", module.retracted.join("; "));
        reasons.push((Grade::Bad, text));
    }
    if let Some(text) = &module.deprecated {
        reasons.push((Grade::Bad, format!("it is deprecated: {text}")));
    }
    if let Some(successor) = successor(&module.path) {
        let text = format!("its author left it; {successor} came after it");
        reasons.push((Grade::Bad, text));
    }
    reasons
}

fn by_age(module: &AuditedModule, now: Timestamp) -> Vec<(Grade, String)> {
    let mut reasons = Vec::new();
    let days = |time: Timestamp| now.duration_since(time).as_hours() / 24;
    let last = match &module.newest {
        Newest::Other { time, .. } => *time,
        Newest::This => module.time,
        Newest::NotAsked { .. } => None,
    };
    if let Some(last) = last {
        let grade = AGES.iter().find(|(least, _)| days(last) >= *least);
        if let Some((_, grade)) = grade {
            reasons.push((*grade, format!("no release since {}", month(last))));
        }
    }
    if let (
        Newest::Other {
            version,
            time: Some(newest),
        },
        Some(used),
    ) = (&module.newest, module.time)
    {
        let behind = newest.duration_since(used).as_hours() / 24;
        let text = match module.releases.map_or(1, |releases| releases.newer) {
            // What has a higher number was taken back.
            0 => format!("{version} came {} later", span(behind)),
            1 => format!("1 release behind {version} ({})", span(behind)),
            newer => format!("{newer} releases behind {version} ({})", span(behind)),
        };
        if behind >= 2 * 365 {
            reasons.push((Grade::Poor, text));
        } else if behind >= 365 {
            reasons.push((Grade::Fair, text));
        }
    }
    reasons
}

fn by_version(module: &AuditedModule) -> Vec<(Grade, String)> {
    let mut reasons = Vec::new();
    let Ok(version) = module.version.parse::<ModuleVersion>() else {
        return reasons;
    };
    if version.is_incompatible() {
        let text = "it has no go.mod for this major version (+incompatible)".to_owned();
        reasons.push((Grade::Poor, text));
    }
    match version.kind() {
        VersionKind::Pseudo(pseudo) => {
            let text = format!("the commit of {} was never released", month(pseudo.time));
            reasons.push((Grade::Fair, text));
        }
        VersionKind::PreRelease => {
            reasons.push((Grade::Fair, "it is a pre-release".to_owned()));
        }
        VersionKind::Release => {}
    }
    reasons
}

/// Of several programs the one that an advisory is nearest to counts.
fn by_advisories(findings: &[&Finding]) -> Vec<(Grade, String)> {
    let mut nearest: BTreeMap<&str, Level> = BTreeMap::new();
    for finding in findings {
        if let (Some(id), Some(level)) = (&finding.advisory, finding.level) {
            let known = nearest.entry(id).or_insert(level);
            *known = level.max(*known);
        }
    }
    let reason = |(id, level): (&str, Level)| {
        let (grade, how) = match level {
            Level::Called => (Grade::Bad, "is called"),
            Level::Linked => (Grade::Bad, "is in a program"),
            Level::Imported => (Grade::Poor, "is about a package that is linked"),
            Level::Required => (Grade::Fair, "is about a package that isn't linked"),
        };
        (grade, format!("what {id} tells of {how}"))
    };
    nearest.into_iter().map(reason).collect()
}

/// A day's month: `March 2018`.
#[must_use]
pub fn month(time: Timestamp) -> String {
    let date = jiff::tz::Offset::UTC.to_datetime(time);
    date.strftime("%B %Y").to_string()
}

/// Days, in the words that people use: `3.2 years`, `5 months`, `12 days`.
#[must_use]
pub fn span(days: i64) -> String {
    match days {
        730.. => format!("{}.{} years", days / 365, days % 365 * 10 / 365),
        60.. => format!("{} months", days / 30),
        1 => "1 day".to_owned(),
        _ => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::check::Question;
    use crate::audit::rule::AuditRule;

    fn module(path: &str, version: &str) -> AuditedModule {
        AuditedModule {
            path: path.to_owned(),
            version: version.to_owned(),
            replaced_by: None,
            time: "2026-06-01T00:00:00Z".parse().ok(),
            newest: Newest::This,
            releases: None,
            deprecated: None,
            retracted: Vec::new(),
            licence: Licence::Known(vec!["MIT"]),
            required_by: Vec::new(),
            programs: Vec::new(),
            advisories: Vec::new(),
            rating: Rating::default(),
        }
    }

    fn rated(module: &AuditedModule, findings: &[Finding]) -> (Grade, String) {
        rated_by(module, findings, &Check::asked(Question::Advisories))
    }

    fn rated_by(
        module: &AuditedModule,
        findings: &[Finding],
        advisories: &Check,
    ) -> (Grade, String) {
        let findings: Vec<&Finding> = findings.iter().collect();
        let evidence = Evidence {
            findings: &findings,
            advisories,
            now: "2026-11-29T00:00:00Z".parse().unwrap(),
        };
        let rating = Rating::of(module, evidence);
        (rating.grade, rating.reasons.join("; "))
    }

    #[test]
    fn nothing_against_a_module_is_good() {
        assert_eq!(
            rated(&module("x", "v1.2.3"), &[]),
            (Grade::Good, String::new())
        );
    }

    #[test]
    fn whatever_was_not_asked_is_a_reason_not_to_call_it_good() {
        let fine = || module("x", "v1.2.3");
        let untimed = AuditedModule {
            time: None,
            ..fine()
        };
        let told = "when its version was made isn't known".to_owned();
        assert_eq!(rated(&untimed, &[]), (Grade::Unknown, told));
        let unread = AuditedModule {
            licence: Licence::NotRead,
            ..fine()
        };
        let told = "its licence was not read".to_owned();
        assert_eq!(rated(&unread, &[]), (Grade::Unknown, told));
        let unasked = Check::of(Question::Advisories, Some(&"--offline".to_owned()));
        let told = "whether advisories are about it isn't known".to_owned();
        assert_eq!(rated_by(&fine(), &[], &unasked), (Grade::Unknown, told));
    }

    #[test]
    fn what_its_author_left_long_ago_is_the_worst() {
        let old = AuditedModule {
            time: "2018-03-08T23:13:08Z".parse().ok(),
            ..module("github.com/dgrijalva/jwt-go", "v3.2.0+incompatible")
        };
        let (grade, reasons) = rated(&old, &[]);
        assert_eq!(grade, Grade::Bad);
        assert_eq!(
            reasons,
            "its author left it; github.com/golang-jwt/jwt/v5 came after it; no release since March 2018; \
             it has no go.mod for this major version (+incompatible)"
        );
    }

    #[test]
    fn what_is_called_counts_more_than_what_is_required() {
        let finding = |level| Finding {
            level: Some(level),
            advisory: Some("GO-2021-0113".to_owned()),
            ..Finding::of(AuditRule::Vulnerable, "x")
        };
        assert_eq!(
            rated(&module("x", "v1.0.0"), &[finding(Level::Called)]).0,
            Grade::Bad
        );
        assert_eq!(
            rated(&module("x", "v1.0.0"), &[finding(Level::Required)]).0,
            Grade::Fair
        );
        let both = [finding(Level::Required), finding(Level::Called)];
        let told = "what GO-2021-0113 tells of is called".to_owned();
        assert_eq!(rated(&module("x", "v1.0.0"), &both), (Grade::Bad, told));
    }

    #[test]
    fn behind_is_told_in_releases_and_in_years() {
        let behind = AuditedModule {
            time: "2020-01-01T00:00:00Z".parse().ok(),
            newest: Newest::Other {
                version: "v1.9.0".to_owned(),
                time: "2026-11-01T00:00:00Z".parse().ok(),
            },
            ..module("x", "v1.0.0")
        };
        let told = (
            Grade::Poor,
            "1 release behind v1.9.0 (6.8 years)".to_owned(),
        );
        assert_eq!(rated(&behind, &[]), told);
    }

    #[test]
    fn each_successor_has_its_source() {
        for line in SUCCESSORS.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line.split('\t').count(), 3, "{line}");
        }
    }
}
