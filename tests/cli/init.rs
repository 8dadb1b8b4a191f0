//! `init`: what it writes is what `build --matrix` takes, for every layout of a project.

use std::process::Command;

use crate::answers::{artifacts, folder_of};
use crate::project::{PRINTS_VERSION, Project, Run, says};

/// Two targets are enough to see that it builds.
const TWO: &[&str] = &["--target", "linux/amd64", "--target", "windows/arm64"];

/// Runs `init`, then plans the whole matrix and builds two targets of it, with the manifest as it is.
#[track_caller]
fn initialised(project: &Project) -> Run {
    let run = project.run(&["init"]).exits(0);
    project.run(&["plan", "--matrix"]).exits(0);
    project.build(TWO).exits(0);
    run
}

/// What the whole matrix makes, as `program_os_architecture`, sorted.
#[track_caller]
fn made(project: &Project) -> Vec<String> {
    let plan = project.plan(&["--matrix"]);
    let folders = artifacts(&plan).into_iter().map(|path| {
        let folder = path.split('/').next().unwrap();
        folder.rsplit_once('_').unwrap().0.to_owned()
    });
    let mut folders: Vec<String> = folders.collect();
    folders.sort();
    folders
}

/// What a program makes that is built for the six default targets.
fn for_six(program: &str) -> [String; 6] {
    let targets = [
        "darwin_amd64",
        "darwin_arm64",
        "linux_amd64",
        "linux_arm64",
        "windows_amd64",
        "windows_arm64",
    ];
    targets.map(|target| format!("{program}_{target}"))
}

#[test]
fn a_single_program_is_built_for_six_targets_and_gets_its_version() {
    let project = Project::hello().committed().tagged("v1.2.3");
    initialised(&project)
        .says("Wrote targets.toml: hello for 6 targets")
        .says("gobuildx build --matrix");
    assert_eq!(made(&project), for_six("hello"));
    assert!(
        project
            .read("targets.toml")
            .contains("ldflags = [\"-X=main.version={version}\"]")
    );
    assert!(
        project
            .prints("hello_linux_amd64_v1/hello")
            .starts_with("v1.2.3-")
    );
}

#[test]
fn each_command_is_a_binary_and_the_projects_own_tools_are_comments() {
    let project = Project::hello()
        .file("cmd/server/main.go", &says("server"))
        .file("cmd/worker/v2/main.go", &says("worker"))
        .file("internal/gen/main.go", &says("gen"))
        .file("examples/demo/main.go", &says("demo"));
    initialised(&project).says("gen (below internal)");
    let plan = project.plan(&["--target", "linux/amd64"]);
    assert_eq!(
        artifacts(&plan),
        [
            "hello_linux_amd64_v1/hello",
            "server_linux_amd64_v1/server",
            "worker_linux_amd64_v1/worker",
        ]
    );
    assert!(
        project
            .read("targets.toml")
            .contains("#package = \"./examples/demo\"")
    );
}

#[test]
fn where_there_are_only_examples_they_are_built() {
    let project = Project::empty()
        .file("go.mod", "module example.com/x\n\ngo 1.24\n")
        .file("lib.go", "package x\n")
        .file("examples/one/main.go", &says("one"));
    initialised(&project).says("Wrote targets.toml: one");
    assert_eq!(made(&project), for_six("one"));
    assert_eq!(project.prints("one_linux_amd64_v1/one"), "one");
}

/// Modules side by side, one of which is for the project itself.
fn modules() -> Project {
    let module = |name: &str| format!("module example.com/x/{name}\n\ngo 1.24\n");
    Project::empty()
        .file("api/go.mod", &module("api"))
        .file("api/main.go", &says("api"))
        .file("worker/go.mod", &module("worker"))
        .file("worker/cmd/run/main.go", &says("run"))
        .file("tools/go.mod", &module("tools"))
        .file("tools/main.go", &says("tools"))
}

#[test]
fn several_modules_are_one_manifest() {
    let project = modules();
    initialised(&project).says("3 modules: api, tools, worker");
    let text = project.read("targets.toml");
    assert!(text.contains("name = \"run\"\nmodule = \"worker\"\npackage = \"./cmd/run\"\n"));
    assert!(text.contains("# - tools\n"), "{text}");
    assert_eq!(made(&project), [for_six("api"), for_six("run")].concat());
    assert_eq!(project.prints("api_linux_amd64_v1/api"), "api");
    assert_eq!(project.prints("run_linux_amd64_v1/run"), "run");
}

#[test]
fn a_workspace_has_the_programs_of_the_modules_that_it_uses() {
    let project = modules().file("go.work", "go 1.24\n\nuse ./api\n");
    initialised(&project)
        .says("a workspace of 1 module")
        .says("go.work, so left out: tools, worker")
        .says("Wrote targets.toml: api");
    assert_eq!(made(&project), for_six("api"));
    assert_eq!(project.prints("api_linux_amd64_v1/api"), "api");
}

#[test]
fn vendored_modules_need_nothing_more() {
    let project = Project::empty()
        .file(
            "go.mod",
            "module example.com/app\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\n\
             replace example.com/lib => ./lib\n",
        )
        .file(
            "main.go",
            "package main\n\nimport \"example.com/lib\"\n\nfunc main() { lib.Run() }\n",
        )
        .file("lib/go.mod", "module example.com/lib\n\ngo 1.24\n")
        .file(
            "lib/lib.go",
            "package lib\n\nimport \"fmt\"\n\nfunc Run() { fmt.Println(\"vendored\") }\n",
        );
    let status = Command::new("go")
        .args(["mod", "vendor"])
        .current_dir(project.root())
        .status();
    assert!(status.unwrap().success());
    // Only the copy is left to build from.
    std::fs::remove_dir_all(project.path("lib")).unwrap();
    initialised(&project).says("Wrote targets.toml: app");
    assert_eq!(made(&project), for_six("app"));
    assert_eq!(project.prints("app_linux_amd64_v1/app"), "vendored");
}

#[test]
fn a_program_is_built_only_where_all_that_it_needs_has_files() {
    let project = Project::hello()
        .file(
            "cmd/daemon/main.go",
            "package main\n\nimport _ \"example.com/hello/sys\"\n\nfunc main() {}\n",
        )
        .file("sys/sys_linux.go", "package sys\n")
        .file("cmd/mac/main_darwin.go", &says("mac"))
        .file("cmd/bsd/main_freebsd.go", &says("bsd"));
    initialised(&project).says("Wrote targets.toml: hello, daemon, mac");
    let text = project.read("targets.toml");
    assert!(text.contains("targets = [\"linux/*\"]"), "{text}");
    assert!(text.contains("targets = [\"darwin/*\"]"), "{text}");
    assert!(!text.contains("cmd/bsd"), "{text}");
    let fewer = [
        "daemon_linux_amd64",
        "daemon_linux_arm64",
        "mac_darwin_amd64",
        "mac_darwin_arm64",
    ];
    let mut all = [for_six("hello").as_slice(), &fewer.map(str::to_owned)].concat();
    all.sort();
    assert_eq!(made(&project), all);
}

#[test]
fn the_matrix_is_no_wider_than_the_programs() {
    let project = Project::empty()
        .file("go.mod", "module example.com/x\n\ngo 1.24\n")
        .file("main_linux.go", &says("x"));
    project.run(&["init"]).exits(0).says("x for 2 targets");
    assert!(
        project
            .read("targets.toml")
            .contains("goos = [\"linux\"]\n")
    );
    assert_eq!(made(&project), ["x_linux_amd64", "x_linux_arm64"]);
    project.build(&["--matrix"]).exits(0);
    assert_eq!(project.prints("x_linux_amd64_v1/x"), "x");
}

const WITH_C: &str = "package main\n\n// int one(void) { return 1; }\nimport \"C\"\n\n\
                      func main() { println(C.one()) }\n";

#[test]
fn a_program_that_needs_c_is_a_comment_beside_others_and_built_when_alone() {
    let beside = Project::hello().file("cmd/c/main.go", WITH_C);
    initialised(&beside).says("c (needs C)");
    assert_eq!(made(&beside), for_six("hello"));
    let alone = Project::empty()
        .file("go.mod", "module example.com/alone\n\ngo 1.24\n")
        .file("main.go", WITH_C);
    alone.run(&["init"]).exits(0).says("alone for 1 target");
    alone.build(&["--matrix"]).exits(0).prints("proven");
}

#[test]
fn what_does_not_compile_without_its_c_parts_needs_c() {
    let project = Project::empty()
        .file("go.mod", "module example.com/x\n\ngo 1.24\n")
        .file("main.go", "package main\n\nimport \"example.com/x/part\"\n\nfunc main() { println(part.One()) }\n")
        .file("part/c.go", "package part\n\n// int one(void) { return 1; }\nimport \"C\"\n\nfunc One() int { return int(C.one()) }\n")
        .file("part/part.go", "package part\n\nconst Two = 2\n");
    project
        .run(&["init"])
        .exits(0)
        .says("Compiling")
        .says("x for 1 target");
    assert!(project.read("targets.toml").contains("cgo = true"));
    project.build(&["--matrix"]).exits(0).prints("proven");
    assert_eq!(made(&project).len(), 1);
}

#[test]
fn a_program_that_go_would_call_cmd_is_called_as_its_project() {
    let project = Project::empty()
        .file("go.mod", "module example.com/adviser\n\ngo 1.24\n")
        .file("lib.go", "package adviser\n")
        .file("cmd/go.mod", "module example.com/adviser/cmd\n\ngo 1.24\n")
        .file("cmd/main.go", &says("adviser"))
        .file("cmd/gen-docs/main.go", &says("gen"))
        .file("cmd/clientexample/main.go", &says("example"));
    initialised(&project).says("Wrote targets.toml: adviser for 6 targets");
    assert!(
        project
            .read("targets.toml")
            .contains("name = \"adviser\"     # Go's name is cmd, which")
    );
    assert_eq!(project.prints("adviser_linux_amd64_v1/adviser"), "adviser");
}

#[test]
fn names_that_are_taken_or_no_file_names_are_changed() {
    let project = Project::hello()
        .file("a/worker/main.go", &says("a"))
        .file("b/Worker/main.go", &says("b"))
        .file("cmd/x.go/main.go", &says("x.go"));
    project
        .run(&["init"])
        .exits(0)
        .says("hello, worker, b-Worker for");
    let text = project.read("targets.toml");
    assert!(text.contains("# Not built: ./cmd/x.go in .:"), "{text}");
    let all = ["b-Worker", "hello", "worker"].map(for_six);
    assert_eq!(made(&project), all.concat());
    project
        .build(&["--matrix", "--target", "linux/amd64"])
        .exits(0);
    assert_eq!(project.prints("worker_linux_amd64_v1/worker"), "a");
    assert_eq!(project.prints("b-Worker_linux_amd64_v1/b-Worker"), "b");
}

#[test]
fn a_folder_that_is_not_there_is_named_with_what_to_do() {
    Project::hello()
        .run(&["init", "--manifest", "none/targets.toml"])
        .exits(4)
        .says("none`: ")
        .says("help: name a folder that is there");
}

#[test]
fn a_manifest_that_exists_is_never_touched() {
    let project = Project::hello().file("targets.toml", "# mine\n");
    project
        .run(&["init"])
        .exits(2)
        .says("`targets.toml`: it exists already")
        .says("--dry-run");
    assert_eq!(project.read("targets.toml"), "# mine\n");
    project
        .run(&["init", "--manifest", "other.toml"])
        .exits(0)
        .says("build --matrix --manifest other.toml");
    project
        .run(&["plan", "--matrix", "--manifest", "other.toml"])
        .exits(0)
        .prints("windows/arm64");
}

#[test]
fn a_dry_run_prints_what_would_be_written() {
    let project = Project::hello();
    let printed = project.run(&["init", "--dry-run"]).exits(0).stdout;
    assert!(!project.path("targets.toml").exists());
    project.run(&["init"]).exits(0);
    assert_eq!(project.read("targets.toml"), printed);
}

#[test]
fn without_a_program_nothing_is_written() {
    let library = Project::empty()
        .file("go.mod", "module example.com/x\n\ngo 1.24\n")
        .file("lib.go", "package x\n");
    library.run(&["init"]).exits(3).says("no main package");
    assert!(!library.path("targets.toml").exists());
    Project::empty()
        .run(&["init"])
        .exits(3)
        .says("failed to find a Go module");
}

#[test]
fn below_a_module_the_way_up_is_told() {
    let project = Project::hello().file("sub/README.md", "x\n");
    let mut command = project.command(&["init"]);
    command.current_dir(project.path("sub"));
    Run::of(command.output().unwrap())
        .exits(3)
        .says("the module is above");
}

#[test]
fn the_manifest_is_the_same_wherever_it_is_written() {
    let text = |folder: &str| {
        let project = Project::empty()
            .file(
                &format!("{folder}/go.mod"),
                "module example.com/x\n\ngo 1.24\n",
            )
            .file(&format!("{folder}/main.go"), PRINTS_VERSION);
        let mut command = project.command(&["init", "--dry-run"]);
        command.current_dir(project.path(folder));
        command.env(
            "PATH",
            format!("{}:/usr/bin:/bin", folder_of("go").display()),
        );
        Run::of(command.output().unwrap()).exits(0).stdout
    };
    assert_eq!(text("a"), text("it's b"));
}

#[test]
fn a_system_whose_c_parts_can_not_be_left_out_is_no_target() {
    let project = Project::empty()
        .file("go.mod", "module example.com/stat\n\ngo 1.24\n")
        .file("main.go", "package main\n\nfunc main() { println(load()) }\n")
        .file(
            "load_darwin.go",
            "package main\n\n// int one(void) { return 1; }\nimport \"C\"\n\nfunc load() int { return int(C.one()) }\n",
        )
        .file(
            "load_other.go",
            "//go:build !darwin\n\npackage main\n\nfunc load() int { return 2 }\n",
        )
        .committed();
    project.run(&["init"]).exits(0);
    let plan = project
        .run(&["plan", "--matrix", "--format", "json"])
        .exits(0);
    let plan = plan.json();
    let targets: Vec<&str> = plan["artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|artifact| artifact["target"].as_str().unwrap())
        .collect();
    assert_eq!(
        targets,
        [
            "linux/amd64/v1",
            "linux/arm64/v8.0",
            "windows/amd64/v1",
            "windows/arm64/v8.0"
        ]
    );
}
