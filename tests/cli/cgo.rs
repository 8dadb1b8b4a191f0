//! Programs with C in them, by real toolchains: built, proven from their bytes, and run on a blank system.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::live::with_program;
use crate::project::Project;

/// A folder with zig, which `make tools` makes.
fn zig() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/zig/bin");
    assert!(folder.join("zig").exists(), "there is no zig: make tools");
    folder
}

#[expect(clippy::disallowed_methods, reason = "tests put a folder before them")]
fn with_zig(project: Project) -> Project {
    let mut folders = vec![zig()];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    project.env("PATH", std::env::join_paths(folders).unwrap())
}

/// With so little optimization SQL takes a fifth of the time to compile.
pub(crate) fn quickly(project: Project, toolchains: &[&str]) -> Project {
    for name in toolchains {
        project.write(
            &format!("config/gobuildx/toolchains/{name}.toml"),
            "[flags]\ncflags = [\"-O0\"]\n",
        );
    }
    let config = project.path("config");
    project.env("XDG_CONFIG_HOME", config)
}

/// A copy of the program of the examples that has a database in C.
pub(crate) fn notes() -> Project {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let project = Project::empty();
    let copy = Command::new("cp")
        .arg("-r")
        .args(["cgo.toml", "notes"].map(|name| examples.join(name)))
        .arg(project.root())
        .status();
    assert!(copy.unwrap().success());
    with_zig(project)
}

/// A program that calls C.
fn calls_c(c: &str, manifest: &str) -> Project {
    let source = format!(
        "package main\n\n/*\n{c}\n*/\nimport \"C\"\n\nfunc main() {{ println(C.answer()) }}\n"
    );
    let project = Project::empty()
        .file("go.mod", "module example.com/c\n\ngo 1.24\n")
        .file("main.go", &source)
        .manifest(&format!(
            "{manifest}\n[build]\nrebuild = \"changed\"\nresolver = \"go\"\n"
        ));
    with_zig(project)
}

const ANSWER: &str = "static int answer(void) { return 42; }";

fn cell(target: &str, toolchain: &str) -> String {
    format!("[[matrix.include]]\ntarget = \"{target}\"\ncgo = true\ntoolchain = \"{toolchain}\"\n")
}

/// What `inspect` says of an artifact.
fn inspected(project: &Project, path: &str) -> Value {
    let file = project.path(&format!("dist/{path}"));
    let args = ["inspect", "--format", "json", file.to_str().unwrap()];
    let report = project.run(&args);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    report[0].clone()
}

#[test]
fn a_program_with_sqlite_is_static_by_six_toolchains_and_writes_and_reads_on_a_blank_system() {
    let names = [
        "musl-gcc",
        "zig-musl",
        "gnu-cross",
        "mingw-w64",
        "zig-windows",
    ];
    let project = quickly(notes(), &names);
    let args = ["build", "--matrix", "--manifest", "cgo.toml"];
    project.run(&args).exits(0);
    let records = project.json("dist/artifacts.json");
    let artifacts = records["artifacts"].as_array().unwrap();
    assert_eq!(artifacts.len(), 6);
    for artifact in artifacts {
        let path = artifact["path"].as_str().unwrap();
        // The program looks for its database in the user's folder of configuration; nothing else is left open.
        assert_ne!(artifact["verdict"], "unproven", "{path}");
        let facts = inspected(&project, path);
        let findings = facts["findings"].as_array().unwrap();
        let blocks = findings
            .iter()
            .find(|finding| finding["severity"] == "block");
        assert_eq!(blocks, None, "{path}");
        assert_eq!(facts["cgo"], true, "{path}");
        assert_eq!(facts["interpreter"], Value::Null, "{path}");
        if path.contains("linux") {
            assert_eq!(facts["needed"], serde_json::json!([]), "{path}");
            assert_eq!(artifact["smoke"]["verdict"], "pass", "{path}");
        } else {
            // A wine isn't at hand: `make wine` has one.
            assert_eq!(artifact["smoke"]["verdict"], "not run", "{path}");
        }
    }
    let labels: Vec<&str> = artifacts
        .iter()
        .map(|artifact| artifact["toolchain"].as_str().unwrap())
        .collect();
    for name in names {
        assert!(labels.contains(&name), "{name} of {labels:?}");
    }
    // What C was compiled isn't compiled again, and what was built isn't built again.
    project.run(&args).exits(0).says("(nothing changed)");
}

#[test]
fn a_release_of_glibc_is_the_newest_that_a_program_wants_and_the_machines_own_is_refused() {
    let cells = cell("linux/amd64", "zig-gnu.2.17") + &cell("linux/amd64", "gnu");
    let policy = "[[override]]\ncgo = true\nverify = { policy = \"glibc-2.17\" }\n";
    // It starts a thread, which is another function in each glibc since 2.34.
    let c = "#include <pthread.h>\nstatic void *run(void *x) { return x; }\n\
             static int answer(void) { pthread_t t; return pthread_create(&t, 0, run, 0) || pthread_join(t, 0); }";
    let project = calls_c(c, &(cells + policy));
    let run = project.run(&["build", "--matrix", "--keep-going"]).exits(1);
    run.says("glibc-min");
    let facts = inspected(&project, "c_linux_amd64_v1_zig-gnu.2.17/c");
    let newest: Vec<u32> = facts["glibc_min"]
        .as_str()
        .unwrap()
        .split('.')
        .map(|part| part.parse().unwrap())
        .collect();
    assert!(newest <= vec![2, 17], "{newest:?}");
    assert!(!project.path("dist/c_linux_amd64_v1_gnu/c").exists());
}

#[test]
fn programs_of_one_cell_that_want_different_things_have_different_toolchains() {
    let manifest = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ncgo = [true]\n\
        [[override]]\nbinary = \"old\"\nverify = { policy = \"glibc-2.17\" }\n\
        [[override]]\nbinary = \"racy\"\nflags = [\"-race\"]\nverify = { policy = \"debian-12\" }\n";
    let project = calls_c(ANSWER, manifest);
    let main = project.read("main.go");
    for name in ["old", "plain", "racy"] {
        project.write(&format!("cmd/{name}/main.go"), &main);
    }
    fs::remove_file(project.path("main.go")).unwrap();
    project.build(&["--matrix"]).exits(0);
    let records = project.json("dist/artifacts.json");
    let artifacts = records["artifacts"].as_array().unwrap();
    let chosen: Vec<[&str; 2]> = artifacts
        .iter()
        .map(|artifact| ["path", "toolchain"].map(|key| artifact[key].as_str().unwrap()))
        .collect();
    assert_eq!(
        chosen,
        [
            ["old_linux_amd64_v1/old", "zig-gnu.2.17"],
            ["plain_linux_amd64_v1/plain", "musl-gcc"],
            ["racy_linux_amd64_v1/racy", "gnu"]
        ]
    );
    let interpreter = |path| inspected(&project, path)["interpreter"].clone();
    assert_eq!(interpreter("plain_linux_amd64_v1/plain"), Value::Null);
    assert_ne!(interpreter("old_linux_amd64_v1/old"), Value::Null);
    project
        .build(&["--matrix"])
        .exits(0)
        .says("(nothing changed)");
}

#[test]
fn who_names_a_release_of_glibc_means_systems_that_have_it() {
    let project = calls_c(ANSWER, &cell("linux/amd64", "zig-gnu.2.17"));
    let plan = project.plan(&["--matrix"]);
    let steps = plan["steps"].as_array().unwrap();
    let verify = steps.iter().find(|step| step["kind"] == "verify").unwrap();
    assert_eq!(verify["policy"]["name"], "glibc-2.17");
}

#[test]
fn a_position_independent_program_without_a_loader_is_linked_by_gcc() {
    position_independent([("linux/amd64", "gnu"), ("linux/arm64", "gnu-cross")]);
}

#[test]
#[ignore = "zig makes a C library for each target first, which takes minutes: make proofs"]
fn a_position_independent_program_without_a_loader_is_linked_by_zig() {
    position_independent([("linux/amd64", "zig-musl"), ("linux/arm64", "zig-musl")]);
}

#[track_caller]
fn position_independent(cells: [(&str, &str); 2]) {
    let matrix: String = cells
        .iter()
        .map(|(target, toolchain)| cell(target, toolchain))
        .collect();
    let manifest = matrix + "[[override]]\ncgo = true\nbuildmode = \"pie\"\n";
    let project = calls_c(ANSWER, &manifest);
    project.build(&["--matrix"]).exits(0);
    for (target, toolchain) in cells {
        let folder = match target {
            "linux/amd64" => "c_linux_amd64_v1",
            _ => "c_linux_arm64_v8.0",
        };
        let path = format!("{folder}/c");
        let facts = inspected(&project, &path);
        let what = format!("{target} {toolchain}");
        assert_eq!(facts["kind"], "pie", "{what}");
        assert_eq!(facts["interpreter"], Value::Null, "{what}");
        // Linkers differ in where they leave its pointers.
        assert_eq!(facts["verdict"], "proven", "{what}");
        if target == "linux/amd64" {
            let program = project.path(&format!("dist/{path}"));
            let output = Command::new(program).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stderr), "42\n", "{what}");
        }
    }
}

#[test]
fn a_static_program_with_the_resolver_of_glibc_is_told_with_its_fix() {
    let manifest = cell("linux/amd64", "gnu") + "[build]\nrebuild = \"changed\"\n";
    let source = "package main\n\n/*\nstatic int answer(void) { return 42; }\n*/\nimport \"C\"\n\nimport (\n\t\"fmt\"\n\t\"net\"\n)\n\n\
                  func main() { fmt.Println(C.answer()); fmt.Println(net.LookupHost(\"localhost\")) }\n";
    let project = Project::empty()
        .file("go.mod", "module example.com/c\n\ngo 1.24\n")
        .file("main.go", source)
        .manifest(&manifest);
    let run = project.build(&["--matrix", "--explain"]);
    assert!(run.stdout.contains("static-nss") || run.stderr.contains("static-nss"));
    let facts = inspected(&project, "c_linux_amd64_v1/c");
    let findings = facts["findings"].as_array().unwrap();
    let nss = findings
        .iter()
        .find(|finding| finding["rule"] == "static-nss");
    let fixes = nss.unwrap()["fixes"].to_string();
    assert!(
        fixes.contains("netgo") || fixes.contains("resolver"),
        "{fixes}"
    );
}

#[test]
fn where_only_c_may_look_names_up_a_build_tells_that_and_what_settles_it() {
    let project = Project::empty()
        .file("go.mod", "module example.com/c\n\ngo 1.24\n")
        .file(
            "main.go",
            "package main\n\n/*\nstatic int answer(void) { return 42; }\n*/\nimport \"C\"\n\nimport _ \"net\"\n\n\
             func main() { println(C.answer()) }\n",
        )
        .manifest(&(cell("linux/amd64", "gnu") + "[build]\nrebuild = \"changed\"\n"));
    let build = project.build(&["--matrix"]).exits(0);
    build.says("glibc loads its modules for names: linux/amd64/v1+gnu (link against musl");
}

#[test]
fn a_program_that_is_all_c_is_missed_with_what_it_takes() {
    let project = calls_c(
        ANSWER,
        "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n",
    );
    project
        .build(&["--matrix"])
        .exits(3)
        .says("`cgo = [true]` in [matrix]");
}

#[test]
fn each_toolchain_that_is_installed_is_proven_by_a_program() {
    let project = with_zig(Project::hello());
    let names = [
        "gnu",
        "host",
        "mingw-w64",
        "musl-gcc",
        "zig-musl",
        "zig-windows",
    ];
    let args = ["toolchains", "check"].into_iter().chain(names);
    let run = project.run(&args.collect::<Vec<_>>()).exits(0);
    for name in names {
        assert!(run.stdout.contains(name), "{}", run.stdout);
    }
    let lines = run.stdout.lines();
    let line = lines.clone().find(|line| line.starts_with("musl-gcc"));
    assert!(line.unwrap().contains("static"), "{}", run.stdout);
    assert!(line.unwrap().contains("runs natively"), "{}", run.stdout);
    let args = [
        "toolchains",
        "check",
        "gnu-cross",
        "--target",
        "linux/arm64",
    ];
    let run = project.run(&args).exits(0);
    assert!(
        run.stdout.contains("runs with qemu-aarch64-static"),
        "{}",
        run.stdout
    );
}

#[test]
fn clang_compiles_with_the_sysroot_that_a_variable_names() {
    // The machine's own headers and libraries are a sysroot, too.
    let project = calls_c(ANSWER, &cell("linux/amd64", "clang")).env("SYSROOT", "/");
    project.build(&["--matrix"]).exits(0);
    let facts = inspected(&project, "c_linux_amd64_v1/c");
    assert_eq!(facts["interpreter"], Value::Null);
    let project = calls_c(ANSWER, &cell("linux/arm64", "clang"));
    project.build(&["--matrix"]).exits(4).says("set SYSROOT");
}

/// A compiler that notes what it is asked for, and compiles nothing.
const NOTES: &str = "#!/bin/sh\necho \"$*\" >>\"$(dirname \"$0\")/../asked\"\n\
                     case $1 in --version) echo 'Apple clang version 16.0.0'; exit 0 ;; --print-prog-name=*) echo \"$0\"; exit 0 ;; esac\n\
                     echo 'no SDK here' >&2; exit 1\n";

#[test]
fn an_sdk_of_apples_is_what_clang_is_told_to_use() {
    let project = calls_c(ANSWER, &cell("darwin/arm64", "apple-sdk"))
        .file("MacOSX14.sdk/usr/include/stdio.h", "");
    let project = with_program(project, "clang", NOTES);
    project.build(&["--matrix"]).exits(4).says("SDKROOT");
    let sdk = project.path("MacOSX14.sdk");
    let project = project.env("SDKROOT", &sdk);
    let plan = project.plan(&["--matrix"]);
    let compile = crate::answers::compiles(&plan)[0];
    assert_eq!(compile["tuning"]["env"]["SDKROOT"], sdk.to_str().unwrap());
    assert_eq!(compile["toolchain"]["sysroot"], "MacOSX14.sdk");
    project.build(&["--matrix"]).exits(1).says("no SDK here");
    let asked = project.read("asked");
    let told = format!("--target=arm64-apple-macos11 -isysroot {}", sdk.display());
    assert!(asked.lines().any(|line| line.starts_with(&told)), "{asked}");
}

/// The headers and the list of symbols of macOS that zig brings along, as an SDK of Apple's has them, with as much of the
/// rest as go links to.
fn with_sdk(project: Project) -> Project {
    let lib = zig().join("../lib");
    let python = fs::read_dir(&lib).unwrap().next().unwrap().unwrap().path();
    let libc = python.join("site-packages/ziglang/lib/libc");
    let include = project.path("MacOSX15.sdk/usr/include");
    fs::create_dir_all(&include).unwrap();
    for header in fs::read_dir(libc.join("include/any-darwin-any")).unwrap() {
        let header = header.unwrap();
        std::os::unix::fs::symlink(header.path(), include.join(header.file_name())).unwrap();
    }
    // What is there is for a clang that has these macros built in.
    fs::remove_file(include.join("TargetConditionals.h")).unwrap();
    project.write(
        "MacOSX15.sdk/usr/include/TargetConditionals.h",
        "#define TARGET_OS_MAC 1\n#define TARGET_OS_OSX 1\n#define TARGET_OS_IPHONE 0\n#define TARGET_OS_SIMULATOR 0\n",
    );
    let symbols = fs::read_to_string(libc.join("darwin/libSystem.tbd")).unwrap();
    for name in ["System", "pthread"] {
        // An architecture that older linkers don't know.
        let symbols = symbols.replace("arm64e.x1-", "arm64-");
        project.write(&format!("MacOSX15.sdk/usr/lib/lib{name}.tbd"), &symbols);
    }
    for (file, name) in [
        ("usr/lib/libresolv.tbd", "/usr/lib/libresolv.9.dylib"),
        (
            "System/Library/Frameworks/CoreFoundation.framework/CoreFoundation.tbd",
            "/System/Library/Frameworks/CoreFoundation.framework/Versions/A/CoreFoundation",
        ),
    ] {
        let text = format!(
            "--- !tapi-tbd\ntbd-version: 4\ntargets: [ x86_64-macos, arm64-macos ]\ninstall-name: '{name}'\n\
             exports:\n  - targets: [ x86_64-macos, arm64-macos ]\n    symbols: [ _nothing ]\n...\n"
        );
        project.write(&format!("MacOSX15.sdk/{file}"), &text);
    }
    let sdk = project.path("MacOSX15.sdk");
    project.env("SDKROOT", sdk)
}

#[test]
fn programs_for_macos_are_linked_by_clang_and_by_zig_with_an_sdk() {
    let names = ["apple-sdk", "zig-apple"];
    let cells = ["darwin/amd64", "darwin/arm64"].map(|target| names.map(|name| cell(target, name)));
    let project = with_sdk(calls_c(ANSWER, &cells.as_flattened().concat()));
    project.build(&["--matrix"]).exits(0);
    let records = project.json("dist/artifacts.json");
    let artifacts = records["artifacts"].as_array().unwrap();
    assert_eq!(artifacts.len(), 4);
    for artifact in artifacts {
        let path = artifact["path"].as_str().unwrap();
        assert_eq!(artifact["verdict"], "proven", "{path}");
        let facts = inspected(&project, path);
        let needed = facts["needed"].to_string();
        assert!(
            needed.contains("/usr/lib/libSystem.B.dylib"),
            "{path}: {needed}"
        );
        assert_eq!(facts["cgo"], true, "{path}");
    }
}

/// An engine that notes what it is asked for, and runs that on the machine itself.
const ENGINE: &str = "#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin:@GO@\n\
    case $1 in --version) echo 'Docker version 28.2.2, build x'; exit 0 ;; version) echo linux; exit 0 ;; esac\n\
    printf '%s\\n' \"$@\" >>\"$(dirname \"$0\")/../asked\"\n\
    [ \"$1\" = run ] || exit 0\n\
    shift\n\
    while :; do case $1 in --workdir=*) cd \"${1#*=}\" ;; --env=HOME=*) HOME=${1#*=} ;; --name) shift ;; --*) ;; *) break ;; esac; shift; done\n\
    shift\nexec \"$@\"\n";

#[test]
fn go_runs_in_a_container_with_what_it_reads_and_writes_mounted() {
    let project = calls_c(ANSWER, &cell("linux/amd64", "container"));
    let go = crate::answers::folder_of("go");
    let engine = ENGINE.replace("@GO@", go.to_str().unwrap());
    let project = with_program(project, "docker", &engine);
    let project = project.env("GOBUILDX_SECRET", "not for the command line");
    project.build(&["--matrix"]).exits(0);
    let asked = project.read("asked");
    let words: Vec<&str> = asked.lines().collect();
    assert_eq!(words[..3], ["run", "--rm", "--init"]);
    let root = project.root().display().to_string();
    let source = format!("--mount=type=bind,\"source={root}\",\"target={root}\",readonly");
    assert!(words.contains(&source.as_str()), "{asked}");
    let out = format!("--mount=type=bind,\"source={root}/dist\",\"target={root}/dist\"");
    assert!(words.contains(&out.as_str()), "{asked}");
    assert!(
        words.contains(&"--env=GOPROXY"),
        "values are no words: {asked}"
    );
    assert!(words.iter().any(|word| word.starts_with("--user=")));
    let version = crate::answers::go(&["env", "GOVERSION"]);
    let image = format!(
        "docker.io/library/golang:{}",
        version.trim_start_matches("go")
    );
    let at = words.iter().position(|word| *word == image).unwrap();
    assert_eq!(words[at + 1..at + 3], ["go", "build"]);
    let program = project.path("dist/c_linux_amd64_v1/c");
    let output = Command::new(program).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "42\n");
}
