//! What go listed in an earlier run: when it holds, and whatever makes it stale.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::noted::Noted;
use crate::project::{Project, says};

/// Two programs, a package that one of them uses, and a module in a folder of its own.
fn project() -> Project {
    Project::empty()
        .file(
            "go.mod",
            "module example.com/l\n\ngo 1.24\n\nrequire example.com/other v0.0.0\n\nreplace example.com/other => ./other\n",
        )
        .file("other/go.mod", "module example.com/other\n\ngo 1.24\n")
        .file("other/other.go", "package other\n\nconst Value = \"other\"\n")
        .file("else/go.mod", "module example.com/other\n\ngo 1.24\n")
        .file("else/other.go", "package other\n\nconst Value = \"else\"\n")
        .file("lib/lib.go", LIB)
        .file("lib/a.txt", "a")
        .file("lib/deep/deep.go", "package deep\n\nconst Value = \"deep\"\n")
        .file(
            "cmd/one/main.go",
            "package main\n\nimport (\n\t\"example.com/l/lib\"\n\t\"example.com/other\"\n)\n\n\
             func main() { println(lib.Value(), other.Value) }\n",
        )
        .file("cmd/two/main.go", &says("two"))
        .file("targets.toml", MANIFEST)
}

const MANIFEST: &str = "[matrix]\ngoos = [\"linux\", \"windows\"]\ngoarch = [\"amd64\"]\n[build]\nrebuild = \"changed\"\n";

const LIB: &str = "package lib\n\nfunc Value() string { return \"lib\" }\n";

/// The bytes of all artifacts in an output folder.
fn artifacts(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let listed = fs::read_to_string(folder.join("checksums.txt")).unwrap();
    let paths = listed.lines().map(|line| line.split_once("  ").unwrap().1);
    let read = |path: &str| fs::read(folder.join(path)).unwrap();
    paths.map(|path| (path.to_owned(), read(path))).collect()
}

/// Builds often enough for all to be known.
fn settled(project: &Project) {
    for _ in 0..3 {
        build(project, &[]);
    }
}

fn build(project: &Project, args: &[&str]) {
    let all: Vec<&str> = ["build", "--matrix", "--quiet"]
        .iter()
        .chain(args)
        .copied()
        .collect();
    project.run(&all).exits(0);
}

/// Settles a project, changes something, and compares what the next build leaves with a build in a new folder.
#[track_caller]
fn nothing_is_stale_after(project: Project, edit: impl FnOnce(Project) -> Project) {
    settled(&project);
    let before = artifacts(&project.path("dist"));
    let project = edit(project);
    build(&project, &[]);
    let clean = tempfile::tempdir().unwrap();
    let clean = clean.path().join("clean");
    build(&project, &["--out", clean.to_str().unwrap()]);
    let (now, all) = (artifacts(&project.path("dist")), artifacts(&clean));
    assert!(now == all, "something is stale");
    assert!(now != before, "the edit changes nothing");
}

fn written(path: &str, text: &str) -> impl FnOnce(Project) -> Project {
    move |project| project.file(path, text)
}

#[test]
fn an_import_that_is_added_is_seen() {
    let text = "package lib\n\nimport \"example.com/l/lib/deep\"\n\nfunc Value() string { return deep.Value }\n";
    nothing_is_stale_after(project(), |project| {
        let project = project.file("lib/lib.go", text);
        build(&project, &[]);
        // It is read from now on.
        project.file(
            "lib/deep/deep.go",
            "package deep\n\nconst Value = \"deeper\"\n",
        )
    });
}

#[test]
fn a_file_that_is_embedded_from_the_middle_of_a_source_is_seen() {
    let text = |more: &str| {
        format!(
            "package lib\n\nimport _ \"embed\"\n\nfunc Value() string {{ return text }}\n\n{more}\nvar text string\n"
        )
    };
    let project = project().file("lib/lib.go", &text(""));
    nothing_is_stale_after(project, |project| {
        let project = project.file("lib/lib.go", &text("//go:embed a.txt"));
        settled(&project);
        project.file("lib/a.txt", "changed")
    });
}

#[test]
fn a_file_that_begins_to_match_what_is_embedded_is_seen() {
    let text = "package lib\n\nimport \"embed\"\n\n//go:embed *.txt\nvar texts embed.FS\n\n\
                func Value() string { a, _ := texts.ReadDir(\".\"); return a[len(a)-1].Name() }\n";
    let project = project().file("lib/lib.go", text);
    nothing_is_stale_after(project, written("lib/b.txt", "b"));
}

#[test]
fn a_constraint_that_changes_is_seen() {
    let text = |constraint: &str| {
        format!("//go:build {constraint}\n\npackage lib\n\nfunc init() {{ println(\"more\") }}\n")
    };
    let project = project().file("lib/more.go", &text("ignore"));
    nothing_is_stale_after(project, written("lib/more.go", &text("windows")));
}

#[test]
fn a_new_file_and_one_that_is_gone_are_seen() {
    let text = "package lib\n\nfunc init() { println(\"more\") }\n";
    nothing_is_stale_after(project(), written("lib/more.go", text));
    nothing_is_stale_after(project().file("lib/more.go", text), |project| {
        fs::remove_file(project.path("lib/more.go")).unwrap();
        project
    });
}

#[test]
fn a_folder_with_a_new_program_is_seen() {
    nothing_is_stale_after(project(), written("cmd/three/main.go", &says("three")));
}

#[test]
fn a_program_that_is_gone_is_seen() {
    nothing_is_stale_after(project(), |project| {
        fs::remove_dir_all(project.path("cmd/two")).unwrap();
        project
    });
}

#[test]
fn a_module_that_is_replaced_by_another_is_seen() {
    nothing_is_stale_after(project(), |project| {
        let text = project.read("go.mod").replace("./other", "./else");
        project.file("go.mod", &text)
    });
}

#[test]
fn what_changes_in_a_module_outside_of_the_project_is_seen() {
    let outside = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = outside.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("go.mod", "module example.com/other\n\ngo 1.24\n");
    write("other.go", "package other\n\nvar Value = \"outside\"\n");
    let project = project();
    let module = project.read("go.mod");
    let module = module.replace("./other", outside.path().to_str().unwrap());
    nothing_is_stale_after(project.file("go.mod", &module), |project| {
        write("in/in.go", "package in\n\nconst Value = \"in\"\n");
        write(
            "other.go",
            "package other\n\nimport \"example.com/other/in\"\n\nvar Value = in.Value\n",
        );
        build(&project, &[]);
        write("in/in.go", "package in\n\nconst Value = \"within\"\n");
        project
    });
}

#[test]
fn a_workspace_that_appears_above_is_seen_where_it_counts() {
    let project = Project::empty()
        .file("app/go.mod", "module example.com/app\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib v0.0.0 => ../one\n")
        .file("app/main.go", "package main\n\nimport \"example.com/lib\"\n\nfunc main() { println(lib.Value) }\n")
        .file("one/go.mod", "module example.com/lib\n\ngo 1.24\n")
        .file("one/lib.go", "package lib\n\nconst Value = \"one\"\n")
        .file("two/go.mod", "module example.com/lib\n\ngo 1.24\n")
        .file("two/lib.go", "package lib\n\nconst Value = \"two\"\n");
    let build = |project: &Project, out: &str| {
        let mut command =
            project.command(&["build", "--quiet", "--rebuild", "changed", "--out", out]);
        let output = command.current_dir(project.path("app")).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        artifacts(&project.path("app").join(out))
    };
    for _ in 0..3 {
        build(&project, "dist");
    }
    let before = build(&project, "dist");
    let project = project.file("go.work", "go 1.24\n\nuse (\n\t./app\n\t./two\n)\n");
    let after = build(&project, "dist");
    assert_eq!(after, build(&project, "clean"));
    assert_ne!(after, before);
    let project = project.file(
        "two/lib.go",
        "package lib\n\nimport _ \"os\"\n\nconst Value = \"third\"\n",
    );
    assert_ne!(build(&project, "dist"), after);
    let after = build(&project, "dist");
    assert_eq!(after, build(&project, "other"));
}

#[test]
fn what_is_vendored_is_seen() {
    nothing_is_stale_after(project(), |project| {
        let status = std::process::Command::new("go")
            .args(["mod", "vendor"])
            .current_dir(project.root())
            .env("GOFLAGS", "")
            .status()
            .unwrap();
        assert!(status.success());
        build(&project, &[]);
        let path = "vendor/example.com/other/other.go";
        project.file(path, "package other\n\nconst Value = \"vendored\"\n")
    });
}

#[test]
fn another_toolchain_is_asked_anew() {
    let text = "//go:build !go1.26\n\npackage lib\n\nfunc init() { println(\"older\") }\n";
    let project = project().file("lib/older.go", text);
    nothing_is_stale_after(project, |project| {
        let manifest = format!("{MANIFEST}\n[project]\ngo = \"1.25.5\"\n");
        project.file("targets.toml", &manifest)
    });
}

#[test]
fn tags_and_flags_of_the_manifest_are_asked_anew() {
    let text = "//go:build special\n\npackage lib\n\nfunc init() { println(\"special\") }\n";
    let project = project().file("lib/special.go", text);
    nothing_is_stale_after(project, |project| {
        project.file("targets.toml", &format!("{MANIFEST}tags = [\"special\"]\n"))
    });
}

#[test]
fn where_code_alone_changed_go_is_not_asked_what_programs_are_made_of() {
    let noted = Noted::new();
    let project = project().env("PATH", noted.path());
    build(&project, &[]);
    assert_eq!(noted.verbs(), ["build", "env", "list", "mod", "tool"]);
    settled(&project);
    noted.verbs();
    let project = project.file("lib/lib.go", &LIB.replace("\"lib\"", "\"edited\""));
    build(&project, &[]);
    assert_eq!(noted.verbs(), ["build", "env"]);
    let imports = LIB.replace("\n\nfunc", "\n\nimport _ \"os\"\n\nfunc");
    let project = project.file("lib/lib.go", &imports);
    build(&project, &[]);
    assert_eq!(noted.verbs(), ["build", "env", "list"]);
}

#[test]
fn a_plan_is_made_anew_without_asking_where_an_output_folder_remembers() {
    let noted = Noted::new();
    let project = project().env("PATH", noted.path());
    let plan = || project.run(&["plan", "--matrix"]).exits(0).stdout;
    build(&project, &[]);
    let first = plan();
    noted.verbs();
    assert_eq!(plan(), first);
    assert_eq!(noted.verbs(), ["env"]);
}

#[test]
fn other_settings_of_go_are_asked_anew() {
    let noted = Noted::new();
    let mut project = project().env("PATH", noted.path());
    settled(&project);
    for (name, value) in [("GOPRIVATE", "example.org"), ("GOPROXY", "off")] {
        noted.verbs();
        project = project.env(name, value);
        project.run(&["plan", "--matrix"]).exits(0);
        assert!(noted.verbs().contains(&"list".to_owned()), "{name}");
    }
}

#[test]
fn what_has_faults_is_asked_each_time() {
    let noted = Noted::new();
    let project = project()
        .file(
            "cmd/two/main.go",
            "package main\n\nimport \"example.com/l/none\"\n\nfunc main() { none.No() }\n",
        )
        .env("PATH", noted.path());
    project.run(&["build", "--matrix", "--quiet"]);
    project.run(&["build", "--matrix", "--quiet"]);
    let project = project.file("none/none.go", "package none\n\nfunc No() {}\n");
    build(&project, &[]);
}

#[test]
fn a_damaged_file_of_answers_is_none() {
    let project = project();
    settled(&project);
    let path = project.path("dist/.gobuildx/answers");
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, bytes).unwrap();
    let project = project.file("lib/lib.go", &LIB.replace("\"lib\"", "\"edited\""));
    build(&project, &[]);
}
