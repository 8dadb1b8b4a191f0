//! The statement: which files something is said of.
//!
//! Source: in-toto attestation framework v1, `Statement`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Build, PREDICATE_TYPE};
use crate::digest::Sha256Hex;
use crate::printable::printable;

const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The digest of files that is used, by the name that in-toto has for it.
const SHA256: &str = "sha256";

/// Provenance of files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
    predicate: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Subject {
    name: String,
    digest: BTreeMap<String, String>,
}

impl Subject {
    fn sha256(&self) -> Option<Sha256Hex> {
        self.digest.get(SHA256)?.parse().ok()
    }
}

/// Why there is no statement.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// There are no files.
    #[error("failed to write provenance: there are no files that it could be about")]
    NoFiles,
    /// It is no JSON: a fault of gobuildx.
    #[error("failed to write provenance as JSON: {0}")]
    Json(serde_json::Error),
}

/// Why a text is no statement.
#[derive(Debug, thiserror::Error)]
pub enum StatementFault {
    /// It isn't written as one.
    #[error("it is no statement of in-toto: {0}")]
    Json(#[from] serde_json::Error),
    /// It is of another version, or says something else.
    #[error("it is of the type `{}`, and not `{wanted}`", printable(found))]
    Type {
        /// What it says of itself.
        found: String,
        /// What is understood.
        wanted: &'static str,
    },
    /// A file is named twice, or without a digest.
    #[error("it names `{}` twice, or without SHA-256", printable(name))]
    Subject {
        /// The file.
        name: String,
    },
}

impl Statement {
    /// What is said of how these files were made: their names with their digests.
    ///
    /// # Errors
    /// When there are no files.
    pub fn of(files: &BTreeMap<String, Sha256Hex>, build: &Build) -> Result<Self, StatementError> {
        if files.is_empty() {
            return Err(StatementError::NoFiles);
        }
        let subject = files.iter().map(|(name, digest)| Subject {
            name: name.clone(),
            digest: BTreeMap::from([(SHA256.to_owned(), digest.to_string())]),
        });
        Ok(Self {
            kind: STATEMENT_TYPE.to_owned(),
            subject: subject.collect(),
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate: build.predicate().map_err(StatementError::Json)?,
        })
    }

    /// Reads a statement, from an envelope or [`super::UNSIGNED`].
    ///
    /// # Errors
    /// When it is none about provenance.
    pub fn parse(json: &[u8]) -> Result<Self, StatementFault> {
        let statement: Self = serde_json::from_slice(json)?;
        for (found, wanted) in [
            (&statement.kind, STATEMENT_TYPE),
            (&statement.predicate_type, PREDICATE_TYPE),
        ] {
            if found != wanted {
                return Err(StatementFault::Type {
                    found: found.clone(),
                    wanted,
                });
            }
        }
        let mut names = BTreeSet::new();
        for subject in &statement.subject {
            if subject.sha256().is_none() || !names.insert(&subject.name) {
                let name = subject.name.clone();
                return Err(StatementFault::Subject { name });
            }
        }
        Ok(statement)
    }

    /// The files that it is about, with their SHA-256.
    #[must_use]
    pub fn files(&self) -> BTreeMap<&str, Sha256Hex> {
        let subjects = self.subject.iter();
        subjects
            .filter_map(|subject| Some((subject.name.as_str(), subject.sha256()?)))
            .collect()
    }

    /// What it says of them.
    #[must_use]
    pub fn predicate(&self) -> &Value {
        &self.predicate
    }

    /// The version that was released, as the build's parameters have it.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.parameter("/version")
    }

    /// The digest of the plan, likewise.
    #[must_use]
    pub fn plan(&self) -> Option<Sha256Hex> {
        self.parameter("/plan/digest/sha256")?.parse().ok()
    }

    /// What whoever asked for the build chose, by a JSON pointer.
    fn parameter(&self, pointer: &str) -> Option<&str> {
        let pointer = format!("/buildDefinition/externalParameters{pointer}");
        self.predicate.pointer(&pointer)?.as_str()
    }

    /// On one line, as it is signed.
    ///
    /// # Errors
    /// None that depend on the statement.
    pub fn to_json(&self) -> Result<Vec<u8>, StatementError> {
        serde_json::to_vec(self).map_err(StatementError::Json)
    }

    /// For a file of its own, as people read it.
    ///
    /// # Errors
    /// None that depend on the statement.
    pub fn to_file(&self) -> Result<Vec<u8>, StatementError> {
        let mut json = serde_json::to_vec_pretty(self).map_err(StatementError::Json)?;
        json.push(b'\n');
        Ok(json)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::attest::{LOCAL_BUILDER, Resource};

    pub(in crate::attest) fn build() -> Build {
        let commit = "7a8b9c1".repeat(6).chars().take(40).collect::<String>();
        Build {
            version: "v1.2.3-7a8b9c1".to_owned(),
            manifest: "ab".repeat(32).parse().ok(),
            plan: "cd".repeat(32).parse().unwrap(),
            targets: BTreeSet::from(["linux/amd64/v1".to_owned()]),
            variables: BTreeSet::from(["GOPROXY".to_owned()]),
            resources: BTreeSet::from([
                Resource::go_toolchain("go1.26.8", &Sha256Hex::of(b"go")),
                Resource::commit(&commit, Some("https://u:hunter2@example.com/m.git")),
            ]),
            builder: LOCAL_BUILDER.to_owned(),
            epoch: 1_700_000_000,
        }
    }

    pub(in crate::attest) fn statement() -> Statement {
        let files = ["hello.tar.gz", "checksums.txt"]
            .map(|name| (name.to_owned(), "ef".repeat(32).parse().unwrap()));
        Statement::of(&BTreeMap::from(files), &build()).unwrap()
    }

    #[test]
    fn a_statement_says_what_files_are_made_from() {
        let json: Value = serde_json::from_slice(&statement().to_json().unwrap()).unwrap();
        assert_eq!(json["_type"], "https://in-toto.io/Statement/v1");
        assert_eq!(json["subject"][0]["name"], "checksums.txt");
        let definition = &json["predicate"]["buildDefinition"];
        assert_eq!(
            definition["externalParameters"]["plan"]["digest"]["sha256"],
            "cd".repeat(32)
        );
        assert_eq!(definition["internalParameters"]["variables"][0], "GOPROXY");
        assert_eq!(
            definition["resolvedDependencies"][1]["uri"],
            "git+https://example.com/m.git"
        );
        let details = &json["predicate"]["runDetails"];
        assert_eq!(details["metadata"]["startedOn"], "2023-11-14T22:13:20Z");
        assert!(!json.to_string().contains("hunter2"), "{json}");
    }

    #[test]
    fn a_statement_is_read_as_it_is_written() {
        let statement = statement();
        assert_eq!(
            Statement::parse(&statement.to_json().unwrap()).unwrap(),
            statement
        );
        assert_eq!(
            Statement::parse(&statement.to_file().unwrap()).unwrap(),
            statement
        );
        assert_eq!(statement.files()["hello.tar.gz"].as_str(), "ef".repeat(32));
        assert_eq!(statement.version(), Some("v1.2.3-7a8b9c1"));
        let plan = statement.plan().map(|plan| plan.to_string());
        assert_eq!(plan, Some("cd".repeat(32)));
    }

    #[test]
    fn nothing_is_said_of_no_file() {
        let none = Statement::of(&BTreeMap::new(), &build()).unwrap_err();
        assert!(matches!(none, StatementError::NoFiles), "{none}");
    }

    #[test]
    fn what_says_something_else_is_none() {
        let json = String::from_utf8(statement().to_json().unwrap()).unwrap();
        for (old, new, says) in [
            ("Statement/v1", "Statement/v2", "of the type"),
            (
                "slsa.dev/provenance/v1",
                "slsa.dev/provenance/v0.2",
                "of the type",
            ),
            (
                "\"hello.tar.gz\"",
                "\"checksums.txt\"",
                "`checksums.txt` twice",
            ),
            ("\"sha256\":\"ef", "\"sha512\":\"ef", "without SHA-256"),
            ("\"predicate\":", "\"object\":", "no statement"),
        ] {
            assert!(json.contains(old), "{old}");
            let fault = Statement::parse(json.replacen(old, new, 1).as_bytes()).unwrap_err();
            assert!(fault.to_string().contains(says), "{fault}");
        }
    }
}
