//! How the errors of functions that take paths begin.

use crate::target::Goos;

/// What `GetFileAttributesEx` is asked for on Windows.
const OF_ATTRIBUTES: &str = "GetFileAttributesEx";

/// Functions whose errors don't begin with `open`: what they begin with, and on Windows.
///
/// Source: Go's package os.
const OTHERS: &[(&str, &str, &str)] = &[
    ("os.Chdir", "chdir", "chdir"),
    ("os.Chmod", "chmod", "chmod"),
    ("os.Chown", "chown", "chown"),
    ("os.Lchown", "lchown", "lchown"),
    ("os.Chtimes", "chtimes", "chtimes"),
    ("io/ioutil.TempDir", "stat", OF_ATTRIBUTES),
    ("os.Lstat", "lstat", OF_ATTRIBUTES),
    // It asks for the folder where it can't make one in it.
    ("os.MkdirTemp", "stat", OF_ATTRIBUTES),
    ("os.Mkdir", "mkdir", "mkdir"),
    ("os.Readlink", "readlink", "readlink"),
    ("os.readlink", "readlink", "readlink"),
    ("os.Remove", "remove", "remove"),
    ("os.Rename", "rename …", "rename …"),
    ("os.rename", "rename …", "rename …"),
    ("os.Stat", "stat", OF_ATTRIBUTES),
    ("os.Truncate", "truncate", "truncate"),
    ("path/filepath.EvalSymlinks", "lstat", OF_ATTRIBUTES),
    ("path/filepath.WalkDir", "lstat", OF_ATTRIBUTES),
    ("path/filepath.Walk", "lstat", OF_ATTRIBUTES),
    // Go inlines os.Mkdir to it.
    ("syscall.Mkdir", "mkdir", "mkdir"),
    ("syscall.Mkdirat", "mkdir", "mkdir"),
];

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
    let is_it = |other: &&(&str, &str, &str)| function == Some(other.0);
    let begins = match OTHERS.iter().find(is_it) {
        Some((_, _, begins)) if goos == Some(Goos::Windows) => begins,
        Some((_, begins, _)) => begins,
        None if function.is_some_and(is_bare) => return lacking.to_owned(),
        None => "open",
    };
    format!("{begins} {path}: {lacking}")
}

fn is_bare(function: &str) -> bool {
    BARE.iter().any(|package| function.starts_with(package))
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
