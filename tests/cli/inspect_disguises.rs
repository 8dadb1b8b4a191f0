//! `gobuildx inspect` on Go programs in other clothes: several in one file, and packed ones.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::project::Project;

/// A program that starts another one.
const STARTS_GIT: &str = "package main\n\nimport (\n\t\"fmt\"\n\t\"os/exec\"\n)\n\n\
    func main() {\n\tfmt.Println(exec.Command(\"git\").Run())\n}\n";

fn go_build(project: &Project, name: &str, goos: &str, goarch: &str) -> PathBuf {
    let output = project.path(name);
    let built = Command::new("go")
        .args(["build", "-trimpath", "-ldflags", "-s -w", "-o"])
        .arg(&output)
        .current_dir(project.root())
        .envs([("GOOS", goos), ("GOARCH", goarch), ("CGO_ENABLED", "0")])
        .env("GOFLAGS", "-buildvcs=false")
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    output
}

fn starts_git() -> Project {
    Project::hello().file("main.go", STARTS_GIT)
}

fn inspected(project: &Project, name: &str) -> Value {
    let json = project.run(&["inspect", "--format", "json", name]);
    json.exits(0).json()[0].clone()
}

/// The details of the findings of a rule.
fn details<'a>(record: &'a Value, rule: &str) -> Vec<&'a str> {
    let findings = record["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["rule"] == rule)
        .map(|finding| finding["detail"].as_str().unwrap())
        .collect()
}

/// A universal file.
///
/// Source: Apple's `mach-o/fat.h`; programs start at pages of 16 KiB.
fn universal(programs: [(u32, u32, Vec<u8>); 2]) -> Vec<u8> {
    const PAGE: usize = 1 << 14;
    let mut header: Vec<u8> = [0xcafe_babe_u32, 2].map(u32::to_be_bytes).concat();
    let mut content: Vec<u8> = Vec::new();
    for (cpu, subtype, program) in programs {
        let offset = u32::try_from(PAGE + content.len()).unwrap();
        let size = u32::try_from(program.len()).unwrap();
        header.extend(
            [cpu, subtype, offset, size, 14]
                .map(u32::to_be_bytes)
                .concat(),
        );
        content.extend(program);
        content.resize(content.len().next_multiple_of(PAGE), 0);
    }
    header.resize(PAGE, 0);
    [header, content].concat()
}

#[test]
fn each_program_of_a_universal_file_is_judged() {
    let project = starts_git();
    let program = |goarch: &str| fs::read(go_build(&project, goarch, "darwin", goarch)).unwrap();
    let (x86, arm) = (0x0100_0007, 0x0100_000c);
    let file = universal([(x86, 3, program("amd64")), (arm, 0, program("arm64"))]);
    fs::write(project.path("both"), file).unwrap();

    let record = inspected(&project, "both");
    assert_eq!(record["kind"], "universal");
    for (index, goarch) in ["amd64", "arm64"].iter().enumerate() {
        let slice = &record["slices"][index];
        assert_eq!(slice["goarch"], *goarch);
        assert_eq!(slice["goos"], "darwin");
        // Each is read as it is when it lies alone.
        let alone = inspected(&project, goarch);
        assert_eq!(slice["build_ids"], alone["build_ids"]);
        assert_eq!(slice["go"], alone["go"]);
        let own = details(&alone, "exec");
        assert_eq!(own.len(), 1);
        let told = format!("{goarch}: {}", own[0]);
        assert!(details(&record, "exec").contains(&told.as_str()), "{told}");
    }
    assert_eq!(details(&record, "exec").len(), 2);
}

#[test]
fn a_packed_program_is_not_proven() {
    let project = starts_git();
    // UPX leaves in a program for Windows where its symbols were: it isn't damaged for that.
    for (goos, policy) in [("linux", "scratch"), ("windows", "windows-10")] {
        go_build(&project, "app", goos, "amd64");
        let packed = Command::new("upx")
            .args(["-q", "-1", "app"])
            .current_dir(project.root())
            .output()
            .unwrap();
        assert!(packed.status.success(), "{packed:?}");

        let record = inspected(&project, "app");
        assert_eq!(record["packed"], "upx");
        assert_eq!(record["verdict"], "unproven");
        let reason = "the program is packed with UPX: only its unpacker can be read";
        assert!(details(&record, "opaque").contains(&reason), "{record}");
        project
            .run(&["inspect", "--policy", policy, "app"])
            .exits(1)
            .prints(&format!("fails {policy}"));
    }
}

#[test]
fn what_looks_like_build_information_in_a_packed_program_is_none() {
    let project = Project::hello();
    let path = go_build(&project, "app.exe", "windows", "amd64");
    let mut bytes = fs::read(&path).unwrap();
    // UPX leaves now and then the first bytes of the information as they were, at an offset where
    // Go has it. A file that is whole, with UPX's name for a section, has it always.
    let name = memchr::memmem::find(&bytes, b".text\0\0\0").unwrap();
    bytes[name..name + 8].copy_from_slice(b"UPX0\0\0\0\0");
    fs::write(&path, bytes).unwrap();

    let record = inspected(&project, "app.exe");
    assert_eq!(record["packed"], "upx");
    assert!(record["go"].is_null(), "{record}");
    let reason = "there is no Go build information in the file";
    assert!(details(&record, "opaque").contains(&reason), "{record}");
}

#[test]
fn where_texts_are_not_read_no_system_is_known_to_have_all() {
    const READS: &str = "package main\n\nimport \"os\"\n\n\
        func main() {\n\t_, err := os.ReadFile(\"config/app.yaml\")\n\
        \tif err != nil {\n\t\tpanic(err)\n\t}\n}\n";
    let project = Project::hello().file("main.go", READS);
    go_build(&project, "amd64", "linux", "amd64");
    go_build(&project, "riscv64", "linux", "riscv64");

    let read = inspected(&project, "amd64");
    assert_eq!(details(&read, "asset").len(), 1);
    assert!(details(&read, "unread-texts").is_empty());
    let unread = inspected(&project, "riscv64");
    let reason =
        "constant texts aren't read for riscv64: the program may name any file or variable";
    assert_eq!(details(&unread, "unread-texts"), [reason]);
    let checked = unread["checked"].as_array().unwrap();
    assert!(checked.iter().all(|rule| rule != "asset"), "{checked:?}");
    assert_eq!(unread["verdict"], "proven");
    let open = "not known: what its constant texts name";
    project.run(&["inspect", "riscv64"]).exits(0).prints(open);
    for name in ["amd64", "riscv64"] {
        let held = project.run(&["inspect", "--policy", "scratch", name]);
        held.exits(1).prints("fails scratch");
    }
}

#[test]
fn the_loader_of_musl_is_the_c_library_by_all_its_names() {
    const C: &str = "package main\n\n// int one(void) { return 1; }\nimport \"C\"\n\n\
        func main() { println(C.one()) }\n";
    let project = Project::hello().file("main.go", C);
    let built = Command::new("go")
        .args(["build", "-ldflags", "-linkmode=external", "-o", "app", "."])
        .current_dir(project.root())
        .envs([
            ("CGO_ENABLED", "1"),
            ("CC", "musl-gcc"),
            ("GOFLAGS", "-buildvcs=false"),
        ])
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    let record = inspected(&project, "app");
    assert_eq!(record["needed"][0]["name"], "libc.so");
    let args = ["inspect", "--policy", "alpine", "--format", "json", "app"];
    let held = &project.run(&args).exits(0).json()[0];
    assert_eq!(held["outcome"], "passed", "{held}");
}

#[test]
fn all_that_is_told_has_the_identifiers_of_the_build_and_what_a_host_has_to_offer() {
    let project = starts_git();
    go_build(&project, "app", "linux", "amd64");
    go_build(&project, "app.wasm", "wasip1", "wasm");
    let record = inspected(&project, "app");
    let id = record["build_ids"]["go"].as_str().unwrap();
    project
        .run(&["inspect", "-v", "app"])
        .exits(0)
        .prints(&format!("build ID  Go {id}\n"));

    let record = inspected(&project, "app.wasm");
    let imports = record["wasm_imports"].as_array().unwrap();
    let wasi = "wasi_snapshot_preview1";
    assert!(imports.iter().all(|import| import["module"] == wasi));
    assert!(imports.iter().any(|import| import["name"] == "fd_write"));
    let count = imports.len();
    project
        .run(&["inspect", "app.wasm"])
        .exits(0)
        .prints(&format!("the host has to offer {wasi} ({count})"));
}

#[test]
fn what_is_not_read_is_not_said_to_be_no_constant() {
    let project = starts_git();
    for goarch in ["arm", "riscv64"] {
        go_build(&project, goarch, "linux", goarch);
        let record = inspected(&project, goarch);
        let mut findings = record["findings"].as_array().unwrap().iter();
        let exec = findings.find(|finding| finding["rule"] == "exec").unwrap();
        let subject = format!("programs whose names aren't read on {goarch}");
        assert_eq!(exec["subject"], subject);
    }
}
