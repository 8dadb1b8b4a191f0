//! The folders and the environment of one run: what a plan leaves open on purpose.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::atomic::{OutputFolder, OutputLock};
use crate::host::{Environment, HOOK_OUTPUT, OwnProgram};
use crate::plan::{Arg, Base, CommandLine, HookCommand, Place, Script, Tuning};
use crate::process::{Cancel, Command, WITH_UMASK};
use crate::tools::engine::ENGINE_VARIABLES;

/// What replaces the bases and names of a plan on this machine.
#[derive(Clone, Debug)]
pub struct Session {
    /// The folder of the manifest.
    pub root: PathBuf,
    /// The output folder.
    pub out: OutputFolder,
    /// What keeps other runs out of the output folder.
    pub lock: Arc<OutputLock>,
    /// The folder for intermediate files.
    pub work: PathBuf,
    /// The folder for temporary files, outside of the sources.
    pub temporary: PathBuf,
    /// The values of the variables that steps inherit by name.
    pub inherited: Environment,
    /// The whole environment of the user, which hooks inherit.
    pub environment: Environment,
    /// The file of gobuildx itself, which watches what runs on a blank system, and starts what has a
    /// umask of its own.
    pub own_program: Arc<OwnProgram>,
    /// Folders whose paths a trimmed binary must not contain.
    pub source_dirs: Vec<String>,
}

impl Session {
    /// The path that a place stands for.
    #[must_use]
    pub fn path(&self, place: &Place) -> PathBuf {
        let base = match place.base {
            Base::Root => &self.root,
            Base::Out => self.out.path(),
            Base::Work => self.work.as_path(),
            Base::Temporary => self.temporary.as_path(),
            Base::BuildCache => self.inherited_path("GOCACHE"),
            Base::ModuleCache => self.inherited_path("GOMODCACHE"),
        };
        place.below(base)
    }

    /// A folder that go told of.
    fn inherited_path(&self, name: &str) -> &Path {
        Path::new(self.inherited.get(name).unwrap_or_default())
    }

    /// The command that a command line stands for.
    #[must_use]
    pub fn command(&self, line: &CommandLine) -> Command {
        let with_umask = line.tuning.umask.filter(|_| cfg!(unix)).map(|umask| {
            let own_program = self.own_program.once_more().into();
            [own_program, WITH_UMASK.into(), umask.to_string().into()]
        });
        let words = line.full_argv();
        let words = words.iter().map(|arg| self.value(arg));
        let mut words = with_umask.into_iter().flatten().chain(words);
        let mut command = Command::new(words.next().unwrap_or_default())
            .args(words)
            .dir(self.path(&line.dir));
        let names: Vec<&str> = line.tuning.inherit.iter().map(String::as_str).collect();
        for (name, value) in self.inherited.only(&names).iter() {
            command = command.env(name, value);
        }
        for (name, value) in line.full_env() {
            command = command.env(name, self.value(value));
        }
        if line.tuning.container.is_some() {
            // The engine's own, which go doesn't get.
            let of_engine = self.environment.only(ENGINE_VARIABLES);
            for (name, value) in of_engine.iter() {
                command = command.env(name, value);
            }
        }
        if line.tuning.starts_scripts() {
            command = command.env("PATH", self.path_with_scripts());
        }
        command
    }

    /// The PATH of a command that starts scripts of the plan, which come before all others.
    fn path_with_scripts(&self) -> OsString {
        let folder = self.path(&Script::folder());
        let path = self.inherited.get("PATH").unwrap_or_default();
        let folders = std::iter::once(folder).chain(std::env::split_paths(path));
        // The folder's name was made by this run, and the rest comes from a PATH.
        std::env::join_paths(folders).unwrap_or_else(|_| path.to_owned())
    }

    /// Ends the container of a command that was stopped: a client that is killed ends none.
    pub(super) fn remove_container(&self, line: &CommandLine) {
        let Some(container) = &line.tuning.container else {
            return;
        };
        let removing = Command::new(&container.engine)
            .args(["rm", "--force"])
            .arg(self.value(&container.name(line)))
            .envs(self.environment.only(ENGINE_VARIABLES).iter())
            .timeout(PATIENCE);
        // It mostly is gone already.
        let _ = removing.run(&Cancel::new());
    }

    /// The command of a hook: the user's own, in the user's environment, which also tells a
    /// gobuildx in it which folder it can't have.
    #[must_use]
    pub fn hook(&self, hook: &HookCommand) -> Command {
        hook.command(|place| self.path(place))
            .dir(self.path(&hook.dir))
            .envs(self.environment.iter())
            .env(HOOK_OUTPUT, self.out.path())
            .timeout(hook.timeout)
    }

    /// The command of a hook on one line, as a shell would take it in the manifest's folder.
    #[must_use]
    pub fn shown(&self, hook: &HookCommand) -> String {
        hook.shown(|place| self.path(place))
    }

    /// The command as a user can run it again in a shell of their own, without writing anything.
    ///
    /// What is inherited is there already, and its values may be secret.
    #[must_use]
    pub fn by_hand(&self, line: &CommandLine) -> String {
        let mut words: Vec<OsString> = vec!["env".into()];
        // What the plan doesn't set must not come from the user's shell either.
        for name in ["GODEBUG", "GOEXPERIMENT"] {
            if !line.env.contains_key(name) {
                words.push(format!("{name}=").into());
            }
        }
        let toolchain = line.tuning.toolchain.iter();
        for (name, value) in toolchain.flat_map(|toolchain| &toolchain.by_hand) {
            words.push(joined(name, value.as_ref()));
        }
        for (name, value) in &line.env {
            // Without Go's own env file private modules could not be found.
            if name != "GOENV" {
                words.push(joined(name, &self.value(value)));
            }
        }
        let discarding = CommandLine {
            tuning: Tuning {
                flags: vec!["-o".into(), NULL_DEVICE.into()],
                container: line.tuning.container.clone(),
                ..Tuning::default()
            },
            ..line.clone()
        };
        words.extend(discarding.full_argv().iter().map(|arg| self.value(arg)));
        let mut words = words.into_iter();
        Command::new(words.next().unwrap_or_default())
            .args(words)
            .dir(self.path(&line.dir))
            .short()
            .to_string()
    }

    pub(crate) fn value(&self, arg: &Arg) -> OsString {
        arg.resolve(&|place| self.path(place))
    }
}

/// What an engine may take to remove a container.
const PATIENCE: Duration = Duration::from_secs(10);

fn joined(name: &str, value: &std::ffi::OsStr) -> OsString {
    let mut word = OsString::from(name);
    word.push("=");
    word.push(value);
    word
}

const NULL_DEVICE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };
