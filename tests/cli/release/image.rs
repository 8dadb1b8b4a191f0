//! Images: read by skopeo, unpacked by umoci, and run where nothing else is.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::harness::{ran, skopeo, unpacked};
use super::{LINUX, delivered, file, hello, of, released, sha256, text};
use crate::project::{Project, says};

const BOTH: &str = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\", \"arm64\"]\n[build]\nrebuild = \"changed\"\n";
const IMAGE: &str = "[release.image]\nname = \"registry.example/hello\"\n";

/// Looks into the image for everything that needs something.
const NEEDY: &str = r#"package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"os/user"
	"time"
)

func main() {
	pool, err := x509.SystemCertPool()
	fmt.Println(len(pool.Subjects()) > 100, err)
	_, err = time.LoadLocation("Europe/Paris")
	fmt.Println(err)
	file, err := os.CreateTemp("", "needy")
	fmt.Println(file != nil, err)
	who, err := user.LookupId("65532")
	fmt.Println(who != nil, err)
}
"#;

fn layout(project: &Project) -> String {
    format!("oci:{}", project.path("dist/oci").display())
}

/// All below a folder: its path, and what it is for a folder.
fn names(folder: &Path) -> Vec<String> {
    delivered(folder).into_keys().collect()
}

/// The files of an image for an architecture.
fn root(project: &Project, goarch: &str) -> PathBuf {
    unpacked(
        &layout(project),
        goarch,
        &project.path(&format!("un-{goarch}")),
    )
}

#[test]
fn an_image_holds_the_program_alone_and_runs_on_both_kinds_of_cores() {
    let project = of(
        Project::hello().file("main.go", &says("hello from an image")),
        &format!(
            "{BOTH}{IMAGE}expose = [8080]\nargs = [\"serve\"]\nlabels = {{ team = \"{{project}}\" }}\n"
        ),
    );
    project.run(&["image", "-q"]).exits(0);
    for goarch in ["amd64", "arm64"] {
        let inspected = skopeo([
            "--override-arch",
            goarch,
            "inspect",
            "--config",
            &layout(&project),
        ]);
        let inspected: Value = serde_json::from_str(&inspected).unwrap();
        assert_eq!(inspected["architecture"], goarch);
        let config = &inspected["config"];
        assert_eq!(config["Entrypoint"], serde_json::json!(["/hello"]));
        assert_eq!(config["Cmd"], serde_json::json!(["serve"]));
        assert_eq!(config["User"], "65532:65532");
        assert!(config["ExposedPorts"]["8080/tcp"].is_object(), "{config}");
        assert_eq!(config["Labels"]["team"], "hello");
        let revision = &config["Labels"]["org.opencontainers.image.revision"];
        assert_eq!(text(revision), project.git(&["rev-parse", "HEAD"]));

        let root = root(&project, goarch);
        assert_eq!(names(&root), ["hello"]);
        let built = project.json("dist/artifacts.json")["artifacts"].clone();
        let mut built = built.as_array().unwrap().iter();
        let built = built
            .find(|one| text(&one["target"]).contains(goarch))
            .unwrap();
        assert_eq!(sha256(&root.join("hello")), text(&built["sha256"]));
        assert_eq!(ran(&root, goarch, &["serve"]), "hello from an image\n");
    }
}

#[test]
fn an_image_is_hardly_larger_than_its_program() {
    let project = hello(IMAGE);
    project.run(&["image", "-q"]).exits(0);
    let program = fs::metadata(project.path("dist/hello_linux_amd64_v1/hello"))
        .unwrap()
        .len();
    let blob =
        |digest: &Value| project.path(&text(digest).replace("sha256:", "dist/oci/blobs/sha256/"));
    let json = |path: &Path| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    let index = blob(&project.json("dist/oci/index.json")["manifests"][0]["digest"]);
    let manifest = blob(&json(&index)["manifests"][0]["digest"]);
    let config = blob(&json(&manifest)["config"]["digest"]);
    let layer = blob(&json(&manifest)["layers"][0]["digest"]);
    let unzipped = super::tool(
        project.root(),
        "sh",
        &["-c", &format!("gzip -dc '{}' | wc -c", layer.display())],
    );
    let size = |path: &Path| fs::metadata(path).unwrap().len();
    let all =
        unzipped.trim().parse::<u64>().unwrap() + size(&index) + size(&manifest) + size(&config);
    assert!(all <= program + 4096, "{} more", all - program);
    assert!(all < 15_000_000);
}

#[test]
fn the_image_alone_is_made_without_anything_else() {
    let env = "env = { DB_PASSWORD = \"hunter2-hunter2\", DB_PASSWORD_FILE = \"/run/password\" }\n";
    let project = of(
        Project::hello(),
        &format!("{BOTH}[release]\nfiles = [\"nothing-yet\"]\n{IMAGE}{env}"),
    );
    let run = project.run(&["image", "-q"]).exits(0);
    // What everybody can read is told by its name.
    assert!(!run.stderr.contains("DB_PASSWORD_FILE"), "{}", run.stderr);
    run.says("Note: `DB_PASSWORD` in `env` of `[release.image]` is in the image");
    let names = names(&project.path("dist"));
    let names = names
        .iter()
        .filter(|name| !name.contains('/'))
        .map(String::as_str);
    let others: Vec<&str> = names.filter(|name| !name.ends_with(".image.tar")).collect();
    assert_eq!(
        others,
        [
            ".gitignore",
            "Dockerfile",
            "artifacts.json",
            "checksums.txt",
            "metadata.json",
            "provenance.json",
            "release.json"
        ]
    );
    // For one platform, which a tar for engines holds, too.
    project
        .run(&["image", "-q", "--target", "linux/arm64"])
        .exits(0);
    let tar = file(&project, "linux_arm64.image.tar");
    assert!(!file(&project, "linux_amd64.image.tar").exists());
    let from = format!("docker-archive:{}", tar.display());
    let inspected = skopeo(["--override-arch", "arm64", "inspect", "--config", &from]);
    assert!(
        inspected.contains("\"architecture\": \"arm64\""),
        "{inspected}"
    );
    hello("").run(&["image"]).exits(3).says("[release.image]");
}

#[test]
fn what_findings_need_is_in_the_image_and_certificates_have_to_be_pinned() {
    let project = of(
        Project::hello().file("main.go", NEEDY),
        &format!("{LINUX}{IMAGE}"),
    );
    project
        .run(&["image", "-q"])
        .exits(3)
        .says("Mozilla's CA certificates are not pinned in targets.lock")
        .says("targets.toml:7:8")
        .says("help: run `gobuildx lock`, and commit targets.lock");
    assert!(!project.path("dist/oci").exists());
    // Of a release that isn't made whole nothing is left.
    project
        .run(&["release", "-q"])
        .exits(3)
        .says("Failed: 0 files of ");
    let left = delivered(&project.path("dist")).into_keys();
    let archives: Vec<String> = left.filter(|path| path.contains(".tar")).collect();
    assert_eq!(archives, [""; 0]);
    project.run(&["lock"]).exits(0).says("Wrote targets.lock");
    project.git(&["add", "targets.lock"]);
    project.git(&["commit", "-qm", "Pin"]);
    project.run(&["lock"]).exits(0).says("Kept targets.lock");

    let project = released(project);
    let root = root(&project, "amd64");
    assert_eq!(
        names(&root),
        [
            "etc/group",
            "etc/passwd",
            "etc/ssl/certs/ca-certificates.crt",
            "hello",
            "usr/share/zoneinfo.zip"
        ]
    );
    let mode = fs::metadata(root.join("tmp")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o1777);
    let config = skopeo(["inspect", "--config", &layout(&project)]);
    let config: Value = serde_json::from_str(&config).unwrap();
    let mut words = vec!["--unshare-all", "--clearenv", "--bind"];
    words.extend([root.to_str().unwrap(), "/"]);
    for variable in config["config"]["Env"].as_array().unwrap() {
        let (name, value) = text(variable).split_once('=').unwrap();
        words.extend(["--setenv", name, value]);
    }
    words.extend(["--", "/hello"]);
    let said = super::harness::run("bwrap", words);
    assert_eq!(said, "true <nil>\n<nil>\ntrue <nil>\ntrue <nil>\n");
}

#[test]
fn what_somebody_knows_to_be_needless_is_left_out_of_the_image_and_of_its_dockerfile() {
    let image = format!(
        "{IMAGE}allow = [\n  {{ rule = \"ca-roots\", reason = \"it trusts its own\" }},\n  \
         {{ rule = \"tzdata\", subject = \"Mars/Base\", reason = \"nobody is there\" }},\n]\n"
    );
    let project = of(
        Project::hello().file("main.go", NEEDY),
        &format!("{LINUX}{image}"),
    );
    project
        .run(&["image"])
        .exits(0)
        .says("Note: the image of hello_linux_amd64_v1/hello: it has nothing for ca-roots: it trusts its own\n")
        .says("nothing of tzdata was found that `allow` could be about\n");
    assert_eq!(
        names(&root(&project, "amd64")),
        ["etc/group", "etc/passwd", "hello", "usr/share/zoneinfo.zip"]
    );
    let dockerfile = project.read("dist/Dockerfile");
    assert!(!dockerfile.contains("ca-certificates"), "{dockerfile}");
    assert!(dockerfile.contains("zoneinfo"), "{dockerfile}");
}

#[test]
fn an_image_that_could_hold_several_programs_asks_which_one() {
    let two = Project::empty()
        .file("go.mod", "module example.com/hello\n\ngo 1.24\n")
        .file("cmd/hello/main.go", &says("one"))
        .file("cmd/tool/main.go", &says("two"));
    let project = of(two, &format!("{LINUX}{IMAGE}"));
    project
        .run(&["release", "--dry-run"])
        .exits(3)
        .says("it could hold `hello` or `tool`")
        .says("help: write which one in `binary` of `[release.image]`");
    let project = project.manifest("[matrix]\ngoos = [\"windows\"]\ngoarch = [\"amd64\"]\n[release.image]\nname = \"registry.example/hello\"\n");
    project
        .run(&["release", "--dry-run"])
        .exits(3)
        .says("no program is built for Linux");
}
