//! The table of symptoms: what it quotes is what is printed, and what it calls checked is checked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gobuildx::explain::{Cause, causes};
use gobuildx::verify::{Class, Rule};
use regex::Regex;

use crate::blank;
use crate::page::{ROOT, read};

/// A row of the table.
#[derive(Debug)]
struct Row {
    seen: String,
    rule: String,
    checked: bool,
    shown: bool,
}

fn rows() -> Vec<Row> {
    let page = read("docs/symptoms.md");
    let rows: Vec<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|line| line.split(" | ").collect::<Vec<_>>())
        .filter(|cells| cells[0] != "seen")
        .map(|cells| {
            let [seen, _, _, rule, checked, shown] = cells.as_slice() else {
                panic!("six cells, not {cells:?}");
            };
            Row {
                seen: (*seen).to_owned(),
                rule: (*rule).to_owned(),
                checked: is_yes(checked),
                shown: is_yes(shown),
            }
        })
        .collect();
    assert!(rows.len() > 30, "only {} rows", rows.len());
    rows
}

fn is_yes(cell: &str) -> bool {
    assert!(matches!(cell, "yes" | "no"), "yes or no, not {cell:?}");
    cell == "yes"
}

impl Row {
    /// What the row quotes.
    fn quotes(&self) -> Vec<String> {
        let quoted = Regex::new("``(.+?)``|`(.+?)`").unwrap();
        let found = quoted.captures_iter(&self.seen);
        found
            .map(|found| found.get(1).or(found.get(2)).unwrap().as_str().to_owned())
            .collect()
    }

    /// Whether one of the texts that the row quotes is in what was printed. Who starts a program
    /// writes its own error in capitals or not.
    fn is_in(&self, output: &str) -> bool {
        self.quotes().iter().any(|text| {
            let parts: Vec<_> = text.split('…').map(regex::escape).collect();
            Regex::new(&format!("(?i){}", parts.join(".+")))
                .unwrap()
                .is_match(output)
        })
    }
}

/// What a test provokes: the rule's name, and what was printed.
type Symptom = (&'static str, String);

#[test]
fn what_the_table_calls_shown_is_printed() {
    let mut provoked = on_a_blank_system();
    provoked.extend(that_do_not_start());
    provoked.push(("static-nss", static_nss()));
    provoked.push(("cgo-stub", cgo_stub()));
    provoked.push(("cpu-level", cpu_level()));
    let rows = rows();
    for (rule, output) in &provoked {
        let row = rows.iter().find(|row| row.rule == *rule);
        let row = row.unwrap_or_else(|| panic!("no row for {rule}"));
        assert!(row.is_in(output), "{rule}: {:?}\n{output}", row.seen);
    }
    let provoked: BTreeSet<_> = provoked.iter().map(|(rule, _)| *rule).collect();
    let shown: BTreeSet<_> = rows
        .iter()
        .filter(|row| row.shown)
        .map(|row| row.rule.as_str())
        .collect();
    assert_eq!(shown, provoked);
}

#[test]
fn what_the_table_calls_checked_is_what_the_gate_checks() {
    let known: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id.as_str()).collect();
    let rows = rows();
    for row in &rows {
        assert_eq!(row.checked, known.contains(row.rule.as_str()), "{row:?}");
    }
    let linking = Rule::ALL.iter().filter(|rule| rule.class == Class::Linking);
    for rule in linking.map(|rule| rule.id.as_str()) {
        assert!(rows.iter().any(|row| row.rule == rule), "no row for {rule}");
    }
}

/// Quotes that are no messages.
const FRAGMENTS: [&str; 4] = ["UTC", ".woff2", "\"\"", "go"];

#[test]
fn what_the_table_quotes_leads_back_to_its_rule() {
    let rows = rows();
    let quotes = rows
        .iter()
        .flat_map(|row| row.quotes().into_iter().map(move |quote| (row, quote)));
    let (fragments, messages): (Vec<_>, Vec<_>) =
        quotes.partition(|(_, quote)| FRAGMENTS.contains(&quote.as_str()));
    let fragments: BTreeSet<_> = fragments.iter().map(|(_, quote)| quote.as_str()).collect();
    assert_eq!(fragments, BTreeSet::from(FRAGMENTS));
    assert!(messages.len() > 20, "{}", messages.len());
    for (row, message) in messages.iter().filter(|(row, _)| row.checked) {
        let names = names(message);
        assert!(
            names.contains(&row.rule.as_str()),
            "{message}: {names:?}, not {}",
            row.rule
        );
    }
}

/// The names of a message's causes.
fn names(message: &str) -> Vec<&'static str> {
    let found = causes(message);
    found.iter().map(|found| found.cause.name()).collect()
}

/// Messages of the failures that images from scratch, distroless and Alpine are known for, with the
/// rule or cause of each.
const FAILURES: &[(&str, &str)] = &[
    (
        "exec user process caused: no such file or directory",
        "elf-interp",
    ),
    (
        "exec user process caused: no such file or directory",
        "pie-interp",
    ),
    ("GLIBC_2.34' not found", "glibc-min"),
    ("panic: unknown time zone Europe/Berlin", "tzdata"),
    ("executable file not found in $PATH", "exec"),
    ("/etc/hosts ignored", "hosts-order"),
    (
        "user: Current requires cgo or $USER, $HOME set in environment",
        "user-db",
    ),
    ("No such file or directory", "elf-interp"),
    ("cannot allocate memory", "memory-limit"),
    ("cannot allocate memory", "dns-cgo"),
    ("cannot allocate memory", "static-nss"),
    ("Temporary failure in name resolution", "static-nss"),
    ("Temporary failure in name resolution", "dns-cgo"),
    (
        "lookup db.example.com: Name or service not known",
        "dns-cgo",
    ),
    ("x509 unknown authority", "ca-roots"),
    ("go-sqlite3 stub", "cgo-stub"),
    ("getaddrinfo SIGSEGV", "static-nss"),
    ("wrong Content-Type", "mime"),
    (
        "open /tmp/multipart-123456789: no such file or directory",
        "tmp",
    ),
    ("open /tmp/multipart-…", "tmp"),
    ("open config/app.yaml: no such file or directory", "asset"),
    ("$HOME is not defined", "home"),
    ("readlink /proc/self/exe: no such file or directory", "proc"),
    ("SIGILL: illegal instruction", "cpu-level"),
    (
        "This program can only be run on AMD64 processors with v3 microarchitecture support.",
        "cpu-level",
    ),
    ("exec format error", "build-target"),
];

/// Rules of the list that aren't written yet.
const TO_COME: [&str; 4] = ["asset", "home", "proc", "tmp"];

#[test]
fn known_failures_lead_to_their_causes() {
    let is_there = |name: &str| Cause::all().any(|cause| cause.name() == name);
    for (message, name) in FAILURES {
        if TO_COME.contains(name) && !is_there(name) {
            continue;
        }
        let names = names(message);
        assert!(names.contains(name), "{message}: {names:?}, not {name}");
    }
}

/// Builds the package in a folder of these tests.
fn go_build(package: &str, output: &Path, env: &[(&str, &str)], flags: &[&str]) -> PathBuf {
    let built = Command::new("go")
        .args(["build", "-trimpath"])
        .args(flags)
        .arg("-o")
        .arg(output)
        .arg(".")
        .current_dir(Path::new(ROOT).join(package))
        .envs(env.iter().copied())
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    output.to_owned()
}

const WITHOUT_C: &[(&str, &str)] = &[("CGO_ENABLED", "0")];
const WITH_C: &[(&str, &str)] = &[("CGO_ENABLED", "1")];

/// What the program `blank` prints where there is nothing but itself.
fn on_a_blank_system() -> Vec<Symptom> {
    let temp = tempfile::tempdir().unwrap();
    let program = go_build("tests/docs/blank", &temp.path().join("app"), WITHOUT_C, &[]);
    [
        "asset", "ca-roots", "dns-go", "exec", "home", "local-tz", "mime", "plugin", "proc",
        "services", "syslog", "tmp", "tzdata", "user-db",
    ]
    .into_iter()
    .map(|need| {
        let output = blank::system(&program)
            .env("TZ", "Europe/Paris")
            .run(&[need]);
        (need, text(&output))
    })
    .collect()
}

/// What is printed when a program needs a loader, a library, a newer library.
fn that_do_not_start() -> Vec<Symptom> {
    let temp = tempfile::tempdir().unwrap();
    let at = |name: &str| temp.path().join(name);
    let dynamic = go_build("tests/docs/resolve", &at("dynamic"), WITH_C, &[]);
    let pie = go_build(
        "tests/docs/resolve",
        &at("pie"),
        WITHOUT_C,
        &["-buildmode=pie"],
    );
    let loader = Path::new("/lib64/ld-linux-x86-64.so.2");
    let old = old_c_library(temp.path());
    vec![
        ("elf-interp", text(&blank::system(&dynamic).run(&[]))),
        ("pie-interp", text(&blank::system(&pie).run(&[]))),
        (
            "elf-needed",
            text(&blank::system(&dynamic).file(loader, loader).run(&[])),
        ),
        (
            "glibc-min",
            text(
                &blank::system(&dynamic)
                    .file(loader, loader)
                    .file(&old, Path::new("/lib/libc.so.6"))
                    .env("LD_LIBRARY_PATH", "/lib")
                    .run(&[]),
            ),
        ),
    ]
}

/// A C library with the symbols of glibc 2.2.5 only: none, but that is not what is asked first.
fn old_c_library(folder: &Path) -> PathBuf {
    std::fs::write(folder.join("old.map"), "GLIBC_2.2.5 { global: old; };\n").unwrap();
    std::fs::write(folder.join("old.c"), "int old;\n").unwrap();
    let built = Command::new("gcc")
        .args(["-shared", "-nostdlib", "-Wl,--version-script=old.map"])
        .args(["-Wl,-soname,libc.so.6", "-o", "libc.so.6", "old.c"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    folder.join("libc.so.6")
}

/// What a program prints that has glibc in it when it looks up a name.
fn static_nss() -> String {
    let temp = tempfile::tempdir().unwrap();
    let flags = ["-ldflags=-linkmode=external -extldflags=-static"];
    let program = go_build(
        "tests/docs/resolve",
        &temp.path().join("app"),
        WITH_C,
        &flags,
    );
    text(
        &blank::system(&program)
            .env("GODEBUG", "netdns=cgo")
            .run(&[]),
    )
}

/// What the example that is C prints without C.
fn cgo_stub() -> String {
    let temp = tempfile::tempdir().unwrap();
    let program = go_build("examples/notes", &temp.path().join("notes"), WITHOUT_C, &[]);
    let output = Command::new(program)
        .arg("list")
        .env("NOTES_DB", temp.path().join("notes.db"))
        .output()
        .unwrap();
    text(&output)
}

/// What a program for new CPUs prints on an old one.
fn cpu_level() -> String {
    let temp = tempfile::tempdir().unwrap();
    let env = [("CGO_ENABLED", "0"), ("GOAMD64", "v4"), ("GOARCH", "amd64")];
    let program = go_build("tests/docs/resolve", &temp.path().join("app"), &env, &[]);
    let output = Command::new("qemu-x86_64-static")
        .args(["-cpu", "Nehalem"])
        .arg(program)
        .output()
        .unwrap();
    text(&output)
}

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}
