//! `[smoke]` in a manifest: a step of the build, and what `smoke` asks of the artifacts.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::project::{Project, Run};
use crate::smoke_hostile::is_limited_together;
use crate::smoked::OrdinaryUser;

/// The example service in a folder of its own, asked for its health with these lines of `[smoke.health]`.
pub fn service(targets: &str, more: &str) -> Project {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/service");
    let project = Project::empty();
    copy(&example, &project.path("service"));
    let text = format!(
        "[project]\nname = \"service\"\nversion = \"1.2.3\"\n\
         [[binary]]\nname = \"service\"\nmodule = \"service\"\npackage = \"./cmd/service\"\n\
         ldflags = [\"-X=main.version={{version}}\"]\n\
         [matrix]\ngoos = [{targets}]\ngoarch = [\"amd64\", \"arm64\"]\n\
         [build]\nrebuild = \"changed\"\nvcs = false\n\
         [smoke]\nstdout = \"service {{version}} (*)\"\ntimeout = \"60s\"\n{more}"
    );
    project.file("targets.toml", &text)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Asks it by HTTPS.
pub const HTTPS: &str = "[smoke.health]\nargs = [\"serve\", \"--addr\", \"127.0.0.1:{port}\"]\n\
                     https = \"/healthz\"\nca = \"service/internal/cert/demo.cert.pem\"\n";

/// A program of one file for linux/amd64, with this `[smoke]`.
fn program(source: &str, smoke: &str) -> Project {
    let text = format!(
        "[[matrix.include]]\ntarget = \"linux/amd64\"\n\
         [build]\nrebuild = \"changed\"\nvcs = false\n[smoke]\n{smoke}"
    );
    Project::hello()
        .file("main.go", source)
        .file("targets.toml", &text)
}

fn build(project: &Project) -> Run {
    project.run(&["build", "--matrix"])
}

/// What `report.json` says of each smoke test, by the name of the step.
pub fn smoked(project: &Project, folder: &str) -> Value {
    let report = project.json("dist/report.json");
    let steps = report["steps"].as_array().unwrap();
    let id = format!("smoke:{folder}");
    let step = steps.iter().find(|step| step["id"] == id.as_str());
    step.unwrap_or_else(|| panic!("no {id} in {report:#}"))["smoke"].clone()
}

#[test]
fn an_argument_that_no_program_can_be_given_is_told_with_its_place() {
    let smoke = |bytes: usize| format!("[smoke]\nargs = [\"{}\"]\n", "x".repeat(bytes));
    let project = Project::hello().file("targets.toml", &smoke(131_072));
    project
        .run(&["plan"])
        .exits(3)
        .says("an argument has 131072 bytes")
        .says("targets.toml:2:9")
        .says("Linux hands on no more than 131071");
    project.write("targets.toml", &smoke(131_071));
    project.run(&["plan"]).exits(0);
}

#[test]
fn certificates_that_are_none_are_found_before_anything_is_built() {
    let project = service("\"linux\"", HTTPS);
    let ca = "service/internal/cert/demo.cert.pem";
    project.run(&["plan", "--matrix"]).exits(0);
    project.write(ca, "no certificate\n");
    project
        .run(&["plan", "--matrix"])
        .exits(3)
        .says(&format!("`{ca}` has no certificate in it"))
        .says("ca = \"service/internal/cert/demo.cert.pem\"")
        .says("-----BEGIN CERTIFICATE-----");
    fs::remove_file(project.path(ca)).unwrap();
    project
        .run(&["plan", "--matrix"])
        .exits(3)
        .says(&format!("`{ca}` can't be read: No such file or directory"));
    // A hook may make it.
    let text = project.read("targets.toml") + "[hooks]\nbefore = [[\"make\", \"ca\"]]\n";
    project.write("targets.toml", &text);
    project.run(&["plan", "--matrix"]).exits(0);
}

#[test]
fn certificates_are_read_only_for_services_that_are_asked() {
    let health = HTTPS
        .replace("[smoke.health]", "[override.smoke.health]")
        .replace("demo.cert.pem", "missing.pem");
    let for_linux = format!("[[override]]\nmatch = \"linux/amd64\"\n{health}");
    let project = service("\"linux\", \"darwin\"", &for_linux);
    let message = "`service/internal/cert/missing.pem` can't be read";
    project.run(&["plan", "--matrix"]).exits(3).says(message);
    for target in ["darwin/arm64", "linux/arm64"] {
        let args = ["plan", "--matrix", "--target", target];
        project.run(&args).exits(0);
    }
    // Nor for programs that aren't started at all.
    let text = project.read("targets.toml") + "[override.smoke]\nrun = false\n";
    project.write("targets.toml", &text);
    project.run(&["plan", "--matrix"]).exits(0);
}

#[test]
fn arguments_that_are_too_long_together_are_told_as_such() {
    let argument = format!("\"{}\"", "x".repeat(131_071));
    let args = vec![argument; 30].join(", ");
    let source = "package main\n\nfunc main() {}\n";
    build(&program(source, &format!("args = [{args}]\n")))
        .exits(1)
        .says("  a blank system can't start it: its arguments and variables have ")
        .says(" bytes together, which is more than this system hands on to a program");
}

#[test]
fn a_service_is_healthy_on_a_blank_system_before_it_is_placed() {
    let project = service("\"linux\"", HTTPS);
    project
        .run(&["plan", "--matrix"])
        .exits(0)
        .prints("run on a blank system, natively: --version; its health, by https at /healthz\n")
        .prints("run on a blank system, with qemu-aarch64-static: ");
    build(&project)
        .exits(0)
        .says("      Ran service_linux_amd64_v1 (on a blank system, ")
        .says("      Ran service_linux_arm64_v8.0 (on a blank system, ");
    for folder in ["service_linux_amd64_v1", "service_linux_arm64_v8.0"] {
        let record = smoked(&project, folder);
        assert_eq!(record["verdict"], "pass", "{record:#}");
        assert_eq!(record["dimensions"]["health"], "yes", "{record:#}");
        assert_eq!(record["dimensions"]["environment_isolated"], "yes");
    }
    let artifacts = project.json("dist/artifacts.json");
    for artifact in artifacts["artifacts"].as_array().unwrap() {
        assert_eq!(artifact["smoke"], json!({ "verdict": "pass" }));
    }
    // What the manifest asks is asked again of what lies in dist.
    let again = project.run(&["smoke", "--format", "json"]).exits(0).json();
    for record in again.as_array().unwrap() {
        assert_eq!(record["dimensions"]["health"], "yes", "{record:#}");
        assert_eq!(record["believed"], "ca", "{record:#}");
    }
    let text = project.read("targets.toml");
    let (anyone, _) = text.split_once("ca = ").unwrap();
    project.write("anyone.toml", anyone);
    project
        .run(&["smoke", "--manifest", "anyone.toml"])
        .exits(0)
        .prints(" after its start, whatever its certificate is\n");
    // What the command line asks goes before it.
    let other = project.run(&["smoke", "--format", "json", "--", "--version"]);
    let other = other.exits(0).json();
    assert_eq!(other[0]["dimensions"]["health"], "untested", "{other:#}");
    assert_eq!(other[0]["believed"], Value::Null, "{other:#}");
    project.run(&["verify"]).exits(0);
    let user = OrdinaryUser::of(&project);
    let again = user.run(&["smoke", "--format", "json"]).exits(0).json();
    for record in again.as_array().unwrap() {
        assert_eq!(record["dimensions"]["health"], "yes", "{record:#}");
    }
    user.has_left_nothing();
}

#[test]
fn what_can_not_be_run_here_is_told_and_placed_unless_it_has_to_be() {
    let project = service("\"darwin\"", HTTPS);
    build(&project)
        .exits(0)
        .says("  Not run service_darwin_amd64_v1: only programs for Linux and Windows are started")
        .says("Note: not run on a blank system: darwin/amd64/v1, darwin/arm64/v8.0 (only programs");
    let artifacts = project.json("dist/artifacts.json");
    assert_eq!(artifacts["artifacts"][0]["smoke"]["verdict"], "not run");
    let strict = service("\"darwin\"", "not_run = \"fail\"\n");
    build(&strict)
        .exits(1)
        .says("failed to smoke-test service_darwin_")
        .says("it can't be run here: only programs for Linux and Windows are started");
    assert!(!strict.path("dist/service_darwin_arm64_v8.0").exists());
}

#[test]
fn a_program_that_misses_something_is_not_placed_and_the_rule_is_named() {
    let source = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"time\"\n)\n\nfunc main() {\n\
                  \tif _, err := time.LoadLocation(\"Europe/Paris\"); err != nil {\n\
                  \t\tfmt.Fprintln(os.Stderr, err)\n\t\tos.Exit(1)\n\t}\n}\n";
    let project = program(source, "");
    build(&project)
        .exits(1)
        .says("failed to smoke-test hello_linux_amd64_v1/hello: it failed on a blank system\n")
        .says("  it exited with 1\n")
        .says("  tzdata, as inspect predicted: unknown time zone Europe/Paris\n")
        .says("  next: gobuildx explain tzdata")
        .prints("failed on a blank system");
    assert!(!project.path("dist/hello_linux_amd64_v1").exists());
    let record = smoked(&project, "hello_linux_amd64_v1");
    assert_eq!(record["missing"], json!(["tzdata"]), "{record:#}");
    let with_zones = program(source, "[embed]\ntzdata = true\n");
    build(&with_zones).exits(0);
}

#[test]
fn checks_say_what_else_a_program_has_to_do() {
    let source = "package main\n\nimport (\n\t\"fmt\"\n\t\"io\"\n\t\"os\"\n\t\"strings\"\n)\n\nfunc main() {\n\
                  \tif len(os.Args) > 1 && os.Args[1] == \"upper\" {\n\
                  \t\ttext, _ := io.ReadAll(os.Stdin)\n\
                  \t\tfmt.Print(strings.ToUpper(string(text)))\n\
                  \t\t_ = os.WriteFile(\"/tmp/upper.txt\", text, 0o600)\n\t\tos.Exit(3)\n\t}\n}\n";
    let checks = |stdout: &str| {
        format!(
            "grant = [\"tmp\"]\n[[smoke.check]]\nname = \"it shouts\"\nargs = [\"upper\"]\nstdin = \"abc\"\n\
             exit = 3\nstdout = \"{stdout}\"\nfiles = [\"/tmp/upper.txt\"]\n"
        )
    };
    build(&program(source, &checks("ABC"))).exits(0);
    build(&program(source, &checks("ABD")))
        .exits(1)
        .says("  check `it shouts`: its stdout doesn't have `ABD`");
}

#[test]
fn memory_that_a_check_takes_is_not_held_against_the_service_beside_it() {
    if !is_limited_together() {
        return;
    }
    let source = "package main\n\nimport (\n\t\"net\"\n\t\"os\"\n\t\"syscall\"\n)\n\nfunc main() {\n\
                  \tswitch os.Args[1] {\n\tcase \"serve\":\n\
                  \t\tlistener, _ := net.Listen(\"tcp\", os.Args[2])\n\
                  \t\tfor {\n\t\t\tconnection, _ := listener.Accept()\n\t\t\tconnection.Close()\n\t\t}\n\
                  \tcase \"take\":\n\t\tfor {\n\
                  \t\t\tblock, _ := syscall.Mmap(-1, 0, 64<<20, syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON)\n\
                  \t\t\tfor at := 0; at < len(block); at += 4096 {\n\t\t\t\tblock[at] = 1\n\t\t\t}\n\t\t}\n\t}\n}\n";
    let smoke = "timeout = \"60s\"\n[smoke.health]\nargs = [\"serve\", \"127.0.0.1:{port}\"]\ntcp = true\n\
                 [[smoke.check]]\nname = \"it takes\"\nargs = [\"take\"]\n";
    let run = build(&program(source, smoke)).exits(1);
    let run = run.says("  check `it takes`: the kernel ended 1 process of it");
    assert!(!run.stderr.contains("as a service"), "{}", run.stderr);
}

#[test]
fn an_override_changes_what_is_asked_or_leaves_a_program_out() {
    let source = "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(7) }\n";
    let usual = program(source, "");
    build(&usual).exits(1).says("  it exited with 7");
    let over = |smoke: &str| format!("[[override]]\nmatch = \"linux\"\n[override.smoke]\n{smoke}");
    let expected = program(source, &over("exit = 7\n"));
    build(&expected).exits(0);
    let left_out = program(source, &over("run = false\n"));
    build(&left_out).exits(0);
    let artifacts = left_out.json("dist/artifacts.json");
    assert_eq!(artifacts["artifacts"][0]["smoke"], Value::Null);
}

#[test]
fn a_program_for_newer_cpus_is_run_on_an_old_one_to_see_what_it_says() {
    let source = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(1) }\n";
    let manifest = |message: &str| {
        let text = format!(
            "[[matrix.include]]\ntarget = \"linux/amd64/v3\"\n[[matrix.include]]\ntarget = \"linux/arm64\"\n\
             [build]\nrebuild = \"changed\"\nvcs = false\n\
             [smoke]\ncpu = \"v3\"\ntimeout = \"60s\"\n\
             [[smoke.check]]\nargs = [\"--version\"]\ncpu = \"v1\"\nexit = 1\nstderr = \"{message}\"\n"
        );
        let project = Project::hello().file("main.go", source);
        project.file("targets.toml", &text)
    };
    let says = manifest("only be run on AMD64 processors with v3 microarchitecture support");
    says.run(&["plan", "--matrix"])
        .exits(0)
        .prints(
            "run on a blank system, with qemu-x86_64-static as a CPU of v3: --version; 1 check\n",
        )
        // Of other architectures there are no such CPUs.
        .prints("run on a blank system, with qemu-aarch64-static: --version\n");
    build(&says).exits(0);
    build(&manifest("with v4"))
        .exits(1)
        .says("  check `--version on a CPU of v1`: its stderr doesn't have `with v4`");
}
