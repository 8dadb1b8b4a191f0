//! `docs/findings.md` is about programs of certain versions: they are built, and what is found in them
//! today is what the page checks against the source. Slow, so one of the proofs.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

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

/// What is found in a program: rule, severity, and what it is about.
fn found(program: &str, folder: &Path) -> Vec<[String; 3]> {
    let installed = Command::new("go")
        .args(["install", "-trimpath", program])
        .env("GOBIN", folder)
        .env("GOFLAGS", "")
        .env("GOTOOLCHAIN", "go1.26.8")
        .env("CGO_ENABLED", "0")
        .status();
    assert!(installed.unwrap().success(), "{program}");
    let path = program.split('@').next().unwrap();
    let name = path.rsplit('/').next().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_gobuildx"))
        .args(["inspect", "--format", "json"])
        .arg(folder.join(name))
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = &answer[0]["findings"];
    let findings = findings.as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    findings
        .map(|finding| ["rule", "severity", "subject"].map(|field| word(&finding[field])))
        .collect()
}

#[test]
#[ignore = "builds five programs with hundreds of packages each"]
fn what_the_page_checks_is_what_is_found_today() {
    let page = std::fs::read_to_string(Path::new(ROOT).join("docs/findings.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut programs = BTreeSet::new();
    let mut wrong = Vec::new();
    for (program, rows) in page.split("\n## ").filter_map(section) {
        programs.insert(program);
        let findings = found(program, folder.path());
        for row in &rows {
            for name in &row.names {
                let is_it =
                    |[rule, _, subject]: &[String; 3]| rule == row.rule && subject.contains(name);
                if !findings.iter().any(is_it) {
                    wrong.push(format!("{program}: {} isn't found: {name}", row.rule));
                }
            }
        }
        for [rule, severity, subject] in &findings {
            let is_told = rows
                .iter()
                .any(|row| row.rule == rule && row.names.iter().any(|name| subject.contains(name)));
            if severity != "info" && !is_told {
                wrong.push(format!("{program}: {rule} isn't on the page: {subject}"));
            }
        }
    }
    assert_eq!(programs.len(), 5, "{programs:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
