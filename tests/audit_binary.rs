//! How far real programs get to a vulnerability, by their stripped files alone.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

use std::fs;
use std::process::Command;

use gobuildx::audit::advisory::{Advisory, BinaryCode, Exposure, Place, STDLIB, exposure};
use gobuildx::go_version::GoVersion;
use gobuildx::inspect::{Format, Loaded, Program, inspect};

/// Calls a vulnerable function by way of another, which isn't inlined.
const CALLS: &str = r#"package main

import (
	"fmt"
	"os"

	"golang.org/x/text/language"
)

//go:noinline
func greet(word string) {
	fmt.Println(language.Parse(word))
}

func main() { greet(os.Args[0]) }
"#;

/// The same from a variable that is set before `main`.
const CALLS_BEFORE_MAIN: &str = r#"package main

import (
	"fmt"

	"golang.org/x/text/language"
)

var tag, err = language.Parse("de")

func main() { fmt.Println(tag, err) }
"#;

/// Has the function in a table that nothing leads from to whoever calls it.
const HOLDS: &str = r#"package main

import (
	"fmt"
	"os"

	"golang.org/x/text/language"
)

type parser interface{ parse(string) (language.Tag, error) }

type strict struct{}

func (strict) parse(word string) (language.Tag, error) { return language.Parse(word) }

var parsers = []parser{strict{}}

func main() { fmt.Println(parsers[len(os.Args)-1].parse(os.Args[0])) }
"#;

/// Uses the package otherwise.
const IMPORTS: &str = r#"package main

import (
	"fmt"
	"os"

	"golang.org/x/text/language"
)

func main() { fmt.Println(language.NewMatcher([]language.Tag{language.German}), os.Args) }
"#;

/// Needs the module for another package.
const REQUIRES: &str = r#"package main

import (
	"fmt"

	"golang.org/x/text/unicode/rangetable"
)

func main() { fmt.Println(rangetable.New('a')) }
"#;

/// Has a function of Go itself in its `main`, without code of its own.
const INLINES: &str = r#"package main

import (
	"fmt"
	"os"
)

func main() { fmt.Println(os.Open(os.Args[0])) }
"#;

const ADVISORY: &str = r#"{
  "id": "GO-2021-0113",
  "affected": [{
    "package": {"name": "golang.org/x/text", "ecosystem": "Go"},
    "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "0.3.7"}]}],
    "ecosystem_specific": {"imports": [{
      "path": "golang.org/x/text/language",
      "symbols": ["MatchStrings", "Parse", "ParseAcceptLanguage"]
    }]}
  }]
}"#;

/// The file of a program that needs golang.org/x/text at a version.
fn built(source: &str, version: &str, target: &str) -> Vec<u8> {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path();
    let module =
        format!("module example.com/hello\n\ngo 1.24\n\nrequire golang.org/x/text {version}\n");
    fs::write(folder.join("go.mod"), module).unwrap();
    fs::write(folder.join("main.go"), source).unwrap();
    let (goos, goarch) = target.split_once('/').unwrap();
    let output = Command::new("go")
        .args(["build", "-mod=mod", "-ldflags=-s -w", "-o", "hello"])
        .current_dir(folder)
        .envs([("GOFLAGS", ""), ("GOWORK", "off"), ("CGO_ENABLED", "0")])
        .envs([("GOOS", goos), ("GOARCH", goarch)])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "golang.org/x/text {version} has to be on the module proxy: {output:?}"
    );
    fs::read(folder.join("hello")).unwrap()
}

/// How far a program gets; none where its version isn't affected.
fn exposed(source: &str, version: &str, target: &str) -> Option<Exposure> {
    let bytes = built(source, version, target);
    let advisory = Advisory::parse(ADVISORY.as_bytes()).unwrap();
    let facts = inspect(&bytes).unwrap();
    let info = facts.build_info().unwrap();
    let [module] = &info.modules[..] else {
        panic!("{info:?}");
    };
    let affected = advisory.affects(&module.path, &module.version.parse().unwrap())?;
    assert_eq!(affected.fixed.as_ref().unwrap().as_str(), "v0.3.7");
    let loaded = Loaded::of(Format::of(&bytes), &bytes);
    let program = Program::find(&loaded).unwrap();
    let code = BinaryCode::of(&program, info);
    let place = Place {
        module: &module.path,
        target: &target.parse().unwrap(),
    };
    Some(exposure(&affected, place, &code))
}

fn called(chain: &[&str]) -> Exposure {
    let chain = chain.iter().map(ToString::to_string).collect();
    Exposure::Called { chain }
}

#[test]
fn a_stripped_program_tells_how_its_main_leads_to_the_vulnerable_function() {
    let chain = [
        "main.main",
        "main.greet",
        "golang.org/x/text/language.Parse",
    ];
    for target in ["linux/amd64", "windows/386", "darwin/arm64"] {
        assert_eq!(
            exposed(CALLS, "v0.3.5", target),
            Some(called(&chain)),
            "{target}"
        );
    }
}

#[test]
fn what_runs_before_main_calls_too() {
    let chain = ["main.init", "golang.org/x/text/language.Parse"];
    assert_eq!(
        exposed(CALLS_BEFORE_MAIN, "v0.3.5", "linux/amd64"),
        Some(called(&chain))
    );
}

#[test]
fn a_fixed_version_is_not_affected() {
    assert_eq!(exposed(CALLS, "v0.3.7", "linux/amd64"), None);
}

#[test]
fn a_function_that_is_called_through_an_interface_is_in_the_program() {
    let symbols = vec!["golang.org/x/text/language.Parse".to_owned()];
    let linked = Exposure::Linked { symbols };
    assert_eq!(exposed(HOLDS, "v0.3.5", "linux/amd64"), Some(linked));
}

#[test]
fn a_program_without_the_function_only_imports_its_package() {
    let packages = vec!["golang.org/x/text/language".to_owned()];
    let imported = Exposure::Imported { packages };
    assert_eq!(exposed(IMPORTS, "v0.3.5", "linux/amd64"), Some(imported));
}

#[test]
fn a_program_without_the_package_only_requires_its_module() {
    let required = Some(Exposure::Required);
    assert_eq!(exposed(REQUIRES, "v0.3.5", "linux/amd64"), required);
}

#[test]
fn a_function_that_is_inlined_is_called_where_it_was_put() {
    let advisory = r#"{
      "id": "GO-2024-0001",
      "affected": [{
        "package": {"name": "stdlib", "ecosystem": "Go"},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
        "ecosystem_specific": {"imports": [{"path": "os", "symbols": ["Open"]}]}
      }]
    }"#;
    let advisory = Advisory::parse(advisory.as_bytes()).unwrap();
    let bytes = built(INLINES, "v0.3.7", "linux/amd64");
    let facts = inspect(&bytes).unwrap();
    let info = facts.build_info().unwrap();
    let release = GoVersion::of_toolchain(&info.go_version).unwrap();
    let affected = advisory.affects(STDLIB, &(&release).into()).unwrap();
    assert_eq!(affected.fixed, None);
    let loaded = Loaded::of(Format::of(&bytes), &bytes);
    let program = Program::find(&loaded).unwrap();
    assert!(
        program.named("os.Open").is_empty(),
        "it has code of its own"
    );
    let place = Place {
        module: STDLIB,
        target: &"linux/amd64".parse().unwrap(),
    };
    let exposed = exposure(&affected, place, &BinaryCode::of(&program, info));
    assert_eq!(exposed, called(&["main.main", "os.Open"]));
}
