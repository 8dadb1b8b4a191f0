//! `reproducible = true`: each binary is built twice, and the bytes are compared.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::Value;

use crate::counting::{CA, locked};
use crate::project::{Project, Run, says};

/// The ids of all steps in their order.
fn ids(plan: &Value) -> Vec<&str> {
    let steps = plan["steps"].as_array().unwrap().iter();
    steps.map(|step| step["id"].as_str().unwrap()).collect()
}

/// A step by its id.
fn step<'a>(plan: &'a Value, id: &str) -> &'a Value {
    let mut steps = plan["steps"].as_array().unwrap().iter();
    let found = steps.find(|step| step["id"] == id);
    found.unwrap_or_else(|| panic!("no {id} in {plan:#}"))
}

const TWICE: &str = "[verify]\nreproducible = true\n";

#[test]
fn a_second_build_is_planned_after_all_first_ones_and_before_what_needs_it() {
    let matrix = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\", \"arm64\"]\n\n";
    let project = Project::hello().manifest(&format!("{matrix}{TWICE}"));
    let plan = project.plan(&["--matrix"]);
    assert_eq!(
        ids(&plan),
        [
            "copy:sources",
            "compile:linux/amd64/v1",
            "verify:hello_linux_amd64_v1",
            "compile:linux/arm64/v8.0",
            "verify:hello_linux_arm64_v8.0",
            "recompile:linux/amd64/v1",
            "compare:hello_linux_amd64_v1",
            "place:hello_linux_amd64_v1",
            "recompile:linux/arm64/v8.0",
            "compare:hello_linux_arm64_v8.0",
            "place:hello_linux_arm64_v8.0",
        ]
    );
    let needs = |id: &str| step(&plan, id)["needs"].clone();
    assert_eq!(
        needs("compare:hello_linux_amd64_v1"),
        serde_json::json!(["verify:hello_linux_amd64_v1", "recompile:linux/amd64/v1"])
    );
    assert_eq!(
        needs("place:hello_linux_amd64_v1"),
        serde_json::json!(["compare:hello_linux_amd64_v1"])
    );

    let first = step(&plan, "compile:linux/amd64/v1");
    let second = step(&plan, "recompile:linux/amd64/v1");
    assert_eq!(
        (&first["argv"], &first["env"]),
        (&second["argv"], &second["env"])
    );
    assert_eq!(second["dir"], "{work}/again/sources/all/tree");
    for name in ["GOCACHE", "HOME", "LC_ALL", "TZ", "USER"] {
        assert!(second["tuning"]["env"][name].is_string(), "{name}");
        assert_eq!(first["tuning"]["env"][name], Value::Null, "{name}");
    }

    assert_eq!(second["tuning"]["umask"], "0077");
    assert_eq!(first["tuning"]["umask"], Value::Null);

    let once = Project::hello().manifest(matrix).plan(&["--matrix"]);
    assert_ne!(plan["digest"], once["digest"]);
    assert!(!ids(&once).iter().any(|id| id.starts_with("copy:")));
    let script = project.run(&["plan", "--format", "sh"]).exits(0).stdout;
    assert_eq!(script.matches("go build").count(), 1, "{script}");
}

#[test]
fn a_program_is_started_with_another_umask_in_place_of_gobuildx() {
    let project = Project::empty();
    let started = ["start-with-umask", "0077", "sh", "-c", "umask"];
    assert_eq!(project.run(&started).exits(0).stdout, "0077\n");
    project
        .run(&["start-with-umask", "0888", "true"])
        .exits(4)
        .says("failed to start a program: `0888` is no umask");
    project
        .run(&["start-with-umask", "0077", "no-such-program"])
        .exits(4)
        .says("failed to start `no-such-program`: No such file or directory");
}

#[test]
fn a_second_build_needs_no_file_of_gobuildx_itself() {
    let elsewhere = Project::empty();
    let gobuildx = elsewhere.path("gobuildx");
    fs::copy(env!("CARGO_BIN_EXE_gobuildx"), &gobuildx).unwrap();
    let hooks = format!("[hooks]\nbefore = [[\"rm\", {gobuildx:?}]]\n");
    let project = Project::hello().manifest(&format!("{hooks}{TWICE}"));
    let build = project.command(&["build", "--allow-hooks", "--target", "linux/amd64"]);
    let mut removed = Command::new(&gobuildx);
    removed.args(build.get_args()).current_dir(project.root());
    let run = Run::of(removed.output().unwrap()).exits(0);
    assert!(!gobuildx.exists());
    let placed = project.json("dist/artifacts.json");
    assert_eq!(
        placed["artifacts"][0]["reproduced"], true,
        "{placed:#} {run:#?}"
    );
}

#[test]
fn an_override_says_which_binaries_are_built_twice_and_hooks_have_a_copy_each() {
    let project = Project::empty()
        .file("go.mod", "module example.com/two\n\ngo 1.24\n")
        .file("a/main.go", &says("a"))
        .file("b/main.go", &says("b"))
        .manifest(
            "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n\n\
             [[override]]\nbinary = \"b\"\nverify = { reproducible = true }\n\
             hooks = { before = [[\"true\"]] }\n",
        );
    let plan = project.plan(&["--matrix"]);
    assert_eq!(
        ids(&plan),
        [
            "hook:linux/amd64/v1:before.1",
            "copy:linux/amd64/v1",
            "compile:linux/amd64/v1",
            "verify:a_linux_amd64_v1",
            "place:a_linux_amd64_v1",
            "verify:b_linux_amd64_v1",
            "recompile:linux/amd64/v1",
            "compare:b_linux_amd64_v1",
            "place:b_linux_amd64_v1",
        ]
    );
    let hook = serde_json::json!(["hook:linux/amd64/v1:before.1"]);
    assert_eq!(step(&plan, "copy:linux/amd64/v1")["needs"], hook);
}

#[test]
fn what_a_module_is_replaced_by_is_copied_to_where_the_copy_looks_for_it() {
    let project = Project::empty()
        .file(
            "work/deep/go.mod",
            "module example.com/deep\n\ngo 1.24\n\nreplace (\n\
              \texample.com/x => ../../x\n\texample.com/y => ./y\n)\n",
        )
        .file("work/deep/main.go", &says("deep"))
        .file("work/deep/targets.toml", TWICE);
    let manifest = project.path("work/deep/targets.toml");
    let plan = project.plan(&["--manifest", manifest.to_str().unwrap()]);
    assert_eq!(
        step(&plan, "copy:sources")["folders"],
        serde_json::json!([
            { "from": "{root}", "to": "{work}/again/sources/all/around/tree" },
            { "from": "{root}/../../x", "to": "{work}/again/sources/all/x" },
        ])
    );
}

/// What a program with C and a certificate prints of itself.
const PROGRAM: &str = r#"package main

/*
const char *file(void);
*/
import "C"

import (
	"crypto/x509"
	"fmt"

	"example.com/other"
)

func main() {
	pool, _ := x509.SystemCertPool()
	fmt.Println(other.Word, C.GoString(C.file()), pool != nil)
}
"#;

#[test]
fn programs_with_and_without_c_are_the_same_wherever_they_are_built() {
    let project = Project::empty()
        .file("other/go.mod", "module example.com/other\n\ngo 1.24\n")
        .file(
            "other/other.go",
            "package other\n\nconst Word = \"another\"\n",
        )
        .file(
            "go.mod",
            "module example.com/built-twice\n\ngo 1.24\n\nrequire example.com/other v0.0.0\n\n\
             replace example.com/other => ./other\n",
        )
        .file("main.go", PROGRAM)
        .file(
            "file.c",
            "const char *file(void) { return __FILE__ \" \" __DATE__ \" \" __TIME__; }\n",
        )
        .file("plain/main.go", &says("plain"))
        .file("ca.pem", CA)
        .manifest(&format!(
            "[[binary]]\nname = \"both\"\n\n[[binary]]\nname = \"plain\"\npackage = \"./plain\"\n\n\
             [[matrix.include]]\ntarget = \"linux/amd64\"\ncgo = true\ntoolchain = \"host\"\n\n\
             [build]\nrebuild = \"changed\"\ntags = [\"netgo\", \"osusergo\"]\n\
             ldflags = [\"-s\", \"-w\", \"-linkmode=external\", \"-extldflags=-static\"]\n\n\
             [embed]\nca_roots = \"ca.pem\"\ntzdata = true\n\n{TWICE}"
        ));
    let project = locked(project).committed();
    project
        .run(&["build", "--matrix"])
        .exits(0)
        .says("Compiling linux/amd64/v1+host again (both, plain)")
        .says("Same both_linux_amd64_v1 (built twice)");
    let record = project.json("dist/artifacts.json");
    assert_eq!(record["artifacts"][0]["reproduced"], true);
    assert_eq!(record["artifacts"][1]["reproduced"], true);
    let stamp = project.build_info("both_linux_amd64_v1/both");
    assert!(stamp.contains("vcs.modified=false"), "{stamp}");
    project.run(&["verify"]).exits(0);
    assert!(!project.path("dist/.gobuildx/rejected").exists());
    let built_once = project.read("dist/artifacts.json");
    let built_once = built_once.replace("\"reproduced\": true", "\"reproduced\": null");
    project.write("dist/artifacts.json", &built_once);
    project
        .run(&["verify"])
        .exits(1)
        .says("a second build of both for linux/amd64/v1");
}

#[test]
fn what_differs_is_explained_and_both_files_are_kept() {
    let project = Project::empty()
        .file("go.mod", "module example.com/differs\n\ngo 1.24\n")
        .file(
            "main.go",
            "package main\n\n// const char *stamp(void);\nimport \"C\"\n\n\
              func main() { println(C.GoString(C.stamp())) }\n",
        )
        // The time of the file, which SOURCE_DATE_EPOCH says nothing about.
        .file(
            "stamp.c",
            "const char *stamp(void) { return \"made at \" __TIMESTAMP__; }\n",
        )
        .manifest(&format!(
            "[[matrix.include]]\ntarget = \"linux/amd64\"\ncgo = true\ntoolchain = \"host\"\n\n\
             [build]\nrebuild = \"changed\"\ntrimpath = false\n\
             ldflags = [\"-s\", \"-w\", \"-linkmode=external\", \"-extldflags=-static\"]\n\n{TWICE}"
        ));
    let run = project
        .run(&["build", "--matrix"])
        .exits(1)
        .says("failed to reproduce differs_linux_amd64_v1/differs: two builds of it differ")
        .says("cause: Go records the folder of the sources, since `trimpath` is off")
        .says("fix: write `trimpath = true` in [build]")
        .says("cause: a time of the build is in it")
        .says(".gopclntab (")
        .says("again/sources/all/tree/main.go`")
        .prints("not reproducible");
    let text = run.stderr.split_once("a text: `").unwrap().1;
    let text = text.lines().next().unwrap();
    assert_eq!(text.matches("made at ").count(), 2, "{text}");

    let kept = |name: &str| {
        let folder = project.path("dist/.gobuildx/rejected/differs_linux_amd64_v1");
        let file = folder.join(name);
        let line = format!("the file is kept at {}", file.display());
        assert!(run.stderr.contains(&line), "{}", run.stderr);
        let output = Command::new(file).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stderr
    };
    assert_ne!(kept("differs.first"), kept("differs.second"));
    assert!(!project.path("dist/differs_linux_amd64_v1").exists());
    let report = project.json("dist/report.json");
    let difference = &step(&report, "compare:differs_linux_amd64_v1")["difference"]["binary"];
    assert_eq!(
        difference["causes"],
        serde_json::json!(["untrimmed", "time"])
    );
    assert_eq!(difference["traces"][0]["of"], "sources");
    assert_eq!(report["artifacts"], serde_json::json!([]));
}

#[test]
fn a_source_that_only_the_own_folder_leads_to_is_told_of() {
    let project = Project::empty()
        .file("outside.go", "package main\n\nconst word = \"outside\"\n")
        .file("in/go.mod", "module example.com/in\n\ngo 1.24\n")
        .file(
            "in/main.go",
            "package main\n\nfunc main() { println(word) }\n",
        )
        .file("in/targets.toml", TWICE);
    symlink("../outside.go", project.path("in/outside.go")).unwrap();
    let manifest = project.path("in/targets.toml");
    project
        .run(&[
            "build",
            "--rebuild",
            "changed",
            "--manifest",
            manifest.to_str().unwrap(),
        ])
        .exits(1)
        .says("a second time, from a copy of its sources")
        .says("outside.go")
        .says("the first build succeeded")
        .prints("failed to compile again");
    let left = fs::read_dir(project.path("in/dist/.gobuildx")).unwrap();
    let left = left.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("work.")
    });
    assert_eq!(left.count(), 0);
}
