//! `gobuildx explain`: names, messages, logs.

use std::process::Command;

use gobuildx::explain::Topic;
use gobuildx::inspect::{BuildInfo, Facts, Format, Kind, Loaded, Program, Setting, inspect};
use gobuildx::target::{BuildMode, Cgo, Goarch, Goos, Target};
use gobuildx::verify::{Embedded, Evidence, Expectation, Policy, Rule, Stamp, Trimpath, verify};
use serde_json::Value;

use crate::project::{Project, Run};

fn explain(args: &[&str]) -> Run {
    let args: Vec<_> = ["explain"].iter().chain(args).copied().collect();
    Project::empty().run(&args)
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout))
}

fn names(causes: &Value) -> Vec<&str> {
    let causes = causes.as_array().unwrap().iter();
    causes
        .map(|cause| cause["name"].as_str().unwrap())
        .collect()
}

#[test]
fn every_rule_and_every_topic_is_explained_by_its_name() {
    let list = explain(&[]).exits(0);
    let rules = Rule::ALL.iter().map(|rule| rule.id.as_str());
    for name in rules.chain(Topic::ALL.iter().map(|topic| topic.id)) {
        assert!(list.stdout.contains(name), "{name}");
        let text = explain(&[name]).exits(0).stdout;
        assert!(text.starts_with(&format!("{name}: ")), "{text}");
    }
}

#[test]
fn a_rule_is_told_to_machines_with_all_of_its_prose() {
    let run = explain(&["glibc-min", "--format", "json"]).exits(0);
    let value = json(&run);
    assert_eq!(value["schema"], 1);
    let rule = &value["rules"][0];
    assert_eq!(
        (&rule["id"], &rule["severity"]),
        (&"glibc-min".into(), &"block".into())
    );
    assert_eq!(rule["class"], "linking");
    assert!(rule["fixes"][0]["place"].is_string() && rule["fixes"][0]["text"].is_string());
    assert!(rule["signs"].as_array().unwrap().len() > 1 && rule["systems"].is_array());
    let all = json(&explain(&["--format", "json"]).exits(0));
    assert_eq!(all["rules"].as_array().unwrap().len(), Rule::ALL.len());
    assert_eq!(all["topics"].as_array().unwrap().len(), Topic::ALL.len());
}

#[test]
fn the_certificates_of_every_system_are_told() {
    let text = explain(&["ca-roots"]).exits(0).stdout;
    for place in [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
        "/usr/local/etc/ssl/cert.pem",
        "distroless",
        "scratch",
        "cacerts",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ] {
        assert!(text.contains(place), "{place}\n{text}");
    }
}

#[test]
fn the_places_of_certificates_are_those_of_go() {
    let topic = explain(&["ca-roots"]).exits(0).stdout;
    let goroot = Command::new("go").args(["env", "GOROOT"]).output().unwrap();
    let goroot = String::from_utf8(goroot.stdout).unwrap();
    let mut paths = 0;
    for system in ["linux", "bsd", "solaris", "aix", "plan9"] {
        let file = format!("{}/src/crypto/x509/root_{system}.go", goroot.trim());
        let source = std::fs::read_to_string(file).unwrap();
        let code = source.lines().map(|line| line.split("//").next().unwrap());
        for path in code.filter_map(|line| line.trim().strip_prefix("\"/")) {
            let path = format!("/{}", path.split('"').next().unwrap());
            // Two systems name a file within a folder that is named.
            let (folder, base) = path.rsplit_once('/').unwrap();
            let told = topic.contains(&path) || topic.contains(folder) && topic.contains(base);
            assert!(told, "{path}");
            paths += 1;
        }
    }
    assert!(paths > 15, "{paths}");
}

#[test]
fn a_message_leads_to_its_causes_with_what_tells_them_apart() {
    let run = explain(&["No such file or directory"]).exits(0);
    for words in [
        "elf-interp",
        "pie-interp",
        "musl-interp",
        "script-interpreter",
        "absent-file",
    ] {
        assert!(run.stdout.contains(words), "{words}\n{}", run.stdout);
    }
    assert!(run.stdout.contains("told by") && run.stdout.contains("gobuildx inspect FILE"));
    let unquoted = explain(&["no", "such", "file", "or", "directory"]).exits(0);
    assert_eq!(unquoted.stdout.to_lowercase(), run.stdout.to_lowercase());
}

#[test]
fn what_nobody_knows_ends_with_a_hint() {
    let run = explain(&["the moon is full"]).exits(1);
    assert!(run.stdout.is_empty() && run.stderr.contains("quote the message itself"));
    let run = explain(&["elf-intrep"]).exits(1);
    assert!(
        run.stderr.contains("there is `elf-interp`"),
        "{}",
        run.stderr
    );
    explain(&["--log", "x", "y"]).exits(2);
}

#[test]
fn a_log_is_read_whatever_wrote_it() {
    let log = "\u{1b}[32mINFO\u{1b}[0m starting\r\n\
        {\"log\":\"exec: \\\"git\\\": executable file not found in $PATH\\n\",\"stream\":\"stderr\"}\r\n\
        2026-01-02T03:04:05.678Z stderr F panic: unknown time zone Europe/Paris\n\
        app-1  | goroutine 1 [running]:\napp-1  | os/user.Current()\n";
    let project = Project::empty().file("crash.txt", log);
    let run = project.run(&["explain", "--log", "crash.txt"]).exits(0);
    for words in [
        "line 2: ", "line 3: ", "line 5: ", "exec", "tzdata", "user-db",
    ] {
        assert!(run.stdout.contains(words), "{words}\n{}", run.stdout);
    }
    let piped = "cat crash.txt | \"$0\" explain --log - --format json";
    let output = Command::new("sh")
        .args(["-c", piped, env!("CARGO_BIN_EXE_gobuildx")])
        .current_dir(project.root())
        .output()
        .unwrap();
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines = value["sightings"].as_array().unwrap();
    let seen: Vec<_> = lines.iter().map(|one| names(&one["causes"])).collect();
    assert_eq!(seen, [["exec"], ["tzdata"], ["user-db"]]);
    assert_eq!((&value["lines"], &lines[1]["line"]), (&5.into(), &3.into()));
}

#[test]
fn a_log_that_tells_nothing_or_is_none_fails() {
    let project = Project::empty().file("quiet.txt", "GET / 200\n");
    let run = project.run(&["explain", "--log", "quiet.txt"]).exits(1);
    assert!(run.stderr.contains("none of its 1 lines"), "{}", run.stderr);
    let run = project.run(&["explain", "--log", "absent.txt"]).exits(1);
    assert!(
        run.stderr
            .contains("failed to read `absent.txt`: there is no such file"),
        "{}",
        run.stderr
    );
    project.run(&["explain", "--log", "."]).exits(1);
}

#[test]
fn a_log_without_an_end_is_not_waited_for_and_a_pipe_of_a_shell_is_read_to_its_end() {
    let project = Project::empty();
    project
        .run(&["explain", "--log", "/dev/zero"])
        .exits(1)
        .says("failed to read `/dev/zero`: it is a device, not a file");
    let fifo = Command::new("mkfifo").arg(project.path("fifo")).status();
    assert!(fifo.unwrap().success());
    project
        .run(&["explain", "--log", "fifo"])
        .exits(1)
        .says("failed to read `fifo`: it is a named pipe, not a file")
        .says("pass it as `/dev/stdin`");
    let substituted = "\"$0\" explain --log <(echo unknown time zone Europe/Paris)";
    let output = Command::new("bash")
        .args(["-c", substituted, env!("CARGO_BIN_EXE_gobuildx")])
        .output()
        .unwrap();
    let run = Run::of(output).exits(0);
    assert!(
        run.stdout.contains("tzdata") && run.stderr.is_empty(),
        "{run:?}"
    );
}

const ZONES: &str = "package main\n\nimport (\n\t\"fmt\"\n\t\"os/exec\"\n\t\"time\"\n)\n\nfunc main() {\n\
    \t_, err := time.LoadLocation(\"Europe/Paris\")\n\tfmt.Println(err, exec.Command(\"git\").Run())\n}\n";

#[test]
fn a_binary_confirms_what_a_log_tells_of_it() {
    let log = "unknown time zone Europe/Paris\nuser: unknown userid 1000\n";
    let project = Project::hello().file("main.go", ZONES).file("log.txt", log);
    build(&project);
    let run = project
        .run(&["explain", "--log", "log.txt", "--binary", "app"])
        .exits(0);
    let told = "confirmed: time zone \"Europe/Paris\"";
    assert!(run.stdout.contains(told), "{}", run.stdout);
    assert!(run.stdout.contains("not confirmed"), "{}", run.stdout);
    let args = [
        "explain",
        "unknown time zone",
        "--binary",
        "app",
        "--format",
        "json",
    ];
    let value = json(&project.run(&args).exits(0));
    assert_eq!(value["causes"][0]["standing"]["is"], "confirmed");
    assert_eq!(value["binary"]["unseen"], serde_json::json!(["exec"]));
    project.run(&["explain", "--binary", "app"]).exits(2);
}

const TWO: &str = r#"package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

func main() {
	_, err := time.LoadLocation("Europe/Paris")
	fmt.Println(err, exec.Command("git").Run(), exec.Command("ffmpeg").Run())
	fmt.Println(os.ReadFile("/tmp/a.lock"))
}
"#;

#[test]
fn a_binary_confirms_only_what_the_message_names() {
    let project = Project::hello().file("main.go", TWO);
    build(&project);
    let standing = |message: &str, rule: &str| {
        let args = ["explain", message, "--binary", "app", "--format", "json"];
        let value = json(&project.run(&args).exits(0));
        let causes = value["causes"].as_array().unwrap().iter();
        let cause = causes.into_iter().find(|cause| cause["name"] == rule);
        let standing = &cause.unwrap_or_else(|| panic!("{value}"))["standing"];
        (
            standing["is"].as_str().unwrap().to_owned(),
            standing["subjects"].as_str().unwrap().to_owned(),
        )
    };
    let is = |is: &str, subjects: &str| (is.to_owned(), subjects.to_owned());
    let paris = "time zone \"Europe/Paris\"";
    assert_eq!(
        standing("unknown time zone Europe/Paris", "tzdata"),
        is("confirmed", paris)
    );
    assert_eq!(
        standing("unknown time zone Europe/Berlin", "tzdata"),
        is("others", paris)
    );
    assert_eq!(
        standing("unknown time zone", "tzdata"),
        is("confirmed", paris)
    );
    let git = "exec: \"git\": executable file not found in $PATH";
    assert_eq!(standing(git, "exec"), is("confirmed", "git"));
    let upload = "open /tmp/upload-123: permission denied";
    assert_eq!(
        standing(upload, "tmp-predictable"),
        is("others", "/tmp/a.lock")
    );
    let lock = "open /tmp/a.lock: permission denied";
    assert_eq!(
        standing(lock, "tmp-predictable"),
        is("confirmed", "/tmp/a.lock")
    );
    project
        .run(&[
            "explain",
            "unknown time zone Europe/Berlin",
            "--binary",
            "app",
        ])
        .exits(0)
        .prints("not confirmed: the program has that, but the rule names others: time zone");
}

fn build(project: &Project) {
    let output = Command::new("go")
        .args(["build", "-o", "app", "."])
        .envs([
            ("CGO_ENABLED", "0"),
            ("GOFLAGS", "-buildvcs=false"),
            ("GOOS", "linux"),
        ])
        .current_dir(project.root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn goarch(goos: Goos) -> Goarch {
    match goos {
        Goos::Js | Goos::Wasip1 => Goarch::Wasm,
        _ => Goarch::Amd64,
    }
}

/// Facts of a program for a system, made up.
fn facts(goos: Goos, cgo: Cgo, loader: Option<&str>) -> Facts {
    let mut facts = inspect(b"").unwrap();
    facts.format = match goos {
        Goos::Windows => Format::Pe,
        Goos::Darwin | Goos::Ios => Format::Macho,
        Goos::Js | Goos::Wasip1 => Format::Wasm,
        Goos::Plan9 => Format::Plan9,
        Goos::Aix => Format::Xcoff,
        _ => Format::Elf,
    };
    facts.kind = Kind::Executable;
    facts.header.goos = Some(goos);
    let goarch = goarch(goos);
    facts.header.goarch = Some(goarch);
    facts.interpreter = loader.map(str::to_owned);
    let switch = if cgo == Cgo::Enabled { "1" } else { "0" };
    let settings = [
        ("GOOS", goos.as_str()),
        ("GOARCH", goarch.as_str()),
        ("GOAMD64", "v1"),
        ("CGO_ENABLED", switch),
    ];
    facts.go = Ok(BuildInfo {
        go_version: "go1.26.8".to_owned(),
        path: "example.com/m".to_owned(),
        settings: settings
            .map(|(key, value)| Setting {
                key: key.to_owned(),
                value: value.to_owned(),
            })
            .to_vec(),
        ..BuildInfo::default()
    });
    facts
}

#[test]
fn the_systems_of_a_rule_are_those_whose_programs_it_looks_at() {
    let project = Project::hello();
    build(&project);
    let bytes = std::fs::read(project.root().join("app")).unwrap();
    let loaded = Loaded::of(Format::Elf, &bytes);
    let program = Program::find(&loaded);
    let mut looked: Vec<(&str, Goos)> = Vec::new();
    for goos in Goos::ALL.iter().copied() {
        for (cgo, loader) in [
            (Cgo::Disabled, None),
            (Cgo::Enabled, None),
            (Cgo::Enabled, Some("/lib/ld.so.1")),
        ] {
            let facts = facts(goos, cgo, loader);
            let expectation = Expectation {
                target: Target::new(goos, goarch(goos)),
                cgo,
                buildmode: BuildMode::Exe,
                go_version: "go1.26.8".to_owned(),
                trimpath: Some(Trimpath::Trimmed),
                vcs: Some(Stamp::None),
                package: "example.com/m".to_owned(),
                embedded: std::collections::BTreeSet::from([Embedded::Tzdata]),
                variables: [("main.version".to_owned(), "1".to_owned())].into(),
            };
            let evidence = Evidence {
                bytes: &bytes,
                facts: &facts,
                program: program.as_ref(),
                expectation: Some(&expectation),
                source_dirs: &[],
            };
            let checked = verify(&evidence, &Policy::default()).checked;
            looked.extend(checked.iter().map(|rule| (rule.as_str(), goos)));
        }
    }
    for rule in Rule::ALL {
        let told = rule.systems.all();
        let found = Goos::ALL.iter().copied();
        let found: Vec<_> = found
            .filter(|goos| looked.contains(&(rule.id.as_str(), *goos)))
            .collect();
        assert_eq!(told, found, "{}", rule.id);
    }
}
