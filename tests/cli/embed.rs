//! `[embed]` and `resolver`: what programs else look for on the system is in them.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::answers::{compiles, only_argv};
use crate::counting::{CA, COUNTS, FILE, built, counting, in_an_empty_root, locked};
use crate::project::Project;

#[test]
fn a_client_trusts_the_ca_of_the_project_and_knows_time_zones_where_there_is_nothing() {
    let project = Project::empty()
        .file("go.mod", "module example.com/client\n\ngo 1.24\n")
        .file("authority/main.go", include_str!("embed/authority.go"))
        .file("client/main.go", include_str!("embed/client.go"))
        .manifest(
            "[[binary]]\nname = \"with\"\npackage = \"./client\"\n\n\
             [[binary]]\nname = \"without\"\npackage = \"./client\"\n\n\
             [[override]]\nbinary = \"with\"\nresolver = \"go\"\n\
             embed = { tzdata = true, ca_roots = \"ca.pem\" }\n",
        );
    let authority = Command::new("go")
        .args(["run", "./authority"])
        .current_dir(project.root())
        .status();
    assert!(authority.unwrap().success());
    let project = locked(project);
    project.build(&[]).exits(0);

    assert_eq!(built(&project, "with"), "roots: <nil>\nzone: <nil>\n");
    let without = built(&project, "without");
    assert!(
        without.contains("certificate signed by unknown authority"),
        "{without}"
    );
    assert!(
        without.contains("unknown time zone Europe/Paris"),
        "{without}"
    );

    let record = project.json("dist/artifacts.json");
    let embedded = |index: usize| record["artifacts"][index]["embedded"].clone();
    assert_eq!(embedded(0), serde_json::json!(["ca-roots", "tzdata"]));
    assert_eq!(embedded(1), serde_json::json!([]));
    let checked = record["artifacts"][0]["checked"].as_array().unwrap();
    assert!(
        checked.iter().any(|rule| rule == "build-embed"),
        "{checked:?}"
    );
}

#[test]
fn the_resolver_of_go_needs_no_c_library_although_cgo_is_on() {
    let looks_up = "package main\n\nimport (\n\t\"fmt\"\n\t\"net\"\n\t\"os/user\"\n)\n\n\
        func main() {\n\t_, err := net.LookupHost(\"example.com\")\n\tfmt.Println(err != nil)\n\
        \t_, err = user.Current()\n\tfmt.Println(err)\n}\n";
    let cgo = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ncgo = [true]\n\
               toolchains = { \"*\" = \"host\" }\n";
    let project = Project::hello().file("main.go", looks_up).manifest(cgo);
    project.build(&[]).exits(1).says("elf-interp");

    let project = project.manifest(&format!("{cgo}[build]\nresolver = \"go\"\n"));
    assert!(only_argv(&project.plan(&[])).contains(&"-tags=netgo,osusergo"));
    project.build(&[]).exits(0);
    let program = project.path("dist/hello_linux_amd64_v1/hello");
    let said = in_an_empty_root(&program, &[("GODEBUG", "netdns=1")]);
    assert!(said.contains("using the Go DNS resolver"), "{said}");
}

#[test]
fn certificates_are_for_programs_that_look_at_some() {
    let project = locked(counting());
    let plan = project.plan(&[]);
    assert_eq!(added(&plan), ["cmd/counts/0gobuildx_ca_roots.go"]);
    project
        .run(&["plan"])
        .exits(0)
        .prints("with {root}/cmd/counts/0gobuildx_ca_roots.go: 1 CA certificate of certs/ca.pem")
        .prints("no CA certificates compiled in: plain_linux_amd64_v1");
    project
        .build(&[])
        .exits(0)
        .says("no CA certificates compiled in: plain_linux_amd64_v1");
    assert_eq!(built(&project, "counts"), "trusts 1\n");
    assert!(
        !project
            .root()
            .join("cmd/counts/0gobuildx_ca_roots.go")
            .exists()
    );
}

/// The files that go sees besides those of the disk, in the only compilation of a plan.
fn added(plan: &Value) -> Vec<String> {
    let compiles = compiles(plan);
    assert_eq!(compiles.len(), 1, "{plan:#}");
    let adds = compiles[0]["overlay"]["adds"].as_object().unwrap();
    adds.keys().cloned().collect()
}

#[test]
fn the_bytes_are_the_same_in_every_folder_and_by_a_shell() {
    let build = |folder: &str| {
        let project = counting();
        fs::create_dir_all(project.path(folder)).unwrap();
        for name in ["cmd", "certs", "go.mod", "targets.toml"] {
            fs::rename(project.path(name), project.path(folder).join(name)).unwrap();
        }
        let run = |args: &[&str]| {
            let mut command = project.command(args);
            let output = command.current_dir(project.path(folder)).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            output.stdout
        };
        run(&["lock"]);
        run(&["build", "--rebuild", "changed"]);
        let program = project
            .path(folder)
            .join("dist/counts_linux_amd64_v1/counts");
        let bytes = fs::read(&program).unwrap();
        let script = run(&["plan", "--format", "sh", "--rebuild", "changed"]);
        fs::remove_dir_all(project.path(folder).join("dist")).unwrap();
        let mut shell = Command::new("sh")
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut shell.stdin.take().unwrap(), &script).unwrap();
        assert!(shell.wait().unwrap().success());
        assert!(
            fs::read(&program).unwrap() == bytes,
            "the shell makes other bytes"
        );
        bytes
    };
    assert!(
        build("a") == build("it's \"mine\"\\ä b"),
        "folders make other bytes"
    );
}

#[test]
fn language_and_defaults_of_the_program_stay_what_they_were() {
    // A go line this old has defaults of its own for most settings of GODEBUG.
    let project = counting().file("go.mod", "module example.com/counts\n\ngo 1.16\n");
    let project = locked(project);
    let info = |manifest: &str| {
        project.write("targets.toml", manifest);
        project.build(&["--binary", "counts"]).exits(0);
        project.build_info("counts_linux_amd64_v1/counts")
    };
    let with = info(FILE);
    assert_eq!(built(&project, "counts"), "trusts 1\n");
    assert!(with.contains("DefaultGODEBUG="), "{with}");
    assert_eq!(with, info(""));
    assert_eq!(built(&project, "counts"), "trusts 0\n");
}

#[test]
fn vendored_and_joined_modules_and_libraries_get_them_too() {
    let library = COUNTS.replace("import (", "import (\n\t\"C\"").replace(
        "func main() {",
        "func main() {}\n\n//export Count\nfunc Count() {",
    );
    let project = Project::empty()
        .file("go.work", "go 1.24\n\nuse (\n\t./a\n\t./b\n)\n")
        .file(
            "a/go.mod",
            "module example.com/a\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\n\
             replace example.com/lib => ../lib\n",
        )
        .file(
            "a/main.go",
            &COUNTS.replace("import (", "import (\n\t_ \"example.com/lib\"\n"),
        )
        .file("lib/go.mod", "module example.com/lib\n\ngo 1.24\n")
        .file("lib/lib.go", "package lib\n")
        .file("b/go.mod", "module example.com/b\n\ngo 1.24\n")
        .file("b/cmd/b/main.go", COUNTS)
        .file("b/cmd/lib/main.go", &library)
        .file("certs/ca.pem", CA)
        .manifest(&format!(
            "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ncgo = [true]\n\
             toolchains = {{ \"*\" = \"host\" }}\n\n\
             [[binary]]\nmodule = \"a\"\n\n\
             [[binary]]\nmodule = \"b\"\npackage = \"./cmd/b\"\n\n\
             [[binary]]\nmodule = \"b\"\npackage = \"./cmd/lib\"\nbuildmode = \"c-shared\"\n\n\
             [build]\nresolver = \"go\"\n\n{FILE}"
        ));
    let vendor = |args: &[&str], folder: &str| {
        let mut go = Command::new("go");
        let status = go.args(args).current_dir(project.path(folder)).status();
        assert!(status.unwrap().success());
    };
    vendor(&["work", "vendor"], ".");
    project.run(&["lock"]).exits(0);
    let plan = project.plan(&[]);
    let adds: Vec<Vec<String>> = compiles(&plan)
        .iter()
        .map(|step| {
            let adds = step["overlay"]["adds"].as_object().unwrap();
            adds.keys().cloned().collect()
        })
        .collect();
    let file = "0gobuildx_ca_roots.go";
    let together = vec![format!("a/{file}"), format!("b/cmd/b/{file}")];
    assert_eq!(adds, [together, vec![format!("b/cmd/lib/{file}")]]);
    project.build(&[]).exits(0);
    for binary in ["a", "b"] {
        assert_eq!(built(&project, binary), "trusts 1\n");
    }

    // The vendor folder of a module by itself.
    fs::remove_file(project.path("go.work")).unwrap();
    fs::remove_dir_all(project.path("vendor")).unwrap();
    vendor(&["mod", "vendor"], "a");
    project.build(&["--binary", "a"]).exits(0);
    assert_eq!(built(&project, "a"), "trusts 1\n");
}

#[test]
fn a_program_with_certificates_of_its_own_is_refused() {
    let module = "golang.org/x/crypto/x509roots/fallback";
    let project = locked(counting())
        .file(
            "go.mod",
            &format!(
                "module example.com/counts\n\ngo 1.24\n\nrequire {module} v0.0.0\n\n\
                 replace {module} => ./fallback\n"
            ),
        )
        .file("fallback/go.mod", &format!("module {module}\n\ngo 1.24\n"))
        .file("fallback/fallback.go", "package fallback\n")
        .file(
            "cmd/counts/main.go",
            &COUNTS.replace("import (", &format!("import (\n\t_ \"{module}\"\n")),
        );
    project
        .run(&["plan"])
        .exits(3)
        .says("`example.com/counts/cmd/counts` has CA certificates of its own")
        .says("targets.toml:2:12");

    // What only the code shows, the gate finds: such a program would end with a panic.
    let sets = COUNTS.replace(
        "func main() {",
        "func init() { x509.SetFallbackRoots(x509.NewCertPool()) }\n\nfunc main() {",
    );
    project.write("cmd/counts/main.go", &sets);
    project
        .build(&[])
        .exits(1)
        .says("build-embed")
        .says("main.init.1 sets CA certificates too");
    assert!(built_and_rejected(&project).contains("SetFallbackRoots has already been called"));
}

fn built_and_rejected(project: &Project) -> String {
    let rejected = "dist/.gobuildx/rejected/counts_linux_amd64_v1/counts";
    in_an_empty_root(&project.path(rejected), &[])
}

/// A service that is stopped with the test.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_client_of_the_examples_trusts_their_service_on_an_empty_system() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let project = Project::empty();
    let copy = Command::new("cp")
        .arg("-r")
        .args(
            ["embedded.toml", "embedded.lock", "service", "probe"].map(|name| examples.join(name)),
        )
        .arg(project.root())
        .status();
    assert!(copy.unwrap().success());
    let manifest = ["--manifest", "embedded.toml", "--target", "linux/amd64"];
    project.build(&manifest).exits(0);

    let dist = |name: &str| project.path(&format!("dist/{name}_linux_amd64_v1/{name}"));
    let mut service = Command::new(dist("service"));
    let service = service.args(["serve", "--addr", "127.0.0.1:0"]);
    let mut service = Service(service.stderr(Stdio::piped()).spawn().unwrap());
    let mut log = BufReader::new(service.0.stderr.take().unwrap());
    let mut first = String::new();
    log.read_line(&mut first).unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();
    let url = format!("{}/healthz", first["url"].as_str().unwrap());
    let probe = |program: &Path| {
        let mut blank = Command::new("bwrap");
        blank.args(["--unshare-all", "--share-net", "--tmpfs", "/", "--clearenv"]);
        blank
            .arg("--ro-bind")
            .arg(program)
            .args(["/app", "/app", &url, "Asia/Tokyo"]);
        let output = blank.output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let said = probe(&dist("probe"));
    assert!(said.contains("JST HTTP/2.0 200 OK"), "{said}");

    let manifest_text = project.read("embedded.toml");
    let (plain, _) = manifest_text.split_once("[[override]]").unwrap();
    project.write("embedded.toml", plain);
    project
        .build(&[&manifest[..], &["--binary", "probe"]].concat())
        .exits(0);
    let said = probe(&dist("probe"));
    assert!(said.contains("unknown time zone Asia/Tokyo"), "{said}");
}

#[test]
fn a_file_of_that_name_is_never_replaced() {
    let project = locked(counting()).file("cmd/counts/0gobuildx_ca_roots.go", "package main\n");
    project
        .run(&["plan"])
        .exits(3)
        .says("has a file 0gobuildx_ca_roots.go already");
}
