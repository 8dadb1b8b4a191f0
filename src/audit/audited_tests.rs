//! What was asked, and what it comes to: nothing that wasn't asked counts as clean.

use std::collections::{BTreeMap, BTreeSet};

use globset::Glob;

use super::*;
use crate::audit::check::Outcome;
use crate::audit::drift::{Selected, Sums};
use crate::audit::licence::Licence;
use crate::audit::policy::{Allow, Deny, Level};
use crate::audit::program::{Build, Known, LinkedModule};
use crate::tools::go::ListedModule;

const NAME: &str = "p linux/amd64";

fn linked() -> LinkedModule {
    LinkedModule {
        path: "example.com/x".to_owned(),
        version: "v1.0.0".to_owned(),
        replaced_by: None,
        sum: Some("h1:a=".to_owned()),
        packages: None,
        code: None,
    }
}

/// A program of the current commit, about which everything was asked.
fn facts() -> AuditFacts {
    let selected = Selected::in_program(&linked());
    let listed = ListedModule {
        path: "example.com/x".to_owned(),
        version: "v1.0.0".to_owned(),
        time: "2026-06-01T00:00:00Z".to_owned(),
        ..ListedModule::default()
    };
    let licence = Licence::Known(vec!["MIT"]);
    let sums = "example.com/x v1.0.0 h1:a=\nexample.com/x v1.0.0/go.mod h1:b=\n";
    AuditFacts {
        unlinked: Vec::new(),
        altered: Vec::new(),
        scope: Programs::Built,
        programs: vec![program()],
        modules: ModuleFacts {
            listed: vec![listed],
            licences: BTreeMap::from([(("example.com/x".to_owned(), selected.clone()), licence)]),
            ..ModuleFacts::default()
        },
        locks: Vec::new(),
        lock: Some(Lock {
            selected: Ok(BTreeMap::from([(
                "example.com/x".to_owned(),
                BTreeSet::from([selected]),
            )])),
            sums: BTreeMap::from([(".".to_owned(), Sums::of(sums))]),
            vendored: BTreeSet::new(),
            commit: Some("0123456789abcdef".to_owned()),
            tags: BTreeMap::new(),
            tag: None,
        }),
        refused: None,
        advisories: Vec::new(),
        advisories_asked: Check::asked(Question::Advisories),
        sources: Err("govulncheck isn't installed".to_owned()),
        database: None,
        required_at: BTreeMap::new(),
        insisted: Vec::new(),
        now: "2026-11-29T00:00:00Z".parse().unwrap(),
    }
}

fn program() -> AuditedProgram {
    AuditedProgram {
        name: NAME.to_owned(),
        target: "linux/amd64".parse().unwrap(),
        folder: ".".to_owned(),
        go: "go1.26.8".to_owned(),
        known: Known::File {
            path: "p/p".to_owned(),
            unpacked_by: None,
        },
        modules: vec![linked()],
        build: Some(Build {
            go: "go1.26.8".to_owned(),
            commit: Some("0123456789abcdef".to_owned()),
            modified: Some(false),
            version: None,
        }),
        packages: BTreeSet::from(["example.com/x".to_owned()]),
    }
}

fn policy(deny: &[&str]) -> AuditPolicy {
    AuditPolicy {
        deny: deny
            .iter()
            .map(|deny| deny.parse::<Deny>().unwrap())
            .collect(),
        is_written: true,
        ..AuditPolicy::default()
    }
}

fn allowing(policy: AuditPolicy, rule: AuditRule) -> AuditPolicy {
    let allow = Allow {
        rule: Some(rule),
        advisory: None,
        module: Some(Glob::new("example.com/*").unwrap().compile_matcher()),
        reason: "it was read".to_owned(),
        until: jiff::civil::date(2999, 12, 31),
    };
    AuditPolicy {
        allow: vec![allow],
        ..policy
    }
}

/// What the audit comes to where these are denied, and by default.
fn verdicts(facts: &AuditFacts, deny: &[&str]) -> (Verdict, Verdict) {
    let held = |policy: &AuditPolicy| facts.clone().held_against(policy).verdict;
    (held(&policy(deny)), held(&AuditPolicy::default()))
}

const OPEN: (Verdict, Verdict) = (Verdict::Undecided, Verdict::CleanAsFarAsAsked);

#[test]
fn where_everything_was_asked_it_is_clean_and_good() {
    let every = ["vulnerable:called", "licence:GPL-3.0", "dirty", "other-sum"];
    assert_eq!(verdicts(&facts(), &every), (Verdict::Clean, Verdict::Clean));
    let audit = facts().held_against(&AuditPolicy::default());
    assert_eq!(audit.modules[0].rating, Rating::default());
}

#[test]
fn who_calls_what_a_file_has_is_open_until_sources_are_read_or_it_is_allowed() {
    let mut facts = facts();
    facts.advisories = vec![Finding {
        level: Some(Level::Linked),
        programs: vec![NAME.to_owned()],
        ..Finding::of(AuditRule::Vulnerable, "example.com/x")
            .at("v1.0.0")
            .about("GO-2099-0001")
    }];
    let denied = ["vulnerable:called"];
    assert_eq!(verdicts(&facts, &denied), OPEN);
    let audit = facts.clone().held_against(&AuditPolicy::default());
    let (_, why) = audit.gaps().next().unwrap();
    assert!(
        why.contains("doesn't show who calls what GO-2099-0001 tells of"),
        "{why}"
    );
    let allowed = allowing(policy(&denied), AuditRule::Vulnerable);
    assert_eq!(facts.clone().held_against(&allowed).verdict, Verdict::Clean);
    facts.sources = Ok(());
    assert_eq!(verdicts(&facts, &denied), (Verdict::Clean, Verdict::Clean));
}

#[test]
fn without_advisories_nobody_knows_what_of_them_is_called() {
    let mut facts = facts();
    let offline = "--offline".to_owned();
    facts.advisories_asked = Check::of(Question::Advisories, Some(&offline));
    let audit = facts.held_against(&AuditPolicy::default());
    let open: Vec<Question> = audit.gaps().map(|(check, _)| check.question).collect();
    assert_eq!(open, [Question::Advisories, Question::Calls]);
}

#[test]
fn a_licence_that_is_not_known_may_be_the_one_that_is_denied() {
    let denied = ["licence:GPL-3.0"];
    for licence in [
        Licence::Unknown,
        Licence::Missing,
        Licence::NotRead,
        Licence::Partly(vec!["MIT"]),
    ] {
        let mut facts = facts();
        for known in facts.modules.licences.values_mut() {
            *known = licence.clone();
        }
        let audit = facts.clone().held_against(&policy(&denied));
        assert_eq!(audit.verdict, Verdict::Undecided, "{licence}");
        // Where none is denied, that it isn't known is a finding like others.
        let audit = facts.clone().held_against(&policy(&["retracted"]));
        assert_eq!(audit.verdict == Verdict::Clean, licence != Licence::NotRead);
        let allowed = allowing(policy(&denied), AuditRule::LicenceUnknown);
        let audit = facts.held_against(&allowed);
        assert_eq!(audit.verdict == Verdict::Clean, licence != Licence::NotRead);
    }
}

#[test]
fn what_a_file_does_not_name_can_not_be_compared() {
    let built = |change: fn(&mut Build)| {
        let mut facts = facts();
        facts.programs[0].build.as_mut().map(change).unwrap();
        facts
    };
    for facts in [
        built(|build| build.commit = None),
        built(|build| build.modified = None),
    ] {
        assert_eq!(verdicts(&facts, &["dirty"]), OPEN);
        assert_eq!(verdicts(&facts, &["other-commit"]), OPEN);
        assert_eq!(
            verdicts(&facts, &["other-go"]).0,
            Verdict::CleanAsFarAsAsked
        );
    }
    let mut nowhere = facts();
    nowhere.lock.as_mut().unwrap().commit = None;
    assert_eq!(verdicts(&nowhere, &["other-commit"]), OPEN);
    let mut vendored = facts();
    vendored.programs[0].modules[0].sum = None;
    assert_eq!(verdicts(&vendored, &["other-sum"]), OPEN);
    let mut unlisted = facts();
    unlisted.lock.as_mut().unwrap().selected = Err("no network".to_owned());
    assert_eq!(verdicts(&unlisted, &["other-version"]), OPEN);
}

#[test]
fn what_is_not_built_is_as_no_commit_says() {
    let mut facts = facts();
    facts.sources = Ok(());
    facts.programs[0].build = None;
    facts.programs[0].known = Known::Listed {
        why: "not built yet".to_owned(),
    };
    for denied in [
        "dirty",
        "other-go",
        "other-commit",
        "other-sum",
        "other-version",
    ] {
        assert_eq!(verdicts(&facts, &[denied]), OPEN, "{denied}");
    }
    // Before a build there is nothing to compare.
    facts.scope = Programs::OfSources;
    assert_eq!(
        verdicts(&facts, &["dirty"]),
        (Verdict::Clean, Verdict::Clean)
    );
}

#[test]
fn what_is_denied_of_a_replaced_module_is_a_reason_of_its_rating() {
    let mut facts = facts();
    let by = ("example.com/x".to_owned(), "v0.9.0".to_owned());
    facts.programs[0].modules[0].replaced_by = Some(by);
    facts.advisories = vec![Finding {
        level: Some(Level::Called),
        programs: vec![NAME.to_owned()],
        ..Finding::of(AuditRule::Vulnerable, "example.com/x")
            .at("v0.9.0")
            .about("GO-2099-0001")
    }];
    let audit = facts.held_against(&AuditPolicy::default());
    assert_eq!(audit.modules[0].advisories, ["GO-2099-0001"]);
    let reasons = audit.modules[0].rating.reasons.join("; ");
    assert!(
        reasons.contains("what GO-2099-0001 tells of is called"),
        "{reasons}"
    );
}

#[test]
fn a_deprecated_module_is_mended_by_the_one_that_its_author_names() {
    for (text, other) in [
        (
            "Use the \"google.golang.org/protobuf\" module instead.",
            Some("google.golang.org/protobuf"),
        ),
        ("moved to example.com/y/v2.", Some("example.com/y/v2")),
        ("example.com/x is no longer maintained", None),
        ("no longer maintained, and/or broken", None),
    ] {
        assert_eq!(named_in(text, "example.com/x"), other, "{text}");
    }
}

#[test]
fn a_question_is_answered_or_there_is_a_reason() {
    let check = Check::of(Question::Newest, None);
    assert_eq!(check.outcome, Outcome::Asked);
}
