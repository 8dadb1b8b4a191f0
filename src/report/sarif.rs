//! Findings as SARIF 2.1.0, which code scanning services read.
//!
//! GitHub wants of a result: a rule with its help, one location with a file and a line (a binary has
//! none, so it is the first), and a fingerprint by which it knows the result again.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::digest::hex;
use crate::failure::Exit;
use crate::verify::{Finding, Fix, PolicyName, Rule, Severity, Standing, Verification};

/// Where the schema is published.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What is said of advisories in general; a result names its own.
const ADVISORIES: &str = "https://go.dev/doc/security/vuln/";

/// High, from 0.0 to 10.0: Go's database has no scores.
const SEVERITY: &str = "7.0";

/// How bad a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is no problem.
    None,
    /// Worth knowing.
    Note,
    /// It is worse than it could be.
    Warning,
    /// It fails.
    Error,
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Note,
            Severity::Degrade => Self::Warning,
            Severity::Fail | Severity::Block => Self::Error,
        }
    }
}

/// A rule that isn't one of the gate's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanRule {
    /// Its name.
    pub id: &'static str,
    /// What it detects, in one sentence.
    pub summary: &'static str,
    /// What to do.
    pub help: &'static str,
}

/// Results, collected for one document.
#[derive(Clone, Debug, Default)]
pub struct Sarif {
    rules: BTreeMap<&'static str, Value>,
    results: Vec<Value>,
    errors: Vec<String>,
    notes: Vec<String>,
}

impl Sarif {
    /// Adds what the gate found in a file.
    pub fn findings(&mut self, path: &str, verification: &Verification) {
        for finding in &verification.findings {
            if let Some(rule) = Rule::get(finding.rule) {
                self.rules
                    .entry(rule.id.as_str())
                    .or_insert_with(|| descriptor_of(rule));
                self.results
                    .push(result_of(path, finding, verification.policy));
            }
        }
    }

    /// Adds what is wrong with a file as a whole.
    pub fn fault(&mut self, rule: ScanRule, path: &str, message: &str) {
        let ScanRule { id, summary, help } = rule;
        self.rules
            .entry(id)
            .or_insert_with(|| descriptor(id, summary, summary, help, Level::Error));
        self.results.push(json!({
            "ruleId": id,
            "level": Level::Error,
            "message": { "text": message },
            "locations": [location(path, &[])],
            "partialFingerprints": { "primaryLocationLineHash": fingerprint(&[id, path]) },
        }));
    }

    /// Adds something about a subject that has no file of its own, in the file that names it.
    pub fn result(
        &mut self,
        rule: ScanRule,
        level: Level,
        (path, subject): (&str, &str),
        message: &str,
    ) {
        let ScanRule { id, summary, help } = rule;
        self.rules
            .entry(id)
            .or_insert_with(|| descriptor(id, summary, summary, help, Level::Warning));
        self.results.push(json!({
            "ruleId": id,
            "level": level,
            "message": { "text": message },
            "locations": [location(path, &[])],
            "partialFingerprints": {
                "primaryLocationLineHash": fingerprint(&[id, path, subject, message]),
            },
        }));
    }

    /// Adds something that others may use against a program: code scanning sorts it by how severe it is.
    ///
    /// Source: "reportingDescriptor object" of GitHub's "SARIF support for code scanning".
    pub fn vulnerability(
        &mut self,
        rule: ScanRule,
        level: Level,
        (path, subject): (&str, &str),
        message: &str,
    ) {
        self.result(rule, level, (path, subject), message);
        let properties = json!({ "tags": ["security"], "security-severity": SEVERITY });
        let descriptor = self.rules.get_mut(rule.id).and_then(Value::as_object_mut);
        if let Some(descriptor) = descriptor {
            descriptor.insert("helpUri".to_owned(), json!(ADVISORIES));
            descriptor.insert("properties".to_owned(), properties);
        }
    }

    /// Says in which line of its file the last result is.
    pub fn at_line(&mut self, line: usize) {
        let last = self.results.last_mut();
        let place = "/locations/0/physicalLocation/region/startLine";
        if let Some(start) = last.and_then(|result| result.pointer_mut(place)) {
            *start = line.into();
        }
    }

    /// Says of the last result that somebody outside of the sources lets it pass.
    ///
    /// Source: SARIF 2.1.0, 3.35 "suppression object".
    pub fn suppressed(&mut self, justification: &str) {
        let last = self.results.last_mut().and_then(Value::as_object_mut);
        if let Some(result) = last {
            let suppression =
                json!({ "kind": "external", "status": "accepted", "justification": justification });
            result.insert("suppressions".to_owned(), json!([suppression]));
        }
    }

    /// Adds a file of which nothing can be said.
    pub fn error(&mut self, message: &str) {
        self.errors.push(message.to_owned());
    }

    /// Adds what a reader has to know besides, which is no failure.
    pub fn note(&mut self, message: &str) {
        self.notes.push(message.to_owned());
    }

    /// The whole document.
    #[must_use]
    pub fn document(mut self, exit: Exit) -> Value {
        let ids: Vec<&str> = self.rules.keys().copied().collect();
        for result in self.results.iter_mut().filter_map(Value::as_object_mut) {
            let id = result.get("ruleId").and_then(Value::as_str);
            let index = ids.iter().position(|known| Some(*known) == id);
            result.insert("ruleIndex".to_owned(), json!(index));
        }
        let notes = self.notes.iter();
        let notes = notes.map(|text| json!({ "level": "note", "message": { "text": text } }));
        let errors = self.errors.iter();
        let errors: Vec<Value> = errors
            .map(|text| json!({ "level": "error", "message": { "text": text } }))
            .chain(notes)
            .collect();
        let mut run = json!({
            "tool": { "driver": {
                "name": "gobuildx",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": self.rules.into_values().collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": self.errors.is_empty(),
                "exitCode": exit.code(),
                "toolExecutionNotifications": errors,
            }],
        });
        // Moved: the macro would copy them, and they may be very many.
        if let Some(run) = run.as_object_mut() {
            run.insert("results".to_owned(), Value::Array(self.results));
        }
        let mut document = json!({ "$schema": SCHEMA, "version": "2.1.0" });
        if let Some(document) = document.as_object_mut() {
            document.insert("runs".to_owned(), Value::Array(vec![run]));
        }
        document
    }
}

fn descriptor_of(rule: &Rule) -> Value {
    let mut help = format!("Symptom: {}\n\nWhat to do:\n", rule.symptom);
    for fix in rule.fixes {
        let _ = writeln!(help, "- {fix}");
    }
    let (id, level) = (rule.id.as_str(), rule.severity.into());
    descriptor(id, rule.summary, rule.explanation, &help, level)
}

fn descriptor(id: &str, summary: &str, explanation: &str, help: &str, level: Level) -> Value {
    json!({
        "id": id,
        "name": id,
        "shortDescription": { "text": summary },
        "fullDescription": { "text": explanation },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": level },
        "properties": { "tags": ["portability"] },
    })
}

fn result_of(path: &str, finding: &Finding, policy: PolicyName) -> Value {
    // A result of another kind than a failure has no level: section 3.27.10 of the standard.
    let (kind, level) = match finding.standing {
        Standing::Provided => ("pass", Level::None),
        Standing::Told | Standing::Allowed(_) | Standing::Fails => {
            ("fail", finding.severity.into())
        }
    };
    let subject = finding.subject.as_str();
    let summary = Rule::get(finding.rule).map_or("", |rule| rule.summary);
    let mut result = json!({
        "ruleId": finding.rule,
        "kind": kind,
        "level": level,
        "message": { "text": format!("{summary}: {subject}. {}", finding.detail) },
        "locations": [location(path, &finding.chain)],
        "partialFingerprints": {
            "primaryLocationLineHash": fingerprint(&[finding.rule.as_str(), path, subject]),
        },
        "properties": {
            "policy": policy,
            "standing": finding.standing.as_str(),
            "subject": finding.subject,
            "symptom": finding.symptom,
            "fixes": finding.fixes.iter().map(Fix::to_string).collect::<Vec<_>>(),
        },
    });
    if let (Some(reason), Some(result)) = (finding.allowed(), result.as_object_mut()) {
        let suppression = json!([{ "kind": "external", "justification": reason }]);
        result.insert("suppressions".to_owned(), suppression);
    }
    result
}

/// A file, and the functions that lead to what was found, from the outside in.
fn location(path: &str, chain: &[String]) -> Value {
    let functions: Vec<Value> = chain
        .iter()
        .map(|name| json!({ "fullyQualifiedName": name, "kind": "function" }))
        .collect();
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(path) },
            "region": { "startLine": 1 },
        },
    });
    if let (false, Some(location)) = (functions.is_empty(), location.as_object_mut()) {
        location.insert("logicalLocations".to_owned(), functions.into());
    }
    location
}

/// A path as a reference: relative where it is, and with what isn't plain in percents.
fn uri(path: &str) -> String {
    let path = if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    };
    let escape = |byte: u8| -> String {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/+@".contains(&byte);
        if plain {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    let escaped: String = path.bytes().map(escape).collect();
    let relative = escaped.strip_prefix("./").unwrap_or(&escaped);
    if path.starts_with('/') {
        format!("file://{escaped}")
    } else {
        relative.to_owned()
    }
}

/// What tells a result from others, the same in every run.
fn fingerprint(parts: &[&str]) -> String {
    let digest = hex(&Sha256::digest(parts.join("\0")));
    let short: String = digest.chars().take(16).collect();
    format!("{short}:1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_reference_without_spaces_and_colons() {
        assert_eq!(uri("dist/a b/c:d"), "dist/a%20b/c%3Ad");
        assert_eq!(uri("./x"), "x");
        assert_eq!(uri("/opt/ä"), "file:///opt/%C3%A4");
    }

    #[test]
    fn each_result_names_its_rule_by_id_and_index() {
        let rule = |id| ScanRule {
            id,
            summary: "s",
            help: "h",
        };
        let mut sarif = Sarif::default();
        sarif.fault(rule("b"), "x", "one");
        sarif.fault(rule("a"), "y", "two");
        let document = sarif.document(Exit::Failed);
        let run = &document["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let index = result["ruleIndex"].as_u64().unwrap();
            let rule = &run["tool"]["driver"]["rules"][usize::try_from(index).unwrap()];
            assert_eq!(rule["id"], result["ruleId"]);
        }
    }

    #[test]
    fn what_is_about_security_says_so_and_how_severe_it_is() {
        let rule = |id| ScanRule {
            id,
            summary: "s",
            help: "h",
        };
        let mut sarif = Sarif::default();
        sarif.result(rule("a"), Level::Warning, ("go.mod", "x"), "one");
        sarif.vulnerability(rule("b"), Level::Error, ("go.mod", "x"), "two");
        let document = sarif.document(Exit::Failed);
        let rules = &document["runs"][0]["tool"]["driver"]["rules"];
        assert_eq!(rules[0]["properties"]["tags"], json!(["portability"]));
        assert_eq!(rules[1]["properties"]["tags"], json!(["security"]));
        assert_eq!(rules[1]["properties"]["security-severity"], "7.0");
        assert_eq!(rules[1]["helpUri"], ADVISORIES);
    }

    #[test]
    fn another_file_is_another_fingerprint() {
        assert_eq!(fingerprint(&["a", "b"]), fingerprint(&["a", "b"]));
        assert_ne!(fingerprint(&["a", "b"]), fingerprint(&["ab", ""]));
    }
}
