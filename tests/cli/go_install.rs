//! `gobuildx toolchains install`: Go from a proxy of the test's own, and once from the machine's.

mod answers;
mod proxy;
mod real;
pub mod server;

use std::fs;
use std::path::Path;

use proxy::{Database, Files, PROXY, Proxy, own, toolchain};
use server::{Answer, Server};

use crate::live::{Live, processes_of, wait_until};
use crate::project::{Project, Run};

const RELEASE: &str = "1.26.8";

/// A folder with a proxy that has a small toolchain, and the settings by which it is asked.
fn with_proxy(files: &Files) -> Project {
    let project = Project::empty();
    let proxy = Proxy::new(&project.path(PROXY), Database::new(1));
    proxy.put(RELEASE, files);
    proxy.settings(project)
}

fn install(project: &Project) -> Run {
    project.run(&["toolchains", "install", "go@1.26.8"])
}

/// What lies where toolchains do.
fn installed(project: &Project) -> Vec<String> {
    let entries = fs::read_dir(project.path("cache/go"));
    let names = entries
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

/// Nothing was unpacked, and nothing of what came was kept.
#[track_caller]
fn assert_nothing_is_kept(project: &Project) {
    let left = installed(project);
    assert!(left.iter().all(|name| name == "lock"), "{left:?}");
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn a_toolchain_is_unpacked_as_go_itself_unpacks_it() {
    let project = with_proxy(&toolchain(RELEASE));
    install(&project)
        .exits(0)
        .says("Installed go1.26.8.")
        .says("by the checksum database sum.example.com");
    let goroot = project.path(&format!("cache/go/{}", proxy::name(RELEASE)));
    let file = |path: &str| goroot.join(path);
    for program in ["bin/go", "pkg/tool/x/link", "lib/wasm/go_js_wasm_exec"] {
        assert_eq!(mode(&file(program)), 0o755, "{program}");
    }
    assert_eq!(mode(&file("VERSION")), 0o644);
    for module in ["src", "src/cmd"] {
        let [hidden, named] = ["_go.mod", "go.mod"].map(|name| file(module).join(name));
        assert_eq!(fs::read(hidden).unwrap(), fs::read(named).unwrap());
    }
    let list = format!("{}.files", proxy::name(RELEASE));
    assert_eq!(
        installed(&project),
        [proxy::name(RELEASE), list, "lock".to_owned()]
    );
}

#[test]
fn a_second_install_keeps_what_is_whole_and_replaces_what_is_not() {
    let project = with_proxy(&toolchain(RELEASE));
    install(&project).exits(0);
    install(&project).exits(0).says("Kept go1.26.8.");
    // Nobody is asked for what is there.
    let alone = project.env("GOPROXY", "off");
    install(&alone).exits(0).says("Kept go1.26.8.");
    let version = format!("cache/go/{}/VERSION", proxy::name(RELEASE));
    alone.write(&version, "go1.26.8 and something else\n");
    install(&alone)
        .exits(4)
        .says("it has a `VERSION` that isn't as it was: it is installed anew")
        .says("next in GOPROXY is `off`");
    let url = Proxy::url(&alone.path(PROXY));
    let again = alone.env("GOPROXY", url);
    install(&again).exits(0).says("Installed go1.26.8.");
    assert_eq!(again.read(&version), "go1.26.8\n");
    install(&again).exits(0).says("Kept");
}

#[test]
fn two_installs_at_once_both_end_well() {
    let project = with_proxy(&toolchain(RELEASE));
    let start = || {
        let mut command = project.command(&["toolchains", "install", "go@1.26.8"]);
        let command = command.stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let both = [start(), start(), start()];
    for child in both {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(installed(&project).len(), 3);
}

#[test]
fn what_a_run_that_was_killed_left_goes_with_the_next_one() {
    let project = with_proxy(&toolchain(RELEASE));
    project.write("cache/go/.installing-a1b2c3/toolchain.zip", "half a zip");
    install(&project).exits(0);
    assert_eq!(installed(&project).len(), 3);
}

#[test]
fn what_is_no_toolchain_is_refused_before_anything_is_unpacked() {
    let prefix = own(RELEASE);
    let other = prefix.replace("amd64", "arm64").replace("x86", "arm");
    for (name, said) in [
        (format!("{other}bin/go"), "and not go1.26.8."),
        (
            format!("{prefix}../../evil"),
            "which is no file of a toolchain",
        ),
        ("/etc/evil".to_owned(), "which is no file of a toolchain"),
        ("evil".to_owned(), "which is no file of a toolchain"),
    ] {
        let project = with_proxy(&[(name.clone(), b"evil".to_vec())].into());
        install(&project)
            .exits(4)
            .says("failed to take what came from")
            .says(said);
        assert_nothing_is_kept(&project);
    }
}

#[test]
fn other_bytes_than_the_database_has_are_refused_with_both_hashes() {
    let project = with_proxy(&toolchain(RELEASE));
    let sum = proxy::sum(&toolchain(RELEASE));
    let mut evil = toolchain(RELEASE);
    evil.insert(
        format!("{}bin/go", own(RELEASE)),
        b"#!/bin/sh\necho evil\n".to_vec(),
    );
    let zip = project.path(&proxy::zip_path(RELEASE));
    fs::write(&zip, proxy::zip(&evil)).unwrap();
    install(&project)
        .exits(4)
        .says(&format!("expected {sum}"))
        .says(&format!("got      {}", proxy::sum(&evil)))
        .says("nothing was unpacked");
    assert_nothing_is_kept(&project);
    let whole = proxy::zip(&toolchain(RELEASE));
    let cut = &whole[..whole.len() / 2];
    fs::write(&zip, cut).unwrap();
    install(&project).exits(4).says("it is no whole zip");
    assert_nothing_is_kept(&project);
}

#[test]
fn the_hash_may_be_pinned_where_no_database_is_asked() {
    let project = with_proxy(&toolchain(RELEASE)).env("GOSUMDB", "off");
    install(&project)
        .exits(4)
        .says("GOSUMDB=off turns Go's checksum database off, and no lock file pins it")
        .says("`gobuildx toolchains install go@1.26.8 --lock`");
    let lock = ["toolchains", "install", "go@1.26.8", "--lock"];
    project
        .run(&lock)
        .exits(2)
        .says("failed to find a manifest");
    let project = project.file("targets.toml", "schema = 1\n");
    let key = Database::new(1).key();
    let asking = project.env("GOSUMDB", key);
    asking.run(&lock).exits(0).says("Wrote targets.lock");
    assert!(
        asking
            .read("targets.lock")
            .contains(&proxy::sum(&toolchain(RELEASE)))
    );
    asking.run(&lock).exits(0).says("Kept targets.lock");

    fs::remove_dir_all(asking.path("cache")).unwrap();
    let alone = asking.env("GOSUMDB", "off");
    install(&alone).exits(0).says("by the lock file");
    let pinned = proxy::sum(&toolchain("1.26.9"));
    let right = proxy::sum(&toolchain(RELEASE));
    let other = alone.read("targets.lock").replace(&right, &pinned);
    alone.write("targets.lock", &other);
    install(&alone)
        .exits(3)
        .says("is pinned, and what is installed has");
    fs::remove_dir_all(alone.path("cache")).unwrap();
    install(&alone)
        .exits(4)
        .says("is not the one that the lock file has");
    let key = Database::new(1).key();
    let asking = alone.env("GOSUMDB", key);
    install(&asking)
        .exits(3)
        .says("is pinned, and the checksum database has")
        .says("see who changed the lock file");
    // `lock` leaves alone what it isn't about.
    asking.run(&["lock"]).exits(0);
    assert!(asking.read("targets.lock").contains(&pinned));
}

#[test]
fn a_database_that_lies_is_not_believed() {
    let files = toolchain(RELEASE);
    let lookup = format!("{PROXY}/{}", proxy::lookup_path(RELEASE));
    let refused = |project: &Project, said: &str| {
        install(project)
            .exits(4)
            .says("failed to prove what go1.26.8.")
            .says(said);
        assert_nothing_is_kept(project);
    };
    let project = with_proxy(&files);
    let honest = project.read(&lookup);
    // Another hash in the record, which isn't in the tree then.
    let evil = proxy::sum(&toolchain("1.26.9"));
    project.write(&lookup, &honest.replace(&proxy::sum(&files), &evil));
    refused(&project, "record 0 is not in its tree of 1 records");
    // A tree that somebody else signs.
    let signed = Database::new(2).answer(RELEASE, &proxy::sum(&files));
    project.write(&lookup, &signed);
    refused(&project, "isn't signed by sum.example.com");
    project.write(
        &lookup,
        &honest.replace("database tree\n1\n", "database tree\n2\n"),
    );
    refused(&project, "has a wrong signature of sum.example.com");
    project.write(&lookup, "nonsense");
    refused(&project, "is no record");
    fs::remove_file(project.path(&lookup)).unwrap();
    refused(&project, "the database doesn't know it");
    // Once one tree was seen, no other one is believed.
    project.write(&lookup, &honest);
    install(&project).exits(0);
    fs::remove_dir_all(project.path("cache/go")).unwrap();
    let mut evil = files.clone();
    evil.insert(format!("{}VERSION", own(RELEASE)), b"evil\n".to_vec());
    let proxy = Proxy::new(&project.path(PROXY), Database::new(1));
    proxy.put(RELEASE, &evil);
    refused(&project, "it tells different things to different people");
}

#[test]
fn without_a_proxy_nobody_is_asked() {
    let project = Project::empty()
        .env("GOENV", "off")
        .env("GOPROXY", "")
        .env("GOBUILDX_CACHE", "cache");
    install(&project)
        .exits(4)
        .says("GOPROXY is not set")
        .says("`export GOPROXY=https://…`");
    assert_nothing_is_kept(&project);
    let project = project.env("GOPROXY", "direct");
    install(&project)
        .exits(4)
        .says("only Go itself can build a module");
    let project = project.env("GOPROXY", "https://me:secret@,x");
    let run = install(&project).exits(4).says("failed to read GOPROXY");
    assert!(!run.stderr.contains("secret"), "{}", run.stderr);
}

#[test]
fn the_settings_may_lie_in_gos_own_file() {
    let project = with_proxy(&toolchain(RELEASE));
    let url = Proxy::url(&project.path(PROXY));
    let key = Database::new(1).key();
    project.write(
        "settings/go/env",
        &format!("GOPROXY={url}\nGOSUMDB={key}\n"),
    );
    let settings = project.path("settings");
    let project = project
        .env("GOENV", "")
        .env("GOPROXY", "")
        .env("GOSUMDB", "")
        .env("XDG_CONFIG_HOME", settings);
    install(&project).exits(0).says("Installed");
}

#[test]
fn a_wrong_spelling_is_answered_with_what_to_write() {
    let project = Project::empty();
    for (written, said) in [
        ("1.26.8", "`go@1.26.8`"),
        ("go@latest", "which release is meant"),
        ("go@1.99", "`go@1.99.0`"),
        ("go@1.20", "1.21 or newer"),
    ] {
        let run = project.run(&["toolchains", "install", written]);
        run.exits(2).says(said);
    }
}

#[test]
fn a_line_is_its_newest_patch() {
    let project = with_proxy(&toolchain(RELEASE));
    let proxy = Proxy::new(&project.path(PROXY), Database::new(1));
    proxy.put("1.21.13", &toolchain("1.21.13"));
    project
        .run(&["toolchains", "install", "go@1.21.x"])
        .exits(0)
        .says("Installed go1.21.13.");
}
