//! What a record says that the rules found, held against what they find in the file today.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::claims::{Claim, Comparison, NONE};
use super::records::RecordedArtifact;
use super::{Author, Fault};
use crate::inspect::Facts;
use crate::verify::{Class, Expectation, MOST_OF_A_RULE, Rule, RuleId, Verification};

/// One finding that was recorded.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct RecordedFinding {
    pub(super) rule: String,
    pub(super) subject: Option<String>,
    pub(super) allowed: Option<String>,
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

impl RecordedFinding {
    /// The first thing that two records of one finding say in different ways.
    fn difference(&self, other: &Self) -> Option<[String; 2]> {
        let keys = self.more.keys().chain(other.more.keys());
        let differs = |key: &&String| self.more.get(*key) != other.more.get(*key);
        let in_more = keys.into_iter().find(differs).map(|key| {
            [self, other].map(|one| {
                let value = one.more.get(key).unwrap_or(&Value::Null);
                format!("{one} with {key} {value}")
            })
        });
        in_more.or_else(|| {
            let allowed = [self, other].map(|one| {
                let reason = one.allowed.as_deref().unwrap_or(NONE);
                format!("{one} allowed for {reason}")
            });
            (self.allowed != other.allowed).then_some(allowed)
        })
    }

    fn is_alike(&self, other: &Self) -> bool {
        (&self.rule, &self.subject) == (&other.rule, &other.subject)
    }
}

impl std::fmt::Display for RecordedFinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.rule)?;
        match &self.subject {
            Some(subject) => write!(f, " ({subject})"),
            None => Ok(()),
        }
    }
}

impl RecordedArtifact {
    /// What the record says of how the file was built, so that the rules can be asked again.
    /// None without build information: then there is nothing to hold it against.
    #[must_use]
    pub fn expectation(&self, facts: &Facts) -> Option<Expectation> {
        let info = facts.build_info()?;
        let or = |recorded: &Option<String>, found: &str| {
            recorded.clone().unwrap_or_else(|| found.to_owned())
        };
        Some(Expectation {
            target: self.target.clone(),
            cgo: self.cgo(),
            buildmode: self.buildmode,
            go_version: or(&self.go, &info.go_version),
            trimpath: None,
            vcs: None,
            package: or(&self.package, &info.path),
            embedded: self.embedded.clone(),
            variables: BTreeMap::new(),
        })
    }

    /// What the record says that the rules found or looked at, and isn't so by the policy that was
    /// recorded. Another release of gobuildx may look at more and word it differently, but what it amounts
    /// to has to be the same.
    #[must_use]
    pub fn misjudged(&self, verification: &Verification, author: Author) -> Vec<Fault> {
        let findings = verification.findings.clone();
        let today = self.policy().weigh(findings, verification.checked.clone());
        let (recorded, found) = (self.verdict.as_str(), today.verdict.as_str());
        let mut claims = vec![Comparison::new(Claim::Verdict, recorded, found)];
        if author == Author::ThisRelease {
            claims.extend(self.checks(&today));
            claims.extend(self.finding(&today));
        }
        self.faults(claims)
    }

    /// The rules that are recorded as checked. Those that only a build can ask aren't asked again.
    fn checks(&self, today: &Verification) -> Option<Comparison> {
        let found: Vec<&str> = today.checked.iter().map(|rule| rule.as_str()).collect();
        let recorded: Vec<&str> = self.checked.iter().map(String::as_str).collect();
        let too_much = recorded
            .iter()
            .find(|rule| !found.contains(rule) && !is_of_build(rule));
        let too_few = found.iter().find(|rule| !recorded.contains(rule));
        match (too_much, too_few) {
            (None, None) => None,
            (recorded, found) => Some(Comparison::new(
                Claim::Checked,
                recorded.copied().unwrap_or(NONE),
                found.copied().unwrap_or(NONE),
            )),
        }
    }

    /// The first finding that isn't as recorded.
    fn finding(&self, today: &Verification) -> Option<Comparison> {
        let asked = |one: &&RecordedFinding| {
            let is_asked = today.checked.iter().any(|rule| rule.as_str() == one.rule);
            is_asked || !is_of_build(&one.rule)
        };
        let recorded: Vec<_> = self.findings.iter().filter(asked).collect();
        let values = today.findings.iter().map(serde_json::to_value);
        let found: Vec<RecordedFinding> = values
            .filter_map(|value| serde_json::from_value(value.ok()?).ok())
            .collect();
        // Which of so many are told one by one also hangs on what the policy of that day named.
        let is_listed = |one: &&RecordedFinding| {
            let of_rule = |other: &&&RecordedFinding| other.rule == one.rule;
            recorded.iter().filter(of_rule).count() <= MOST_OF_A_RULE
        };
        let lost = recorded.iter().copied().filter(is_listed);
        let lost = lost.into_iter().find(|one| !found.contains(one));
        let new = found.iter().filter(is_listed);
        let new = new.into_iter().find(|one| !recorded.contains(one));
        if let (Some(lost), Some(new)) = (lost, new)
            && lost.is_alike(new)
            && let Some([recorded, found]) = lost.difference(new)
        {
            return Some(Comparison::new(Claim::Finding, recorded, found));
        }
        (lost.is_some() || new.is_some()).then(|| {
            let words = |one: Option<&RecordedFinding>| {
                one.map_or_else(|| NONE.to_owned(), ToString::to_string)
            };
            Comparison::new(Claim::Finding, words(lost), words(new))
        })
    }
}

/// Whether a rule is about how the file was built.
fn is_of_build(rule: &str) -> bool {
    let rule = rule.parse::<RuleId>().ok().and_then(Rule::get);
    rule.is_some_and(|rule| rule.class == Class::Confirmation)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::recorded;
    use super::*;
    use crate::verify::{Finding, Policy, Severity};

    /// A finding that is only worth knowing.
    fn finding(rule: &str, subject: &str) -> Finding {
        Finding {
            severity: Severity::Info,
            ..Finding::example(rule, subject)
        }
    }

    /// What the rules say of a file with two findings.
    fn verification() -> Verification {
        let findings = vec![finding("exec", "git"), finding("tzdata", "Europe/Paris")];
        let checked = ["exec", "tzdata"].map(|rule| rule.parse().unwrap());
        Policy::default().weigh(findings, checked.into())
    }

    /// What is told of a record that says this, and else what is so.
    fn told(changes: &Value, author: Author) -> Vec<String> {
        let today = verification();
        let mut record = recorded(&json!({
            "checked": ["exec", "tzdata", "build-path"],
            "findings": today.findings,
        }));
        for (key, value) in changes.as_object().unwrap() {
            record[key] = value.clone();
        }
        let record: RecordedArtifact = serde_json::from_value(record).unwrap();
        let faults = record.misjudged(&today, author);
        let words = faults.iter().map(|fault| {
            let text = fault.to_string();
            text.split_once(": ").unwrap().1.to_owned()
        });
        words.collect()
    }

    #[test]
    fn a_record_of_what_the_rules_say_has_no_fault() {
        assert_eq!(told(&json!({}), Author::ThisRelease), [""; 0]);
    }

    #[test]
    fn each_thing_that_the_rules_do_not_say_is_told() {
        let all = verification().findings;
        let build = finding("build-x", "main.version");
        let mut worse = json!(all);
        worse[0]["severity"] = "fail".into();
        for (changes, words) in [
            (
                json!({ "verdict": "conditional" }),
                "verdict by today's rules should be conditional, but is proven",
            ),
            (
                json!({ "checked": ["exec"] }),
                "rule that is checked should be none, but is tzdata",
            ),
            (
                json!({ "checked": ["exec", "tzdata", "dns-go"] }),
                "rule that is checked should be dns-go, but is none",
            ),
            (
                json!({ "findings": [&all[1]] }),
                "finding should be none, but is exec (git)",
            ),
            (
                json!({ "findings": [&all[0], &all[1], finding("exec", "ssh"), build] }),
                "finding should be exec (ssh), but is none",
            ),
            (
                json!({ "findings": worse }),
                "finding should be exec (git) with severity \"fail\", but is exec (git) with severity \"info\"",
            ),
        ] {
            assert_eq!(told(&changes, Author::ThisRelease), [words]);
        }
    }

    #[test]
    fn other_rules_only_have_to_come_to_the_same_verdict() {
        let changes = json!({ "checked": ["exec"], "findings": [] });
        assert_eq!(told(&changes, Author::AnotherRelease), [""; 0]);
        let changes = json!({ "checked": ["exec"], "verdict": "conditional" });
        assert_eq!(told(&changes, Author::AnotherRelease).len(), 1);
    }
}
