//! govulncheck, asked as the sources of a target want it; a script stands in for it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use gobuildx::audit::advisory::Exposure;
use gobuildx::go_install::Wanted;
use gobuildx::go_package::View;
use gobuildx::host::Host;
use gobuildx::process::Cancel;
use gobuildx::target::{Cgo, Target};
use gobuildx::tools::go::{Go, ListQuery};
use gobuildx::tools::govulncheck::{Govulncheck, GovulncheckError, Scan};

use crate::live::folders;
use crate::project::Project;

/// What govulncheck 1.9.0 prints of a program that needs golang.org/x/text v0.3.5.
const CAPTURE: &str = include_str!("../../src/tools/govulncheck/capture.json");

/// Tells its version, else notes how it was asked and goes on.
const SCRIPT: &str = r#"#!/bin/sh
case "$*" in
*-version*)
    echo "Go: go1.26.8"
    echo "Scanner: govulncheck@v1.9.0"
    exit ;;
esac
{ echo "$*"; pwd; env; } > "$0.asked"
"#;

/// A module with a govulncheck that does this when it is asked.
fn with_govulncheck(does: &str) -> (Project, Host) {
    let project = Project::hello().file("bin/govulncheck", &format!("{SCRIPT}{does}\n"));
    let program = project.path("bin/govulncheck");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut host = Host::probe().unwrap();
    let path = format!("{}:{}", project.path("bin").display(), folders());
    host.env.set("PATH", path);
    (project, host)
}

fn scan(project: &Project, host: &Host) -> Result<Scan, GovulncheckError> {
    let cancel = Cancel::default();
    let govulncheck = Govulncheck::find(host, &cancel)?;
    assert_eq!(govulncheck.to_string(), "govulncheck 1.9.0");
    let go = Go::find(host, &Wanted::default()).unwrap();
    let settings = go.settings(project.root(), &cancel).unwrap();
    let target: Target = "linux/arm/7".parse().unwrap();
    let view = View {
        tags: vec!["netgo".to_owned(), "osusergo".to_owned()],
        flags: vec!["-mod=mod".to_owned()],
        ..View::default()
    };
    let query = ListQuery {
        dir: project.root(),
        target: &target,
        cgo: Cgo::Disabled,
        view: &view,
        patterns: &["./...".to_owned()],
    };
    let go = go.pinned(&settings, "local", "off");
    govulncheck.scan(&go, query, Some("file:///srv/vulndb"), &cancel)
}

#[test]
fn govulncheck_sees_the_packages_as_they_are_for_the_target() {
    let (project, host) = with_govulncheck(r#"cat "$0.json""#);
    let project = project.file("bin/govulncheck.json", CAPTURE);
    let scan = scan(&project, &host).unwrap();
    let [required, called] = &scan.vulnerabilities[..] else {
        panic!("{scan:?}");
    };
    assert_eq!(required.exposure, Exposure::Required);
    assert!(matches!(&called.exposure, Exposure::Called { chain } if chain.len() == 3));
    let asked = project.read("bin/govulncheck.asked");
    let lines: Vec<&str> = asked.lines().collect();
    let words = "-json -db=file:///srv/vulndb -tags=netgo,osusergo ./...";
    assert_eq!(lines[0], words);
    let root = project.root().canonicalize().unwrap();
    assert_eq!(lines[1], root.to_str().unwrap());
    for setting in [
        "CGO_ENABLED=0",
        "GOARCH=arm",
        "GOARM=7",
        "GOENV=off",
        "GOFLAGS=-x=false -mod=mod",
        "GOOS=linux",
        "GOTOOLCHAIN=local",
        "GOWORK=off",
    ] {
        assert!(lines.contains(&setting), "{setting} in {asked}");
    }
}

#[test]
fn a_govulncheck_that_can_not_load_the_packages_has_found_nothing_out() {
    let does = r#"echo '{"config": {"scan_mode": "source"}}'; echo 'loading packages: no go.mod' >&2; exit 1"#;
    let (project, host) = with_govulncheck(does);
    let error = scan(&project, &host).unwrap_err().to_string();
    assert!(error.contains("it exited with 1"), "{error}");
    assert!(
        error.ends_with("\n  loading packages: no go.mod"),
        "{error}"
    );
}

#[test]
fn what_govulncheck_does_not_print_is_missed() {
    let (project, host) = with_govulncheck("echo 'unknown flag -json' >&2");
    let error = scan(&project, &host).unwrap_err().to_string();
    assert_eq!(
        error,
        "failed to read what `govulncheck -json` printed: it has no `config`\n  unknown flag -json"
    );
}

#[test]
fn a_machine_without_govulncheck_is_told_where_it_comes_from() {
    use gobuildx::failure::Failure as _;

    let mut host = Host::probe().unwrap();
    host.env.set("PATH", "/nowhere");
    let error = Govulncheck::find(&host, &Cancel::default()).unwrap_err();
    assert_eq!(error.exit().code(), 4);
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("go install golang.org/x/vuln/cmd/govulncheck@latest"),
        "{hint}"
    );
}
