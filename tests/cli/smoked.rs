//! The programs under `tests/cli/blank/`, and what `smoke` says of them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use crate::project::{Project, Run};

static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("blank");
    go(&folder, &[("CGO_ENABLED", "0")], &["./..."]);
    // Without the cgo of the standard library a program is static unless the linker is the machine's.
    let dynamic = ["-ldflags=-linkmode=external", "./dynamic"];
    go(&folder, &[("CGO_ENABLED", "1")], &dynamic);
    folder
});

fn go(out: &Path, env: &[(&str, &str)], args: &[&str]) {
    let output = Command::new("go")
        .args(["build", "-buildvcs=false", "-o"])
        .arg(out.join(""))
        .args(args)
        .envs(env.iter().copied())
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/blank"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// Where one of the programs lies.
pub fn program(name: &str) -> PathBuf {
    BUILT.join(name)
}

/// The program `hello` for another platform; behind a slash of the architecture may stand its variant.
pub fn hello_for(project: &Project, goos: &str, goarch: &str) -> PathBuf {
    let (goarch, variant) = goarch.split_once('/').unwrap_or((goarch, "v1"));
    let env = [
        ("CGO_ENABLED", "0"),
        ("GOOS", goos),
        ("GOARCH", goarch),
        ("GOAMD64", variant),
    ];
    go(project.root(), &env, &["./hello"]);
    let name = if goos == "windows" {
        "hello.exe"
    } else {
        "hello"
    };
    project.path(name)
}

/// A folder with one of the programs in it.
pub fn with(name: &str) -> Project {
    let project = Project::empty();
    fs::copy(program(name), project.path(name)).unwrap();
    project
}

/// A folder with the hostile program in it, and its name, which no other file has.
pub fn hostile() -> (Project, String) {
    let project = Project::empty();
    let unique = project.root().file_name().unwrap().to_str().unwrap();
    let name = format!("hostile{unique}");
    fs::copy(program("hostile"), project.path(&name)).unwrap();
    (project, name)
}

/// The object about the one program that is smoked.
#[track_caller]
pub fn record(run: &Run) -> Value {
    let json = run.json();
    let records = json.as_array().unwrap();
    assert_eq!(records.len(), 1, "{json:#}");
    records[0].clone()
}

/// The rules that say what is missing.
pub fn missing(record: &Value) -> Vec<&str> {
    let rules = record["missing"].as_array().unwrap().iter();
    rules.map(|rule| rule.as_str().unwrap()).collect()
}

/// The processes in whose command line a text stands.
pub fn processes_named(name: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| {
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        line.contains(name).then_some(line)
    });
    lines.collect()
}

/// Somebody who isn't root, and what gobuildx does for them in a project.
pub struct OrdinaryUser<'a> {
    project: &'a Project,
}

impl<'a> OrdinaryUser<'a> {
    /// Lets the user into the project, with a gobuildx and a folder for temporary files there.
    pub fn of(project: &'a Project) -> Self {
        fs::copy(env!("CARGO_BIN_EXE_gobuildx"), project.path("gobuildx")).unwrap();
        fs::create_dir(project.path("tmp")).unwrap();
        for name in ["", "gobuildx", "tmp"] {
            let mode = fs::Permissions::from_mode(0o777);
            fs::set_permissions(project.path(name), mode).unwrap();
        }
        Self { project }
    }

    /// Runs gobuildx. Who is no root already stays who they are.
    pub fn run(&self, args: &[&str]) -> Run {
        self.run_by(&[], args)
    }

    /// Runs gobuildx by another program, which takes a command behind its own arguments.
    pub fn run_by(&self, launcher: &[&str], args: &[&str]) -> Run {
        let user: &[&str] = if rustix::process::geteuid().is_root() {
            &["--reuid", "1000", "--regid", "1000", "--clear-groups"]
        } else {
            &[]
        };
        let output = Command::new("setpriv")
            .args(user)
            .args(launcher)
            .arg(self.project.path("gobuildx"))
            .args(args)
            .current_dir(self.project.root())
            .env("HOME", self.project.path("tmp"))
            .env("TMPDIR", self.project.path("tmp"))
            .output();
        Run::of(output.unwrap())
    }

    /// Neither files nor processes of it are left.
    #[track_caller]
    pub fn has_left_nothing(&self) {
        let left = fs::read_dir(self.project.path("tmp")).unwrap();
        assert_eq!(left.count(), 0);
        let root = self.project.root().display().to_string();
        assert_eq!(processes_named(&root), [""; 0]);
    }
}
