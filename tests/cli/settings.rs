//! What flags and variables change, for all cells or by an override: sanitizers, coverage,
//! profiles, experiments, and the resources of Windows.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

use crate::project::{Project, says};

/// One goroutine writes what another one reads.
const RACY: &str = "package main\n\nfunc main() {\n\tn := 0\n\tdone := make(chan bool)\n\t\
    go func() { n++; done <- true }()\n\tn++\n\t<-done\n\tprintln(n)\n}\n";

/// C code that reads behind what it allocated.
const OVERFLOW: &str = "package main\n\n// #include <stdlib.h>\n// static int beyond(void) {\n\
    //   volatile char *p = malloc(8); int c = p[8]; free((void *)p); return c;\n// }\nimport \"C\"\n\n\
    func main() { println(C.beyond()) }\n";

/// A program that needs nothing but the runtime, which is quickly compiled anew.
const TINY: &str = "package main\n\nfunc main() { println(1) }\n";

/// A cell without cgo, and the same target with it, for which alone a flag is set.
fn beside(flags: &str, more: &str) -> String {
    format!(
        "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ncgo = [false, true]\n\
         toolchains = {{ \"*\" = \"host\" }}\n\n\
         [[override]]\ncgo = true\nflags = [{flags}]\n{more}"
    )
}

const ALLOW: &str = r#"verify = { allow = [
    { rule = "elf-interp", reason = "for tests" },
    { rule = "elf-needed", reason = "for tests" },
    { rule = "glibc-min", reason = "for tests" },
] }
"#;

fn program(source: &str, manifest: &str) -> Project {
    Project::empty()
        .file("go.mod", "module example.com/app\n\ngo 1.24\n")
        .file("main.go", source)
        .manifest(manifest)
}

fn run(project: &Project, binary: &str) -> Output {
    let program = project.path("dist").join(binary);
    Command::new(program)
        .env("GOCOVERDIR", project.root())
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const PLAIN: &str = "app_linux_amd64_v1/app";
const WITH_C: &str = "app_linux_amd64_v1_host/app";

#[test]
fn the_race_detector_finds_a_race_and_the_gate_says_what_it_costs() {
    let project = program(RACY, &beside("\"-race\"", ""));
    project
        .build(&["--keep-going"])
        .exits(1)
        .says("The program was built with -race, whose runtime is a C library and brings this in")
        .says("fix: manifest: `verify = { allow = [{ rule = \"elf-interp\"");
    assert!(project.path("dist").join(PLAIN).is_file());

    project.write("targets.toml", &beside("\"-race\"", ALLOW));
    project.build(&[]).exits(0).prints("  conditional\n");
    let raced = run(&project, WITH_C);
    assert!(stderr(&raced).contains("WARNING: DATA RACE"), "{raced:?}");
    assert_eq!(raced.status.code(), Some(66));
    assert!(run(&project, PLAIN).status.success());
    assert!(project.build_info(WITH_C).contains("build\t-race=true"));
    assert!(!project.build_info(PLAIN).contains("-race"));

    // As the message says, it can be linked statically.
    let link = "ldflags = [\"-linkmode=external\", \"-extldflags=-static\"]\n";
    project.write("targets.toml", &beside("\"-race\"", link));
    project.build(&[]).exits(0).prints("static: proven");
    let raced = run(&project, WITH_C);
    assert!(stderr(&raced).contains("WARNING: DATA RACE"), "{raced:?}");
}

#[test]
fn the_address_sanitizer_finds_a_read_behind_the_end() {
    let only = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ncgo = [true]\n\
                toolchains = { \"*\" = \"host\" }\n\n\
                [[override]]\ncgo = true\nflags = [\"-asan\"]\n";
    let project = program(OVERFLOW, only);
    project
        .build(&[])
        .exits(1)
        .says("libasan.so")
        .says("built with -asan");
    project.write("targets.toml", &format!("{only}{ALLOW}"));
    project.build(&[]).exits(0);
    let ended = run(&project, PLAIN);
    assert!(
        stderr(&ended).contains("AddressSanitizer: heap-buffer-overflow"),
        "{ended:?}"
    );
}

#[test]
fn a_program_built_for_coverage_writes_what_was_reached_to_the_folder_that_it_wants() {
    let project = program(
        &says("covered"),
        "[build]\nflags = [\"-cover\", \"-covermode=count\"]\n",
    );
    project
        .build(&[])
        .exits(0)
        .prints("  conditional\n")
        .says("(on the folder of GOCOVERDIR)");
    assert_eq!(run(&project, PLAIN).stdout, b"covered\n");
    let folder = project.root().display().to_string();
    let percent = crate::answers::go(&["tool", "covdata", "percent", &format!("-i={folder}")]);
    assert!(
        percent.contains("example.com/app") && percent.contains("100.0%"),
        "{percent}"
    );
}

#[test]
fn a_profile_beside_the_program_is_used_unless_it_is_turned_off() {
    let two = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\", \"arm64\"]\n\n\
               [[override]]\nmatch = \"linux/arm64\"\nflags = [\"-pgo=off\"]\n";
    let project = program(TINY, two);
    // Go takes an empty file for a profile without samples.
    project.write("default.pgo", "");
    project.build(&["--matrix"]).exits(0);
    let arm64 = "app_linux_arm64_v8.0/app";
    assert!(
        project
            .build_info(PLAIN)
            .contains("build\t-pgo=default.pgo\n")
    );
    assert!(!project.build_info(arm64).contains("-pgo"));

    // One in a folder of the project: its name is recorded, but no folder of the machine.
    fs::create_dir(project.path("profiles")).unwrap();
    fs::rename(
        project.path("default.pgo"),
        project.path("profiles/cpu.pgo"),
    )
    .unwrap();
    project.write(
        "targets.toml",
        "[build]\nflags = [\"-pgo=profiles/cpu.pgo\"]\n",
    );
    project.build(&[]).exits(0);
    assert!(project.build_info(PLAIN).contains("build\t-pgo=cpu.pgo\n"));
    let bytes = fs::read(project.path("dist").join(PLAIN)).unwrap();
    let folder = project.root().to_str().unwrap().as_bytes();
    assert!(!bytes.windows(folder.len()).any(|window| window == folder));
}

#[test]
fn experiments_and_fips_are_recorded_where_they_are_set() {
    let project = program(
        TINY,
        "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\", \"arm64\"]\n\n\
         [build]\nenv = { GOEXPERIMENT = \"jsonv2\" }\n\n\
         [[override]]\nmatch = \"linux/arm64\"\nenv = { GOFIPS140 = \"latest\" }\n",
    );
    project
        .build(&["--matrix"])
        .exits(0)
        .prints("static: proven");
    let amd64 = project.build_info(PLAIN);
    assert!(amd64.contains("build\tGOEXPERIMENT=jsonv2"), "{amd64}");
    assert!(!amd64.contains("GOFIPS140"), "{amd64}");
    let arm64 = project.build_info("app_linux_arm64_v8.0/app");
    assert!(arm64.contains("build\tGOFIPS140=latest"), "{arm64}");
    assert!(arm64.contains("fips140=on"), "{arm64}");
    assert!(arm64.contains("build\tGOEXPERIMENT=jsonv2"), "{arm64}");
}

#[test]
fn an_experiment_that_go_does_not_have_is_refused_before_anything_is_built() {
    let project = program(
        TINY,
        "[[override]]\nmatch = \"linux/amd64\"\nenv = { GOEXPERIMENT = \"warpdrive\" }\n",
    );
    project
        .run(&["build"])
        .exits(3)
        .says("the Go that builds has no experiment `warpdrive`")
        .says("targets.toml:")
        .says("go doc internal/goexperiment.Flags");
    assert!(!project.path("dist").exists());
}

/// An object file in the form of Windows with an empty folder of resources.
///
/// Source: Microsoft's PE/COFF specification, "COFF File Header", "Section Table" and "The .rsrc
/// Section".
fn resources() -> Vec<u8> {
    let number = |value: u32| value.to_le_bytes();
    let short = |value: u16| value.to_le_bytes();
    let (data_at, data) = (60, [0; 16]);
    [
        // Machine amd64, one section, no time, no symbols, no optional header, no flags.
        short(0x8664).as_slice(),
        &short(1),
        &number(0),
        &number(0),
        &number(0),
        &short(0),
        &short(0),
        // .rsrc: no address, its size and place, no relocations, initialised data to be read.
        b".rsrc\0\0\0",
        &number(0),
        &number(0),
        &number(16),
        &number(data_at),
        &number(0),
        &number(0),
        &number(0),
        &number(0x4000_0040),
        &data,
    ]
    .concat()
}

/// The names of the sections of a PE file.
fn sections(bytes: &[u8]) -> Vec<String> {
    use object::read::{Object as _, ObjectSection as _};
    let file = object::File::parse(bytes).unwrap();
    file.sections()
        .map(|section| section.name().unwrap().to_owned())
        .collect()
}

#[test]
fn resources_of_windows_are_in_the_program_for_their_target_only() {
    let project = program(
        TINY,
        "[matrix]\ngoos = [\"windows\", \"linux\"]\ngoarch = [\"amd64\", \"arm64\"]\n\
         exclude = [{ goos = \"linux\", goarch = \"arm64\" }]\n",
    );
    fs::write(project.path("rsrc_windows_amd64.syso"), resources()).unwrap();
    project.build(&["--matrix"]).exits(0);
    for (artifact, has) in [
        ("app_windows_amd64_v1/app.exe", true),
        ("app_windows_arm64_v8.0/app.exe", false),
        (PLAIN, false),
    ] {
        let bytes = fs::read(project.path("dist").join(artifact)).unwrap();
        let names = sections(&bytes);
        assert_eq!(
            names.contains(&".rsrc".to_owned()),
            has,
            "{artifact}: {names:?}"
        );
    }
    let record = project.json("dist/artifacts.json");
    let all = record["artifacts"].as_array().unwrap();
    assert!(
        all.iter()
            .all(|artifact: &Value| artifact["verdict"] == "proven"),
        "{record:#}"
    );
}
