//! Which caller a finding names, on a program with a module besides its own.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use gobuildx::inspect::{Loaded, Program, inspect};
use gobuildx::report::{Explanations, Extent, Human, Inspection};
use gobuildx::verify::{Evidence, Finding, Policy, Severity, verify};

const MAIN: &str = r#"package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"text/template"

	"example.com/dep"
)

// It has the methods of a request, whether anybody calls them or not.
type logged struct{ *http.Request }

//go:noinline
func zulu() {
	fmt.Println(user.Current())
}

var lookPort = net.LookupPort

//go:noinline
func yankee() {
	fmt.Println(lookPort("tcp", "example"))
}

//go:noinline
func xray() {
	fmt.Println(http.Get("https://example.com/"))
}

func main() {
	zulu()
	yankee()
	xray()
	fmt.Println(dep.Zulu(os.Args[1]))
	fmt.Println(exec.Command("git").Run(), exec.Command("/bin/sh").Run())
	page := template.Must(template.New("page").Parse("{{.}}"))
	fmt.Println(page.Execute(os.Stdout, dep.Thing{}), page.Execute(os.Stdout, logged{}))
}
"#;

const DEP: &str = r#"package dep

import (
	"os"
	"os/exec"
	"os/user"
)

var runtime = ""

func init() {
	runtime = os.Getenv("XDG_RUNTIME_DIR")
}

type Thing struct{}

// The linker keeps these for the template.
func (Thing) Alpha(name string) error       { return exec.Command(name).Run() }
func (Thing) Home() (string, error)         { return os.UserHomeDir() }
func (Thing) Self() (*user.User, error)     { return user.Current() }

//go:noinline
func Zulu(name string) error { return exec.Command(name, runtime).Run() }
"#;

/// The program, stripped. It is built in cargo's own folder for tests: a static is never dropped,
/// so a temporary one would stay behind.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("callers");
    let go_mod = "module example.com/m\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n\n\
        replace example.com/dep => ./dep\n";
    let files = [
        ("go.mod", go_mod),
        ("main.go", MAIN),
        ("dep/go.mod", "module example.com/dep\n\ngo 1.24\n"),
        ("dep/dep.go", DEP),
    ];
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let status = Command::new("go")
        .args(["build", "-trimpath", "-ldflags=-s -w", "-o", "app", "."])
        .current_dir(&root)
        .envs([("GOOS", "linux"), ("GOARCH", "amd64")])
        .envs([("CGO_ENABLED", "0"), ("GOFLAGS", "")])
        .status()
        .unwrap();
    assert!(status.success());
    root.join("app")
});

fn inspected() -> Inspection {
    let bytes = fs::read(&*PROGRAM).unwrap();
    let facts = inspect(&bytes).unwrap();
    let loaded = Loaded::of(facts.format, &bytes);
    let program = Program::find(&loaded);
    let evidence = Evidence {
        bytes: &bytes,
        facts: &facts,
        program: program.as_ref(),
        expectation: None,
        source_dirs: &[],
    };
    let verification = verify(&evidence, &Policy::default());
    Inspection {
        path: "app".to_owned(),
        size: 0,
        c_origin: evidence.c_origin(),
        verification,
        policy: None,
        facts,
    }
}

fn finding(rule: &str, subject: &str) -> Finding {
    let findings = inspected().verification.findings;
    let mut findings = findings.into_iter();
    let is_it = |one: &Finding| one.rule.as_str() == rule && one.subject.is(subject);
    findings.find(is_it).unwrap()
}

#[test]
fn the_programs_own_code_is_named_before_a_librarys() {
    let user = finding("user-db", "the user that runs the program");
    assert_eq!(user.chain.first().unwrap(), "main.zulu");
    assert!(!user.detail.contains("no direct call"), "{}", user.detail);
}

#[test]
fn who_calls_the_function_of_a_variable_is_named() {
    let port = finding("services", "port \"example\"");
    assert_eq!(port.chain, ["main.yankee", "net.LookupPort"]);
}

#[test]
fn who_asks_a_server_is_named_although_the_client_asks_by_an_interface() {
    for (rule, subject) in [
        ("ca-roots", "trusted certificates"),
        ("dns-go", "names of hosts"),
    ] {
        let asked = finding(rule, subject);
        assert_eq!(asked.severity, Severity::Fail, "{rule}");
        assert_eq!(asked.chain[..2], ["main.xray", "net/http.Get"], "{rule}");
    }
}

#[test]
fn of_two_functions_of_a_library_that_is_named_which_the_program_leads_to() {
    let other = finding("exec", "programs whose names are not constant");
    let chain = ["main.main", "example.com/dep.Zulu", "os/exec.Command"];
    assert_eq!(other.chain, chain);
}

#[test]
fn where_nobody_in_the_program_leads_there_directly_it_is_said() {
    let home = finding("home", "the user's home folder");
    assert_eq!(home.severity, Severity::Fail, "an interface may lead there");
    let start = home.detail.split(" → ").next().unwrap();
    assert_eq!(start, "example.com/dep.Thing.Home");
    assert!(home.detail.ends_with("leads there)"), "{}", home.detail);
}

#[test]
fn what_a_library_does_before_main_is_done() {
    let runtime = finding("xdg-runtime", "$XDG_RUNTIME_DIR");
    assert_eq!(
        runtime.detail, "example.com/dep.init.0 → os.Getenv",
        "nothing that only may be called"
    );
}

#[test]
fn a_method_that_a_type_embeds_is_no_call_of_it() {
    let forms = finding("tmp", "files that are sent with forms");
    assert_eq!(forms.severity, Severity::Info);
}

fn shown(extent: Extent) -> String {
    let human = Human {
        extent,
        explanations: Explanations::Left,
        width: None,
    };
    anstream::adapter::strip_str(&human.text(&inspected())).to_string()
}

#[test]
fn findings_of_one_rule_are_told_with_the_symptom_of_each() {
    let text = shown(Extent::Main);
    for symptom in [
        "symptom  fork/exec /bin/sh: no such file or directory\n",
        "  exec: \"git\": executable file not found in $PATH\n",
        "  and 1 more like that\n",
    ] {
        assert!(text.contains(symptom), "{text}");
    }
    assert!(!shown(Extent::All).contains("more like that"));
}

#[test]
fn what_is_worse_has_a_head_of_its_own() {
    let text = shown(Extent::All);
    let heads = |rule: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
        let heads = lines.filter_map(|line| line.split_once(")  "));
        let of_rule = heads.map(|(head, _)| head.to_owned());
        of_rule.filter(|head| head.starts_with(rule)).collect()
    };
    assert_eq!(heads("user-db"), ["user-db (fails", "user-db (info"]);
}
