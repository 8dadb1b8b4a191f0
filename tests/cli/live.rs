//! A gobuildx that is still running: tests read its lines, and stop it at known moments.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::project::Project;

/// Longer than anything takes that ends at all.
const DEADLINE: Duration = Duration::from_mins(2);

/// A running gobuildx.
pub struct Live {
    child: Child,
    lines: Receiver<String>,
    /// All lines so far, of stdout and stderr.
    pub seen: Vec<String>,
}

impl Live {
    /// Starts gobuildx in a project, with the signals as an interactive shell leaves them.
    pub fn start(project: &Project, args: &[&str]) -> Self {
        Self::start_as(
            project,
            &["env", "--default-signal=INT,HUP,QUIT,TERM"],
            args,
        )
    }

    /// Starts gobuildx by another program, which takes a command behind its own arguments.
    pub fn start_as(project: &Project, launcher: &[&str], args: &[&str]) -> Self {
        let command = project.command(args);
        let (program, words) = launcher.split_first().unwrap();
        let mut child = Command::new(program);
        child
            .args(words)
            .arg(command.get_program())
            .args(args)
            .current_dir(project.root());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => child.env(name, value),
                None => child.env_remove(name),
            };
        }
        let mut child = child
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        send_lines(child.stdout.take().unwrap(), sender.clone());
        send_lines(child.stderr.take().unwrap(), sender);
        Self {
            child,
            lines,
            seen: Vec::new(),
        }
    }

    /// Waits for a line with a text in it.
    #[track_caller]
    pub fn until(&mut self, text: &str) {
        let end = Instant::now() + DEADLINE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.seen.push(line),
                Err(error) => panic!("no {text:?} ({error}) in {:#?}", self.seen),
            }
            if self.seen.last().unwrap().contains(text) {
                return;
            }
        }
    }

    /// Sends it a signal: `INT`, `KILL` …
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(status.unwrap().success());
    }

    /// Waits for its end: the exit code, none after a signal, and the time that it took.
    pub fn end(&mut self) -> (Option<i32>, Duration) {
        let begin = Instant::now();
        while let Ok(line) = self.lines.recv_timeout(DEADLINE) {
            self.seen.push(line);
        }
        let status = self.child.wait().unwrap();
        (status.code(), begin.elapsed())
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn send_lines(stream: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
}

/// Waits until something holds.
#[track_caller]
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !holds() {
        assert!(Instant::now() < end, "still not so: {what}");
        thread::yield_now();
    }
}

/// The project with a folder of its own for temporary files, by which its processes are known.
pub fn with_own_temporary(project: Project) -> Project {
    let folder = project.path("tmp");
    std::fs::create_dir(&folder).unwrap();
    project.env("TMPDIR", folder)
}

/// The running processes of a project whose temporary files lie in its own folder.
pub fn processes_of(project: &Project) -> Vec<String> {
    processes_with(&format!("GOTMPDIR={}/", project.path("tmp").display()))
}

/// The running processes with a variable of their environment that starts like this.
pub fn processes_with(marker: &str) -> Vec<String> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| {
            let environ = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            environ
                .split(|byte| *byte == 0)
                .any(|variable| variable.starts_with(marker.as_bytes()))
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// A program with C in it, whose C compiler tells in the file `reached` that it was started, and
/// waits for the file `go-on`: builds of it stand still in the middle. Its version it tells at once, before there is a plan.
pub fn held() -> Project {
    let project = with_own_temporary(cgo("static int one(void) { return 1; }", "C.one()"));
    let (reached, go_on) = (project.path("reached"), project.path("go-on"));
    let script = format!(
        "#!/bin/sh\ncase $1 in --version) exec /usr/bin/cc \"$@\" ;; esac\n\
         : >'{}'\nwhile [ ! -e '{}' ]; do sleep 0.02; done\nexec /usr/bin/cc \"$@\"\n",
        reached.display(),
        go_on.display()
    );
    with_cc(project, &script)
}

/// A program that calls C, for the machine's own C compiler.
pub fn cgo(c: &str, call: &str) -> Project {
    let source = format!(
        "package main\n\n/*\n{c}\n*/\nimport \"C\"\n\nimport \"fmt\"\n\nfunc main() {{ fmt.Println({call}) }}\n"
    );
    Project::empty()
        .file("go.mod", "module example.com/c\n\ngo 1.24\n")
        .file("main.go", &source)
        .file(
            "targets.toml",
            "[[matrix.include]]\ntarget = \"linux/amd64\"\ncgo = true\ntoolchain = \"host\"\n\n\
             [build]\nrebuild = \"changed\"\ntags = [\"netgo\", \"osusergo\"]\n\
             ldflags = [\"-s\", \"-w\", \"-linkmode=external\", \"-extldflags=-static\"]\n",
        )
}

/// The program folders of the tests themselves.
#[expect(clippy::disallowed_methods, reason = "tests put a folder before them")]
fn path() -> OsString {
    std::env::var_os("PATH").unwrap()
}

/// These folders, as a variable has them.
pub fn folders() -> String {
    path().into_string().unwrap()
}

/// The project with a script in place of the C compiler.
pub fn with_cc(project: Project, script: &str) -> Project {
    with_program(project, "cc", script)
}

/// The project with a script in place of a program on PATH.
pub fn with_program(project: Project, name: &str, script: &str) -> Project {
    let project = project.file(&format!("bin/{name}"), script);
    let program = project.path(&format!("bin/{name}"));
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut folders = vec![project.path("bin")];
    folders.extend(std::env::split_paths(&path()));
    project.env("PATH", std::env::join_paths(folders).unwrap())
}
