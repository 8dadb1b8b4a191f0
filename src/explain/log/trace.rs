//! The stack trace of a Go program that crashed: which functions stand on top.

use crate::explain::note::{Crash, Frame, Note};
use crate::verify::Rule;

/// So many lines of a goroutine are its top: two a function.
const TOP: u32 = 40;

/// Where in the output of a crash a log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trace {
    /// Before the goroutine that crashed; it is printed first.
    Before(Crash),
    /// In it, with so many lines left that count.
    In(Crash, u32),
    /// Behind it.
    Behind,
}

/// What begins a trace, or changes what its functions tell.
pub(super) const STARTS: &[&str] = &[
    "SIGSEGV",
    "SIGBUS",
    "unexpected fault address",
    "panic: ",
    "fatal error: ",
    "goroutine ",
];

impl Trace {
    pub(super) fn new() -> Self {
        Self::Before(Crash::Any)
    }

    /// Whether each line counts, and not only one that has one of the starts.
    pub(super) fn goes_on(self) -> bool {
        matches!(self, Self::In(..))
    }

    /// Goes on to the next line: the rules whose function it names, as the top of a trace.
    pub(super) fn next(&mut self, line: &str) -> Vec<(&'static Rule, &'static str)> {
        if ["SIGSEGV", "SIGBUS", "unexpected fault address"]
            .iter()
            .any(|word| line.contains(word))
        {
            *self = Self::Before(Crash::Memory);
        } else if line.contains("panic: ") || line.contains("fatal error: ") {
            // The signal may stand before the error that it became.
            if !matches!(self, Self::Before(_)) {
                *self = Self::Before(Crash::Any);
            }
        } else if is_goroutine(line) {
            *self = match *self {
                Self::Before(crash) => Self::In(crash, TOP),
                Self::In(..) | Self::Behind => Self::Behind,
            };
        } else if let Self::In(crash, left) = *self {
            *self = match left.checked_sub(1) {
                Some(left) => Self::In(crash, left),
                None => Self::Behind,
            };
            return named(line, crash);
        }
        Vec::new()
    }
}

/// `goroutine 1 [running]:`, whatever a collector of logs put before or behind it.
fn is_goroutine(line: &str) -> bool {
    let number = line.split("goroutine ").nth(1);
    number.is_some_and(|number| {
        number.starts_with(|c: char| c.is_ascii_digit()) && number.contains("]:")
    })
}

fn named(line: &str, crash: Crash) -> Vec<(&'static Rule, &'static str)> {
    let frame = |note: &&Note| {
        let mut frames = note.frames.iter();
        frames.find(|frame| tells(frame, crash) && calls(line, frame.function))
    };
    let named = Note::all().filter_map(|note| Some((note, frame(&note)?.function)));
    named
        .filter_map(|(note, function)| Some((note.rule()?, function)))
        .collect()
}

fn tells(frame: &Frame, crash: Crash) -> bool {
    frame.after == Crash::Any || crash == Crash::Memory
}

/// Whether a line of a trace is a call of a function: its name, then its arguments.
fn calls(line: &str, function: &str) -> bool {
    line.match_indices(function).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let after = line.get(at + function.len()..).unwrap_or_default();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_');
        !before.is_some_and(is_part) && after.starts_with('(')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(log: &str) -> Vec<&'static str> {
        let mut trace = Trace::new();
        let found = log.lines().flat_map(|line| trace.next(line));
        found.map(|(rule, _)| rule.id.as_str()).collect()
    }

    #[test]
    fn the_goroutine_that_crashed_names_its_function() {
        let log = "panic: no user\n\ngoroutine 1 [running]:\nmain.name()\n\t/src/main.go:9 +0x1\n\
            os/user.Current()\n\t/go/user.go:1 +0x2\n";
        assert_eq!(names(log), ["user-db"]);
        let prefixed = log.replace('\n', "\napp-1 2026-01-02T03:04:05Z stderr F ");
        assert_eq!(names(&prefixed), ["user-db"]);
    }

    #[test]
    fn other_goroutines_and_other_functions_tell_nothing() {
        let log = "panic: x\n\ngoroutine 1 [running]:\nmain.main()\nexample.com/os/user.Current()\n\
            os/user.CurrentX()\n\ngoroutine 7 [select]:\nos/user.Current()\n";
        assert_eq!(names(log), [""; 0]);
        assert_eq!(names("os/user.Current()\n"), [""; 0]);
    }
}
