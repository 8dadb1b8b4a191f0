//! What the errors of functions that take paths say.

use super::wide::is_wide;
use crate::target::Goos;

/// What the error of a function says before the path.
#[derive(Clone, Copy, Debug)]
enum Operation {
    /// The same on every system.
    Named(&'static str),
    /// This, and on Windows what is called there for it.
    Asks(&'static str),
    /// It makes something of another name in the folder that it is called with, and asks for that
    /// folder itself where it can't.
    AsksForFolder,
}

use Operation::{Asks, AsksForFolder, Named};

/// Functions whose errors don't begin with `open`.
///
/// Source: Go's package os.
const OTHERS: &[(&str, Operation)] = &[
    ("os.Chdir", Named("chdir")),
    ("os.Chmod", Named("chmod")),
    ("os.Chown", Named("chown")),
    ("os.Lchown", Named("lchown")),
    ("os.Chtimes", Named("chtimes")),
    ("os.Lstat", Asks("lstat")),
    ("os.MkdirTemp", AsksForFolder),
    ("io/ioutil.TempDir", AsksForFolder),
    ("os.Mkdir", Named("mkdir")),
    ("os.Readlink", Named("readlink")),
    ("os.readlink", Named("readlink")),
    ("os.Remove", Named("remove")),
    ("os.Rename", Named("rename …")),
    ("os.rename", Named("rename …")),
    ("os.Stat", Asks("stat")),
    ("os.Truncate", Named("truncate")),
    ("path/filepath.EvalSymlinks", Asks("lstat")),
    ("path/filepath.WalkDir", Asks("lstat")),
    ("path/filepath.Walk", Asks("lstat")),
    // Go inlines os.Mkdir to it.
    ("syscall.Mkdir", Named("mkdir")),
    ("syscall.Mkdirat", Named("mkdir")),
];

impl Operation {
    /// That of a function whose error doesn't begin with `open`.
    fn of(function: &str) -> Option<Self> {
        let mut others = OTHERS.iter();
        let (_, operation) = others.find(|(other, _)| *other == function)?;
        Some(*operation)
    }

    fn begins(self, goos: Option<Goos>) -> &'static str {
        match self {
            Asks(_) | AsksForFolder if goos == Some(Goos::Windows) => "GetFileAttributesEx",
            Named(name) | Asks(name) => name,
            AsksForFolder => "stat",
        }
    }
}

/// Whether the error of a function that makes something in a folder names the folder itself.
pub(super) fn names_folder(function: &str) -> bool {
    matches!(Operation::of(function), Some(AsksForFolder))
}

/// Functions of these packages return the bare error of the system; the program says what it was
/// about.
const BARE: &[&str] = &["syscall.", "golang.org/x/sys/unix."];

/// The error of a function that is called with a path, with what the system says of that; where
/// nothing shows which function it is, the error of most.
pub(super) fn error(
    goos: Option<Goos>,
    function: Option<&str>,
    path: &str,
    lacking: &str,
) -> String {
    let begins = match function.and_then(Operation::of) {
        Some(operation) => operation.begins(goos),
        None if function.is_some_and(is_bare) => return lacking.to_owned(),
        None => "open",
    };
    format!("{begins} {path}: {lacking}")
}

fn is_bare(function: &str) -> bool {
    BARE.iter().any(|package| function.starts_with(package)) || is_wide(function)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_begins_with_what_was_to_be_done() {
        let linux = Some(Goos::Linux);
        for (function, seen) in [
            (None, "open a: gone"),
            (Some("os.OpenFile"), "open a: gone"),
            (Some("os.Chtimes"), "chtimes a: gone"),
            (Some("os.Stat"), "stat a: gone"),
            (Some("syscall.Mkdirat"), "mkdir a: gone"),
            (Some("syscall.Fchownat"), "gone"),
            (Some("golang.org/x/sys/unix.Statfs"), "gone"),
        ] {
            assert_eq!(error(linux, function, "a", "gone"), seen);
        }
    }

    #[test]
    fn on_windows_attributes_are_asked_for() {
        let seen = error(Some(Goos::Windows), Some("os.Stat"), "a", "gone");
        assert_eq!(seen, "GetFileAttributesEx a: gone");
    }
}
