//! Containers of docker or podman keep a program from the machine, where bubblewrap can't or isn't wanted.
//!
//! The image is FROM scratch: a tar of the blank system's files goes to the engine's stdin, so nothing of this machine
//! is mounted, and the engine may be on another one. gobuildx is among these files. It is what the engine starts: it
//! looks at what it is in, and starts the program there. A container has more than a blank system, whatever is granted.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::run::CANARY;
use super::task::WATCH;
use super::{BlankRoot, Grant, Isolator, Limits, NotIsolated, RootError, RunError};
use crate::archive::{Member, tar};
use crate::atomic::Mode;
use crate::host::{Environment, Host};
use crate::process::{Cancel, Command, Given, ProcessError};
use crate::tools::engine::ENGINE_VARIABLES;

/// What the engine may take to say who it is, and to remove something.
const PATIENCE: Duration = Duration::from_secs(10);
/// What it may take to make an image.
const IMPORT: Duration = Duration::from_mins(2);

/// Where gobuildx is in the image.
pub(super) const OWN_PROGRAM: &str = "gobuildx-watch";

/// Nobody, as most systems number it.
const USER: &str = "65534:65534";

/// What all processes of a container together may have beyond what the program may: bytes of memory and threads of
/// who watches.
const MEMORY_AROUND: u64 = 128 << 20;
const THREADS_AROUND: u64 = 32;

/// No network, nothing to write to, no rights, and nothing fetched.
const CONFINED: &[&str] = &[
    "run",
    "--rm",
    "--interactive",
    "--pull=never",
    "--network=none",
    "--read-only",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--log-driver=none",
    "--workdir=/",
    "--ulimit=core=0",
];

/// An engine that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    pub(super) isolator: Isolator,
    program: PathBuf,
    env: Environment,
}

impl Engine {
    /// Finds an engine, and asks whether it runs programs of this machine's kind.
    pub(super) fn find(
        isolator: Isolator,
        host: &Host,
        cancel: &Cancel,
    ) -> Result<Self, NotIsolated> {
        let name = isolator.as_str();
        let program = host.program(name).ok_or(NotIsolated::Missing {
            program: name,
            package: name,
            next: "install it, or leave `isolation` out: bubblewrap needs no engine".to_owned(),
        })?;
        let engine = Self {
            isolator,
            program,
            env: host.env.only(ENGINE_VARIABLES),
        };
        let unusable = |why| NotIsolated::Unusable { program: name, why };
        // Podman has no server where it runs containers by itself.
        let question = match isolator {
            Isolator::Podman => ["info", "--format={{.Host.OS}}"],
            Isolator::Docker | Isolator::Bubblewrap => ["version", "--format={{.Server.Os}}"],
        };
        let asked = engine.command(question).timeout(PATIENCE).run(cancel);
        let answer = asked.map_err(|error| unusable(complaint(&error)))?;
        match answer.stdout_text().trim() {
            "linux" => Ok(engine),
            other => Err(unusable(format!("it runs programs of `{other}`"))),
        }
    }

    fn command(&self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Command {
        let command = Command::new(&self.program).args(args);
        command.envs(self.env.iter())
    }

    /// Makes an image of a blank system and of gobuildx.
    pub(super) fn image(
        &self,
        root: &BlankRoot,
        own_program: &Path,
        cancel: &Cancel,
    ) -> Result<Image<'_>, RunError> {
        let mut members = root.members()?;
        members.push(Member {
            path: OWN_PROGRAM.parse().map_err(|_| taken())?,
            mode: Mode::Executable,
            from: own_program.to_owned(),
        });
        let files = tar(&members, Cursor::new(Vec::new()))?.into_inner();
        let image = Image {
            engine: self,
            name: root.unique_name(),
            containers: std::cell::Cell::new(0),
        };
        let import = self.command(["import", "-", &image.name]).timeout(IMPORT);
        let imported = import.run_given(Given::default().stdin(files), cancel);
        imported.map_err(refused)?;
        Ok(image)
    }
}

fn taken() -> RootError {
    RootError::Taken {
        path: format!("/{OWN_PROGRAM}"),
    }
}

/// An image that goes with this value.
#[derive(Debug)]
pub(super) struct Image<'a> {
    engine: &'a Engine,
    name: String,
    /// How many containers were made of it.
    containers: std::cell::Cell<u32>,
}

/// What a container is run with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Container<'a> {
    pub(super) grants: &'a BTreeSet<Grant>,
    /// Those of the program.
    pub(super) limits: &'a Limits,
    /// The value of the variable that the program is not to see.
    pub(super) canary: &'a str,
    /// What all of it may take.
    pub(super) time: Duration,
}

impl Drop for Image<'_> {
    fn drop(&mut self) {
        self.engine.remove(["image", "rm", "--force", &self.name]);
    }
}

impl Engine {
    /// Removes something, also when all is being stopped. There is nobody to tell of an error: mostly it isn't there.
    fn remove(&self, what: [&str; 4]) {
        let remove = self.command(what).timeout(PATIENCE);
        let _ = remove.run(&Cancel::new());
    }
}

impl Image<'_> {
    /// Runs who watches in a new container, which ends with it.
    pub(super) fn run(
        &self,
        container: Container<'_>,
        stdin: Vec<u8>,
        cancel: &Cancel,
    ) -> Result<Vec<u8>, RunError> {
        let Container {
            grants,
            limits,
            canary,
            time,
        } = container;
        let number = self.containers.get();
        self.containers.set(number + 1);
        let name = format!("{}-{number}", self.name);
        let memory = limits.memory_of_all() + MEMORY_AROUND;
        let mut words: Vec<String> = CONFINED.iter().map(ToString::to_string).collect();
        words.extend([
            format!("--name={name}"),
            format!("--user={USER}"),
            format!("--memory={memory}"),
            format!("--memory-swap={memory}"),
            format!("--pids-limit={}", most_threads(limits)),
            format!("--ulimit=data={}", limits.memory),
            format!("--ulimit=nofile={}", limits.files),
        ]);
        if self.engine.isolator == Isolator::Podman {
            // Else some folders can be written to.
            words.push("--read-only-tmpfs=false".to_owned());
        }
        if grants.contains(&Grant::Tmp) {
            let most = match self.engine.isolator {
                Isolator::Docker => format!("nr_inodes={},", limits.entries),
                // It knows no such option.
                Isolator::Podman | Isolator::Bubblewrap => String::new(),
            };
            let size = limits.disk;
            words.push(format!("--tmpfs=/tmp:rw,exec,mode=1777,{most}size={size}"));
        }
        words.extend([
            format!("--entrypoint=/{OWN_PROGRAM}"),
            self.name.clone(),
            WATCH.to_owned(),
        ]);
        let command = self.engine.command(words).env(CANARY, canary);
        let given = Given::default().stdin(stdin);
        let ran = command.timeout(time).run_given(given, cancel);
        if ran.is_err() {
            // Its end isn't that of the client.
            let remove = ["rm", "--force", "--volumes", &name];
            self.engine.remove(remove);
        }
        Ok(ran.map_err(refused)?.stdout)
    }
}

/// Threads that a container may have.
pub(super) fn most_threads(limits: &Limits) -> u64 {
    limits.processes + THREADS_AROUND
}

/// An engine that fails says nothing of the program.
fn refused(error: ProcessError) -> RunError {
    match error {
        ProcessError::Exit { .. } | ProcessError::Signal { .. } => {
            let mut why = complaint(&error);
            if why.contains(OWN_PROGRAM) {
                why += " (gobuildx runs in the container, too: it has to be linked statically)";
            }
            RunError::NoContainer(why)
        }
        error => error.into(),
    }
}

/// What an engine says of why it failed, without its name.
fn complaint(error: &ProcessError) -> String {
    match error.first_line() {
        Some(line) => {
            let line = line.trim_start_matches("docker: ");
            line.trim_start_matches("Error: ").to_owned()
        }
        None => error.to_string(),
    }
}
