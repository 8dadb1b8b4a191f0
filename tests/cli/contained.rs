//! Programs in containers. The engine is `tests/cli/engine/docker`: it notes what it is asked for, and makes its
//! containers with bubblewrap.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use gobuildx::host::Host;
use gobuildx::process::Cancel;
use gobuildx::smoke::{Call, Check, Failing, Farewell, Isolation, Isolator, Probe, Test, Tested};
use gobuildx::tools::bwrap::Ending;
use serde_json::json;

use crate::live::{Live, wait_until};
use crate::project::Project;
use crate::serving::{LIMIT, PORT, serving, test, tested_by, wrong};
use crate::smoked::{hello_for, hostile, missing, processes_named, program, record, with};

/// A container that is closed, as docker and podman are asked for it.
const RUN: &str = "run --rm --interactive --pull=never --network=none --read-only --cap-drop=ALL \
                   --security-opt=no-new-privileges --log-driver=none --workdir=/ --ulimit=core=0 --name=IMAGE-0 \
                   --user=65534:65534 --memory=1275068416 --memory-swap=1275068416 --pids-limit=288 \
                   --ulimit=data=1073741824 --ulimit=nofile=1024";
const WATCH: &str = "--entrypoint=/gobuildx-watch IMAGE watch-blank-system";

/// A folder for PATH with an engine in it.
pub struct Engine {
    folder: PathBuf,
    /// Keeps the folder.
    _temp: tempfile::TempDir,
}

impl Engine {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// The engine with other texts in its script.
    fn with(replaced: &[(&str, &str)]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/engine/docker");
        let mut script = fs::read_to_string(script).unwrap();
        for (from, to) in replaced {
            assert!(script.contains(from), "{from}");
            script = script.replace(from, to);
        }
        let temp = tempfile::tempdir_in("/var/tmp").unwrap();
        let folder = temp.path().to_owned();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let engine = Self {
            folder,
            _temp: temp,
        };
        engine.add("docker", &script);
        engine
    }

    fn add(&self, name: &str, script: &str) {
        let path = self.folder.join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A PATH on which it comes first.
    pub fn path(&self) -> String {
        format!("{}:/usr/bin:/bin", self.folder.display())
    }

    /// What it was asked for, with words instead of what differs each time.
    fn asked(&self) -> Vec<String> {
        let asked = fs::read_to_string(self.folder.join("state/asked")).unwrap();
        let commands = asked.trim_end().split("\n\n");
        let commands: Vec<String> = commands.map(|words| words.replace('\n', " ")).collect();
        let import = commands
            .iter()
            .find_map(|command| command.strip_prefix("import - "));
        let image = import.unwrap().to_owned();
        commands
            .iter()
            .map(|command| command.replace(&image, "IMAGE"))
            .collect()
    }

    fn isolation(&self) -> Isolation {
        let mut host = Host::probe().unwrap();
        host.env.set("PATH", self.path());
        Isolation::find(Isolator::Docker, &host, &Cancel::new()).unwrap()
    }

    fn tested(&self, program: &Path, test: &Test) -> Tested {
        tested_by(self.isolation(), program, test)
    }
}

const SMOKE: [&str; 5] = ["smoke", "--format", "json", "--isolation", "docker"];

fn smoked(engine: &Engine, project: Project, more: &[&str]) -> crate::project::Run {
    let words: Vec<&str> = SMOKE.iter().chain(more).copied().collect();
    project.env("PATH", engine.path()).run(&words)
}

#[test]
fn a_program_in_a_container_has_no_rights_and_no_more_than_it_may_take() {
    let engine = Engine::new();
    let words = ["--grant", "tmp", "hello"];
    let record = record(&smoked(&engine, with("hello"), &words).exits(0));
    assert_eq!(record["verdict"], "pass", "{record:#}");
    assert_eq!(record["how"], "natively, in a container of docker");
    assert_eq!(record["dimensions"]["environment_isolated"], "yes");
    // It had more than was granted, so what it needs isn't known.
    assert_eq!(
        record["ungranted"],
        json!(["/dev", "/etc/hosts", "/gobuildx-watch", "/proc", "/sys"])
    );
    assert_eq!(record["dimensions"]["dependencies_complete"], "unknown");
    assert_eq!(
        engine.asked(),
        [
            "version --format={{.Server.Os}}",
            "import - IMAGE",
            &format!("{RUN} --tmpfs=/tmp:rw,exec,mode=1777,nr_inodes=16384,size=67108864 {WATCH}"),
            "image rm --force IMAGE",
        ]
    );
}

#[test]
fn a_program_for_another_cpu_is_emulated_in_a_container() {
    let project = Project::empty();
    hello_for(&project, "linux", "arm64");
    let record = record(&smoked(&Engine::new(), project, &["hello"]).exits(0));
    assert_eq!(
        record["how"],
        "with qemu-aarch64-static, in a container of docker"
    );
}

#[test]
fn podman_is_asked_for_the_same_in_its_own_words() {
    let engine = Engine::new();
    let script = fs::read_to_string(engine.folder.join("docker")).unwrap();
    engine.add("podman", &script);
    let project = with("hello").env("PATH", engine.path());
    let words = [
        "smoke",
        "--format",
        "json",
        "--isolation",
        "podman",
        "hello",
    ];
    let record = record(&project.run(&words).exits(0));
    assert_eq!(record["how"], "natively, in a container of podman");
    assert_eq!(
        engine.asked(),
        [
            "info --format={{.Host.OS}}",
            "import - IMAGE",
            &format!("{RUN} --read-only-tmpfs=false {WATCH}"),
            "image rm --force IMAGE",
        ]
    );
}

#[test]
fn a_container_that_is_not_closed_is_told_and_nothing_passes() {
    let because = |from: &str, to: &str| {
        let engine = Engine::with(&[(from, to)]);
        let record = record(&smoked(&engine, with("hello"), &["hello"]).exits(1));
        assert_eq!(record["verdict"], "not run", "{record:#}");
        let because = record["because"].as_str().unwrap();
        because.strip_prefix("not isolated: ").unwrap().to_owned()
    };
    for (from, to, why) in [
        ("network=--unshare-net ;;", ";;", "it has a network: "),
        (
            "${MORE:-}",
            "--ro-bind /usr/share /usr/share",
            "it sees /usr",
        ),
        (
            "${MORE:-}",
            "--ro-bind /etc/passwd /etc/passwd",
            "it sees /etc/passwd",
        ),
        (
            "root=--remount-ro",
            "root=--dir",
            "its root can be written to",
        ),
        ("user=${1#*=} ;;", "user=0:0 ;;", "it is root"),
        (
            "echo \"$pids\" >",
            "echo max >",
            "the number of its processes has no limit",
        ),
        (
            "prlimit \"--data=$data\"",
            "prlimit --data=unlimited",
            "its memory has no limit",
        ),
    ] {
        let told = because(from, to);
        assert!(told.starts_with(why), "{why}: {told}");
    }
}

#[test]
fn an_engine_that_refuses_is_told_and_nothing_passes() {
    let silent = "echo 'Cannot connect to the Docker daemon' >&2; exit 1 ;;";
    for (from, to, because) in [
        (
            "echo linux ;;",
            silent,
            "not isolated: `docker` can't isolate anything here: Cannot connect to the Docker daemon",
        ),
        (
            "echo linux ;;",
            "echo windows ;;",
            "not isolated: `docker` can't isolate anything here: it runs programs of `windows`",
        ),
        (
            "run \"$@\"\n",
            "refuse 'no space left'\n",
            "not isolated: Error response from daemon: no space left",
        ),
        (
            "run \"$@\"\n",
            "refuse 'exec /gobuildx-watch: no such file or directory'\n",
            "not isolated: Error response from daemon: exec /gobuildx-watch: no such file or directory \
             (gobuildx runs in the container, too: it has to be linked statically)",
        ),
    ] {
        let engine = Engine::with(&[(from, to)]);
        let record = record(&smoked(&engine, with("hello"), &["hello"]).exits(1));
        assert_eq!(record["verdict"], "not run", "{record:#}");
        assert_eq!(record["because"], because);
    }
}

#[test]
fn an_engine_is_taken_where_bubblewrap_can_not_isolate() {
    let engine = Engine::new();
    engine.add(
        "bwrap",
        "#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n",
    );
    let project = with("hello").env("PATH", engine.path());
    let record = record(
        &project
            .run(&["smoke", "--format", "json", "hello"])
            .exits(0),
    );
    assert_eq!(record["how"], "natively, in a container of docker");
    // What is asked for isn't replaced.
    let words = ["smoke", "--isolation", "bubblewrap", "hello"];
    project
        .run(&words)
        .exits(1)
        .prints("`bwrap` can't isolate anything here: No permissions");
}

#[test]
fn what_a_program_misses_in_a_container_is_named() {
    let engine = Engine::new();
    let linked: &[&str] = &["elf-interp", "elf-needed"];
    for (name, rules) in [("zone", ["tzdata"].as_slice()), ("dynamic", linked)] {
        let record = record(&smoked(&engine, with(name), &[name]).exits(1));
        assert_eq!(missing(&record), rules, "{record:#}");
    }
    let record = record(&smoked(&engine, with("home"), &["home"]).exits(1));
    assert_eq!(record["verdict"], "fail", "{record:#}");
}

#[test]
fn a_service_is_asked_within_its_container() {
    let engine = Engine::new();
    let port = PORT.to_string();
    let check = |args: &[&str]| Check {
        name: "a check".to_owned(),
        cpu: None,
        call: Call {
            args: args.iter().map(ToString::to_string).collect(),
            files: vec!["/tmp/report".to_owned()],
            ..Call::default()
        },
    };
    let mut test = test(&["write"]);
    test.grants = std::iter::once(gobuildx::smoke::Grant::Tmp).collect();
    test.service = Some(serving(&["serves", &port], Probe::Http("/".to_owned())));
    test.checks = vec![check(&["write", "/tmp/report"])];
    let tested = engine.tested(&program("serves"), &test);
    assert_eq!(wrong(&test, &tested), [], "{tested:#?}");
    assert_eq!(tested.runs.len(), 3);
    test.checks.clear();
    test.limits.time = LIMIT;
    for (what, failing) in [
        ("ignores", Failing::Ignores(Farewell::Sigterm)),
        ("dies", Failing::Died(Ending::Exited(1))),
        (
            "unwell",
            Failing::NeverWell(Some("503 Service Unavailable".to_owned())),
        ),
    ] {
        test.service = Some(serving(&[what, &port], Probe::Http("/".to_owned())));
        let tested = engine.tested(&program("serves"), &test);
        assert_eq!(wrong(&test, &tested), [(1, failing)]);
    }
}

#[test]
fn a_container_tells_codes_from_signals() {
    for (harm, told) in [
        (&["exits", "137"][..], "it exited with 137"),
        (&["dies"], "it was ended by SIGKILL"),
    ] {
        let (project, name) = hostile();
        let words = [&[name.as_str(), "--"], harm].concat();
        let record = record(&smoked(&Engine::new(), project, &words).exits(1));
        assert_eq!(record["because"], told, "{record:#}");
    }
}

#[test]
fn what_is_left_behind_in_a_container_is_told() {
    let engine = Engine::new();
    let (project, name) = hostile();
    let record = record(&smoked(&engine, project, &[&name, "--", "leaves"]).exits(1));
    let because = record["because"].as_str().unwrap();
    assert!(
        because.starts_with("it left processes behind: "),
        "{because}"
    );
    assert_eq!(processes_named(&format!("/{name} waits")), [""; 0]);
}

#[test]
fn processes_in_a_container_that_are_gone_before_they_are_seen_are_left_behind_too() {
    let (project, name) = hostile();
    let words = [&name, "--", "hurries"];
    let record = record(&smoked(&Engine::new(), project, &words).exits(1));
    let because = record["because"].as_str().unwrap();
    assert!(
        because.starts_with("it left processes behind: "),
        "{because}"
    );
}

#[test]
fn a_container_ends_with_an_interrupted_run_and_its_image_is_removed() {
    let engine = Engine::new();
    let (project, name) = hostile();
    let project = project.env("PATH", engine.path());
    let words = [
        "--isolation",
        "docker",
        "--timeout",
        "1m",
        &name,
        "--",
        "waits",
    ];
    let words: Vec<&str> = std::iter::once("smoke").chain(words).collect();
    let mut run = Live::start(&project, &words);
    wait_until("it waits", || {
        let lines = processes_named(&format!("/{name} waits"));
        lines
            .iter()
            .any(|line| line.starts_with(&format!("/{name} waits")))
    });
    run.signal("INT");
    assert_eq!(run.end().0, Some(130), "{:#?}", run.seen);
    let asked = engine.asked();
    let last: Vec<&str> = asked.iter().rev().take(2).map(String::as_str).collect();
    assert_eq!(
        last,
        ["image rm --force IMAGE", "rm --force --volumes IMAGE-0"]
    );
}
