//! `docs/findings.md` is about programs of certain versions: they are built, and what is found in them
//! today is what the page checks against the source; and what they do on a blank system. Slow, so one of the proofs
//! (`make proofs`).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::page::ROOT;

/// A row of the page: what was found by which rule.
#[derive(Debug)]
struct Row<'a> {
    rule: &'a str,
    names: Vec<&'a str>,
}

/// The program that a section is about, and its rows.
fn section(text: &str) -> Option<(&str, Vec<Row<'_>>)> {
    let program = text.lines().find_map(|line| {
        let program = line.strip_prefix('`')?.strip_suffix('`')?;
        program.contains('@').then_some(program)
    })?;
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (rule, finding) = (cells.next()?, cells.next()?);
        let rule = rule.split(' ').next()?;
        let is_head = rule == "rule" || rule.starts_with('-');
        let quoted: Vec<_> = finding.split('`').skip(1).step_by(2).collect();
        let names = if quoted.is_empty() {
            vec![finding.split(" (").next()?]
        } else {
            quoted
        };
        (!is_head).then_some(Row { rule, names })
    });
    Some((program, rows.collect()))
}

/// The programs of the page, built.
static BUILT: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let page = page();
    for (program, _) in sections(&page) {
        let installed = Command::new("go")
            .args(["install", "-trimpath", program])
            .env("GOBIN", folder.path())
            .env("GOFLAGS", "")
            .env("GOTOOLCHAIN", "go1.26.8")
            .env("CGO_ENABLED", "0")
            .status();
        assert!(installed.unwrap().success(), "{program}");
    }
    folder
});

fn page() -> String {
    std::fs::read_to_string(Path::new(ROOT).join("docs/findings.md")).unwrap()
}

fn sections(page: &str) -> impl Iterator<Item = (&str, Vec<Row<'_>>)> {
    page.split("\n## ").filter_map(section)
}

/// What gobuildx answers about one program.
fn answer(args: &[&str]) -> Value {
    let gobuildx = Command::new(env!("CARGO_BIN_EXE_gobuildx"))
        .args(args)
        .current_dir(BUILT.path())
        .output();
    let answer: Value = serde_json::from_slice(&gobuildx.unwrap().stdout).unwrap();
    answer[0].clone()
}

/// What is found in a program: rule, severity, and what it is about.
fn found(program: &str) -> Vec<[String; 3]> {
    let path = program.split('@').next().unwrap();
    let name = path.rsplit('/').next().unwrap();
    let answer = answer(&["inspect", "--format", "json", name]);
    let findings = answer["findings"].as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    findings
        .map(|finding| ["rule", "severity", "subject"].map(|field| word(&finding[field])))
        .collect()
}

/// A row about a program on a blank system.
#[derive(Debug)]
struct Seen<'a> {
    program: &'a str,
    /// What it is called with.
    args: Vec<&'a str>,
    /// Whether it did what it was called for.
    passes: bool,
    /// What it says, where `…` stands for anything.
    said: Vec<&'a str>,
    /// The rules that are named for each line, and whether they were predicted.
    named: BTreeSet<(String, bool)>,
}

/// The texts in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn seen(line: &str) -> Option<Seen<'_>> {
    let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let cells: Vec<&str> = row.split(" | ").collect();
    let [program, called, did, named] = cells.as_slice() else {
        return None;
    };
    let named = named.split("; ").filter_map(|one| {
        let rules: Vec<&str> = quoted(one.split(", ").next()?).collect();
        (!rules.is_empty()).then(|| (rules.join(" or "), !one.contains("not predicted")))
    });
    Some(Seen {
        program,
        args: quoted(called).next()?.split(' ').collect(),
        passes: did.starts_with("printed it"),
        said: quoted(did).collect(),
        named: named.collect(),
    })
}

/// Whether the pieces between `…` stand in a text, one behind another.
fn says(text: &str, pattern: &str) -> bool {
    let mut rest = Some(text);
    for piece in pattern.split(" … ") {
        rest = rest.and_then(|rest| rest.split_once(piece).map(|(_, after)| after));
    }
    rest.is_some()
}

/// What a row says that isn't so.
fn untrue(row: &Seen<'_>) -> Vec<String> {
    let smoke = [
        "smoke",
        "--format",
        "json",
        "--timeout",
        "3s",
        row.program,
        "--",
    ];
    let record = answer(&[&smoke, row.args.as_slice()].concat());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = |field: &str| record[field].as_array().unwrap().clone();
    let observed = all("observed");
    let named: BTreeSet<(String, bool)> = observed
        .iter()
        .map(|one| {
            let causes = one["causes"].as_array().unwrap().iter().map(text);
            let causes: Vec<String> = causes.collect();
            (causes.join(" or "), one["predicted"] == true)
        })
        .collect();
    let lines = all("said").into_iter();
    let lines = lines.chain(observed.iter().map(|one| one["text"].clone()));
    let lines: Vec<String> = lines.map(|line| text(&line)).collect();
    let mut wrong = Vec::new();
    if (record["verdict"] == "pass") != row.passes {
        wrong.push(format!("the verdict is {}", record["verdict"]));
    }
    if named != row.named {
        wrong.push(format!("named are {named:?}"));
    }
    for said in &row.said {
        if !lines.iter().any(|line| says(line, said)) {
            wrong.push(format!("it doesn't say {said:?} but {lines:#?}"));
        }
    }
    let of_row = |wrong| format!("{} {}: {wrong}", row.program, row.args.join(" "));
    wrong.into_iter().map(of_row).collect()
}

#[test]
#[ignore = "builds five programs with hundreds of packages each"]
fn what_the_page_says_of_a_blank_system_is_what_is_seen_there_today() {
    let page = page();
    let (_, table) = page.split_once("## Predicted and observed").unwrap();
    let rows: Vec<Seen<'_>> = table.lines().filter_map(seen).collect();
    let called: BTreeSet<&str> = rows.iter().map(|row| row.program).collect();
    let built = std::fs::read_dir(BUILT.path()).unwrap().flatten();
    let built: BTreeSet<String> = built
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        called.iter().copied().eq(built.iter()),
        "{called:?} of {built:?}"
    );
    let wrong: Vec<String> = rows.iter().flat_map(untrue).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a subject, such as `file "/etc/machine-id"`, is what the page names; of a second file in a
/// folder it may name the last part.
fn is_about(subject: &str, name: &str) -> bool {
    let bare = subject.split('"').nth(1).unwrap_or(subject);
    let bare = bare.split(" (").next().unwrap_or(bare);
    bare == name || bare.rsplit('/').next() == Some(name)
}

#[test]
#[ignore = "builds five programs with hundreds of packages each"]
fn what_the_page_checks_is_what_is_found_today() {
    let page = page();
    let mut programs = BTreeSet::new();
    let mut wrong = Vec::new();
    for (program, rows) in sections(&page) {
        programs.insert(program);
        let findings = found(program);
        for row in &rows {
            for name in &row.names {
                let is_it =
                    |[rule, _, subject]: &[String; 3]| rule == row.rule && is_about(subject, name);
                if !findings.iter().any(is_it) {
                    wrong.push(format!("{program}: {} isn't found: {name}", row.rule));
                }
            }
        }
        for [rule, severity, subject] in &findings {
            let is_told = rows.iter().any(|row| {
                row.rule == rule && row.names.iter().any(|name| is_about(subject, name))
            });
            if severity != "info" && !is_told {
                wrong.push(format!("{program}: {rule} isn't on the page: {subject}"));
            }
        }
    }
    assert_eq!(programs.len(), 5, "{programs:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
