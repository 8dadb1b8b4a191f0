//! Databases of vulnerabilities on a server.

use std::collections::BTreeMap;
use std::path::Path;

use gobuildx::audit::ModuleVersion;
use gobuildx::audit::database::{Asked, Database, DatabaseError, Source};
use gobuildx::fetch::Client;
use gobuildx::host::Environment;
use gobuildx::process::Cancel;

use crate::go_install::server::{Answer, Server};

const MODULES: &str = r#"[
  {"path": "example.com/m", "vulns": [
    {"id": "GO-2024-0001", "fixed": "1.2.0"},
    {"id": "GO-2024-0002"}
  ]},
  {"path": "example.com/other", "vulns": [{"id": "GO-2024-0003"}]}
]"#;

/// A database with three entries, some of whose files are answered in another way.
fn serving(others: &[(&str, Answer)]) -> Server {
    let file = |text: &str| Answer::File(text.as_bytes().to_vec());
    let mut answers = BTreeMap::from([
        ("index/modules.json".to_owned(), file(MODULES)),
        (
            "index/db.json".to_owned(),
            file(r#"{"modified": "2024-05-20T16:03:47Z"}"#),
        ),
    ]);
    for id in ["GO-2024-0001", "GO-2024-0002", "GO-2024-0003"] {
        let entry = format!(r#"{{"id": "{id}", "summary": "of {id}"}}"#);
        answers.insert(format!("ID/{id}.json"), file(&entry));
    }
    for (path, answer) in others {
        answers.insert((*path).to_owned(), answer.clone());
    }
    Server::start(answers)
}

/// What the database has of `example.com/m`.
fn ask(server: &Server, version: Option<&ModuleVersion>) -> Result<Vec<String>, DatabaseError> {
    let env = Environment::of([("HOME", "/nowhere")]);
    let client = Client::new(&env, &Cancel::default());
    let source = Source::parse(&server.url("me:s3cr3t@"), Path::new("/")).unwrap();
    let database = Database::open(&source, &client)?;
    let modified = database.modified().map(|time| time.to_string());
    assert_eq!(modified.as_deref(), Some("2024-05-20T16:03:47Z"));
    let path = "example.com/m";
    let entries = database.of(&[Asked { path, version }])?;
    Ok(entries.into_iter().map(|entry| entry.summary).collect())
}

/// Why there is no answer.
fn refused(server: &Server) -> String {
    let error = ask(server, None).unwrap_err().to_string();
    assert!(!error.contains("s3cr3t"), "{error}");
    error.replace(&server.url(""), "http://HERE")
}

#[test]
fn a_server_is_asked_for_entries_of_the_modules_in_question_only() {
    let server = serving(&[]);
    let found = ask(&server, None).unwrap();
    assert_eq!(found, ["of GO-2024-0001", "of GO-2024-0002"]);
    let asked: Vec<String> = server.asked().into_iter().map(|(path, _)| path).collect();
    assert_eq!(asked[..2], ["index/modules.json", "index/db.json"]);
    let mut entries = asked[2..].to_vec();
    entries.sort();
    assert_eq!(entries, ["ID/GO-2024-0001.json", "ID/GO-2024-0002.json"]);
}

#[test]
fn a_server_is_not_asked_for_what_the_version_has_fixed() {
    let server = serving(&[("ID/GO-2024-0001.json", Answer::Status(500))]);
    let version: ModuleVersion = "v1.2.0".parse().unwrap();
    assert_eq!(ask(&server, Some(&version)).unwrap(), ["of GO-2024-0002"]);
}

#[test]
fn what_a_server_does_not_have_is_named() {
    let of = "failed to read the vulnerability database http://HERE: it has no";
    let server = serving(&[("ID/GO-2024-0002.json", Answer::Status(404))]);
    assert_eq!(refused(&server), format!("{of} `ID/GO-2024-0002.json`"));
    let server = serving(&[("index/modules.json", Answer::Status(404))]);
    assert_eq!(refused(&server), format!("{of} `index/modules.json`"));
}

#[test]
fn a_server_that_answers_otherwise_is_not_believed() {
    let of = "failed to get the vulnerability database http://HERE: http://HERE";
    for (path, answer, reason) in [
        (
            "index/modules.json",
            Answer::Status(503),
            "answers with status 503",
        ),
        (
            "index/modules.json",
            Answer::Announced(65 << 20),
            "has more than 67.1 MB, which is too much for what it should be",
        ),
        (
            "ID/GO-2024-0002.json",
            Answer::Announced(5 << 20),
            "has more than 4.2 MB, which is too much for what it should be",
        ),
        (
            "ID/GO-2024-0002.json",
            Answer::Cut(MODULES.as_bytes().to_vec(), 9),
            "ended after 9 of",
        ),
    ] {
        let refused = refused(&serving(&[(path, answer)]));
        let expected = format!("{of}/{path} {reason}");
        assert!(refused.starts_with(&expected), "{refused}");
    }
}
