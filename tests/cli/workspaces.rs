//! Projects of several modules.

use std::process::Command;

use crate::answers::{compiles, only_argv, words};
use crate::project::{Project, Run};

/// Two modules with a program each, where `app` needs the package of `lib`, which no one publishes.
fn two_modules() -> Project {
    Project::empty()
        .file(
            "app/go.mod",
            "module example.com/app\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n",
        )
        .file(
            "app/main.go",
            "package main\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/lib\"\n)\n\n\
             func main() { fmt.Println(lib.Greeting) }\n",
        )
        .file("lib/go.mod", "module example.com/lib\n\ngo 1.24\n")
        .file(
            "lib/lib.go",
            "package lib\n\nconst Greeting = \"from lib\"\n",
        )
        .file(
            "lib/cmd/tool/main.go",
            "package main\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/lib\"\n)\n\n\
             func main() { fmt.Println(\"tool\", lib.Greeting) }\n",
        )
}

const GO_WORK: &str = "go 1.24\n\nuse (\n\t./app\n\t./lib\n)\n";

const BINARIES: &str = r#"
    [[binary]]
    module = "app"
    [[binary]]
    module = "lib"
    package = "./cmd/tool"
"#;

/// Runs in a folder of the project.
fn run_in(project: &Project, folder: &str, args: &[&str]) -> Run {
    let mut command = project.command(args);
    command.current_dir(project.path(folder));
    Run::of(command.output().unwrap())
}

#[test]
fn the_binaries_of_a_workspace_share_a_process() {
    let project = two_modules()
        .file("go.work", GO_WORK)
        .manifest(BINARIES)
        .committed();
    let plan = project.plan(&[]);
    let argv = only_argv(&plan);
    assert_eq!(argv[argv.len() - 2..], ["./app", "./lib/cmd/tool"]);
    let compile = compiles(&plan)[0];
    assert_eq!(compile["env"]["GOWORK"], "{root}/go.work");
    assert_eq!(compile["dir"], "{root}");
    project.build(&[]).exits(0);
    assert_eq!(project.prints("app_linux_amd64_v1/app"), "from lib");
    assert_eq!(project.prints("tool_linux_amd64_v1/tool"), "tool from lib");
    let info = project.build_info("tool_linux_amd64_v1/tool");
    assert!(info.contains("build\tvcs.modified=false"), "{info}");
}

#[test]
fn without_a_manifest_a_workspace_is_all_of_its_programs() {
    let project = two_modules().file("go.work", GO_WORK);
    let plan = project.plan(&[]);
    assert!(only_argv(&plan).ends_with(&["./app", "./lib/cmd/tool"]));
    project.build(&[]).exits(0);
    assert_eq!(project.prints("app_linux_amd64_v1/app"), "from lib");
}

#[test]
fn in_a_module_of_a_workspace_without_a_manifest_gos_own_choice_holds() {
    let project = two_modules().file("go.work", GO_WORK);
    let plan = run_in(&project, "app", &["plan", "--format", "json"])
        .exits(0)
        .json();
    assert!(only_argv(&plan).ends_with(&["."]));
    let build = ["build", "--rebuild", "changed", "--out", "../dist"];
    run_in(&project, "app", &build).exits(0);
    assert_eq!(project.prints("app_linux_amd64_v1/app"), "from lib");
}

#[test]
fn a_go_work_above_the_manifest_is_nobodys_business() {
    let project = Project::hello();
    let root = project.root().join("below");
    std::fs::create_dir(&root).unwrap();
    for file in ["go.mod", "main.go"] {
        std::fs::rename(project.path(file), root.join(file)).unwrap();
    }
    let project = project
        .file("go.work", "go 1.24\n\nuse ./other\n")
        .file("other/go.mod", "module example.com/other\n")
        .file("below/targets.toml", "schema = 1\n");
    let plan = run_in(&project, "below", &["plan", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(compiles(&plan)[0]["env"]["GOWORK"], "off");
    run_in(&project, "below", &["build", "--rebuild", "changed"]).exits(0);
}

#[test]
fn modules_without_a_workspace_are_built_each_in_its_folder() {
    let project = two_modules()
        .file(
            "app/go.mod",
            "module example.com/app\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\n\
             replace example.com/lib => ../lib\n",
        )
        .manifest(BINARIES);
    let plan = project.plan(&[]);
    let dirs: Vec<_> = compiles(&plan)
        .iter()
        .map(|step| step["dir"].clone())
        .collect();
    assert_eq!(dirs, ["{root}/app", "{root}/lib"]);
    project.build(&[]).exits(0);
    assert_eq!(project.prints("app_linux_amd64_v1/app"), "from lib");
    assert_eq!(project.prints("tool_linux_amd64_v1/tool"), "tool from lib");
}

#[test]
fn a_module_that_the_go_work_leaves_out_is_an_error_with_the_fix() {
    two_modules()
        .file("go.work", "go 1.24\n\nuse ./app\n")
        .manifest(BINARIES)
        .run(&["plan"])
        .exits(3)
        .says("go work use ./lib");
}

#[test]
fn a_module_with_a_repository_of_its_own_is_stamped_from_it() {
    let project = two_modules().file("go.work", GO_WORK).manifest(BINARIES);
    let inner = |args: &[&str]| {
        let status = Command::new("git")
            .args(["-c", "user.name=T", "-c", "user.email=t@example.com"])
            .args(args)
            .current_dir(project.path("lib"))
            .status()
            .unwrap();
        assert!(status.success());
    };
    inner(&["init", "-q"]);
    inner(&["add", "-A"]);
    inner(&["commit", "-q", "-m", "Of lib alone"]);
    project.write(".gitignore", "/lib\n");
    let project = project.committed();
    let plan = project.plan(&[]);
    let dirs: Vec<_> = compiles(&plan)
        .iter()
        .map(|step| step["dir"].clone())
        .collect();
    assert_eq!(dirs, ["{root}", "{root}/lib"]);
    project.build(&[]).exits(0);
    let outer = project.git(&["rev-parse", "HEAD"]);
    let revision = |binary: &str| project.build_info(binary).contains(&outer);
    assert!(revision("app_linux_amd64_v1/app"));
    assert!(!revision("tool_linux_amd64_v1/tool"));
}

#[test]
fn vendored_modules_are_built_as_they_are_vendored() {
    let project = two_modules().file(
        "app/go.mod",
        "module example.com/app\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\n\
         replace example.com/lib => ../lib\n",
    );
    let status = Command::new("go")
        .args(["mod", "vendor"])
        .current_dir(project.path("app"))
        .status()
        .unwrap();
    assert!(status.success());
    project.write(
        "app/vendor/example.com/lib/lib.go",
        "package lib\n\nconst Greeting = \"from vendor\"\n",
    );
    let project = project
        .manifest("[[binary]]\nmodule = \"app\"\n")
        .env("GOFLAGS", "-mod=mod");
    project.build(&[]).exits(0);
    assert_eq!(project.prints("app_linux_amd64_v1/app"), "from vendor");
    assert!(!words(&compiles(&project.plan(&[]))[0]["argv"]).contains(&"-mod=mod"));
}

#[test]
fn a_package_of_a_nested_module_is_an_error_that_says_which_key_is_missing() {
    two_modules()
        .file("go.mod", "module example.com/root\n\ngo 1.24\n")
        .manifest("[[binary]]\npackage = \"./lib/cmd/tool\"\n")
        .run(&["plan"])
        .exits(3)
        .says("module = ");
}

#[test]
fn modules_that_are_missing_are_told_together() {
    two_modules()
        .manifest("[[binary]]\nmodule = \"no\"\n[[binary]]\nmodule = \"neither\"\n[[binary]]\nmodule = \"app\"\n")
        .run(&["plan"])
        .exits(3)
        .says("there is no go.mod in `no`")
        .says("there is no go.mod in `neither`")
        .says("targets.toml:2:")
        .says("targets.toml:4:");
}

#[test]
fn a_module_behind_a_link_is_found() {
    let project =
        two_modules().manifest("[[binary]]\nmodule = \"link\"\npackage = \"./cmd/tool\"\n");
    std::os::unix::fs::symlink("lib", project.path("link")).unwrap();
    project.build(&[]).exits(0);
    assert_eq!(project.prints("tool_linux_amd64_v1/tool"), "tool from lib");
}

#[test]
fn a_folder_may_have_any_name() {
    let name = "it's a \"größer\" $HOME";
    let project = Project::empty();
    for (file, text) in [
        ("go.mod", "module example.com/hello\n\ngo 1.24\n"),
        ("main.go", crate::project::PRINTS_VERSION),
        ("targets.toml", "[build]\nrebuild = \"changed\"\n"),
    ] {
        project.write(&format!("{name}/{file}"), text);
    }
    run_in(&project, name, &["build"]).exits(0);
    let script = run_in(
        &project,
        name,
        &["plan", "--format", "sh", "--out", "other"],
    )
    .exits(0)
    .stdout;
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let read = |out: &str| {
        let path = format!("{name}/{out}/hello_linux_amd64_v1/hello");
        std::fs::read(project.path(&path)).unwrap()
    };
    assert!(read("dist") == read("other"));
}
