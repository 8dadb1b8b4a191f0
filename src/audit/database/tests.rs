//! Databases in folders, zips and files.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use super::*;
use crate::failure::{Exit, Failure as _};
use crate::host::Environment;
use crate::process::Cancel;

/// The files of a small database: two entries of one module, one of another.
const FILES: [(&str, &str); 5] = [
    ("index/db.json", r#"{"modified": "2024-05-20T16:03:47Z"}"#),
    (
        "index/modules.json",
        r#"[
          {"path": "example.com/m", "vulns": [
            {"id": "GO-2024-0001", "modified": "2024-05-20T16:03:47Z", "fixed": "1.2.0"},
            {"id": "GO-2024-0002", "modified": "2024-05-20T16:03:47Z"}
          ]},
          {"path": "stdlib", "vulns": [{"id": "GO-2024-0003", "fixed": "1.22.0-rc.1"}]}
        ]"#,
    ),
    ("ID/GO-2024-0001.json", ENTRY_1),
    (
        "ID/GO-2024-0002.json",
        r#"{"id": "GO-2024-0002", "affected": [{"package": {"name": "example.com/m", "ecosystem": "Go"}}]}"#,
    ),
    (
        "ID/GO-2024-0003.json",
        r#"{"id": "GO-2024-0003", "affected": [{"package": {"name": "stdlib", "ecosystem": "Go"}}]}"#,
    ),
];

const ENTRY_1: &str = r#"{
  "id": "GO-2024-0001",
  "modified": "2024-05-20T16:03:47Z",
  "affected": [{
    "package": {"name": "example.com/m", "ecosystem": "Go"},
    "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}]
  }]
}"#;

/// A folder with these files, some of them replaced.
fn folder(replaced: &[(&str, &str)]) -> TempDir {
    let temp = tempfile::tempdir().unwrap();
    for (path, text) in FILES.iter().chain(replaced) {
        let path = temp.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    temp
}

fn client() -> Client {
    let env = Environment::of([("HOME", "/nowhere")]);
    Client::new(&env, &Cancel::default())
}

fn asked<'a>(path: &'a str, version: Option<&'a ModuleVersion>) -> Asked<'a> {
    Asked { path, version }
}

/// The ids of what a database has of some modules.
fn ids_at(source: &Source, modules: &[Asked<'_>]) -> Result<Vec<String>, DatabaseError> {
    let client = client();
    let found = Database::open(source, &client)?.of(modules)?;
    Ok(found.iter().map(|entry| entry.id.to_string()).collect())
}

fn ids(path: &Path, modules: &[Asked<'_>]) -> Result<Vec<String>, DatabaseError> {
    ids_at(&Source::Path(path.to_owned()), modules)
}

/// Why the entries of `example.com/m` aren't to be had.
fn refused(path: &Path) -> String {
    let error = ids(path, &[asked("example.com/m", None)]).unwrap_err();
    assert_eq!(error.exit(), Exit::Environment);
    error.to_string().replace(&path.display().to_string(), "DB")
}

#[test]
fn a_folder_has_the_entries_of_the_modules_that_are_asked_for() {
    let folder = folder(&[]);
    let client = client();
    let source = Source::Path(folder.path().to_owned());
    let database = Database::open(&source, &client).unwrap();
    let modified = database.modified().unwrap().to_string();
    assert_eq!(modified, "2024-05-20T16:03:47Z");
    let of = |modules: &[Asked<'_>]| ids(folder.path(), modules).unwrap();
    let module = asked("example.com/m", None);
    assert_eq!(of(&[module]), ["GO-2024-0001", "GO-2024-0002"]);
    assert_eq!(of(&[module, module, asked("stdlib", None)]).len(), 3);
    assert_eq!(of(&[asked("example.com/other", None)]), [""; 0]);
}

#[test]
fn what_is_fixed_for_good_at_a_version_is_not_read() {
    let folder = folder(&[("ID/GO-2024-0001.json", "broken")]);
    let version: ModuleVersion = "v1.2.0".parse().unwrap();
    let module = asked("example.com/m", Some(&version));
    assert_eq!(ids(folder.path(), &[module]).unwrap(), ["GO-2024-0002"]);
    let version: ModuleVersion = "v1.1.9".parse().unwrap();
    let module = asked("example.com/m", Some(&version));
    assert!(ids(folder.path(), &[module]).is_err());
}

#[test]
fn an_address_of_a_folder_is_a_database_too() {
    let folder = folder(&[]);
    let address = source::address_of(folder.path()).unwrap();
    let source = Source::parse(&address, folder.path()).unwrap();
    let found = ids_at(&source, &[asked("stdlib", None)]);
    assert_eq!(found.unwrap(), ["GO-2024-0003"]);
}

#[test]
fn a_zip_is_read_whether_it_has_the_folder_or_what_is_in_it() {
    for parent in ["", "vulndb/"] {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("vulndb.zip");
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        for (name, text) in FILES {
            let name = format!("{parent}{name}");
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        let found = ids(&path, &[asked("example.com/m", None)]).unwrap();
        assert_eq!(found, ["GO-2024-0001", "GO-2024-0002"], "{parent}");
    }
}

#[test]
fn a_file_with_one_entry_or_many_is_a_database() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("one.json");
    fs::write(&path, ENTRY_1).unwrap();
    let module = asked("example.com/m", None);
    assert_eq!(ids(&path, &[module]).unwrap(), ["GO-2024-0001"]);
    assert_eq!(ids(&path, &[asked("stdlib", None)]).unwrap(), [""; 0]);
    let all: Vec<&str> = FILES.iter().skip(2).map(|(_, text)| *text).collect();
    fs::write(&path, format!("\n[{}]", all.join(","))).unwrap();
    let found = ids(&path, &[module]).unwrap();
    assert_eq!(found, ["GO-2024-0001", "GO-2024-0002"]);
    let client = client();
    let database = Database::open(&Source::Path(path), &client).unwrap();
    assert!(database.modified().is_some());
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let of = "failed to read the vulnerability database DB: it has no";
    let database = folder(&[]);
    fs::remove_file(database.path().join("ID/GO-2024-0002.json")).unwrap();
    assert_eq!(
        refused(database.path()),
        format!("{of} `ID/GO-2024-0002.json`")
    );
    fs::remove_file(database.path().join("index/modules.json")).unwrap();
    assert_eq!(
        refused(database.path()),
        format!("{of} `index/modules.json`")
    );
    let nowhere = refused(&database.path().join("nowhere"));
    assert!(
        nowhere.starts_with("failed to open the vulnerability database DB: "),
        "{nowhere}"
    );
}

#[test]
fn a_database_need_not_say_when_it_changed() {
    let database = folder(&[]);
    fs::remove_file(database.path().join("index/db.json")).unwrap();
    let client = client();
    let source = Source::Path(database.path().to_owned());
    assert_eq!(Database::open(&source, &client).unwrap().modified(), None);
}

#[test]
fn an_index_leads_nowhere_but_to_entries() {
    let listing = |id: &str| format!(r#"[{{"path": "m", "vulns": [{{"id": "{id}"}}]}}]"#);
    for id in ["../../etc/passwd", "/etc/passwd", "a/b", "", "GO-1\\\\x"] {
        let database = folder(&[("index/modules.json", &listing(id))]);
        let refused = refused(database.path());
        let start = "failed to read `index/modules.json` of the vulnerability database DB: `";
        assert!(refused.starts_with(start), "{refused}");
        assert!(refused.contains("is no id of an advisory"), "{refused}");
    }
}

#[test]
fn a_file_that_makes_no_sense_is_named() {
    let long = format!("{{\"modified\": \"{}\"}}", "9".repeat(64_000));
    for (path, text, reason) in [
        ("index/modules.json", "{}", "invalid type: map"),
        (
            "index/db.json",
            r#"{"modified": "today"}"#,
            "`today` is no time",
        ),
        ("index/db.json", &long, "it has more than 64.0 kB"),
        ("ID/GO-2024-0002.json", ENTRY_1, "it is GO-2024-0001"),
    ] {
        let refused = refused(folder(&[(path, text)]).path());
        let start = format!("failed to read `{path}` of the vulnerability database DB: ");
        assert!(
            refused.starts_with(&start) && refused.contains(reason),
            "{refused}"
        );
    }
    let broken = ENTRY_1.replace("1.2.0", "1.x");
    let refused = refused(folder(&[("ID/GO-2024-0001.json", &broken)]).path());
    assert_eq!(
        refused,
        "failed to read the advisory GO-2024-0001: `1.x` is no version of example.com/m, in the vulnerability database DB"
    );
}

#[test]
fn a_file_of_another_kind_is_no_database() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("notes.txt");
    for text in ["", "vulnerable"] {
        fs::write(&path, text).unwrap();
        assert!(refused(&path).ends_with("it is neither a folder, a zip, nor JSON"));
    }
    fs::write(&path, "PK, but no zip").unwrap();
    assert!(refused(&path).starts_with("failed to open the vulnerability database DB: "));
}
