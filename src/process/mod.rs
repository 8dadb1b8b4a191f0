//! Runs other programs: the only place that starts a process.
//!
//! A command says everything about the process that it becomes; nothing is inherited but what it is [`Given`]. The process
//! leads a group of its own, and whatever it started ends with it: after a normal end, after a
//! timeout, and when the run's [`Cancel`] is triggered.

#[cfg(unix)]
mod becoming;
mod cancel;
mod collect;
mod error;
mod footprint;
mod given;
mod group;
mod in_cgroup;
mod kept;
mod lines;
mod run;
mod umask;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

#[cfg(unix)]
pub use becoming::BecomeError;
pub use cancel::{Cancel, Reason};
pub use error::ProcessError;
pub use footprint::{Footprint, Gauge};
pub use given::Given;
#[cfg(unix)]
pub use in_cgroup::start_in_cgroup;
pub use in_cgroup::{IN_CGROUP, in_cgroup};
pub use umask::{Umask, WITH_UMASK};

use crate::shell_word::shell_word;
use collect::Listener;

/// A command that is ready to run, and can be shown as a POSIX shell would take it.
///
/// ```
/// # use gobuildx::process::Command;
/// let command = Command::new("go").args(["build", "-ldflags=-s -w"]).env("CGO_ENABLED", "0");
/// assert_eq!(command.to_string(), "env -i CGO_ENABLED=0 go build '-ldflags=-s -w'");
/// assert_eq!(command.short().to_string(), "go build '-ldflags=-s -w'");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The program: a path, or a name that is looked for on the `PATH` in `env`. A relative path
    /// starts at `dir`.
    pub program: OsString,
    /// Its arguments, without the name of the program.
    pub args: Vec<OsString>,
    /// Where it runs; the current folder if there is none.
    pub dir: Option<PathBuf>,
    /// Its complete environment.
    pub env: BTreeMap<OsString, OsString>,
    /// After which time it is killed.
    pub timeout: Option<Duration>,
    /// How many bytes of stdout, and of stderr, are kept: a quarter of the first ones, else the last. What is between
    /// is read and dropped.
    pub keep: Option<usize>,
}

impl Command {
    /// A command without arguments and with an empty environment.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            dir: None,
            env: BTreeMap::new(),
            timeout: None,
            keep: None,
        }
    }

    /// Appends an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Appends arguments.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets the folder to run in.
    #[must_use]
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = Some(dir.into());
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Sets variables of the environment.
    #[must_use]
    pub fn envs(
        mut self,
        variables: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>,
    ) -> Self {
        let variables = variables.into_iter();
        self.env
            .extend(variables.map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Sets after which time the command is killed.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets how much of what the command writes is kept.
    #[must_use]
    pub fn keep(mut self, bytes: usize) -> Self {
        self.keep = Some(bytes);
        self
    }

    /// The command as a shell would take it, but without its environment.
    #[must_use]
    pub fn short(&self) -> impl fmt::Display + '_ {
        Short(self)
    }

    /// Runs the command and captures what it writes.
    ///
    /// # Errors
    ///
    /// Whenever it doesn't exit with 0.
    pub fn run(&self, cancel: &Cancel) -> Result<Output, ProcessError> {
        self.run_streaming(cancel, |_| ())
    }

    /// Runs the command with something to read, and captures what it writes.
    ///
    /// # Errors
    ///
    /// Whenever it doesn't exit with 0.
    pub fn run_given(&self, given: Given, cancel: &Cancel) -> Result<Output, ProcessError> {
        let listener = Listener::Stderr(&mut |_| ());
        run::run(self, given, (cancel, None), listener)
    }

    /// Runs the command, captures what it writes, and hands over each line of stderr as it comes,
    /// on the calling thread.
    ///
    /// A line comes without its end, with U+FFFD for what isn't UTF-8, and in several pieces if it
    /// is longer than 64 KiB.
    ///
    /// # Errors
    ///
    /// Whenever it doesn't exit with 0.
    pub fn run_streaming(
        &self,
        cancel: &Cancel,
        mut on_stderr_line: impl FnMut(&str),
    ) -> Result<Output, ProcessError> {
        let listener = Listener::Stderr(&mut on_stderr_line);
        run::run(self, Given::default(), (cancel, None), listener)
    }

    /// The same, and the gauge tells how much memory the command takes with all that it starts.
    ///
    /// # Errors
    ///
    /// Whenever it doesn't exit with 0.
    pub fn run_gauged(
        &self,
        (cancel, gauge): (&Cancel, &Gauge),
        mut on_stderr_line: impl FnMut(&str),
    ) -> Result<Output, ProcessError> {
        let listener = Listener::Stderr(&mut on_stderr_line);
        run::run(self, Given::default(), (cancel, Some(gauge)), listener)
    }

    /// Runs the command and hands over each line that it writes, to stdout or stderr, as it comes,
    /// on the calling thread. Nothing is captured.
    ///
    /// # Errors
    ///
    /// Whenever it doesn't exit with 0.
    pub fn run_lines(
        &self,
        cancel: &Cancel,
        mut on_line: impl FnMut(&str),
    ) -> Result<(), ProcessError> {
        let listener = Listener::Both(&mut on_line);
        run::run(self, Given::default(), (cancel, None), listener).map(|_| ())
    }

    fn write_dir(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(dir) = &self.dir else {
            return Ok(());
        };
        // Neither an option nor a folder below CDPATH.
        let starts_somewhere = matches!(dir.as_os_str().as_encoded_bytes(), [b'/' | b'.', ..]);
        let here = if starts_somewhere { "" } else { "./" };
        write!(f, "cd {here}{} && ", shell_word(dir.as_os_str()))
    }

    fn write_argv(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", shell_word(&self.program))?;
        self.args
            .iter()
            .try_for_each(|arg| write!(f, " {}", shell_word(arg)))
    }
}

/// The form that a POSIX shell takes: `cd DIR && env -i A=b go build …`.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_dir(f)?;
        f.write_str("env -i ")?;
        let first = self.env.keys().next().unwrap_or(&self.program);
        if first.as_encoded_bytes().starts_with(b"-") {
            f.write_str("-- ")?;
        }
        for (name, value) in &self.env {
            write!(f, "{}=", shell_word(name))?;
            if !value.is_empty() {
                write!(f, "{}", shell_word(value))?;
            }
            f.write_str(" ")?;
        }
        self.write_argv(f)
    }
}

/// A command without its environment.
struct Short<'a>(&'a Command);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_dir(f)?;
        self.0.write_argv(f)
    }
}

/// What a command wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Output {
    /// All that went to stdout, or as much as is kept.
    pub stdout: Vec<u8>,
    /// All that went to stderr, or as much as is kept.
    pub stderr: Vec<u8>,
}

impl Output {
    /// Stdout as text, with U+FFFD for what isn't UTF-8.
    #[must_use]
    pub fn stdout_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stdout)
    }

    /// Stderr as text, with U+FFFD for what isn't UTF-8.
    #[must_use]
    pub fn stderr_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stderr)
    }
}

/// A signal as people know it: `SIGTERM`, or `signal 64`.
fn signal_name(signal: i32) -> Cow<'static, str> {
    match signal_hook::low_level::signal_name(signal) {
        Some(name) => Cow::Borrowed(name),
        None => Cow::Owned(format!("signal {signal}")),
    }
}

/// Whether a program is a path rather than a name to be looked for.
fn is_path(program: &OsStr) -> bool {
    program
        .to_string_lossy()
        .chars()
        .any(std::path::is_separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_command_is_shown() {
        let command = Command::new("go")
            .args(["build", "-o", "my dist"])
            .dir("/src/it's")
            .env("B", "")
            .env("A", "x y");
        let shown = command.to_string();
        assert_eq!(
            shown,
            r"cd '/src/it'\''s' && env -i A='x y' B= go build -o 'my dist'"
        );
        let short = command.short().to_string();
        assert_eq!(short, r"cd '/src/it'\''s' && go build -o 'my dist'");
    }

    #[test]
    fn nothing_is_taken_for_an_option() {
        let command = Command::new("-x").dir("-");
        assert_eq!(command.to_string(), "cd ./- && env -i -- -x");
    }

    #[test]
    fn signals_have_names() {
        assert_eq!(signal_name(15), "SIGTERM");
        assert_eq!(signal_name(99), "signal 99");
    }
}
