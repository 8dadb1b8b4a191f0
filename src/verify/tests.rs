//! The gate as a whole: facts made by hand, one difference at a time.

use super::*;
use crate::inspect::{
    BuildInfo, CodeSignature, Facts, Format, GlibcNeed, Kind, Needed, NoBuildInfo, NoProgram,
    Setting, inspect,
};
use crate::target::{BuildMode, Cgo, Goarch, Goos, Target, Variant};

const COMMIT: &str = "7a8b9c1d7a8b9c1d7a8b9c1d7a8b9c1d7a8b9c1d";

fn settings(pairs: &[(&str, &str)]) -> Vec<Setting> {
    pairs
        .iter()
        .map(|(key, value)| Setting {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        })
        .collect()
}

fn needed(name: &str) -> Needed {
    Needed::new(name.to_owned())
}

/// A static program for Linux, as planned.
fn static_linux() -> Facts {
    let mut facts = inspect(b"").unwrap();
    facts.format = Format::Elf;
    facts.kind = Kind::Executable;
    facts.header.goarch = Some(Goarch::Amd64);
    facts.go = Ok(BuildInfo {
        go_version: "go1.26.8".to_owned(),
        path: "example.com/m".to_owned(),
        main: None,
        modules: Vec::new(),
        settings: settings(&[
            ("-buildmode", "exe"),
            ("-trimpath", "true"),
            ("CGO_ENABLED", "0"),
            ("GOARCH", "amd64"),
            ("GOOS", "linux"),
            ("GOAMD64", "v1"),
            ("vcs", "git"),
            ("vcs.revision", COMMIT),
            ("vcs.modified", "false"),
        ]),
    });
    facts
}

fn set(facts: &mut Facts, key: &str, value: &str) {
    let info = facts.go.as_mut().unwrap();
    info.settings.retain(|setting| setting.key != key);
    info.settings.extend(settings(&[(key, value)]));
}

fn expectation() -> Expectation {
    Expectation {
        target: Target::new(Goos::Linux, Goarch::Amd64),
        cgo: Cgo::Disabled,
        buildmode: BuildMode::Exe,
        go_version: "go1.26.8".to_owned(),
        trimpath: Some(Trimpath::Trimmed),
        vcs: Some(Stamp::Revision {
            commit: COMMIT.to_owned(),
            modified: false,
        }),
        package: "example.com/m".to_owned(),
        embedded: std::collections::BTreeSet::new(),
        variables: std::collections::BTreeMap::new(),
    }
}

fn judge(facts: &Facts, expectation: Option<&Expectation>, policy: &Policy) -> Verification {
    let evidence = Evidence {
        bytes: b"",
        facts,
        program: Err(&NoProgram::Format),
        expectation,
        source_dirs: &[],
    };
    let mut verification = verify(&evidence, policy);
    // Each program of Go has this one.
    let is_age = |finding: &Finding| finding.rule.as_str() == "os-min";
    verification.findings.retain(|finding| !is_age(finding));
    verification
}

fn planned(facts: &Facts) -> Verification {
    judge(facts, Some(&expectation()), &Policy::default())
}

fn from_elsewhere(facts: &Facts) -> Verification {
    judge(facts, None, &Policy::default())
}

fn rules(verification: &Verification) -> Vec<&'static str> {
    let mut rules: Vec<_> = verification
        .findings
        .iter()
        .map(|f| f.rule.as_str())
        .collect();
    rules.dedup();
    rules
}

#[test]
fn a_static_binary_as_planned_is_proven() {
    let result = planned(&static_linux());
    assert_eq!(result.findings, []);
    assert_eq!(result.verdict, Verdict::Proven);
    assert_eq!(result.outcome, Outcome::Passed);
}

#[test]
fn a_newer_cpu_is_a_condition_unless_it_was_asked_for() {
    let mut facts = static_linux();
    set(&mut facts, "GOAMD64", "v3");
    let result = from_elsewhere(&facts);
    assert_eq!(rules(&result), ["cpu-level"]);
    assert_eq!(result.verdict, Verdict::Conditional);
    let mut expected = expectation();
    expected.target.variant = Variant::new(Goarch::Amd64, "v3").ok();
    let result = judge(&facts, Some(&expected), &Policy::default());
    assert_eq!(result.verdict, Verdict::Proven);
    let need = Need::Cpu("GOAMD64=v3".to_owned());
    assert_eq!(result.findings[0].need, Some(need));
}

#[test]
fn only_what_was_checked_is_listed() {
    let names = |result: Verification| {
        let ids = result.checked.iter().map(|id| id.as_str());
        ids.collect::<Vec<_>>()
    };
    let linux = names(planned(&static_linux()));
    assert!(linux.contains(&"elf-interp") && linux.contains(&"build-vcs"));
    assert!(!linux.contains(&"win-dll") && !linux.contains(&"macho"));
    let elsewhere = names(from_elsewhere(&static_linux()));
    assert!(elsewhere.iter().all(|rule| !rule.starts_with("build-")));
}

fn dynamic_linux() -> Facts {
    let mut facts = static_linux();
    facts.interpreter = Some("/lib64/ld-linux-x86-64.so.2".to_owned());
    facts.needed = vec![needed("libc.so.6"), needed("libexample.so.1")];
    facts.glibc = vec![GlibcNeed {
        library: "libc.so.6".to_owned(),
        version: "2.34".parse().unwrap(),
    }];
    set(&mut facts, "CGO_ENABLED", "1");
    facts
}

#[test]
fn a_dynamic_binary_fails_and_names_library_purpose_symptom_and_fix() {
    let result = from_elsewhere(&dynamic_linux());
    assert_eq!(result.outcome, Outcome::Failed);
    assert_eq!(result.verdict, Verdict::Conditional);
    assert_eq!(rules(&result), ["elf-interp", "elf-needed", "glibc-min"]);
    let interp = &result.findings[0];
    assert!(interp.symptom.contains("no such file or directory"));
    assert!(interp.detail.contains("cgo is on"));
    assert!(
        interp
            .fixes
            .iter()
            .any(|fix| fix.text.contains("CGO_ENABLED=0"))
    );
    let libc = &result.findings[1];
    assert_eq!(libc.subject.as_str(), "libc.so.6");
    assert!(libc.detail.contains("the C library"), "{}", libc.detail);
}

#[test]
fn an_allowed_finding_is_still_reported() {
    let allow = ["elf-interp", "elf-needed", "glibc-min"];
    let allow = allow.map(|rule| (rule.parse().unwrap(), "glibc is in the image".to_owned()));
    let policy = Policy {
        allow: allow.into_iter().collect(),
        ..Policy::default()
    };
    let result = judge(&dynamic_linux(), None, &policy);
    assert_eq!(result.outcome, Outcome::Passed);
    assert_eq!(result.verdict, Verdict::Conditional);
    let reasons = result.findings.iter().map(Finding::allowed);
    assert!(
        reasons
            .into_iter()
            .all(|reason| reason == Some("glibc is in the image"))
    );
}

#[test]
fn being_another_program_than_planned_cannot_be_allowed() {
    let mut facts = static_linux();
    set(&mut facts, "vcs.modified", "true");
    let policy = Policy {
        allow: [("build-vcs".parse().unwrap(), "never mind".to_owned())].into(),
        ..Policy::default()
    };
    let result = judge(&facts, Some(&expectation()), &policy);
    assert_eq!(result.outcome, Outcome::Failed);
    assert_eq!(result.verdict, Verdict::Unproven);
}

/// A library as planned, which shares the C library with the program that loads it.
fn loaded_library() -> (Facts, Expectation) {
    let mut facts = dynamic_linux();
    facts.kind = Kind::Library;
    facts.interpreter = None;
    facts.needed = vec![needed("libc.so.6")];
    set(&mut facts, "-buildmode", "c-shared");
    let mut expected = expectation();
    expected.buildmode = BuildMode::CShared;
    expected.cgo = Cgo::Enabled;
    (facts, expected)
}

#[test]
fn a_library_may_need_the_c_library_and_no_other() {
    let (mut facts, expected) = loaded_library();
    let result = judge(&facts, Some(&expected), &Policy::default());
    assert_eq!(rules(&result), ["elf-needed", "glibc-min"]);
    assert_eq!(result.outcome, Outcome::Passed);
    assert_eq!(result.verdict, Verdict::Conditional);
    assert_eq!(from_elsewhere(&facts).outcome, Outcome::Passed);
    facts.needed.push(needed("libgcc_s.so.1"));
    let result = judge(&facts, Some(&expected), &Policy::default());
    assert_eq!(result.outcome, Outcome::Failed);
}

#[test]
fn a_program_that_turns_out_to_be_a_library_is_not_let_through_as_one() {
    let (mut facts, _) = loaded_library();
    set(&mut facts, "-buildmode", "exe");
    set(&mut facts, "CGO_ENABLED", "0");
    assert_eq!(planned(&facts).outcome, Outcome::Failed);
    let (mut facts, expected) = loaded_library();
    facts.kind = Kind::Executable;
    let result = judge(&facts, Some(&expected), &Policy::default());
    assert!(rules(&result).contains(&"build-mode"), "{result:#?}");
}

#[test]
fn the_memory_sanitizer_alone_may_make_a_pie_of_a_program() {
    let mut facts = static_linux();
    set(&mut facts, "-buildmode", "pie");
    set(&mut facts, "-race", "true");
    assert_eq!(rules(&planned(&facts)), ["build-mode"]);
    set(&mut facts, "-race", "false");
    set(&mut facts, "-msan", "true");
    assert_eq!(rules(&planned(&facts)), Vec::<&str>::new());
}

#[test]
fn a_sanitizer_is_named_as_the_cause_with_fixes_that_fit() {
    let mut facts = dynamic_linux();
    set(&mut facts, "-asan", "true");
    for finding in from_elsewhere(&facts).findings {
        let fixes = format!("{:?}", finding.fixes);
        assert!(!fixes.contains("cgo = false"), "{finding:#?}");
        assert!(
            fixes.contains(&format!("rule = \\\"{}\\\"", finding.rule)),
            "{finding:#?}"
        );
        assert!(!fixes.contains("-extldflags=-static"), "{finding:#?}");
        let is_age = finding.rule.as_str() == "glibc-min";
        assert!(
            is_age || finding.detail.contains("built with -asan"),
            "{finding:#?}"
        );
    }
}

#[test]
fn a_pie_without_libraries_is_told_apart() {
    let mut facts = dynamic_linux();
    facts.kind = Kind::Pie;
    facts.needed.clear();
    facts.glibc.clear();
    let verification = from_elsewhere(&facts);
    assert_eq!(rules(&verification), ["pie-interp"]);
    let says_how = |verification: &Verification| {
        let mut findings = verification.findings.iter();
        findings.any(|finding| finding.detail.contains("built with -buildmode=pie"))
    };
    assert!(says_how(&verification));

    facts.go = Err(NoBuildInfo::NotFound);
    let verification = from_elsewhere(&facts);
    assert!(rules(&verification).contains(&"pie-interp"));
    assert!(!says_how(&verification), "nobody knows who built it");
}

#[test]
fn a_loader_of_musl_is_told_apart() {
    let mut facts = dynamic_linux();
    facts.interpreter = Some("/lib/ld-musl-x86_64.so.1".to_owned());
    facts.needed = vec![needed("libc.musl-x86_64.so.1")];
    facts.glibc.clear();
    assert_eq!(
        rules(&from_elsewhere(&facts)),
        ["musl-interp", "elf-needed"]
    );
}

#[test]
fn the_loader_of_openbsd_is_no_finding_but_further_libraries_are() {
    let mut facts = static_linux();
    facts.header.goos = Some(Goos::Openbsd);
    set(&mut facts, "GOOS", "openbsd");
    facts.interpreter = Some("/usr/libexec/ld.so".to_owned());
    facts.needed = vec![needed("libc.so"), needed("libpthread.so")];
    assert_eq!(from_elsewhere(&facts).verdict, Verdict::Proven);
    facts.needed.push(needed("libcrypto.so.50"));
    assert_eq!(rules(&from_elsewhere(&facts)), ["elf-needed"]);
}

#[test]
fn a_dll_of_windows_is_reported_and_one_of_mingw_fails() {
    let mut facts = static_linux();
    facts.format = Format::Pe;
    facts.needed = vec![needed("KERNEL32.dll")];
    assert_eq!(from_elsewhere(&facts).verdict, Verdict::Proven);
    facts.needed.push(needed("msvcrt.dll"));
    let result = from_elsewhere(&facts);
    assert_eq!(result.outcome, Outcome::Passed);
    assert_eq!(result.verdict, Verdict::Conditional);
    facts.needed.push(needed("libwinpthread-1.dll"));
    assert_eq!(from_elsewhere(&facts).outcome, Outcome::Failed);
}

#[test]
fn apple_silicon_needs_a_signature() {
    let mut facts = static_linux();
    facts.format = Format::Macho;
    facts.header.goarch = Some(Goarch::Arm64);
    facts.needed = vec![needed("/usr/lib/libSystem.B.dylib")];
    let result = from_elsewhere(&facts);
    assert_eq!(result.findings[0].symptom, "Killed: 9");
    facts.code_signature = Some(CodeSignature::Linker);
    assert_eq!(from_elsewhere(&facts).verdict, Verdict::Proven);
}

#[test]
fn a_format_that_is_not_read_is_unproven_but_no_failure() {
    let mut facts = static_linux();
    facts.format = Format::Wasm;
    let result = from_elsewhere(&facts);
    assert_eq!(result.verdict, Verdict::Unproven);
    assert_eq!(result.outcome, Outcome::Passed);
}

#[test]
fn missing_build_information_fails_only_where_a_plan_expects_it() {
    let mut facts = static_linux();
    facts.go = Err(NoBuildInfo::NotFound);
    assert_eq!(from_elsewhere(&facts).outcome, Outcome::Passed);
    assert_eq!(from_elsewhere(&facts).verdict, Verdict::Unproven);
    assert_eq!(planned(&facts).outcome, Outcome::Failed);
}

#[test]
fn every_confirmation_notices_its_difference() {
    let differences = [
        ("build-target", "GOOS", "freebsd"),
        ("build-target", "GOARCH", "arm64"),
        ("build-variant", "GOAMD64", "v3"),
        ("build-cgo", "CGO_ENABLED", "1"),
        ("build-mode", "-buildmode", "pie"),
        ("build-vcs", "vcs.revision", "0000"),
        ("build-vcs", "vcs.modified", "true"),
        ("build-path", "-trimpath", "false"),
    ];
    for (rule, key, value) in differences {
        let mut facts = static_linux();
        set(&mut facts, key, value);
        let result = planned(&facts);
        let mut found = rules(&result);
        found.retain(|rule| rule.starts_with("build-"));
        assert_eq!(found, [rule], "{key}");
        assert_eq!(result.outcome, Outcome::Failed, "{key}");
    }
    let mut facts = static_linux();
    facts.go.as_mut().unwrap().go_version = "go1.26.7".to_owned();
    assert_eq!(rules(&planned(&facts)), ["build-go"]);
    let mut facts = static_linux();
    facts.go.as_mut().unwrap().path = "example.com/m/other".to_owned();
    assert_eq!(rules(&planned(&facts)), ["build-package"]);
}

#[test]
fn a_header_that_contradicts_the_target_is_noticed() {
    let mut facts = static_linux();
    facts.header.goarch = Some(Goarch::Arm64);
    assert_eq!(rules(&planned(&facts)), ["build-target"]);
}

#[test]
fn an_experiment_in_the_go_version_is_no_other_release() {
    let mut facts = static_linux();
    facts.go.as_mut().unwrap().go_version = "go1.26.8-X:jsonv2".to_owned();
    assert_eq!(planned(&facts).findings, []);
}

#[test]
fn a_stamp_where_none_may_be_is_noticed() {
    let mut expected = expectation();
    expected.vcs = Some(Stamp::None);
    let result = judge(&static_linux(), Some(&expected), &Policy::default());
    assert_eq!(rules(&result), ["build-vcs"]);
}

#[test]
fn every_rule_has_its_own_name_and_all_of_its_prose() {
    let mut names: Vec<_> = Rule::ALL.iter().map(|rule| rule.id).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        assert_eq!(rule.id.as_str().parse(), Ok(rule.id));
        assert_eq!(Rule::get(rule.id).map(|found| found.id), Some(rule.id));
        let prose = [rule.summary, rule.explanation, rule.symptom];
        assert!(prose.iter().all(|text| !text.is_empty()), "{}", rule.id);
        assert!(!rule.fixes.is_empty(), "{}", rule.id);
    }
    assert!("elf-inter".parse::<RuleId>().is_err());
}

#[test]
fn findings_have_the_fields_of_the_design() {
    let json = serde_json::to_value(from_elsewhere(&dynamic_linux())).unwrap();
    assert_eq!(json["verdict"], "conditional");
    let finding = &json["findings"][0];
    assert_eq!(finding["rule"], "elf-interp");
    assert_eq!(finding["severity"], "block");
    assert!(finding["chain"].is_array() && finding["fixes"].is_array());
    assert!(finding["symptom"].is_string() && finding["subject"].is_string());
}

#[test]
fn a_program_of_go_whose_functions_are_hidden_is_not_proven() {
    let facts = static_linux();
    let opaque = |reason: &NoProgram| {
        let evidence = Evidence {
            bytes: b"",
            facts: &facts,
            program: Err(reason),
            expectation: None,
            source_dirs: &[],
        };
        let verification = verify(&evidence, &Policy::default());
        let findings = verification.findings.iter();
        let of_rule = findings.filter(|finding| finding.rule.as_str() == "opaque");
        let details: Vec<_> = of_rule.map(|finding| finding.detail.clone()).collect();
        (verification.verdict, details)
    };
    for reason in [NoProgram::Hidden, NoProgram::NotFound, NoProgram::TooMuch] {
        let detail = format!("what the program uses while it runs isn't known: {reason}");
        assert_eq!(opaque(&reason), (Verdict::Unproven, vec![detail]));
    }
    let (verdict, details) = opaque(&NoProgram::Format);
    assert_ne!(verdict, Verdict::Unproven);
    assert_eq!(details, Vec::<String>::new());
}
