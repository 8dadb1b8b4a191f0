//! `gobuildx inspect`: what it prints for machines and for people, and what it can't read.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::project::{Project, Run};

const C: &str = "#include <stdio.h>\nint main(void) { puts(\"hi\"); return 0; }\n";

const WITH_DNS: &str = "package main\n\n// #include <math.h>\n// #cgo LDFLAGS: -lm\nimport \"C\"\n\n\
    import \"net\"\n\nfunc main() {\n\tprintln(float64(C.cos(1)))\n\tnet.LookupHost(\"localhost\")\n}\n";

fn compile(project: &Project, words: &[&str]) {
    let (compiler, args) = words.split_first().unwrap();
    let output = Command::new(compiler)
        .args(args)
        .current_dir(project.root())
        .env("GOFLAGS", "-buildvcs=false")
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
}

/// A dynamic program of C.
fn of_c() -> Project {
    let project = Project::empty().file("main.c", C);
    compile(&project, &["gcc", "-o", "c", "main.c"]);
    project
}

/// A Go program with C in it, which is linked dynamically.
fn with_cgo() -> Project {
    let project = Project::hello().file("main.go", WITH_DNS);
    compile(
        &project,
        &["env", "CGO_ENABLED=1", "go", "build", "-o", "app", "."],
    );
    project
}

/// A Go program without C, static.
fn without_cgo() -> Project {
    let project = Project::hello();
    compile(
        &project,
        &["env", "CGO_ENABLED=0", "go", "build", "-o", "app", "."],
    );
    project
}

/// The types of a record's fields, those of objects in lists below the name of the list.
fn types(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "string".to_owned(),
        Value::Array(items) => format!("[{}]", items.first().map(types).unwrap_or_default()),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| format!("{key}: {}", types(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

fn assert_types(record: &Value, expected: &[(&str, &str)]) {
    for (field, kind) in expected {
        let found = record
            .get(field)
            .unwrap_or_else(|| panic!("no {field} in {record}"));
        assert_eq!(types(found), *kind, "{field}");
    }
}

#[test]
fn the_fields_of_json_are_those_of_the_design() {
    let project = with_cgo();
    let json = project
        .run(&["inspect", "--format", "json", "app"])
        .exits(0)
        .json();
    let record = &json[0];
    let finding = "[{allowed: null, chain: [], detail: string, fixes: [string], rule: string, \
                   severity: string, standing: string, subject: string, symptom: string}]";
    assert_types(
        record,
        &[
            ("path", "string"),
            ("format", "string"),
            ("goos", "string"),
            ("goarch", "string"),
            ("variant", "string"),
            ("cgo", "bool"),
            ("interpreter", "string"),
            ("needed", "[{name: string, purpose: string}]"),
            ("glibc_min", "string"),
            ("glibc", "[{library: string, version: string}]"),
            ("packed", "null"),
            ("verdict", "string"),
            ("findings", finding),
            ("checked", "[string]"),
        ],
    );
    let go = [
        ("version", "string"),
        ("path", "string"),
        ("modules", "[]"),
        (
            "main",
            "{path: string, replace: null, sum: string, version: string}",
        ),
    ];
    assert_types(&record["go"], &go);
    assert_eq!(record["go"]["settings"]["CGO_ENABLED"], "1");
    assert_eq!(record["format"], "elf");
    assert_eq!(record["verdict"], "conditional");
    assert_eq!(record["findings"][0]["severity"], "block");
}

#[test]
fn what_a_file_does_not_tell_is_null() {
    let project = Project::empty().file("text", "no executable\n");
    let json = project
        .run(&["inspect", "--format", "json", "text"])
        .exits(0)
        .json();
    for field in [
        "goos",
        "goarch",
        "variant",
        "cgo",
        "interpreter",
        "glibc_min",
        "go",
        "packed",
    ] {
        assert_eq!(json[0].get(field), Some(&Value::Null), "{field}");
    }
    assert_eq!(json[0]["format"], "unknown");
    assert_eq!(json[0]["verdict"], "unproven");
}

#[test]
fn a_file_that_can_not_be_read_keeps_no_other_back() {
    let project = of_c();
    project.write("cut", "\u{7f}ELF");
    let json = project
        .run(&[
            "inspect",
            "--format",
            "json",
            "no",
            "c",
            ".",
            "cut",
            "/dev/null",
        ])
        .exits(1)
        .json();
    let errors: Vec<_> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["error"].as_str())
        .collect();
    let expected = [
        Some("failed to read `no`: there is no such file"),
        None,
        Some("failed to read `.`: it is a folder"),
        Some(
            "failed to inspect `cut`: the elf file is damaged: its class is neither 32 nor 64 bit",
        ),
        Some("failed to read `/dev/null`: it is a device, not a file"),
    ];
    assert_eq!(errors, expected);
    assert_eq!(json[0]["path"], "no");
    assert_eq!(json[1]["format"], "elf");

    project
        .run(&["inspect", "no", "c"])
        .exits(1)
        .says("error: failed to read `no`: there is no such file")
        .prints("libc.so.6");
}

#[test]
fn without_files_the_usage_is_wrong() {
    Project::empty()
        .run(&["inspect"])
        .exits(2)
        .says("<FILE>...");
}

#[test]
fn a_static_program_is_proven_in_a_few_lines() {
    let run = without_cgo().run(&["inspect", "app"]).exits(0);
    let run = run
        .prints("app\n  format    ELF, linux/amd64/v1, program, ")
        .prints("\n  linking   static: no loader and no library\n")
        .prints("\n  verdict   proven: static, nothing has to be there for it to start\n");
    assert_eq!(run.stdout.lines().count(), 5, "{}", run.stdout);
    assert!(run.stderr.is_empty(), "{}", run.stderr);
}

#[test]
fn a_dynamic_program_is_conditional_on_what_it_does_not_start_without() {
    let project = with_cgo();
    let run = project
        .run(&["inspect", "app"])
        .exits(0)
        .prints("verdict   conditional (on /lib64/ld-linux-x86-64.so.2, ")
        .prints("glibc ≥ 2.")
        .prints("): without that it doesn't start")
        .prints("libc.so.6  the C library")
        .prints("getaddrinfo     the system's DNS resolver")
        .prints("symptom  error while loading shared libraries")
        .prints("fix      source: a Go package in place of the C library");
    assert!(!run.stdout.contains("CGO_ENABLED=0"), "{}", run.stdout);
    assert!(!run.stdout.contains("manifest:"), "{}", run.stdout);
    assert!(!run.stdout.contains("GOOS=linux"), "{}", run.stdout);

    project
        .run(&["inspect", "-v", "app"])
        .prints("GOOS=linux")
        .prints("modules   example.com/hello (devel)")
        .prints("linux-vdso")
        .prints("fix      manifest, if C is needed: `toolchain = \"musl-gcc\"`");
    project
        .run(&["inspect", "--explain", "app"])
        .prints("why      An ELF file with a PT_INTERP segment isn't started by the kernel");
}

#[test]
fn a_program_of_another_language_gets_no_advice_on_go() {
    let run = of_c().run(&["inspect", "c"]).exits(0);
    let run =
        run.prints("not proven (there is no Go build information in the file); needs /lib64/");
    assert!(!run.stdout.contains("go build"), "{}", run.stdout);
    let all = of_c().run(&["inspect", "-v", "c"]).exits(0);
    assert!(!all.stdout.contains("go build"), "{}", all.stdout);
}

#[test]
fn names_in_a_hostile_file_can_not_steer_the_terminal() {
    let project = Project::empty().file("main.c", C);
    let soname = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}.so";
    let option = format!("-Wl,-soname,{soname}");
    compile(
        &project,
        &["gcc", "-shared", "-fPIC", &option, "-o", "lib.so", "main.c"],
    );
    let name = "a\u{1b}[2Jb";
    let link = [
        "gcc",
        "-Wl,--no-as-needed",
        "main.c",
        "./lib.so",
        "-o",
        name,
    ];
    compile(&project, &link);
    for format in ["human", "json"] {
        for file in [name, "\u{1b}[2Jmissing"] {
            let run = project.run(&["inspect", "-v", "--explain", "--format", format, file]);
            let all = format!("{}{}", run.stdout, run.stderr);
            let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!all.contains(steers), "{all:?}");
        }
    }
    let json = project
        .run(&["inspect", "--format", "json", name])
        .exits(0)
        .json();
    assert_eq!(json[0]["needed"][0]["name"], soname);
}

#[test]
fn colours_come_only_where_they_are_wanted() {
    let project = of_c();
    let plain = project.run(&["inspect", "c"]);
    assert!(!plain.stdout.contains('\u{1b}'), "{}", plain.stdout);
    project
        .run(&["inspect", "--color", "always", "c"])
        .prints("\u{1b}[1mc\u{1b}[0m");
    let on_terminal = |env: &str| {
        let gobuildx = env!("CARGO_BIN_EXE_gobuildx");
        let shell = format!("stty cols 60 rows 24; exec env {env} {gobuildx} inspect c");
        let output = Command::new("script")
            .args(["-qec", &shell, "/dev/null"])
            .current_dir(project.root())
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let coloured = on_terminal("A=1");
    assert!(coloured.contains("\u{1b}[1mc\u{1b}[0m"), "{coloured}");
    let narrow = on_terminal("NO_COLOR=1");
    assert!(!narrow.contains('\u{1b}'), "{narrow}");
    let long = narrow
        .lines()
        .find(|line| line.trim_end().chars().count() > 60);
    assert_eq!(long, None, "{narrow}");
}

#[test]
fn a_program_from_a_pipe_is_read() {
    let project = of_c();
    let mut command = project.command(&["inspect", "/dev/stdin"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let bytes = fs::read(project.path("c")).unwrap();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    Run::of(child.wait_with_output().unwrap())
        .exits(0)
        .prints("libc.so.6");
}

#[test]
fn a_named_pipe_that_nobody_writes_to_keeps_no_other_back() {
    let project = of_c();
    compile(&project, &["mkfifo", "pipe"]);
    project
        .run(&["inspect", "pipe", "c"])
        .exits(1)
        .says("failed to read `pipe`: it is a named pipe, not a file")
        .prints("libc.so.6");
}

#[test]
fn waiting_for_a_pipe_that_nobody_writes_to_can_be_stopped() {
    let project = Project::empty();
    let mut command = project.command(&["inspect", "/dev/stdin"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let pid = child.id().to_string();
    compile(&project, &["kill", "-TERM", &pid]);
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

#[test]
fn a_file_of_gigabytes_is_read_in_no_time() {
    let project = without_cgo();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(project.path("app"))
        .unwrap();
    file.set_len(3 << 30).unwrap();
    // Less memory than the file has bytes, and no room to copy it.
    let limited = format!(
        "ulimit -v 4194304; exec {} inspect app",
        env!("CARGO_BIN_EXE_gobuildx")
    );
    let output = Command::new("timeout")
        .args([
            OsStr::new("20"),
            "sh".as_ref(),
            "-c".as_ref(),
            limited.as_ref(),
        ])
        .current_dir(project.root())
        .output()
        .unwrap();
    Run::of(output)
        .exits(0)
        .prints("3.2 GB")
        .prints("verdict   proven");
    assert!(Path::new(&project.path("app")).exists());
}

const FOLDERS: &str = r#"package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	fmt.Println(os.UserCacheDir())
	fmt.Println(os.CreateTemp("", "x"))
	fmt.Println(time.LoadLocation("Europe/Paris"))
}
"#;

#[test]
fn what_is_seen_and_what_helps_is_that_of_the_system() {
    let project = Project::hello().file("main.go", FOLDERS);
    let seen = |goos: &str| {
        let built = Command::new("go")
            .args(["build", "-buildvcs=false", "-o", goos, "."])
            .current_dir(project.root())
            .envs([("CGO_ENABLED", "0"), ("GOOS", goos)])
            .status();
        assert!(built.unwrap().success());
        let run = project.run(&["inspect", "--format", "json", goos]).exits(0);
        let records: Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = records[0]["findings"].as_array().unwrap().clone();
        move |rule: &str| {
            let finding = findings.iter().find(|one| one["rule"] == rule);
            let finding = finding.unwrap_or_else(|| panic!("no {rule}: {findings:?}"));
            let fixes = finding["fixes"].to_string();
            let symptom = finding["symptom"].as_str().unwrap().to_owned();
            (symptom, fixes.contains("image: "))
        }
    };
    let (linux, windows) = (seen("linux"), seen("windows"));
    let is = |symptom: &str, image: bool| (symptom.to_owned(), image);
    let neither = "neither $XDG_CACHE_HOME nor $HOME are defined";
    assert_eq!(linux("home"), is(neither, true));
    assert_eq!(windows("home"), is("%LocalAppData% is not defined", false));
    assert!(linux("tmp").0.contains("/tmp/") && linux("tmp").1);
    let temp = "open …\\Temp\\…: The system cannot find the path specified.";
    assert_eq!(windows("tmp"), is(temp, false));
    assert_eq!(
        windows("tzdata"),
        is("unknown time zone Europe/Paris", false)
    );
}
