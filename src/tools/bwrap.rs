//! bubblewrap: starts a program in an empty root, with no rights and no environment.

mod ending;

use std::path::Path;

use crate::process::ProcessError;

pub use ending::{Ending, ended, refusal};

/// Where the program is in the sandbox.
pub const APP: &str = "/app";
/// Where its emulator is, which calls itself after its file.
pub const EMULATOR: &str = "/emulator";

/// Processes, users and a network of its own, no variables, no rights, also when the caller is root, and
/// not the name of the machine.
pub const ALONE: &[&str] = &[
    "--unshare-all",
    "--hostname",
    "blank",
    "--cap-drop",
    "ALL",
    "--clearenv",
];

/// A file that is there inside, read-only, and where.
#[derive(Clone, Copy, Debug)]
pub struct Bound<P> {
    /// The file outside.
    pub from: P,
    /// Its path inside.
    pub to: &'static str,
}

/// The words of the command that starts `argv` with these files and no others.
///
/// All ends with the caller. It stays in the process group that is killed: bwrap may be gone before its child has
/// asked to die with it. No session of its own is needed to keep the program from the terminal, since nothing
/// inside leads there.
pub fn starting<W: From<String>>(
    bwrap: &Path,
    bound: impl IntoIterator<Item = Bound<W>>,
    argv: impl IntoIterator<Item = &'static str>,
) -> Vec<W> {
    let word = |text: &str| W::from(text.to_owned());
    let mut words = vec![word(&bwrap.to_string_lossy())];
    words.extend(ALONE.iter().map(|text| word(text)));
    words.extend(["--die-with-parent", "--tmpfs", "/"].map(word));
    for file in bound {
        words.extend([word("--ro-bind"), file.from, word(file.to)]);
    }
    words.extend(["--remount-ro", "/"].map(word));
    words.extend(argv.into_iter().map(word));
    words
}

/// What the sandbox says of why it failed, without its name.
#[must_use]
pub fn complaint(error: &ProcessError) -> String {
    match (error, error.first_line()) {
        // What it says before it hangs isn't why.
        (ProcessError::TimedOut { .. }, _) => format!("it {}", error.ending()),
        (_, Some(line)) => line.trim_start_matches("bwrap: ").to_owned(),
        (_, None) => error.to_string(),
    }
}
