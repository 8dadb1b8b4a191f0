//! Entries that are read, and those that aren't.

use serde_json::json;

use super::*;

fn with(affected: &Value) -> Result<Advisory, AdvisoryError> {
    Advisory::of_json(json!({"id": "GO-2024-0001", "affected": affected}))
}

fn with_events(events: &Value) -> Result<Advisory, AdvisoryError> {
    with(&json!([{
        "package": {"name": "example.com/m", "ecosystem": "Go"},
        "ranges": [{"type": "SEMVER", "events": events}],
    }]))
}

#[test]
fn an_entry_of_gos_database_is_read_with_what_it_says_of_packages() {
    let advisory = Advisory::parse(include_bytes!("GO-2021-0113.json")).unwrap();
    assert_eq!(advisory.id.as_str(), "GO-2021-0113");
    assert_eq!(advisory.aliases, ["CVE-2021-38561", "GHSA-ppp9-7jff-5vj2"]);
    let url = "https://pkg.go.dev/vuln/GO-2021-0113";
    assert_eq!(advisory.url.as_deref(), Some(url));
    let published = advisory.published.unwrap().to_string();
    assert_eq!(published, "2021-10-06T17:51:21Z");
    assert_eq!(advisory.withdrawn, None);
    let [module] = &advisory.modules[..] else {
        panic!("{advisory:?}");
    };
    assert_eq!(module.path, "golang.org/x/text");
    assert!(module.ranges.hold(&"v0.3.5".parse().unwrap()));
    assert!(!module.ranges.hold(&"v0.3.7".parse().unwrap()));
    let [import] = &module.imports[..] else {
        panic!("{module:?}");
    };
    assert_eq!(import.path, "golang.org/x/text/language");
    assert_eq!(
        import.symbols,
        ["MatchStrings", "MustParse", "Parse", "ParseAcceptLanguage"]
    );
}

#[test]
fn what_is_unknown_or_of_other_languages_is_left_out() {
    let advisory = with(&json!([
        {"package": {"name": "m", "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1!2"}]}]},
        {
            "package": {"name": "example.com/m", "ecosystem": "Go", "purl": "pkg:golang/m"},
            "ranges": [
                {"type": "GIT", "events": [{"introduced": "0"}, {"fixed": "0123abcd"}]},
                {"type": "SEMVER", "events": [{"introduced": "1.2"}, {"fixed": "v2.0.0"}, {"limit": "3.0.0"}], "x": 1},
            ],
            "severity": [],
        },
    ]));
    let modules = advisory.unwrap().modules;
    assert_eq!(modules.len(), 1);
    let held = |text: &str| modules[0].ranges.hold(&text.parse().unwrap());
    assert!(held("v1.2.0") && held("v1.9.0"));
    assert!(!held("v1.1.9") && !held("v2.0.0"));
}

#[test]
fn versions_of_go_itself_are_read() {
    let advisory = with(&json!([{
        "package": {"name": "stdlib", "ecosystem": "Go"},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.21.8"}, {"introduced": "1.22.0-0"}, {"fixed": "1.22.1"}]}],
    }]));
    let modules = advisory.unwrap().modules;
    for (release, holds) in [
        ("1.20", true),
        ("1.21.8", false),
        ("1.22rc1", true),
        ("1.22.0", true),
        ("1.22.1", false),
    ] {
        let release: crate::go_version::GoVersion = release.parse().unwrap();
        assert_eq!(
            modules[0].ranges.hold(&(&release).into()),
            holds,
            "{release}"
        );
    }
}

#[test]
fn what_decides_has_to_make_sense_and_the_advisory_is_named() {
    for (events, reason) in [
        (
            json!([{"introduced": "0"}, {"fixed": "1.x"}]),
            "`1.x` is no version of example.com/m",
        ),
        (
            json!([{"introduced": "one"}]),
            "`one` is no version of example.com/m",
        ),
        (
            json!([{"introduced": "0"}, {}]),
            "a range of versions of example.com/m has an event that is none",
        ),
        (
            json!([{"introduced": "0", "fixed": "1.0.0"}]),
            "a range of versions of example.com/m has an event that is none",
        ),
        (
            json!([{"fixed": "1.0.0"}]),
            "of example.com/m, a range of versions doesn't say where it starts",
        ),
        (
            json!("0"),
            "invalid type: string \"0\", expected a sequence",
        ),
    ] {
        let error = with_events(&events).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("failed to read the advisory GO-2024-0001: {reason}")
        );
    }
    let withdrawn = json!({"id": "GO-2024-0001", "withdrawn": "yes"});
    let error = Advisory::of_json(withdrawn).unwrap_err().to_string();
    assert!(
        error.ends_with("GO-2024-0001: `yes` of `withdrawn` is no time"),
        "{error}"
    );
}

#[test]
fn what_is_no_advisory_is_refused() {
    for (text, reason) in [
        ("", "EOF while parsing"),
        ("[]", "`` is no id of an advisory"),
        ("{}", "`` is no id of an advisory"),
        (r#"{"id": "../x"}"#, "`../x` is no id of an advisory"),
    ] {
        let error = Advisory::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("failed to read an advisory: "), "{error}");
        assert!(error.contains(reason), "{error}");
    }
    let large = vec![b' '; usize::try_from(LARGEST).unwrap() + 1];
    assert_eq!(Advisory::parse(&large), Err(AdvisoryError::TooLarge));
}

#[test]
fn an_import_is_for_the_systems_that_it_names() {
    let import = AffectedImport {
        goos: vec!["windows".to_owned()],
        goarch: vec!["amd64".to_owned(), "386".to_owned()],
        ..AffectedImport::default()
    };
    let is_for = |import: &AffectedImport, target: &str| import.is_for(&target.parse().unwrap());
    assert!(is_for(&import, "windows/386"));
    assert!(!is_for(&import, "windows/arm64"));
    assert!(!is_for(&import, "linux/amd64"));
    assert!(is_for(&AffectedImport::default(), "linux/amd64"));
}

mod any_bytes {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,40}") {
            let refused = |result: Result<Advisory, AdvisoryError>| result.is_err();
            prop_assert!(refused(Advisory::parse(&bytes)));
            let events = json!([{"introduced": text}]);
            let read = with_events(&events);
            let fits = read.as_ref().is_ok_and(|it| it.modules.len() == 1);
            prop_assert!(fits || read.unwrap_err().to_string().contains("GO-2024-0001"));
        }
    }
}
