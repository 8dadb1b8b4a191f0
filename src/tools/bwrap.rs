//! bubblewrap: starts a program in an empty root, with no network, no rights and no environment.

mod ending;

use std::path::PathBuf;
use std::time::Duration;

use crate::host::Host;
use crate::process::{Cancel, Command, ProcessError};

pub use ending::{Ending, ended, refusal};

/// Where the program is in the sandbox.
pub const APP: &str = "/app";
/// Where its emulator is, which calls itself after its file.
pub const EMULATOR: &str = "/emulator";

/// What bwrap has to start itself in.
const PATIENCE: Duration = Duration::from_secs(10);

/// A root with nothing in it but what is bound, a process and network space of its own, and no
/// rights, also when the caller is root; all ends with the caller. It stays in the process group that is
/// killed: bwrap may be gone before its child has asked to die with it. No session of its own is needed
/// to keep the program from the terminal, since nothing inside leads there.
const EMPTY_ROOT: &[&str] = &[
    "--unshare-all",
    "--die-with-parent",
    "--cap-drop",
    "ALL",
    "--clearenv",
    "--tmpfs",
    "/",
];

/// bwrap on PATH, on a machine where it works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bwrap {
    program: PathBuf,
}

/// A file that is there inside, read-only, and where.
#[derive(Clone, Copy, Debug)]
pub struct Bound<P> {
    /// The file outside.
    pub from: P,
    /// Its path inside.
    pub to: &'static str,
}

/// Why nothing can be started in isolation here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSandbox {
    /// There is no bwrap.
    #[error("programs are started in isolation only, and `bwrap` (bubblewrap) is not on PATH")]
    Missing,
    /// It is there and can't do its work, as where user namespaces are forbidden.
    #[error("programs are started in isolation only, and `bwrap` can't do that here: {0}")]
    Unusable(String),
}

impl Bwrap {
    /// Finds bwrap, and tries whether it may isolate anything on this machine.
    ///
    /// # Errors
    /// The reason, when nothing can be isolated.
    pub fn find(host: &Host, cancel: &Cancel) -> Result<Self, NoSandbox> {
        let program = host.program("bwrap").ok_or(NoSandbox::Missing)?;
        let tried = Command::new(&program)
            .args(EMPTY_ROOT)
            .args(["--ro-bind", "/", "/"])
            .arg(&program)
            .arg("--version")
            .timeout(PATIENCE)
            .run(cancel);
        match tried {
            Ok(_) => Ok(Self { program }),
            Err(error) => Err(NoSandbox::Unusable(complaint(&error))),
        }
    }

    /// The words of the command that starts `argv` with these files and no others.
    pub fn words<W: From<String>>(
        &self,
        bound: impl IntoIterator<Item = Bound<W>>,
        argv: impl IntoIterator<Item = &'static str>,
    ) -> Vec<W> {
        let word = |text: &str| W::from(text.to_owned());
        let mut words = vec![word(&self.program.to_string_lossy())];
        words.extend(EMPTY_ROOT.iter().map(|text| word(text)));
        for file in bound {
            words.extend([word("--ro-bind"), file.from, word(file.to)]);
        }
        words.extend(["--remount-ro", "/"].map(word));
        words.extend(argv.into_iter().map(word));
        words
    }
}

/// What the sandbox says of why it failed, without its name.
#[must_use]
pub fn complaint(error: &ProcessError) -> String {
    match error.first_line() {
        Some(line) => line.trim_start_matches("bwrap: ").to_owned(),
        None => error.to_string(),
    }
}
