//! Several releases of Go in one matrix: each builds every cell, into folders of their own.

use crate::answers::{artifacts, compiles, go, words};
use crate::project::{PRINTS_VERSION, Project};

/// Another release than the machine's own.
pub const OTHER: &str = "1.25.5";

/// The release of the machine's own go.
pub fn own() -> String {
    let version = go(&["env", "GOVERSION"]);
    version.trim_start_matches("go").to_owned()
}

/// A program for one target by both releases.
fn both() -> Project {
    let own = own();
    Project::hello().manifest(&format!(
        "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ngo = [\"{own}\", \"{OTHER}\"]\n"
    ))
}

/// The folder of the program of a release.
fn folder(release: &str) -> String {
    format!("hello_linux_amd64_v1_go{release}")
}

#[test]
fn each_release_builds_the_program_into_a_folder_of_its_own() {
    let (project, own) = (both(), own());
    project.build(&["--matrix"]).exits(0);
    let recorded = project.json("dist/artifacts.json");
    let recorded = recorded["artifacts"].as_array().unwrap();
    assert_eq!(recorded.len(), 2);
    for (artifact, release) in recorded.iter().zip([OTHER, own.as_str()]) {
        let version = format!("go{release}");
        let path = format!("{}/hello", folder(release));
        assert_eq!(artifact["go"], version);
        assert_eq!(artifact["path"], path);
        let info = project.build_info(&path);
        assert!(info.contains(&version), "{info}");
    }
    let metadata = project.json("dist/metadata.json");
    assert_eq!(metadata["go"], format!("go{own}"));
    let all = [OTHER, &own].map(|release| format!("go{release}"));
    assert_eq!(words(&metadata["go_releases"]), all);
    project.run(&["verify"]).exits(0);

    let again = project.build(&["--matrix"]).exits(0);
    again.says("nothing changed");
    // What else could be built may be left out; what lies there belongs to the matrix.
    let selected = project.plan(&["--matrix", "--target", "linux/amd64"]);
    assert_eq!(artifacts(&selected).len(), 2);

    // Where one of them is not wanted any more, and another one is.
    let text = project.read("targets.toml").replace(OTHER, "1.25.4");
    project.write("targets.toml", &text);
    let run = project.run(&["verify"]).exits(1);
    let told = format!("{}{}", run.stdout, run.stderr);
    assert!(told.contains("by Go 1.25.4"), "{told}");
    assert!(told.contains(&folder(OTHER)), "{told}");
}

#[test]
fn the_plan_has_both_in_all_its_forms() {
    let (project, own) = (both(), own());
    let plan = project.plan(&["--matrix"]);
    let toolchains: Vec<_> = compiles(&plan)
        .into_iter()
        .map(|step| (step["id"].clone(), step["env"]["GOTOOLCHAIN"].clone()))
        .collect();
    let expected = [OTHER, &own].map(|release| {
        (
            format!("compile:linux/amd64/v1+go{release}").into(),
            format!("go{release}").into(),
        )
    });
    assert_eq!(toolchains, expected);
    let table = project.run(&["plan", "--matrix"]).exits(0);
    let table = table.prints(&format!("with go{OTHER}, go{own}\n"));
    table.prints(&format!("linux/amd64/v1+go{OTHER}"));
    let script = project.run(&["plan", "--matrix", "--format", "sh"]);
    let script = script.exits(0).prints(&format!("GOTOOLCHAIN=go{OTHER}"));
    script.prints(&format!("GOTOOLCHAIN=go{own}"));
}

#[test]
fn each_second_build_is_by_the_release_of_the_first_one() {
    let project = both();
    let text = project.read("targets.toml");
    project.write(
        "targets.toml",
        &format!("{text}[verify]\nreproducible = true\n"),
    );
    let plan = project.plan(&["--matrix"]);
    let steps = plan["steps"].as_array().unwrap();
    let of_kind = |kind: &str| -> Vec<&serde_json::Value> {
        steps.iter().filter(|step| step["kind"] == kind).collect()
    };
    // The sources are the same.
    assert_eq!(of_kind("copy").len(), 1);
    let recompiled = of_kind("recompile");
    assert_eq!(recompiled.len(), 2);
    for (first, second) in of_kind("compile").iter().zip(recompiled) {
        assert_eq!(first["env"]["GOTOOLCHAIN"], second["env"]["GOTOOLCHAIN"]);
        assert_ne!(first["stage"], second["stage"]);
    }
}

#[test]
fn each_release_has_the_files_that_are_for_it() {
    let file = |constraint: &str, name: &str| {
        let text = format!(
            "//go:build {constraint}\n\npackage main\n\nfunc main() {{ println({name:?}) }}\n"
        );
        (format!("cmd/{name}/main.go"), text)
    };
    let mut project = both();
    for (path, text) in [file("go1.26", "new"), file("!go1.26", "old")] {
        project = project.file(&path, &text);
    }
    let plan = project.plan(&["--matrix"]);
    let mut built: Vec<_> = plan["artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|artifact| format!("{} {}", artifact["binary"], artifact["go"]).replace('"', ""))
        .collect();
    built.sort();
    let own = own();
    let expected = [
        format!("hello {OTHER}"),
        format!("hello {own}"),
        format!("new {own}"),
        format!("old {OTHER}"),
    ];
    assert_eq!(built, expected);
}

#[test]
fn with_c_and_without_each_release_has_its_folder() {
    let project = both();
    let text = project.read("targets.toml");
    project.write("targets.toml", &format!("{text}cgo = [false, true]\n"));
    let plan = project.plan(&["--matrix"]);
    let own = own();
    let expected = [
        format!("{}/hello", folder(OTHER)),
        format!("{}/hello", folder(&own)),
        format!("hello_linux_amd64_v1_cgo_go{OTHER}/hello"),
        format!("hello_linux_amd64_v1_cgo_go{own}/hello"),
    ];
    let mut planned = artifacts(&plan);
    planned.sort_by_key(|path| (path.contains("cgo"), *path));
    assert_eq!(planned, expected);
}

#[test]
fn one_release_is_not_in_any_name() {
    let project = Project::hello().manifest(&format!(
        "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ngo = [\"{OTHER}\"]\n"
    ));
    let plan = project.plan(&["--matrix"]);
    assert_eq!(artifacts(&plan)[0], "hello_linux_amd64_v1/hello");
    assert_eq!(compiles(&plan)[0]["id"], "compile:linux/amd64/v1");
    assert_eq!(
        compiles(&plan)[0]["env"]["GOTOOLCHAIN"],
        format!("go{OTHER}")
    );
    assert_eq!(plan["release"]["go"], format!("go{OTHER}"));
}

#[test]
fn one_cell_may_have_a_release_of_its_own() {
    let project = Project::hello().manifest(&format!(
        "[[matrix.include]]\ntarget = \"linux/amd64\"\n\n\
         [[matrix.include]]\ntarget = \"linux/arm64\"\ngo = \"{OTHER}\"\n"
    ));
    let plan = project.plan(&["--matrix"]);
    // Their targets tell them apart already.
    let expected = ["hello_linux_amd64_v1/hello", "hello_linux_arm64_v8.0/hello"];
    assert_eq!(artifacts(&plan), expected);
    let toolchains: Vec<_> = compiles(&plan)
        .iter()
        .map(|step| step["env"]["GOTOOLCHAIN"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(toolchains, [format!("go{}", own()), format!("go{OTHER}")]);
    let table = project.run(&["plan", "--matrix"]).exits(0);
    table.prints(&format!("linux/arm64/v8.0+go{OTHER}"));
}

#[test]
fn hooks_of_a_target_are_told_apart_by_the_release() {
    let project = both();
    let text = project.read("targets.toml");
    let hooks =
        "[[override]]\nhooks = { before = [[\"true\"]], after = [[\"true\", \"{path}\"]] }\n";
    project.write("targets.toml", &format!("{text}{hooks}"));
    let plan = project.plan(&["--matrix"]);
    let hooks: Vec<_> = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["kind"] == "hook")
        .map(|step| step["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(hooks.len(), 4, "{hooks:?}");
    for release in [OTHER, &own()] {
        for occasion in ["before", "after"] {
            let id = format!("hook:linux/amd64/v1+go{release}:{occasion}.1");
            assert!(hooks.contains(&id), "{hooks:?}");
        }
    }
}

#[test]
fn a_release_that_go_mod_forbids_is_a_fault_in_its_place() {
    Project::hello()
        .file("go.mod", "module example.com/hello\n\ngo 1.26\n")
        .manifest("[matrix]\ngoos = [\"linux\"]\ngo = [\"1.24.x\", \"1.26.8\", \"1.25.5\"]\n")
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("targets.toml:3:7")
        .says("Go 1.24.13 can't build this: go.mod asks for at least Go 1.26")
        .says("targets.toml:3:27")
        .says("Go 1.25.5 can't build this")
        .says("or name 1.26.");
}

#[test]
fn a_release_that_stands_there_twice_is_a_fault() {
    Project::hello()
        .manifest("[matrix]\ngo = [\"1.25.x\", \"1.25.14\"]\n")
        .file("main.go", PRINTS_VERSION)
        .run(&["plan"])
        .exits(3)
        .says("Go 1.25.14 is in `go` twice");
}
