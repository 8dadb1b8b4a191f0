//! Proves that a toolchain works: compiles and links a C program, looks at the bytes, and runs it where that can be done.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::definition::Definition;
use super::installed::PASSED;
use super::setup::Setup;
use crate::go_words::split_as_go;
use crate::host::{self, Host};
use crate::inspect::{self, Facts};
use crate::process::{Cancel, Command, ProcessError};
use crate::runner::{Runner, Runners};
use crate::target::{Goos, Target};
use crate::temporary::OwnFolder;

/// The C program of definitions that have none of their own.
const PROGRAM: &str = include_str!("../../toolchains/check.c");

/// What the program prints.
const SAYS: &str = "works";

/// What compiling may take: a zig that is used for the first time compiles its C library first.
const COMPILING: Duration = Duration::from_mins(8);

/// What the program may take.
const RUNNING: Duration = Duration::from_secs(20);

/// More than this of what is printed isn't kept.
const MOST_OUTPUT: usize = 64 * 1024;

/// What was seen of a toolchain that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How the program is linked.
    pub linked: Linked,
    /// Whether it ran.
    pub ran: Ran,
    /// How long compiling took.
    pub compiled_in: Duration,
}

/// How a program is linked, by its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linked {
    /// It needs no library.
    Statically,
    /// It needs none but those that each such system has.
    ToSystem,
    /// It needs these.
    Dynamically(Vec<String>),
}

/// Whether a program ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    /// It did, started so.
    Here(String),
    /// Nothing starts it here.
    Not(String),
}

impl fmt::Display for Linked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statically => f.write_str("static"),
            Self::ToSystem => f.write_str("system libraries"),
            Self::Dynamically(libraries) => f.write_str(&libraries.join(", ")),
        }
    }
}

/// Why a toolchain doesn't work.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Nothing can be written, or read.
    #[error("failed to write the check program: {0}")]
    Io(#[from] std::io::Error),
    /// The program doesn't compile, or isn't linked.
    #[error("failed to compile a small C program: {command}: {said}")]
    Compiler {
        /// The command.
        command: String,
        /// What it says.
        said: String,
    },
    /// What was made is something else.
    #[error("failed to compile for {target}: the program is for {found}")]
    OtherTarget {
        /// What was wanted.
        target: Target,
        /// What the file says.
        found: String,
    },
    /// It is linked with libraries, and shouldn't be.
    #[error("failed to link a static program: it needs {0}")]
    Dynamic(String),
    /// It doesn't run.
    #[error("failed to run what it compiled, {how}: {said}")]
    Runs {
        /// How it was started.
        how: String,
        /// What happened.
        said: String,
    },
    /// The container is fetched by builds only.
    #[error("nothing is checked of a container: only a build fetches its image")]
    Container,
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
}

/// Compiles, links and runs the check program of a definition.
///
/// # Errors
/// What is wrong with the toolchain.
pub fn check(
    (definition, setup): (&Definition, &Setup),
    target: &Target,
    host: &Host,
    cancel: &Cancel,
) -> Result<Proof, Fault> {
    let Some(cc) = setup.commands.get("CC") else {
        return Err(Fault::Container);
    };
    let folder = OwnFolder::make()?;
    let source = folder.path().join("check.c");
    let program = folder.path().join(match target.goos {
        Goos::Windows => "check.exe",
        _ => "check",
    });
    std::fs::write(&source, definition.check.as_deref().unwrap_or(PROGRAM))?;
    let mut words = cc.by_hand().into_iter();
    let compiler = words.next().unwrap_or_default();
    // Found as it is by go: on PATH.
    let compiler = host.program(compiler).unwrap_or_else(|| compiler.into());
    let mut command = Command::new(compiler)
        .args(words)
        .args(["-O1", "-o"])
        .arg(&program)
        .args(flags(setup, "CGO_CFLAGS"))
        .arg(&source)
        .args(static_flags(setup))
        .args(flags(setup, "CGO_LDFLAGS"));
    // Where mathematics is no part of the C library itself.
    if target.goos == Goos::Linux {
        command = command.arg("-lm");
    }
    let command = command
        .dir(folder.path())
        .envs(host.env.only(PASSED).iter())
        .envs(setup.variables.iter().chain(&setup.places))
        .env("LC_ALL", "C")
        .env("TMPDIR", folder.path())
        .timeout(COMPILING)
        .keep(MOST_OUTPUT);
    let begin = Instant::now();
    command.run(cancel).map_err(|error| match error {
        ProcessError::Cancelled { .. } => Fault::Stopped,
        error => Fault::Compiler {
            command: command.short().to_string(),
            said: said(&error),
        },
    })?;
    let compiled_in = begin.elapsed();
    let linked = linked(&program, (setup, target))?;
    // One of the definition's own works where it exits with 0.
    let says = definition.check.is_none().then_some(SAYS);
    let ran = ran((&program, says), target, host, cancel)?;
    Ok(Proof {
        linked,
        ran,
        compiled_in,
    })
}

/// The flags that go adds.
fn flags<'s>(setup: &'s Setup, variable: &str) -> impl Iterator<Item = &'s str> {
    let flags = setup.variables.get(variable);
    flags.into_iter().flat_map(|flags| split_as_go(flags))
}

/// The flags of the compiler by which a program becomes static, from those of Go's linker.
fn static_flags(setup: &Setup) -> impl Iterator<Item = &str> {
    let flags = setup.link.r#static.iter().flatten();
    let flags = flags.filter_map(|flag| flag.strip_prefix("-extldflags="));
    flags.flat_map(split_as_go)
}

fn linked(program: &Path, (setup, target): (&Setup, &Target)) -> Result<Linked, Fault> {
    let bytes = std::fs::read(program)?;
    let other = |found: String| Fault::OtherTarget {
        target: target.clone(),
        found,
    };
    let facts = inspect::inspect(&bytes).map_err(|error| other(error.to_string()))?;
    if facts.goarch() != Some(target.goarch) || !facts.header.allows_goos(target.goos) {
        let goos = facts
            .goos()
            .map_or("another system".to_owned(), |goos| goos.to_string());
        let goarch = facts
            .goarch()
            .map_or("another CPU".to_owned(), |goarch| goarch.to_string());
        return Err(other(format!("{goos}/{goarch}")));
    }
    let libraries = libraries(&facts);
    if target.goos != Goos::Linux {
        return Ok(Linked::ToSystem);
    }
    match (libraries.is_empty(), &setup.link.r#static) {
        (true, _) => Ok(Linked::Statically),
        (false, Some(_)) => Err(Fault::Dynamic(libraries.join(", "))),
        (false, None) => Ok(Linked::Dynamically(libraries)),
    }
}

fn libraries(facts: &Facts) -> Vec<String> {
    let needed = facts.needed.iter().map(|library| library.name.clone());
    facts.interpreter.iter().cloned().chain(needed).collect()
}

fn ran(
    (program, says): (&Path, Option<&str>),
    target: &Target,
    host: &Host,
    cancel: &Cancel,
) -> Result<Ran, Fault> {
    if target.goos == Goos::Windows {
        return Ok(Ran::Not(
            "programs for Windows are run by smoke, with a wine".to_owned(),
        ));
    }
    let runner = match Runners::probe(host).runner(target) {
        Ok(runner) => runner,
        Err(reason) => return Ok(Ran::Not(reason.to_string())),
    };
    // The loader and the libraries of another platform are mostly missing.
    let is_own = (target.goos, target.goarch) == host::platform();
    if !is_own && is_dynamic(program) {
        return Ok(Ran::Not("it needs libraries of its target".to_owned()));
    }
    let how = runner.to_string();
    let (starter, args): (Option<PathBuf>, _) = match &runner {
        Runner::Qemu(emulator) => (Some(emulator.program.clone()), emulator.args),
        Runner::Native | Runner::Wine(_) => (None, [].as_slice()),
    };
    let starter = starter.as_deref().unwrap_or(program);
    let behind = (starter != program).then_some(program);
    let command = Command::new(starter)
        .args(args)
        .args(behind)
        .timeout(RUNNING)
        .keep(MOST_OUTPUT);
    match command.run(cancel) {
        Ok(output) if says.is_none_or(|says| output.stdout_text().trim() == says) => {
            Ok(Ran::Here(how))
        }
        Ok(output) => Err(Fault::Runs {
            how,
            said: format!("it prints {:?}", output.stdout_text()),
        }),
        Err(ProcessError::Cancelled { .. }) => Err(Fault::Stopped),
        Err(error) => Err(Fault::Runs {
            how,
            said: said(&error),
        }),
    }
}

fn is_dynamic(program: &Path) -> bool {
    let bytes = std::fs::read(program).unwrap_or_default();
    inspect::inspect(&bytes).is_ok_and(|facts| facts.interpreter.is_some())
}

/// The first lines of what a command says, else how it ended.
fn said(error: &ProcessError) -> String {
    let text = match error {
        ProcessError::Exit { output, .. } => output.stderr_text().into_owned(),
        _ => String::new(),
    };
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(3)
        .collect();
    if lines.is_empty() {
        error.to_string()
    } else {
        lines.join(" / ")
    }
}
