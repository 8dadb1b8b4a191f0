//! `[compress]`: files that the real upx packs, started in a real sandbox.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use gobuildx::pack::UpxOption;
use serde_json::{Value, json};

use crate::answers::folder_of;
use crate::live::{Live, wait_until, with_program};
use crate::project::{Project, Run};

const QUICK: &str = "[compress]\nupx = [\"-1\"]\n";

/// A manifest with exactly these targets, and with more text.
fn manifest(targets: &[&str], more: &str) -> String {
    let include = |target: &&str| format!("[[matrix.include]]\ntarget = \"{target}\"\n");
    let includes: Vec<String> = targets.iter().map(include).collect();
    format!(
        "{}[build]\nrebuild = \"changed\"\nvcs = false\n{more}",
        includes.concat()
    )
}

/// A program for linux/amd64 that is packed.
fn packed(source: &str) -> Project {
    Project::hello()
        .file("main.go", source)
        .file("targets.toml", &manifest(&["linux/amd64"], QUICK))
}

fn build(project: &Project) -> Run {
    project.run(&["build", "--matrix"])
}

/// What `report.json` says of the start of a packed file.
fn trial(project: &Project, folder: &str) -> Value {
    let report = project.json("dist/report.json");
    let steps = report["steps"].as_array().unwrap();
    let id = format!("compress:{folder}");
    let step = steps.iter().find(|step| step["id"] == id.as_str());
    step.unwrap_or_else(|| panic!("no {id} in {report}"))["trial"].clone()
}

/// How it was started, and how it ended.
fn started(how: &str, ending: &str) -> Value {
    json!({ "how": how, "ending": ending })
}

/// The same without how long it took.
fn untimed(mut trial: Value) -> Value {
    trial.as_object_mut().unwrap().remove("startup");
    trial
}

/// A folder with links to programs, for a PATH of its own.
pub fn only(folder: &Path, programs: &[&str]) -> String {
    for program in programs {
        symlink(crate::answers::program(program), folder.join(program)).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

fn shell(script: &str) -> std::process::Output {
    let mut shell = Command::new("sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = shell.stdin.take().unwrap();
    stdin.write_all(script.as_bytes()).unwrap();
    drop(stdin);
    shell.wait_with_output().unwrap()
}

#[test]
fn packed_programs_start_on_every_linux_that_the_allow_list_has() {
    let targets = [
        "linux/386",
        "linux/amd64/v3",
        "linux/arm/5",
        "linux/arm/7",
        "linux/arm64",
        "linux/ppc64le",
    ];
    let project = Project::hello().file("targets.toml", &manifest(&targets, QUICK));
    build(&project).exits(0).prints(" %)");
    for (folder, how) in [
        ("hello_linux_386_sse2", "natively"),
        ("hello_linux_arm_5", "with qemu-arm-static"),
        ("hello_linux_arm_7", "with qemu-arm-static"),
        ("hello_linux_arm64_v8.0", "with qemu-aarch64-static"),
        ("hello_linux_ppc64le_power8", "with qemu-ppc64le-static"),
    ] {
        let trial = trial(&project, folder);
        assert_eq!(trial["how"], how, "{folder}");
        assert_eq!(trial["ending"], "exited with 0", "{folder}");
        // An emulator's time would tell nothing.
        let is_timed = trial.get("startup").is_some();
        assert_eq!(is_timed, how == "natively", "{trial}");
    }
    // The machine's own CPU may lack it; then the emulator has it.
    let v3 = trial(&project, "hello_linux_amd64_v3");
    assert_eq!(v3["ending"], "exited with 0");
}

#[test]
fn a_packed_program_that_takes_too_long_to_start_is_refused() {
    let limited = |limit: &str| {
        let more = format!("[compress]\nupx = [\"--lzma\"]\nmax_startup = \"{limit}\"\n");
        Project::hello().file("targets.toml", &manifest(&["linux/amd64"], &more))
    };
    let slow = limited("1ms");
    build(&slow)
        .exits(1)
        .says("failed to pack hello_linux_amd64_v1/hello: packed it takes ")
        .says(" longer to start, and `max_startup` is 1 ms")
        .says("leave its target out of `match` in [compress]");
    assert!(!slow.path("dist/hello_linux_amd64_v1/hello").exists());
    let patient = limited("1h");
    build(&patient).exits(0).says("; started natively, takes ");
    let startup = trial(&patient, "hello_linux_amd64_v1")["startup"].clone();
    let time = |file: &str| startup[file].as_u64().unwrap();
    assert!(time("packed_us") > time("unpacked_us"), "{startup}");
}

#[test]
fn the_records_tell_of_the_packed_file_and_the_facts_of_the_one_before() {
    let targets = ["linux/amd64", "windows/amd64", "darwin/arm64"];
    let project = Project::hello().file("targets.toml", &manifest(&targets, QUICK));
    build(&project)
        .exits(0)
        .says("   Packed hello_linux_amd64_v1 (")
        .says("Note: not packed: darwin/arm64/v8.0 (macOS 13 and newer kill packed programs)")
        .says("Note: packed, but not started: windows/amd64/v1 (only programs for Linux");
    let artifacts = project.json("dist/artifacts.json");
    for artifact in artifacts["artifacts"].as_array().unwrap() {
        let path = format!("dist/{}", artifact["path"].as_str().unwrap());
        let size = fs::metadata(project.path(&path)).unwrap().len();
        assert_eq!(artifact["size"], size, "{path}");
        // UPX hides the build information: it was read before.
        assert!(
            artifact["go"].as_str().unwrap().starts_with("go1."),
            "{path}"
        );
        let main = &artifact["modules"]["main"]["path"];
        assert_eq!(main, "example.com/hello", "{path}");
        assert_eq!(artifact["verdict"], "proven", "{path}");
        if artifact["target"] == "darwin/arm64/v8.0" {
            assert_eq!(artifact["packed"], Value::Null);
        } else {
            let tool = artifact["packed"]["tool"].as_str().unwrap();
            assert!(tool.starts_with("upx "), "{tool}");
            assert!(
                artifact["packed"]["size_before"].as_u64().unwrap() > size,
                "{path}"
            );
        }
    }
    let sums = Command::new("sha256sum")
        .args(["-c", "--strict", "checksums.txt"])
        .current_dir(project.path("dist"))
        .output()
        .unwrap();
    assert!(sums.status.success(), "{sums:?}");
    let told = Command::new(project.path("dist/hello_linux_amd64_v1/hello")).output();
    assert_eq!(told.unwrap().stdout, b"unset\n");
}

#[test]
fn a_shell_packs_the_same_bytes_and_refuses_another_upx() {
    let targets = ["linux/amd64", "windows/amd64"];
    let project = Project::hello().file("targets.toml", &manifest(&targets, QUICK));
    build(&project).exits(0);
    let files = [
        "dist/hello_linux_amd64_v1/hello",
        "dist/hello_windows_amd64_v1/hello.exe",
    ];
    let read = |file: &str| fs::read(project.path(file)).unwrap();
    let built = files.map(read);
    let script = project
        .run(&["plan", "--matrix", "--format", "sh"])
        .exits(0)
        .stdout;
    fs::remove_dir_all(project.path("dist")).unwrap();
    // Options in the environment are not obeyed.
    let output = shell(&format!("UPX=-9\nexport UPX\n{script}"));
    assert!(output.status.success(), "{output:?}");
    assert!(files.map(read) == built, "the shell makes other bytes");

    let other = with_program(Project::empty(), "upx", "#!/bin/sh\necho upx 9.8.7\n");
    let bin = other.path("bin");
    let output = shell(&format!("PATH={}:$PATH\n{script}", bin.display()));
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("the plan was made for upx "), "{said}");
}

#[test]
fn upx_is_asked_for_before_anything_is_built_and_only_where_something_is_packed() {
    let bin = tempfile::tempdir().unwrap();
    let targets = ["linux/amd64", "darwin/arm64"];
    let project = Project::hello()
        .file("targets.toml", &manifest(&targets, QUICK))
        .env("PATH", only(bin.path(), &["go", "cc", "as", "ld"]));
    let report = project.run(&["doctor", "--format", "json"]).exits(4).json();
    let mut tools = report["tools"].as_array().unwrap().iter();
    let upx = tools.find(|tool| tool["name"] == "upx").unwrap();
    let advice = upx["install"].as_str().unwrap();
    for args in [["build", "--matrix"], ["plan", "--matrix"]] {
        project
            .run(&args)
            .exits(4)
            .says("failed to find upx, which [compress] needs")
            .says(&format!("get upx 4.2 or newer: {advice}; or remove"));
    }
    assert!(!project.path("dist").exists());
    project
        .run(&["plan", "--matrix", "--target", "darwin"])
        .exits(0);
    for (target, mode, more) in [
        ("linux/amd64", "pie", ""),
        (
            "linux/amd64",
            "c-shared",
            "cgo = true\ntoolchain = \"host\"\n",
        ),
    ] {
        let text = format!(
            "[[matrix.include]]\ntarget = \"{target}\"\n{more}\
             [build]\nbuildmode = \"{mode}\"\nvcs = false\n{QUICK}"
        );
        project.write("targets.toml", &text);
        project
            .run(&["plan", "--matrix"])
            .exits(0)
            .prints("Note: not packed: linux/amd64/v1");
        project.run(&["doctor"]).exits(0).prints("--  upx");
    }

    let hook = format!("{QUICK}[hooks]\nbefore = [[\"/bin/touch\", \"ran\"]]\n");
    project.write("targets.toml", &manifest(&targets, &hook));
    project
        .run(&["build", "--matrix", "--allow-hooks"])
        .exits(4)
        .says("failed to find upx, which [compress] needs");
    assert!(!project.path("ran").exists());

    let old = "#!/bin/sh\necho upx 3.96\n";
    let project = with_program(packed(crate::project::PRINTS_VERSION), "upx", old);
    build(&project)
        .exits(4)
        .says("failed to use upx 3.96:")
        .says("upx 4.2 and newer");
}

#[test]
fn without_a_sandbox_files_are_packed_and_not_started_and_that_is_said() {
    let bin = tempfile::tempdir().unwrap();
    let project = packed(crate::project::PRINTS_VERSION);
    let with = project
        .run(&["plan", "--matrix", "--format", "json"])
        .json();
    let project = project.env("PATH", only(bin.path(), &["go", "upx"]));
    let without = project
        .run(&["plan", "--matrix", "--format", "json"])
        .json();
    assert_eq!(with["digest"], without["digest"]);
    let why = "not isolated: `bwrap` (of bubblewrap) is not on PATH";
    build(&project).exits(0).says(&format!(
        "Note: packed, but not started: linux/amd64/v1 ({why}: "
    ));
    let trial = trial(&project, "hello_linux_amd64_v1");
    let not_started = trial["not_started"].as_str().unwrap();
    assert!(not_started.starts_with(why), "{trial:#}");

    let forbidden = "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n";
    let project = with_program(packed(crate::project::PRINTS_VERSION), "bwrap", forbidden);
    build(&project)
        .exits(0)
        .says("user namespaces are forbidden here")
        .says("bwrap says: No permissions to create new namespace");
}

#[test]
fn a_packed_program_sees_nothing_of_the_machine() {
    let source = r#"package main

import (
	"net"
	"os"
)

func main() {
	if len(os.Args) != 2 || os.Args[1] != "--version" {
		os.Exit(1)
	}
	files, err := os.ReadDir("/")
	if err != nil || len(files) != 1 || os.Getenv("PATH")+os.Getenv("HOME") != "" {
		os.Exit(2)
	}
	if os.WriteFile("/written", nil, 0o644) == nil {
		os.Exit(3)
	}
	interfaces, _ := net.Interfaces()
	if len(interfaces) > 1 {
		os.Exit(4)
	}
	os.Exit(77)
}
"#;
    let project = packed(source);
    build(&project).exits(0);
    let expected = started("natively", "exited with 77");
    assert_eq!(untimed(trial(&project, "hello_linux_amd64_v1")), expected);
}

#[test]
fn a_packed_file_that_ends_otherwise_fails_its_step_and_no_other() {
    let compress = "[compress]\nupx = [\"-1\"]\n\
                    allow = [{ target = \"linux/mips\", reason = \"to see it crash\" }]\n";
    let targets = ["linux/mips", "linux/amd64"];
    let project = Project::hello().file("targets.toml", &manifest(&targets, compress));
    build(&project)
        .exits(1)
        .says("failed to pack hello_linux_mips_hardfloat/hello: started with qemu-mips-static")
        .says("the unpacked file exited with 0, the packed one ")
        .says("fix: leave its target out of `match` in [compress]")
        .prints("failed to be packed");
    assert!(!project.path("dist/hello_linux_mips_hardfloat").exists());
    assert!(project.path("dist/hello_linux_amd64_v1/hello").exists());
}

#[test]
fn a_program_that_crashes_before_it_is_packed_counts_as_not_started() {
    let source = "package main\n\nimport \"syscall\"\n\n\
                  func main() { syscall.Kill(syscall.Getpid(), syscall.SIGKILL); select {} }\n";
    let project = packed(source);
    build(&project)
        .exits(0)
        .says("already the unpacked file exited with 137 or was ended by SIGKILL");
}

#[test]
fn words_of_the_sandbox_in_a_programs_mouth_are_no_reason_not_to_compare() {
    let source = "package main\n\nimport \"os\"\n\n\
                  func main() { println(1); println(\"bwrap: mine\"); os.Exit(1) }\n";
    let project = packed(source);
    build(&project).exits(0);
    let expected = started("natively", "exited with 1");
    assert_eq!(untimed(trial(&project, "hello_linux_amd64_v1")), expected);
}

#[test]
fn a_packed_file_that_the_sandbox_can_not_start_is_a_failure() {
    build(&with_upx("[ \"$1\" = -t ] || echo broken >\"$3\""))
        .exits(1)
        .says("the unpacked file exited with 0, the packed one exited with 1")
        .says("bwrap: ");
}

/// A program that stands for upx in front of a file that the real one would refuse: no Go program
/// is known that it can't make smaller.
fn with_upx(script: &str) -> Project {
    let script =
        format!("#!/bin/sh\n[ \"$1\" != --version ] || {{ echo upx 4.2.2; exit; }}\n{script}\n");
    with_program(packed(crate::project::PRINTS_VERSION), "upx", &script)
}

#[test]
fn what_packing_does_not_make_smaller_is_a_failure_that_names_the_fix() {
    build(&with_upx(
        "echo \"upx: $4: NotCompressibleException\" >&2; exit 2",
    ))
    .exits(1)
    .says("failed to pack hello_linux_amd64_v1/hello: upx 4.2.2 says `NotCompressibleException`")
    .says("fix: leave its target out of `match`");
    build(&with_upx("cat \"$4\" \"$4\" >\"$3\""))
        .exits(1)
        .says(" bytes, and packed it would have ")
        .says("fix: leave its target out of `match`");
}

#[test]
fn an_upx_that_writes_no_file_is_told_of() {
    build(&with_upx("exit 0")).exits(1).says(
        "failed to pack hello_linux_amd64_v1/hello: upx 4.2.2 reported success but wrote no file",
    );
}

#[test]
fn an_upx_that_tells_no_version_is_not_waited_for() {
    let source = crate::project::PRINTS_VERSION;
    let project = with_program(packed(source), "upx", "#!/bin/sh\nexec sleep 1000\n");
    let program = project.path("bin/upx");
    build(&project)
        .exits(4)
        .says("failed to ask upx for its version")
        .says(&format!(
            "`{} --version`: it was not done after 10s",
            program.display()
        ));
}

#[test]
fn what_can_not_be_packed_so_that_it_runs_is_refused_with_its_reason() {
    let more = "[compress]\nmatch = [\"linux\"]\n[[override]]\nmatch = \"linux/amd64\"\n\
                buildmode = \"pie\"\n";
    let targets = ["linux/amd64", "linux/arm64"];
    let project = Project::hello().file("targets.toml", &manifest(&targets, more));
    build(&project)
        .exits(3)
        .says("`linux` selects `hello` for `linux/amd64/v1`, which can't be packed")
        .says("UPX can't pack Go's position-independent executables");
    project.write(
        "targets.toml",
        &manifest(&["freebsd/amd64"], "[compress]\nmatch = \"freebsd\"\n"),
    );
    build(&project)
        .exits(3)
        .says("`freebsd` selects `freebsd/amd64/v1`, which can't be packed")
        .says("UPX can't pack programs of this platform");
}

#[test]
fn a_program_that_keeps_running_has_started_and_a_signal_ends_it_with_everything() {
    let project =
        packed("package main\n\nimport \"time\"\n\nfunc main() { time.Sleep(time.Hour) }\n");
    let started = || {
        let all = fs::read_dir("/proc").unwrap().flatten();
        let lines = all.map(|entry| fs::read(entry.path().join("cmdline")).unwrap_or_default());
        let root = project.root().to_str().unwrap().to_owned();
        let lines = lines.map(|line| String::from_utf8_lossy(&line).into_owned());
        lines
            .filter(|line| line.contains(&root) && line.contains("/app"))
            .count()
    };
    let mut run = Live::start(&project, &["build", "--matrix", "--message-format", "json"]);
    run.until("\"step\":\"compress:");
    wait_until("the program is started", || started() > 0);
    run.signal("INT");
    assert_eq!(run.end().0, Some(130), "{:#?}", run.seen);
    wait_until("the program is gone", || started() == 0);
    assert!(!project.path("dist/hello_linux_amd64_v1").exists());

    build(&project).exits(0);
    let trial = trial(&project, "hello_linux_amd64_v1");
    assert_eq!(trial["ending"], "kept running");
}

#[test]
fn every_option_that_a_manifest_may_give_is_one_that_upx_takes() {
    let project = Project::hello().file("targets.toml", &manifest(&["linux/386"], ""));
    build(&project).exits(0);
    let upx = folder_of("upx").join("upx");
    for option in UpxOption::known() {
        // It stops at an option that it doesn't know before it looks for a file.
        let output = Command::new(&upx)
            .args([option, "-t", "/nonexistent"])
            .output();
        let said = String::from_utf8(output.unwrap().stderr).unwrap();
        assert!(said.contains("/nonexistent: "), "{option}: {said}");
    }
}

#[test]
fn the_examples_start_packed_where_they_can_be_started_and_the_rest_stays_as_it_is() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let out = tempfile::tempdir().unwrap();
    let dist = out.path().join("dist");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gobuildx"));
    command
        .args(["build", "--matrix", "--rebuild", "changed", "--manifest"])
        .arg(examples.join("packed.toml"))
        .arg("--out")
        .arg(&dist)
        .env_remove("SOURCE_DATE_EPOCH");
    Run::of(command.output().unwrap())
        .exits(0)
        .says("Note: not packed: darwin/arm64/v8.0 (macOS 13 and newer kill packed programs)");
    let report = fs::read(dist.join("report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    let steps = report["steps"].as_array().unwrap().iter();
    let packed: Vec<&Value> = steps.filter(|step| step["trial"].is_object()).collect();
    assert_eq!(packed.len(), 15, "{packed:#?}");
    for step in packed {
        let is_linux = step["target"].as_str().unwrap().starts_with("linux/");
        assert_eq!(step["trial"]["ending"].is_string(), is_linux, "{step}");
    }
}
