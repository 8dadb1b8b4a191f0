//! Build modes: libraries for programs in C, modules of WebAssembly, and where Go has which mode.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use gobuildx::target::{BuildMode, PLATFORMS, Sanitizer, Target};
use serde_json::Value;

use crate::project::Project;

/// A library that exports a function, with a type of its own in the header.
const SUM: &str = r#"package main

/*
#include <stdint.h>
typedef struct { int32_t left, right; } pair;
*/
import "C"

//export Sum
func Sum(p C.pair) C.int32_t { return p.left + p.right }

func main() {}
"#;

const HOST_CGO: &str = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ncgo = [true]\n\
                        toolchains = { \"*\" = \"host\" }\n\n";

fn library(source: &str, binaries: &str) -> Project {
    Project::empty()
        .file("go.mod", "module example.com/sum/v2\n\ngo 1.24\n")
        .file("main.go", source)
        .manifest(&format!("{HOST_CGO}{binaries}"))
}

/// The same package as both kinds of library.
const BOTH: &str = "[[binary]]\nname = \"shared\"\nbuildmode = \"c-shared\"\n\n\
                    [[binary]]\nname = \"static\"\n\n\
                    [[override]]\nbinary = \"static\"\nbuildmode = \"c-archive\"\n";

const SHARED: &str = "shared_linux_amd64_v1/shared.so";
const STATIC: &str = "static_linux_amd64_v1/static.a";

fn run(dir: &Path, program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    stdout_of(&output)
}

#[track_caller]
fn stdout_of(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn artifact(project: &Project, binary: &str) -> Value {
    let record = project.json("dist/artifacts.json");
    let all = record["artifacts"].as_array().unwrap();
    let found = all.iter().find(|artifact| artifact["binary"] == binary);
    found
        .unwrap_or_else(|| panic!("no {binary} in {record:#}"))
        .clone()
}

#[test]
fn programs_in_c_load_and_link_the_libraries_by_their_headers() {
    let project = library(SUM, BOTH)
        .file(
            "c/link.c",
            "#include <stdio.h>\n#include LIBRARY\nint main(void) {\n\
             pair p = { 40, 2 };\nprintf(\"%d\\n\", Sum(p));\nreturn 0;\n}\n",
        )
        .file(
            "c/load.c",
            "#include <dlfcn.h>\n#include <stdio.h>\n#include LIBRARY\n\
             int main(int argc, char **argv) {\n\
             void *library = dlopen(argv[1], RTLD_NOW);\n\
             if (!library) { puts(dlerror()); return 1; }\n\
             int32_t (*sum)(pair) = (int32_t (*)(pair))dlsym(library, \"Sum\");\n\
             pair p = { 20, argc };\nprintf(\"%d\\n\", sum(p));\nreturn 0;\n}\n",
        );
    project
        .build(&[])
        .exits(0)
        .prints("shared.so with shared.h")
        .prints("  conditional\n")
        .says(" (on libc.so.6, glibc ≥ 2.")
        .prints("  not proven\n");

    let root = project.root();
    let dist = |path: &str| project.path("dist").join(path).display().to_string();
    let (shared, archive) = (dist(SHARED), dist(STATIC));
    let include = |header: &str| format!("-DLIBRARY=\"{}\"", dist(header));
    let header = include("shared_linux_amd64_v1/shared.h");
    run(root, "gcc", &[&header, "c/load.c", "-o", "load"]);
    assert_eq!(run(root, "./load", &[&shared]), "22\n");
    run(root, "gcc", &[&header, "c/link.c", &shared, "-o", "linked"]);
    assert_eq!(run(root, "./linked", &[]), "42\n");
    let header = include("static_linux_amd64_v1/static.h");
    let args = [
        &header, "-static", "c/link.c", &archive, "-pthread", "-o", "whole",
    ];
    run(root, "gcc", &args);
    assert_eq!(run(root, "./whole", &[]), "42\n");
    let dynamic = run(root, "readelf", &["-d", "-l", "whole"]);
    assert!(
        !dynamic.contains("NEEDED") && !dynamic.contains("INTERP"),
        "{dynamic}"
    );
}

#[test]
fn a_header_is_recorded_hashed_and_removed_like_its_library() {
    let project = library(SUM, BOTH);
    project.build(&[]).exits(0);
    let dist = project.path("dist");
    let checked = run(&dist, "sha256sum", &["-c", "--strict", "checksums.txt"]);
    assert_eq!(checked.lines().count(), 4, "{checked}");
    for (binary, mode) in [("shared", "c-shared"), ("static", "c-archive")] {
        let artifact = artifact(&project, binary);
        assert_eq!(artifact["buildmode"], mode);
        let path = artifact["header"]["path"].as_str().unwrap();
        assert_eq!(path, format!("{binary}_linux_amd64_v1/{binary}.h"));
        let sums = project.read("dist/checksums.txt");
        let line = format!(
            "{}  {path}\n",
            artifact["header"]["sha256"].as_str().unwrap()
        );
        assert!(sums.contains(&line), "{sums}");
        let meta = fs::metadata(dist.join(path)).unwrap();
        assert_eq!(artifact["header"]["size"], meta.len());
        assert_eq!(meta.permissions().mode() & 0o777, 0o644);
        assert!(
            !project
                .read(&format!("dist/{path}"))
                .contains(&*project.root().to_string_lossy())
        );
    }

    // What isn't exported any more has no header, and what isn't built any more has nothing.
    project.write("main.go", &SUM.replace("//export Sum\n", ""));
    project.write(
        "targets.toml",
        &format!("{HOST_CGO}[[binary]]\nname = \"shared\"\nbuildmode = \"c-shared\"\n"),
    );
    project.build(&[]).exits(0).says("Removed");
    assert_eq!(artifact(&project, "shared")["header"], Value::Null);
    assert!(dist.join(SHARED).is_file());
    assert!(!dist.join("shared_linux_amd64_v1/shared.h").exists());
    assert!(!dist.join("static_linux_amd64_v1").exists());
    assert_eq!(project.read("dist/checksums.txt").lines().count(), 1);
}

#[test]
fn a_shell_makes_the_same_libraries_and_headers() {
    let project = library(SUM, BOTH);
    let files = [
        SHARED,
        STATIC,
        "shared_linux_amd64_v1/shared.h",
        "static_linux_amd64_v1/static.h",
    ];
    let read = || files.map(|file| fs::read(project.path("dist").join(file)).unwrap());
    project.build(&[]).exits(0);
    let built = read();
    let script = project
        .run(&["plan", "--format", "sh", "--rebuild", "changed"])
        .exits(0)
        .stdout;
    fs::remove_dir_all(project.path("dist")).unwrap();
    run(project.root(), "sh", &["-c", &script]);
    assert!(read() == built);

    // The next build knows what the script has made, and removes it.
    let other = "[[binary]]\nname = \"other\"\nbuildmode = \"c-archive\"\n";
    project.write("targets.toml", &format!("{HOST_CGO}{other}"));
    project.build(&[]).exits(0);
    for file in files {
        assert!(!project.path("dist").join(file).exists(), "{file}");
    }
}

#[test]
fn the_gate_confirms_what_a_library_was_built_from() {
    let project = library(SUM, BOTH).committed();
    project.build(&[]).exits(0);
    for binary in ["shared", "static"] {
        let artifact = artifact(&project, binary);
        let checked = artifact["checked"].as_array().unwrap();
        for rule in ["build-mode", "build-vcs", "build-target", "build-path"] {
            assert!(checked.iter().any(|name| name == rule), "{artifact:#}");
        }
        assert!(artifact["go"].as_str().unwrap().starts_with("go1."));
    }
    let shared = artifact(&project, "shared");
    assert_eq!(shared["verdict"], "conditional");
    assert_eq!(shared["findings"][0]["rule"], "elf-needed");
    assert_eq!(shared["findings"][0]["subject"], "libc.so.6");
    let archive = artifact(&project, "static");
    assert_eq!(archive["verdict"], "unproven");
    let detail = archive["findings"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("whoever links"), "{detail}");
}

#[test]
fn a_library_that_needs_more_than_the_c_library_fails_the_gate() {
    let source = SUM
        .replace(
            "#include <stdint.h>",
            "#cgo LDFLAGS: -L${SRCDIR} -lother\n#include <stdint.h>\nextern int other(void);",
        )
        .replace("p.left + p.right", "p.left + C.int32_t(C.other())");
    let project = library(
        &source,
        "[[binary]]\nname = \"shared\"\nbuildmode = \"c-shared\"\n",
    )
    .file("c/other.c", "int other(void) { return 1; }\n");
    let args = [
        "-shared",
        "-fPIC",
        "-o",
        "libother.so",
        "c/other.c",
        "-Wl,-soname,libother.so",
    ];
    run(project.root(), "gcc", &args);
    project
        .build(&[])
        .exits(1)
        .says("elf-needed: the loader has to find libother.so");
    assert!(!project.path("dist/shared_linux_amd64_v1").exists());
    assert!(
        project
            .path("dist/.gobuildx/rejected")
            .join(SHARED)
            .is_file()
    );
}

#[test]
fn modules_of_web_assembly_are_built_and_not_proven() {
    let project = Project::empty()
        .file("go.mod", "module example.com/w\n\ngo 1.24\n")
        .file("cmd/app/main.go", "package main\n\nfunc main() { println(\"hello\") }\n")
        .file(
            "cmd/add/main.go",
            "//go:build wasip1\n\npackage main\n\n//go:wasmexport add\n\
             func add(a, b int32) int32 { return a + b }\n\nfunc main() {}\n",
        )
        .manifest(
            "[[binary]]\nname = \"app\"\npackage = \"./cmd/app\"\n\n\
             [[binary]]\nname = \"add\"\npackage = \"./cmd/add\"\ntargets = [\"wasip1\"]\n\
             buildmode = \"c-shared\"\n\n[matrix]\ngoos = [\"js\", \"wasip1\"]\ngoarch = [\"wasm\"]\n",
        );
    project
        .build(&["--matrix"])
        .exits(0)
        .prints("app_js_wasm/app.wasm")
        .prints("  not proven\n")
        .says("(what the module imports from its host isn't read)");
    let record = project.json("dist/artifacts.json");
    let artifacts = record["artifacts"].as_array().unwrap();
    assert_eq!(artifacts.len(), 3);
    for artifact in artifacts {
        assert_eq!(artifact["verdict"], "unproven");
        assert_eq!(artifact["header"], Value::Null);
        let path = artifact["path"].as_str().unwrap();
        assert!(
            fs::read(project.path("dist").join(path))
                .unwrap()
                .starts_with(b"\0asm")
        );
    }
    let module = fs::read(project.path("dist/add_wasip1_wasm/add.wasm")).unwrap();
    let exports = |name: &[u8]| module.windows(name.len()).any(|window| window == name);
    assert!(exports(b"_initialize"), "no reactor");
}

#[test]
fn what_a_binary_of_a_name_that_only_go_knows_lacks_is_told_by_the_planner() {
    let project = Project::hello().manifest(
        "[[binary]]\n\n[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n\n\
         [build]\nbuildmode = \"c-archive\"\n\n[[override]]\nbinary = \"hello\"\nmatch = \"linux/amd64\"\nflags = [\"-cover\"]\n",
    );
    project
        .run(&["plan"])
        .exits(3)
        .says("`buildmode = \"c-archive\"` needs cgo, which is off for linux/amd64")
        .says("targets.toml:8:13");
}

/// Whether go takes flags for a platform, which it says before it compiles anything.
fn go_takes(project: &Project, target: &Target, cgo: &str, args: &[&str]) -> Result<(), String> {
    let output = Command::new("go")
        .args(args)
        .current_dir(project.root())
        .env("GOOS", target.goos.as_str())
        .env("GOARCH", target.goarch.as_str())
        .env("CGO_ENABLED", cgo)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("not supported on") || said.contains("requires") {
        Err(said)
    } else {
        Ok(())
    }
}

#[test]
fn the_tables_of_modes_are_those_of_the_installed_toolchain() {
    let project = Project::hello();
    for row in PLATFORMS {
        let target = Target::new(row.goos, row.goarch);
        for mode in BuildMode::ALL {
            let flag = format!("-buildmode={mode}");
            let has = go_takes(&project, &target, "1", &["list", &flag, "unsafe"]);
            assert_eq!(
                mode.builds_for(&target),
                has.is_ok(),
                "{mode} {target}: {has:?}"
            );
            // go makes archives without cgo too, but nothing in them can be called.
            if *mode == BuildMode::CArchive
                || !mode.builds_for(&target)
                || row.needs_external_linker
            {
                continue;
            }
            let alone = go_takes(&project, &target, "0", &["build", "-n", &flag, "."]);
            assert_eq!(
                mode.needs_cgo(&target),
                alone.is_err(),
                "{mode} {target}: {alone:?}"
            );
        }
    }
}

#[test]
fn the_tables_of_sanitizers_are_those_of_the_installed_toolchain() {
    let project = Project::hello();
    for row in PLATFORMS {
        let target = Target::new(row.goos, row.goarch);
        for sanitizer in Sanitizer::ALL {
            let list = ["list", sanitizer.flag(), "unsafe"];
            let has = go_takes(&project, &target, "1", &list);
            assert_eq!(
                sanitizer.builds_for(&target),
                has.is_ok(),
                "{sanitizer} {target}: {has:?}"
            );
            if sanitizer.builds_for(&target) {
                let alone = go_takes(&project, &target, "0", &list);
                assert_eq!(
                    sanitizer.needs_cgo(&target),
                    alone.is_err(),
                    "{sanitizer} {target}: {alone:?}"
                );
            }
        }
    }
}
