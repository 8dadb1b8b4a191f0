//! Very many findings of one rule are told in a few: a program may have as many as it has functions.

use std::collections::BTreeMap;

use super::{Finding, Need, Policy, Rule, Severity, Subject};

/// Findings of one rule that are told one by one. No program that people ship is known to have as
/// many.
pub const MOST: usize = 500;

/// Leaves of very many findings of one rule the worst, and those that the manifest names. The others
/// become one for each severity, which wants all that they want: the verdict and the outcome are
/// those of all of them.
pub(super) fn folded(findings: Vec<Finding>, policy: &Policy) -> Vec<Finding> {
    if findings.len() <= MOST {
        return findings;
    }
    let mut order: Vec<_> = (0..).zip(findings).collect();
    order.sort_by_cached_key(|(place, finding): &(usize, Finding)| {
        let is_named = policy.names(finding);
        (
            std::cmp::Reverse(is_named),
            std::cmp::Reverse(finding.severity),
            *place,
        )
    });
    let named = order.partition_point(|(_, finding)| policy.names(finding));
    let others = order.split_off(named.max(MOST));
    order.sort_by_key(|(place, _)| *place);
    let mut told: Vec<_> = order.into_iter().map(|(_, finding)| finding).collect();
    let mut groups: BTreeMap<(Severity, bool), Vec<Finding>> = BTreeMap::new();
    for (_, finding) in others {
        // What hangs on no system fails or passes by another measure.
        let wants = finding.need.is_some();
        groups
            .entry((finding.severity, wants))
            .or_default()
            .push(finding);
    }
    told.extend(groups.into_values().rev().filter_map(as_one));
    told
}

/// One finding in place of several that are as bad.
fn as_one(findings: Vec<Finding>) -> Option<Finding> {
    let count = findings.len();
    if count == 1 {
        return findings.into_iter().next();
    }
    let first = findings.first()?;
    let rule = Rule::get(first.rule)?;
    // The words for one thing are wrong for another: what differs is told as the rule does.
    let symptom = if findings.iter().all(|one| one.symptom == first.symptom) {
        first.symptom.clone()
    } else {
        rule.symptom.to_owned()
    };
    let fixes = if findings.iter().all(|one| one.fixes == first.fixes) {
        first.fixes.clone()
    } else {
        rule.fixes.to_vec()
    };
    let mut findings = findings.into_iter();
    let first = findings.next()?;
    let others = findings.filter_map(|finding| finding.need);
    let needs: Vec<Need> = first.need.into_iter().chain(others).collect();
    Some(Finding {
        subject: Subject::others(count),
        chain: Vec::new(),
        detail: format!(
            "{count} more findings like those before, which are counted and not listed"
        ),
        symptom,
        fixes,
        need: (!needs.is_empty()).then_some(Need::All(needs)),
        ..first
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Fix, Outcome, PolicyName, RuleId, Verdict, Verification};

    /// So many files, the last of which only is wanted for good.
    fn files(count: usize) -> Vec<Finding> {
        let rule = Rule::get(RuleId::ASSET).unwrap();
        let each = (0..count).map(|number| {
            let path = format!("/srv/{number}");
            let subject = Subject::named("file", &path);
            let mut finding = rule.finding(subject, "main.main".to_owned());
            finding.severity = if number + 1 == count {
                Severity::Fail
            } else {
                Severity::Info
            };
            finding.needing(Need::File(path))
        });
        each.collect()
    }

    fn weighed(policy: &Policy, findings: Vec<Finding>) -> Verification {
        policy.weigh(findings, Vec::new())
    }

    #[test]
    fn as_many_findings_as_programs_have_stay_as_they_are() {
        let findings = files(MOST);
        assert_eq!(folded(findings.clone(), &Policy::default()), findings);
    }

    #[test]
    fn of_more_the_worst_stay_and_the_others_are_counted() {
        let folded = folded(files(MOST + 70), &Policy::default());
        assert_eq!(folded.len(), MOST + 1);
        let worst = folded.iter().filter(|one| one.severity == Severity::Fail);
        assert_eq!(worst.count(), 1);
        let others = folded.last().unwrap();
        assert_eq!(others.subject.as_str(), "70 more");
        assert_eq!(others.subject.count(), 70);
    }

    #[test]
    fn what_is_said_of_one_alone_is_not_said_of_all() {
        let rule = Rule::get(RuleId::ASSET).unwrap();
        let mut all = files(MOST + 70);
        for finding in &mut all {
            finding.symptom = "as for each".to_owned();
            finding.fixes = vec![Fix::source("as for each")];
        }
        let others = |findings: &[Finding]| {
            let folded = folded(findings.to_vec(), &Policy::default());
            folded.into_iter().next_back().unwrap()
        };
        let alike = others(&all);
        assert_eq!(
            (&alike.symptom, &alike.fixes),
            (&all[0].symptom, &all[0].fixes)
        );
        // The first of those that are counted.
        all[MOST - 1].symptom = "open /srv/499: no such file or directory".to_owned();
        all[MOST - 1].fixes = vec![Fix::source("go:embed for /srv/499")];
        let mixed = others(&all);
        assert_eq!(
            (mixed.symptom.as_str(), &mixed.fixes[..]),
            (rule.symptom, rule.fixes)
        );
    }

    #[test]
    fn verdict_and_outcome_are_those_of_all() {
        let mut all = files(3 * MOST);
        for finding in &mut all {
            finding.severity = Severity::Fail;
        }
        let mut settled = all.clone();
        for finding in &mut settled {
            finding.need = Some(Need::Tmp);
        }
        // The last alone is lacking.
        let mut but_one = settled.clone();
        but_one.last_mut().unwrap().need = Some(Need::File("/srv/x".to_owned()));
        for name in ["static", "scratch", "debian-12"] {
            let policy = Policy::from(name.parse::<PolicyName>().unwrap());
            for findings in [&all, &settled, &but_one] {
                let whole = weighed(&policy, findings.clone());
                let few = weighed(&policy, folded(findings.clone(), &policy));
                assert_eq!(
                    (few.verdict, few.outcome),
                    (whole.verdict, whole.outcome),
                    "{name}"
                );
            }
        }
        let debian = Policy::from("debian-12".parse::<PolicyName>().unwrap());
        let lacking = weighed(&debian, folded(but_one, &debian));
        assert_eq!(lacking.outcome, Outcome::Failed);
        let has = weighed(&debian, folded(settled, &debian));
        assert_eq!(has.verdict, Verdict::Proven);
    }

    #[test]
    fn what_the_manifest_names_is_never_only_counted() {
        let rule = RuleId::ASSET;
        let mut policy = Policy::default();
        let subjects = policy.allow_subjects.entry(rule).or_default();
        subjects.insert("/srv/600".to_owned(), "it is there".to_owned());
        let folded = folded(files(MOST + 200), &policy);
        assert!(folded.iter().any(|finding| finding.subject.is("/srv/600")));
        assert_eq!(folded.len(), MOST + 1);
    }
}
