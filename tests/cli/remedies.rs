//! What `inspect` advises is taken at its word: the lines are used, and the findings are gone.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::blank;
use crate::project::Project;

const WITH_C: &str = r#"package main

// #include <math.h>
// #cgo LDFLAGS: -lm
import "C"
import "fmt"

func main() { fmt.Println("cosine", float64(C.cos(0))) }
"#;

/// A dynamic program with C, built by go alone.
fn dynamic() -> Project {
    let project = Project::empty()
        .file("go.mod", "module example.com/cosine\n\ngo 1.24\n")
        .file("main.go", WITH_C);
    let built = Command::new("go")
        .args(["build", "-o", "app"])
        .current_dir(project.root())
        .env("CGO_ENABLED", "1")
        .env("CC", "gcc")
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    project
}

/// The files that lines copy from the other stage: from where, and to where.
fn copied(dockerfile: &str) -> Vec<(PathBuf, PathBuf)> {
    let lines = dockerfile.lines();
    let lines = lines.filter_map(|line| line.strip_prefix("COPY --from=build "));
    lines
        .map(|words| serde_json::from_str(words).unwrap())
        .collect()
}

/// Starts the program on a system that has these files and no others.
fn started(program: &Path, files: &[(PathBuf, PathBuf)]) -> Output {
    let system = blank::system(program);
    let with = |system: blank::System, (from, to): &(PathBuf, PathBuf)| system.file(from, to);
    files.iter().fold(system, with).run(&[])
}

#[test]
fn an_image_with_the_lines_of_a_dynamic_program_starts_it_and_needs_each_of_them() {
    let project = dynamic();
    let run = project.run(&["inspect", "--dockerfile", "app"]).exits(0);
    let run = run
        .prints("FROM scratch\n")
        .prints("ENTRYPOINT [\"/app\"]\n");
    let files = copied(&run.stdout);
    assert!(files.len() >= 3, "{}", run.stdout);
    let program = project.path("app");
    let whole = started(&program, &files);
    assert_eq!(
        String::from_utf8_lossy(&whole.stdout),
        "cosine 1\n",
        "{whole:?}"
    );
    for left_out in 0..files.len() {
        let mut fewer = files.clone();
        let file = fewer.remove(left_out);
        let output = started(&program, &fewer);
        assert!(!output.status.success(), "it starts without {file:?}");
    }
}

#[test]
fn libraries_come_from_the_root_that_is_named_and_what_is_missing_there_is_said() {
    let project = dynamic().file("other/lib64/nothing", "");
    project
        .run(&["inspect", "--dockerfile", "--sysroot", "other", "app"])
        .exits(1)
        .prints("# not found in the system: libc.so.6\n")
        .prints("# not found in the system: libm.so.6\n")
        .says("failed to find all that app needs to start: ")
        .says("libm.so.6 are not in other\n");
    for (root, reason) in [("nowhere", "No such file"), ("app", "Not a directory")] {
        project
            .run(&["inspect", "--dockerfile", "--sysroot", root, "app"])
            .exits(2)
            .says(&format!(
                "failed to look for libraries in `{root}`: {reason}"
            ));
    }
}

#[test]
fn a_manifest_with_the_lines_of_a_dynamic_program_builds_a_static_one_with_its_c() {
    let project = dynamic();
    let fix = project.run(&["inspect", "--fix", "app"]).exits(0).stdout;
    let target = fix.split("match = \"").nth(1).unwrap();
    let (goos, goarch) = target.split('"').next().unwrap().split_once('/').unwrap();
    let matrix = format!("[matrix]\ngoos = [\"{goos}\"]\ngoarch = [\"{goarch}\"]\n");
    let merged = fix.replacen("[matrix]\n", &matrix, 1);
    project.write("targets.toml", &format!("{merged}\n[build]\nvcs = false\n"));
    project.run(&["build", "--rebuild", "changed"]).exits(0);
    let artifacts = project.json("dist/artifacts.json");
    let path = format!(
        "dist/{}",
        artifacts["artifacts"][0]["path"].as_str().unwrap()
    );
    let alone = started(&project.path(&path), &[]);
    assert_eq!(
        String::from_utf8_lossy(&alone.stdout),
        "cosine 1\n",
        "{alone:?}"
    );
    let left = project.run(&["inspect", "--fix", &path]).exits(0).stdout;
    assert!(!left.contains("elf-"), "{left}");
}

const FILES: &str = r#"package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

func main() {
	fmt.Println(http.Get("https://example.com"))
	fmt.Println(os.ReadFile("/etc/app/main.yaml"))
	fmt.Println(os.ReadFile("/etc/app/absent.yaml"))
	fmt.Println(os.Stat("/etc/app/optional.yaml"))
	fmt.Println(net.Dial("unix", "/run/app/dialed.sock"))
	fmt.Println(os.ReadFile("/run/app/read.sock"))
}
"#;

#[test]
fn an_image_copies_files_that_are_there_and_no_sockets_and_nothing_optional() {
    let project = Project::empty()
        .file("go.mod", "module example.com/files\n\ngo 1.24\n")
        .file("main.go", FILES)
        .file("root/etc/app/main.yaml", "")
        .file("root/etc/app/optional.yaml", "")
        .file("root/etc/ssl/certs/ca-certificates.crt", "")
        .file("root/run/app/nothing", "");
    let sockets = ["dialed", "read"].map(|name| {
        let path = project.path(&format!("root/run/app/{name}.sock"));
        std::os::unix::net::UnixListener::bind(path).unwrap()
    });
    let built = Command::new("go")
        .args(["build", "-o", "a[1] b"])
        .current_dir(project.root())
        .env("CGO_ENABLED", "0")
        .status();
    assert!(built.unwrap().success());
    let run = project
        .run(&["inspect", "--dockerfile", "--sysroot", "root", "a[1] b"])
        .exits(0)
        .prints("# better inside the program, with `ca_roots = true` below [embed] in the manifest; else:\n")
        .prints("# it connects to the socket /run/app/dialed.sock: mount it\n")
        .prints("# /run/app/read.sock is no file: mount it\n")
        .prints("# not found in the system, so copy it from elsewhere, or mount it: /etc/app/absent.yaml\n")
        .prints("COPY [\"a[[]1] b\",\"/a[1] b\"]\nENTRYPOINT [\"/a[1] b\"]\n");
    drop(sockets);
    let from: Vec<PathBuf> = copied(&run.stdout).into_iter().map(|one| one.0).collect();
    let there = ["/etc/ssl/certs/ca-certificates.crt", "/etc/app/main.yaml"];
    assert_eq!(from, there.map(PathBuf::from), "{}", run.stdout);
}

#[test]
fn an_image_is_for_linux_programs_alone() {
    let project = Project::hello();
    for (goos, name) in [("windows", "app.exe"), ("darwin", "app")] {
        let built = Command::new("go")
            .args(["build", "-buildvcs=false", "-o", name, "."])
            .current_dir(project.root())
            .envs([("CGO_ENABLED", "0"), ("GOOS", goos)])
            .status();
        assert!(built.unwrap().success());
        let run = project.run(&["inspect", "--dockerfile", name]).exits(1);
        let run = run.says(&format!(
            "failed to make an image for {name}: it is for {goos}, and images from scratch are for Linux programs"
        ));
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn an_image_is_for_programs_alone() {
    let project = Project::hello();
    // An object file of amd64, of which there is no more than the header.
    let mut object = vec![0; 64];
    object[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    for (at, byte) in [(16, 1), (18, 62), (20, 1), (52, 64), (54, 56)] {
        object[at] = byte;
    }
    std::fs::write(project.root().join("app.o"), object).unwrap();
    let run = project.run(&["inspect", "--dockerfile", "app.o"]).exits(1);
    let run = run.says("failed to make an image for app.o: it is neither a program nor a library");
    assert_eq!(run.stdout, "");
}

const PLUGINS: &str = r#"package main

import (
	"fmt"
	"plugin"
)

func main() { fmt.Println(plugin.Open("a.so")) }
"#;

/// A program that loads plugins, built by go alone.
fn loading_plugins(cgo: &str) -> Project {
    let project = Project::empty()
        .file("go.mod", "module example.com/plugins\n\ngo 1.24\n")
        .file("main.go", PLUGINS);
    let built = Command::new("go")
        .args(["build", "-o", "app"])
        .current_dir(project.root())
        .env("CGO_ENABLED", cgo)
        .env("CC", "gcc")
        .status();
    assert!(built.unwrap().success());
    project
}

#[test]
fn an_image_has_the_files_of_plugins_or_nothing_makes_up_for_them() {
    let without_c = loading_plugins("0");
    let lines = without_c.run(&["inspect", "--dockerfile", "app"]).exits(0);
    lines.prints("# plugin\n# no image makes up for it: this was left out of the program");
    let with_c = loading_plugins("1");
    let lines = with_c.run(&["inspect", "--dockerfile", "app"]).exits(0);
    lines.prints("# plugin\n# it loads plugins: copy their files, too\n");
}

#[test]
fn what_no_line_settles_alone_is_said_and_not_allowed_away() {
    let project = loading_plugins("0");
    let run = project.run(&["inspect", "--fix", "app"]).exits(0);
    let run =
        run.prints("# plugin (plugins): no line settles it alone: `cgo = [true]` below [matrix]");
    assert!(!run.stdout.contains("rule = \"plugin\""), "{}", run.stdout);
}

const ZONES: &str = r#"package main

import (
	"fmt"
	"os/exec"
	"time"
)

func main() {
	fmt.Println(time.LoadLocation("Europe/Paris"))
	fmt.Println(exec.Command("git", "version").Run())
}
"#;

#[test]
fn a_manifest_with_the_lines_settles_what_was_found() {
    let project = Project::empty()
        .file("go.mod", "module example.com/zones\n\ngo 1.24\n")
        .file("main.go", ZONES)
        .file("targets.toml", "[build]\nvcs = false\n");
    let build = ["build", "--rebuild", "changed"];
    let artifact = || {
        let artifacts = project.json("dist/artifacts.json");
        let artifact = artifacts["artifacts"][0].clone();
        let path = format!("dist/{}", artifact["path"].as_str().unwrap());
        (artifact, path)
    };
    let rules = |artifact: &serde_json::Value| -> Vec<String> {
        let findings = artifact["findings"].as_array().unwrap().iter();
        let open = findings
            .filter(|finding| finding["allowed"].is_null() && finding["severity"] != "info");
        open.map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect()
    };
    project.run(&build).exits(0);
    let (before, path) = artifact();
    assert_eq!(rules(&before), ["tzdata", "exec"]);

    let fix = project.run(&["inspect", "--fix", &path]).exits(0).stdout;
    project.write("targets.toml", &format!("[build]\nvcs = false\n{fix}"));
    project.run(&build).exits(3).says("the reason is empty");
    let fix = fix.replace("reason = \"\"", "reason = \"the image has it\"");
    project.write("targets.toml", &format!("[build]\nvcs = false\n{fix}"));
    project.run(&build).exits(0);
    let (after, path) = artifact();
    assert_eq!(rules(&after), [""; 0], "{fix}");
    project
        .run(&["inspect", "--fix", &path])
        .exits(0)
        .prints("rule = \"exec\"");
}

#[test]
fn a_file_that_go_did_not_make_has_no_manifest() {
    Project::empty()
        .run(&["inspect", "--fix", "/bin/true"])
        .exits(0)
        .prints("# /bin/true: no Go program, so no manifest builds it\n");
}
