//! The rules about what programs need, on programs that have a dependence, have it not, or only look
//! so. `SNAPSHOTS=overwrite cargo test --test corpus` writes `docs/accuracy.md` anew.
//!
//! A program is a folder `RULE/PART` or `RULE/PART-SUFFIX`; `case.rs` says what its comments mean.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

mod build;
mod case;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use build::{Binaries, Go, Stage, Symbols, Way};
use case::{Case, Part, TARGETS};
use gobuildx::inspect::{Loaded, Program, inspect};
use gobuildx::verify::{Class, Evidence, Finding, Policy, Rule, verify};
use table::Scores;

fn findings(bytes: &[u8]) -> Vec<Finding> {
    let facts = inspect(bytes).unwrap();
    let loaded = Loaded::of(facts.format, bytes);
    let program = Program::find(&loaded);
    let evidence = Evidence {
        bytes,
        facts: &facts,
        program: program.as_ref(),
        expectation: None,
        source_dirs: &[],
    };
    verify(&evidence, &Policy::default()).findings
}

/// Holds what the rules say of each program against its comments.
fn judge<'c>(
    go: Go,
    cases: &'c [Case],
    binaries: &Binaries,
    mut count: impl FnMut(&'c Case, Option<&str>),
) {
    for case in cases {
        if let Some(bytes) = binaries.get(&case.name) {
            count(case, case.fault(go.minor(), &findings(bytes)).as_deref());
        }
    }
}

/// The rules about what a program needs. The others compare it with what was asked for.
fn rules() -> Vec<&'static str> {
    let rules = Rule::ALL.iter();
    let rules = rules.filter(|rule| rule.class != Class::Confirmation);
    rules.map(|rule| rule.id.as_str()).collect()
}

#[test]
fn every_rule_about_needs_has_a_program_of_each_role() {
    let cases = case::all();
    let there: BTreeSet<_> = cases
        .iter()
        .map(|case| (case.rule.id.as_str(), case.part))
        .collect();
    let mut lacking = Vec::new();
    for rule in rules() {
        let parts = match rule {
            // Each program of Go needs a system that isn't too old.
            "os-min" => &Part::ALL[..1],
            // The texts of all targets here are read.
            "unread-texts" => &Part::ALL[1..],
            _ => &Part::ALL[..],
        };
        for part in parts {
            if !there.contains(&(rule, *part)) {
                lacking.push(format!("tests/corpus/{rule}/{}", part.prefix()));
            }
        }
    }
    assert_eq!(lacking, Vec::<String>::new(), "programs that are lacking");
}

#[test]
fn rules_are_right_about_a_stripped_program_of_each_target() {
    let targets = TARGETS;
    let cases = case::all();
    let stage = Stage::new("corpus", &cases);
    let mut scores = Scores::default();
    for target in targets {
        let way = Way {
            target,
            symbols: Symbols::Stripped,
            go: Go::Installed,
        };
        let binaries = stage.build(&cases, way);
        judge(way.go, &cases, &binaries, |case, fault| {
            scores.count(case.rule.id.as_str(), target, case, fault);
        });
    }
    assert_eq!(scores.faults, BTreeMap::new());
    table::compare("By rule", &scores.table("rule", &rules(), &targets));
}

/// Holds the rules against programs of one release: for each target, stripped or not.
fn judge_release(heading: &str, go: Go) {
    let cases = case::all();
    let stage = Stage::new(&heading.to_lowercase().replace(' ', "-"), &cases);
    let mut scores = Scores::default();
    let mut wrong = BTreeSet::new();
    let rows = [
        ("stripped", Symbols::Stripped),
        ("with symbols", Symbols::Kept),
    ];
    for (row, symbols) in rows {
        for target in TARGETS {
            let way = Way {
                target,
                symbols,
                go,
            };
            let binaries = stage.build(&cases, way);
            assert_eq!(binaries.is_empty(), !go.builds_for(target), "{way:?}");
            judge(go, &cases, &binaries, |case, fault| {
                wrong.extend(fault.map(|_| case.name.as_str()));
                let excuse = case.excuse(go.minor());
                let fault = fault.map(|fault| match excuse {
                    Some(reason) => format!("{fault}: {reason}"),
                    None => fault.to_owned(),
                });
                scores.count(row, target, case, fault.as_deref());
            });
        }
    }
    let excused = cases
        .iter()
        .filter(|case| case.excuse(go.minor()).is_some());
    let excused: BTreeSet<_> = excused.map(|case| case.name.as_str()).collect();
    let mut text = scores.table("programs", &rows.map(|(row, _)| row), &TARGETS);
    if !scores.faults.is_empty() {
        text.push('\n');
    }
    for (fault, of) in &scores.faults {
        // What holds for both is said once.
        let of = if of.len() == rows.len() {
            String::new()
        } else {
            format!("{}, ", of.join(", "))
        };
        let _ = writeln!(text, "- {of}{fault}");
    }
    table::compare(heading, &text);
    assert_eq!(wrong, excused, "wrong programs, and those that say why");
}

#[test]
#[ignore = "builds hundreds of programs: make proofs"]
fn go_1_11_is_as_the_page_says() {
    judge_release("Go 1.11", Go::Release("1.11.13"));
}

#[test]
#[ignore = "builds hundreds of programs: make proofs"]
fn go_1_15_is_as_the_page_says() {
    judge_release("Go 1.15", Go::Release("1.15.15"));
}

#[test]
#[ignore = "builds hundreds of programs: make proofs"]
fn go_1_17_is_as_the_page_says() {
    judge_release("Go 1.17", Go::Release("1.17.13"));
}

#[test]
#[ignore = "builds hundreds of programs: make proofs"]
fn go_1_20_is_as_the_page_says() {
    judge_release("Go 1.20", Go::Release("1.20.14"));
}

#[test]
#[ignore = "builds hundreds of programs: make proofs"]
fn go_1_21_is_as_the_page_says() {
    judge_release("Go 1.21", Go::Release("1.21.13"));
}

#[test]
#[ignore = "builds hundreds of programs: make proofs"]
fn go_1_25_is_as_the_page_says() {
    judge_release("Go 1.25", Go::Release("1.25.5"));
}

#[test]
#[ignore = "builds hundreds of programs: make proofs"]
fn go_1_26_is_as_the_page_says() {
    judge_release("Go 1.26", Go::Installed);
}
