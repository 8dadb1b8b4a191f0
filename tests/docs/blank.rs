//! A system on which there is nothing: no files, no variables, no network but itself.

use std::path::Path;
use std::process::{Command, Output};

/// A blank system with one program.
pub(crate) fn system(program: &Path) -> System {
    let mut command = Command::new("bwrap");
    command.args([
        "--unshare-all",
        "--tmpfs",
        "/",
        "--chdir",
        "/",
        "--clearenv",
    ]);
    System { command }.file(program, Path::new("/app"))
}

/// What is on it.
pub(crate) struct System {
    command: Command,
}

impl System {
    /// Adds a file of this machine.
    pub(crate) fn file(mut self, from: &Path, to: &Path) -> Self {
        self.command.arg("--ro-bind").arg(from).arg(to);
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.args(["--setenv", name, value]);
        self
    }

    /// Runs the program.
    pub(crate) fn run(mut self, args: &[&str]) -> Output {
        self.command.arg("/app").args(args).output().unwrap()
    }
}
