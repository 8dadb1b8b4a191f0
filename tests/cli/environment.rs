//! What of the environment reaches go, and what doesn't.

use std::fs;
use std::process::Command;

use crate::answers::{compiles, go, only_argv, words};
use crate::project::{PRINTS_VERSION, Project};

const SECRET: &str = "s3cr3t-t0k3n";

/// Where modules come from, as a company sets it in Go's own env file.
fn private_settings() -> String {
    format!(
        "GOPRIVATE=git.example.com/*\n\
         GOPROXY=https://user:{SECRET}@proxy.example.com,off\n\
         GOAUTH=off\n\
         GOINSECURE=plain.example.com\n\
         GOVCS=*:git\n"
    )
}

const PRIVATE: [&str; 7] = [
    "GOAUTH",
    "GOINSECURE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOPRIVATE",
    "GOPROXY",
    "GOVCS",
];

fn assert_hands_on(project: &Project) {
    let plan = project.plan(&[]);
    let inherit = words(&compiles(&plan)[0]["tuning"]["inherit"]);
    for name in PRIVATE {
        assert!(inherit.contains(&name), "{name}: {inherit:?}");
    }
}

#[test]
fn settings_for_private_modules_are_read_from_gos_own_file() {
    let project = Project::hello().file("settings/env", &private_settings());
    let file = project.path("settings/env");
    assert_hands_on(&project.env("GOENV", file));
    let project = Project::hello().file("settings/go/env", &private_settings());
    let folder = project.path("settings");
    assert_hands_on(&project.env("XDG_CONFIG_HOME", folder));
}

#[test]
fn go_gets_the_values_that_are_handed_on() {
    // The proxy is the disk: whatever else go would ask is off.
    let proxy = "proxy/example.com/dep/@v";
    let project = Project::empty()
        .file(
            "go.mod",
            "module example.com/user\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n",
        )
        .file(
            "main.go",
            "package main\n\nimport \"example.com/dep\"\n\nfunc main() { println(dep.Name) }\n",
        )
        .file(&format!("{proxy}/list"), "v1.0.0\n")
        .file(&format!("{proxy}/v1.0.0.info"), r#"{"Version":"v1.0.0"}"#)
        .file(
            &format!("{proxy}/v1.0.0.mod"),
            "module example.com/dep\n\ngo 1.24\n",
        )
        .file("dep/go.mod", "module example.com/dep\n\ngo 1.24\n")
        .file("dep/dep.go", "package dep\n\nconst Name = \"dep\"\n");
    zip_module(&project, &format!("{proxy}/v1.0.0.zip"));
    let url = format!("file://{}", project.path("proxy").display());
    project.write(
        "env",
        &format!(
            "GOPROXY={url}\nGONOSUMDB=example.com\nGOFLAGS=-mod=mod\nGOMODCACHE={}\n",
            project.path("cache").display()
        ),
    );
    // go.sum, as a developer makes it.
    let status = Command::new("go")
        .args(["mod", "tidy"])
        .current_dir(project.root())
        .env("GOENV", project.path("env"))
        .env("GOFLAGS", "-modcacherw")
        .status()
        .unwrap();
    assert!(status.success());
    fs::remove_dir_all(project.path("cache")).unwrap();
    let file = project.path("env");
    let project = project
        .manifest("[build]\nflags = [\"-modcacherw\"]\n")
        .env("GOENV", file);
    project.build(&[]).exits(0);
    assert!(project.path("cache/example.com/dep@v1.0.0").is_dir());
}

/// Packs the folder `dep` as go wants modules.
fn zip_module(project: &Project, to: &str) {
    let program = r#"package main

import (
	"archive/zip"
	"os"
)

func main() {
	file, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	archive := zip.NewWriter(file)
	for _, name := range []string{"go.mod", "dep.go"} {
		text, err := os.ReadFile(os.Args[2] + "/" + name)
		if err != nil {
			panic(err)
		}
		entry, err := archive.Create("example.com/dep@v1.0.0/" + name)
		if err != nil {
			panic(err)
		}
		entry.Write(text)
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
}
"#;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zip.go");
    fs::write(&file, program).unwrap();
    let status = Command::new("go")
        .arg("run")
        .arg(file)
        .arg(project.path(to))
        .arg(project.path("dep"))
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn no_value_that_is_handed_on_is_written_anywhere() {
    let project = Project::hello()
        .file("settings/env", &private_settings())
        .file(
            "broken/main.go",
            "package main\n\nfunc main() { undefined() }\n",
        );
    let file = project.path("settings/env");
    let project = project.env("GOENV", file);
    for format in ["table", "json", "sh"] {
        let run = project.run(&["plan", "--format", format]).exits(0);
        assert!(!run.stdout.contains(SECRET), "{}", run.stdout);
        assert!(!run.stderr.contains(SECRET), "{}", run.stderr);
    }
    // A failed build shows the command to run by hand.
    let run = project.build(&["--keep-going"]).exits(1).says("undefined");
    assert!(!run.stdout.contains(SECRET), "{}", run.stdout);
    assert!(!run.stderr.contains(SECRET), "{}", run.stderr);
    let run = project.build(&["--message-format", "json"]).exits(1);
    assert!(!run.stdout.contains(SECRET), "{}", run.stdout);
    let dist = project.path("dist");
    for entry in fs::read_dir(dist).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains(SECRET), "{}", path.display());
        }
    }
}

/// What somebody may have exported for other work.
const LEFTOVERS: [(&str, &str); 17] = [
    ("CGO_ENABLED", "1"),
    ("CGO_CFLAGS", "-O9"),
    ("CC", "no-such-compiler"),
    ("GO111MODULE", "off"),
    ("GOAMD64", "v3"),
    ("GOARCH", "arm64"),
    ("GODEBUG", "gotypesalias=0"),
    ("GOEXPERIMENT", "greenteagc"),
    ("GOFIPS140", "latest"),
    ("GOFLAGS", "-tags=x -mod=mod"),
    ("GOGC", "50"),
    ("GOMAXPROCS", "1"),
    ("GOOS", "windows"),
    ("GOROOT_FINAL", "/nowhere"),
    ("GOTOOLCHAIN", "go1.99.9"),
    ("GOWORK", "/nowhere/go.work"),
    ("TZ", "Asia/Tokyo"),
];

fn two_files() -> Project {
    Project::hello()
        .file("main.go", PRINTS_VERSION)
        .file(
            "x.go",
            "//go:build x\n\npackage main\n\nfunc init() { version = \"tagged\" }\n",
        )
        .committed()
}

fn built(project: &Project) -> (serde_json::Value, Vec<u8>) {
    let plan = project.plan(&["--rebuild", "changed"]);
    project.build(&[]).exits(0);
    let bytes = fs::read(project.path("dist/hello_linux_amd64_v1/hello")).unwrap();
    (plan["digest"].clone(), bytes)
}

#[test]
fn what_is_left_over_in_the_environment_changes_no_byte() {
    let clean = built(&two_files());
    let mut project = two_files();
    for (name, value) in LEFTOVERS {
        project = project.env(name, value);
    }
    assert!(built(&project) == clean);
    for (name, value) in [
        ("GOEXPERIMENT", "no-such"),
        ("GOFIPS140", "no-such"),
        ("GOWORK", "off"),
    ] {
        let project = two_files().env(name, value);
        assert_eq!(
            project.plan(&["--rebuild", "changed"])["digest"],
            clean.0,
            "{name}"
        );
    }
}

#[test]
fn what_is_left_over_in_gos_own_file_changes_no_byte() {
    let clean = built(&two_files());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("env");
    let lines: Vec<String> = LEFTOVERS
        .iter()
        .filter(|(name, _)| !matches!(*name, "GOGC" | "GOMAXPROCS" | "TZ" | "GOROOT_FINAL"))
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect();
    fs::write(&file, lines.concat()).unwrap();
    assert!(built(&two_files().env("GOENV", file)) == clean);
}

#[test]
fn experiments_come_from_the_manifest_and_are_part_of_what_is_built() {
    let project = two_files().manifest("[build]\nenv = { GODEBUG = \"http2client=0\" }\n");
    let plan = project.plan(&[]);
    assert_eq!(compiles(&plan)[0]["env"]["GODEBUG"], "http2client=0");
    assert_ne!(plan["digest"], two_files().plan(&[])["digest"]);
}

/// Runs with a time that the build shall pretend.
fn at(project: &Project, epoch: &str) -> crate::project::Run {
    let mut command = project.command(&["build", "--rebuild", "changed"]);
    command.env("SOURCE_DATE_EPOCH", epoch);
    crate::project::Run::of(command.output().unwrap())
}

#[test]
fn the_time_that_a_build_pretends_is_its_date() {
    let project = Project::hello()
        .manifest("[build]\nldflags = [\"-X=main.version={date} {timestamp}\"]\n")
        .committed();
    at(&project, "1700000000").exits(0);
    assert_eq!(
        project.prints("hello_linux_amd64_v1/hello"),
        "2023-11-14T22:13:20Z 1700000000"
    );
    for garbage in ["", "today", "-1", "1.5"] {
        at(&project, garbage)
            .exits(4)
            .says("SOURCE_DATE_EPOCH")
            .says("seconds since 1970");
    }
}

#[test]
fn without_go_on_path_the_message_says_where_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    Project::hello()
        .env("PATH", folder.path())
        .run(&["build"])
        .exits(4)
        .says("failed to find go on PATH")
        .says("https://go.dev");
}

#[test]
fn the_pinned_toolchain_is_the_one_that_builds() {
    let local = crate::answers::go(&["env", "GOVERSION"]);
    let release = local.trim_start_matches("go");
    let project = Project::hello().manifest(&format!("[project]\ngo = \"{release}\"\n"));
    let plan = project.plan(&[]);
    assert_eq!(compiles(&plan)[0]["env"]["GOTOOLCHAIN"], local);
    assert_eq!(plan["release"]["go"], local);
    assert!(only_argv(&plan).contains(&"."));
}

#[test]
fn a_toolchain_that_go_mod_forbids_is_an_error() {
    Project::hello()
        .file("go.mod", "module example.com/hello\n\ngo 1.25\n")
        .manifest("[project]\ngo = \"1.24.1\"\n")
        .run(&["plan"])
        .exits(3)
        .says("the manifest pins Go 1.24.1, but go.mod asks for at least 1.25")
        .says("set `go = \"1.25.");
    Project::hello()
        .file("go.mod", "module example.com/hello\n\ngo 1.99\n")
        .run(&["plan"])
        .exits(4)
        .says("go.mod asks for Go 1.99");
}

#[test]
fn a_module_that_wants_a_newer_go_is_told_in_gos_own_words() {
    Project::hello()
        .file(
            "go.mod",
            "module example.com/hello\n\ngo 1.21\n\nrequire example.com/newer v0.0.0\n\n\
             replace example.com/newer => ./newer\n",
        )
        .file(
            "main.go",
            "package main\n\nimport _ \"example.com/newer\"\n\nfunc main() {}\n",
        )
        .file("newer/go.mod", "module example.com/newer\n\ngo 1.99\n")
        .file("newer/newer.go", "package newer\n")
        .run(&["plan"])
        .exits(3)
        .says("requires go >= 1.99")
        .says("a module wants Go 1.99 or newer");
}

#[test]
fn a_toolchain_that_cant_be_had_is_told_in_gos_own_words() {
    let project = Project::hello()
        .manifest("[project]\ngo = \"1.26.99\"\n")
        .env("GOPROXY", format!("https://user:{SECRET}@127.0.0.1:1"));
    let run = project
        .run(&["plan"])
        .exits(4)
        .says("failed to get the toolchain go1.26.99")
        .says("127.0.0.1:1")
        .says("[project]");
    assert!(!run.stderr.contains(SECRET), "{}", run.stderr);
}

#[test]
fn the_go_env_of_a_goroot_changes_no_flag() {
    // A GOROOT as a distribution could ship it: Go's own, but for its go.env.
    let goroot = std::path::PathBuf::from(go(&["env", "GOROOT"]));
    let project = Project::hello();
    let own = project.path("goroot");
    fs::create_dir_all(own.join("bin")).unwrap();
    for entry in fs::read_dir(&goroot).unwrap() {
        let name = entry.unwrap().file_name();
        if name != "bin" && name != "go.env" {
            std::os::unix::fs::symlink(goroot.join(&name), own.join(&name)).unwrap();
        }
    }
    fs::copy(goroot.join("bin/go"), own.join("bin/go")).unwrap();
    fs::write(own.join("go.env"), "GOFLAGS=-toolexec=/nonexistent\n").unwrap();
    let mut with_own = own.join("bin").into_os_string();
    with_own.push(":/usr/bin:/bin");
    project
        .env("PATH", with_own)
        .run(&["build", "--rebuild", "changed"])
        .exits(0);
}
