//! Go itself, from the module proxy that the machine's own Go asks, and a build with nothing else.

use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::*;
use crate::answers::{go, program};

/// A project in which Go is to be had as the machine has it, and a PATH on which git is and no go.
fn machine(project: Project, cache: &Path) -> Project {
    let bin = project.path("bin");
    fs::create_dir(&bin).unwrap();
    for name in ["git", "sh"] {
        let found = program(name);
        symlink(found, bin.join(name)).unwrap();
    }
    project
        .env("PATH", bin)
        .env("GOPROXY", go(&["env", "GOPROXY"]))
        .env("GOSUMDB", "")
        .env("GOMODCACHE", go(&["env", "GOMODCACHE"]))
        .env("GOCACHE", go(&["env", "GOCACHE"]))
        .env("GOBUILDX_CACHE", cache)
}

/// A cache with Go 1.26.8 in it, got once for all tests.
fn cache() -> &'static Path {
    static CACHE: OnceLock<TempDir> = OnceLock::new();
    let temp = CACHE.get_or_init(|| {
        let temp = tempfile::tempdir().unwrap();
        let project = machine(Project::empty(), temp.path());
        install(&project)
            .exits(0)
            .says("Installed go1.26.8.")
            .says("by the checksum database sum.golang.org");
        temp
    });
    temp.path()
}

#[test]
fn a_build_needs_no_other_go_than_the_one_that_was_installed() {
    let project = machine(Project::hello(), cache()).file("targets.toml", "schema = 1\n");
    project.run(&["build"]).exits(0);
    let metadata = project.json("dist/metadata.json");
    assert!(metadata.to_string().contains("go1.26.8"), "{metadata}");
    let artifacts = project.json("dist/artifacts.json");
    let path = artifacts["artifacts"][0]["path"].as_str().unwrap();
    let output = Command::new(project.path("dist").join(path))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    // Nothing changed, which is known without asking anybody.
    project.run(&["build"]).exits(0).says("nothing changed");

    install(&project).exits(0).says("Kept go1.26.8.");
    let doctor = project.run(&["doctor"]).exits(0);
    doctor
        .prints("go1.26.8 in `")
        .prints("installed by gobuildx");
}

#[test]
fn of_several_releases_the_newest_is_installed_and_fetches_the_others() {
    let manifest = "schema = 1\n[matrix]\ngoos = [\"linux\"]\ngo = [\"1.25.5\", \"1.26.8\"]\n";
    let project = machine(Project::hello(), cache()).file("targets.toml", manifest);
    project.build(&[]).exits(0);
    let artifacts = project.json("dist/artifacts.json");
    let built_by = ["go1.25.5", "go1.26.8"];
    for (artifact, release) in artifacts["artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .zip(built_by)
    {
        assert_eq!(artifact["go"], release);
    }
    project.build(&[]).exits(0).says("nothing changed");
}

#[test]
fn what_is_pinned_is_fetched_by_a_go_that_is_installed() {
    let pinned = "schema = 1\n[project]\ngo = \"1.25.5\"\n";
    let project = machine(Project::hello(), cache()).file("targets.toml", pinned);
    project.run(&["plan"]).exits(0).says("go1.25.5");
}

#[test]
fn the_release_that_a_project_wants_is_named_where_it_is_missing() {
    let empty = tempfile::tempdir().unwrap();
    let wants = |cache: &Path, manifest: &str, module: &str, release: &str| {
        let project = machine(Project::hello(), cache)
            .file("targets.toml", manifest)
            .file("go.mod", module);
        project
            .run(&["build"])
            .exits(4)
            .says("failed to find go on PATH")
            .says(&format!("`gobuildx toolchains install go@{release}`"));
    };
    let module = "module example.com/hello\n\ngo 1.24.3\n";
    let plain = "schema = 1\n";
    let pinned = "schema = 1\n[project]\ngo = \"1.25.1\"\n";
    wants(empty.path(), plain, module, "1.24.3");
    wants(empty.path(), pinned, module, "1.25.1");
    let several = "schema = 1\n[matrix]\ngo = [\"1.26.7\", \"1.25.5\"]\n";
    wants(empty.path(), several, module, "1.26.7");
    wants(
        cache(),
        plain,
        "module example.com/hello\n\ngo 1.27\n",
        "1.27.4",
    );
}

#[test]
fn one_byte_that_differs_on_the_way_is_seen() {
    // Whatever the proxy in between hands out, the database is asked as before.
    let project = machine(Project::empty(), Path::new("/nonexistent"));
    let between = Proxy::new(&project.path(PROXY), Database::new(1));
    between.put(RELEASE, &toolchain(RELEASE));
    let list = format!(
        "{},{}",
        Proxy::url(&project.path(PROXY)),
        go(&["env", "GOPROXY"])
    );
    let cache = project.path("cache");
    let project = project.env("GOPROXY", list).env("GOBUILDX_CACHE", cache);
    install(&project)
        .exits(4)
        .says("is not the one that the checksum database sum.golang.org has")
        .says(&format!("got      {}", proxy::sum(&toolchain(RELEASE))));
    assert_nothing_is_kept(&project);
}
