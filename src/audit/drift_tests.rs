//! What of built programs is another than a build from here would be.

use super::*;
use crate::audit::program::Known;

fn program() -> AuditedProgram {
    AuditedProgram {
        name: "p linux/amd64".to_owned(),
        target: "linux/amd64".parse().unwrap(),
        folder: ".".to_owned(),
        go: "go1.26.8".to_owned(),
        known: Known::File {
            path: "p/p".to_owned(),
            unpacked_by: None,
        },
        modules: vec![LinkedModule {
            path: "example.com/x".to_owned(),
            version: "v1.0.0".to_owned(),
            replaced_by: None,
            sum: Some("h1:a=".to_owned()),
            packages: None,
            code: None,
        }],
        build: Some(Build {
            go: "go1.26.8".to_owned(),
            commit: Some("0123456789abcdef".to_owned()),
            modified: Some(false),
            version: Some("v1.2.0".to_owned()),
        }),
        packages: std::collections::BTreeSet::new(),
    }
}

fn selected(
    version: &str,
    replaced_by: Option<(&str, &str)>,
) -> BTreeMap<String, BTreeSet<Selected>> {
    let selected = Selected {
        version: version.to_owned(),
        replaced_by: replaced_by.map(|(path, version)| (path.to_owned(), version.to_owned())),
    };
    BTreeMap::from([("example.com/x".to_owned(), BTreeSet::from([selected]))])
}

fn lock() -> Lock {
    Lock {
        selected: Ok(selected("v1.0.0", None)),
        sums: sums("example.com/x v1.0.0 h1:a=\nexample.com/x v1.0.0/go.mod h1:b=\n"),
        vendored: BTreeSet::new(),
        commit: Some("0123456789abcdef".to_owned()),
        tags: BTreeMap::new(),
        tag: None,
    }
}

fn sums(text: &str) -> BTreeMap<String, Sums> {
    BTreeMap::from([(".".to_owned(), Sums::of(text))])
}

fn tags(tags: &[(&str, &str)]) -> BTreeMap<String, String> {
    let tags = tags
        .iter()
        .map(|(tag, commit)| ((*tag).to_owned(), (*commit).to_owned()));
    tags.collect()
}

fn rules(lock: &Lock, program: AuditedProgram) -> Vec<AuditRule> {
    let findings = lock.findings(&[program]);
    findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_program_of_this_commit_agrees() {
    assert_eq!(rules(&lock(), program()), []);
}

#[test]
fn whatever_differs_is_told() {
    let newer = Lock {
        selected: Ok(selected("v1.1.0", None)),
        ..lock()
    };
    assert_eq!(rules(&newer, program()), [AuditRule::OtherVersion]);
    let other = Lock {
        sums: sums("example.com/x v1.0.0 h1:c=\nexample.com/x v1.0.0/go.mod h1:b=\n"),
        ..lock()
    };
    assert_eq!(rules(&other, program()), [AuditRule::OtherSum]);
    let later = Lock {
        commit: Some("fedcba9876543210".to_owned()),
        ..lock()
    };
    let by_another = AuditedProgram {
        go: "go1.26.9".to_owned(),
        ..program()
    };
    assert_eq!(
        rules(&later, by_another),
        [AuditRule::OtherGo, AuditRule::OtherCommit]
    );
    let mut dirty = program();
    dirty.build.as_mut().unwrap().modified = Some(true);
    assert_eq!(rules(&lock(), dirty), [AuditRule::Dirty]);
}

#[test]
fn what_go_mod_replaces_by_now_is_told_of_a_program_that_has_the_module_itself() {
    for (by, told) in [
        (("./x", ""), "v1.0.0 => ./x"),
        (
            ("example.com/fork", "v1.0.1"),
            "v1.0.0 => example.com/fork@v1.0.1",
        ),
    ] {
        let replacing = Lock {
            selected: Ok(selected("v1.0.0", Some(by))),
            sums: sums(
                "example.com/x v1.0.0 h1:a=\nexample.com/x v1.0.0/go.mod h1:b=\n\
                 example.com/fork v1.0.1 h1:a=\nexample.com/fork v1.0.1/go.mod h1:b=\n",
            ),
            ..lock()
        };
        let findings = replacing.findings(&[program()]);
        let says = format!("the program has v1.0.0, and go.mod selects {told}");
        assert_eq!(findings[0].rule, AuditRule::OtherVersion);
        assert_eq!(findings[0].says, says);
        let mut same = program();
        same.modules[0].replaced_by = Some((by.0.to_owned(), by.1.to_owned()));
        assert_eq!(rules(&replacing, same), []);
    }
}

#[test]
fn what_is_only_listed_can_not_differ() {
    let listed = AuditedProgram {
        known: Known::Listed {
            why: "not built".to_owned(),
        },
        ..program()
    };
    let other = Lock {
        selected: Ok(BTreeMap::new()),
        ..lock()
    };
    assert_eq!(rules(&other, listed), []);
}

#[test]
fn what_go_could_not_list_is_no_other_version() {
    let unlisted = Lock {
        selected: Err("no network".to_owned()),
        ..lock()
    };
    assert_eq!(rules(&unlisted, program()), []);
}

#[test]
fn a_line_that_go_sum_lacks_is_told_of_what_go_mod_selects() {
    for (text, lacks) in [
        ("", "checksum"),
        ("example.com/x v1.0.0/go.mod h1:b=\n", "checksum"),
        (
            "example.com/x v1.0.0 h1:a=\n",
            "checksum of its go.mod file",
        ),
    ] {
        let lacking = Lock {
            sums: sums(text),
            ..lock()
        };
        let findings = lacking.findings(&[program()]);
        assert_eq!(findings[0].rule, AuditRule::Unlocked);
        let says = format!("go.sum has no {lacks}: example.com/x v1.0.0");
        assert_eq!(findings[0].says, says);
        assert_eq!(findings[0].fix.as_deref(), Some("go mod tidy"));
        let vendored = Lock {
            vendored: BTreeSet::from([".".to_owned()]),
            ..lacking.clone()
        };
        assert_eq!(rules(&vendored, program()), []);
        let mut from_folder = program();
        from_folder.modules[0].replaced_by = Some(("./x".to_owned(), String::new()));
        let replacing = Lock {
            selected: Ok(selected("v1.0.0", Some(("./x", "")))),
            ..lacking
        };
        assert_eq!(rules(&replacing, from_folder), []);
    }
}

#[test]
fn what_can_not_be_compared_with_go_sum_is_no_answer() {
    assert_eq!(lock().uncompared(&program()), None);
    let mut vendored = program();
    vendored.modules[0].sum = None;
    let told = lock().uncompared(&vendored).unwrap();
    assert!(told.contains("its file has no checksums"), "{told}");
    let mut stale = program();
    stale.modules[0].version = "v0.9.0".to_owned();
    let told = lock().uncompared(&stale).unwrap();
    assert!(told.contains("go.sum has no checksum"), "{told}");
}

#[test]
fn only_the_tag_of_this_commit_is_told_with_it() {
    let head = "fedcba9876543210";
    let later = |tag_of: &str| Lock {
        commit: Some(head.to_owned()),
        tag: Some("v1.3.0".to_owned()),
        tags: tags(&[("v1.3.0", tag_of)]),
        ..lock()
    };
    let says = |lock: &Lock| lock.findings(&[program()])[0].says.clone();
    let tagged = "it was built from 0123456789ab, and this is fedcba987654 (v1.3.0)";
    assert_eq!(says(&later(head)), tagged);
    let untagged = "it was built from 0123456789ab, and this is fedcba987654";
    assert_eq!(says(&later("1111111111111111")), untagged);
}

#[test]
fn a_version_that_names_a_tag_is_of_its_commit() {
    let of = |commit: &str| Lock {
        tags: tags(&[("v1.2.0", commit)]),
        ..lock()
    };
    assert_eq!(rules(&of("0123456789abcdef"), program()), []);
    let findings = of("fedcba9876543210").findings(&[program()]);
    assert_eq!(findings[0].rule, AuditRule::OtherCommit);
    let says = "it was built from 0123456789ab, and its version v1.2.0 is fedcba987654";
    assert_eq!(findings[0].says, says);
}
