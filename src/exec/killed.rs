//! Processes that somebody killed, which mostly is the kernel, for want of memory.

use std::path::Path;

use serde::Serialize;

use super::attempt::Attempt;
use crate::process::{Footprint, ProcessError};

/// SIGKILL.
const KILL: i32 = 9;

/// How go says that a program that it ran was killed.
const BY_GO: &str = ": signal: killed";

/// How gcc and its linker's driver say that of a program that they ran, before and behind its name.
const BY_GCC: &[(&str, &str)] = &[
    ("fatal error: Killed signal terminated program ", ""),
    (
        "collect2: fatal error: ",
        " terminated with signal 9 [Killed]",
    ),
];

/// What was killed while a step was done, though gobuildx didn't do that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Killed {
    /// What it did: `link of example.com/cmd/server`.
    pub what: String,
    /// Who did it, as far as that shows.
    pub by: Killer,
    /// Which attempt failed by that.
    #[serde(skip)]
    pub attempt: Attempt,
    /// How much memory go had taken by then, with all that it started, where that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Footprint>,
}

/// Who killed a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Killer {
    /// The kernel, which counts what it kills for lack of memory, and counted one meanwhile.
    Kernel,
    /// Nothing tells.
    Unknown,
}

impl Killed {
    /// What was killed in a go process that failed. Given are its messages, its end, how many processes the kernel
    /// had killed for lack of memory before and after, and what the process took.
    pub(super) fn find(
        messages: &[String],
        error: &ProcessError,
        (before, after): (Option<u64>, Option<u64>),
        (attempt, memory): (Attempt, Option<Footprint>),
    ) -> Option<Self> {
        let in_messages = messages.iter().find_map(|line| program_of(line));
        let what = match (in_messages, error) {
            (Some(what), _) => what,
            (None, ProcessError::Signal { signal: KILL, .. }) => "go itself".to_owned(),
            (None, _) => return None,
        };
        let by = match (before, after) {
            (Some(before), Some(after)) if before < after => Killer::Kernel,
            _ => Killer::Unknown,
        };
        Some(Self {
            what,
            by,
            attempt,
            memory,
        })
    }
}

/// What a program that was killed did, by the line that tells it.
fn program_of(line: &str) -> Option<String> {
    let line = line.trim_end();
    let by_gcc = BY_GCC.iter().find_map(|(before, behind)| {
        let (_, told) = line.split_once(before)?;
        told.strip_suffix(behind).map(str::to_owned)
    });
    by_gcc.or_else(|| told_by_go(line))
}

/// `PACKAGE: …/TOOL: signal: killed`, before it perhaps `go build`.
fn told_by_go(line: &str) -> Option<String> {
    let told = line.strip_suffix(BY_GO)?;
    let (before, program) = told.rsplit_once(": ").unwrap_or(("", told));
    let name = Path::new(program).file_stem()?.to_string_lossy();
    let package = before.strip_prefix("go build ").unwrap_or(before);
    Some(if package.is_empty() {
        name.into_owned()
    } else {
        format!("{name} of {package}")
    })
}

impl std::fmt::Display for Killed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { what, by, .. } = self;
        match by {
            Killer::Kernel => write!(f, "the kernel killed {what} for lack of memory"),
            Killer::Unknown => write!(
                f,
                "{what} was killed by SIGKILL, which the kernel does when memory runs out"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(lines: &[&str], counts: (Option<u64>, Option<u64>)) -> Option<String> {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let error = ProcessError::TimedOut {
            command: String::new(),
            after: std::time::Duration::ZERO,
            output: crate::process::Output::default(),
        };
        Killed::find(&lines, &error, counts, (Attempt::First, None))
            .map(|killed| killed.to_string())
    }

    #[test]
    fn the_killed_program_is_named_with_its_package() {
        let link = "example.com/cmd/server: /go/pkg/tool/linux_amd64/link: signal: killed";
        assert_eq!(
            find(&["# example.com", link], (Some(2), Some(3))).as_deref(),
            Some("the kernel killed link of example.com/cmd/server for lack of memory")
        );
        let older = "go build net/http: /go/pkg/tool/linux_amd64/compile: signal: killed";
        assert_eq!(
            find(&[older], (Some(2), Some(2))).as_deref(),
            Some(
                "compile of net/http was killed by SIGKILL, which the kernel does when memory runs out"
            )
        );
    }

    #[test]
    fn a_line_without_a_package_still_names_the_program() {
        let found = find(&["/usr/bin/gcc: signal: killed"], (None, None));
        assert!(found.is_some_and(|text| text.starts_with("gcc was killed")));
    }

    #[test]
    fn what_a_compiler_of_c_started_is_named() {
        for (line, name) in [
            (
                "gcc: fatal error: Killed signal terminated program cc1",
                "cc1 was killed",
            ),
            (
                "collect2: fatal error: ld terminated with signal 9 [Killed]",
                "ld was killed",
            ),
        ] {
            let found = find(&[line], (None, None));
            assert!(found.is_some_and(|text| text.starts_with(name)), "{name}");
        }
    }

    #[test]
    fn other_failures_are_no_kills() {
        assert_eq!(find(&[], (Some(1), Some(2))), None);
        let fault = "./main.go:3:2: undefined: killed";
        assert_eq!(find(&[fault], (Some(1), Some(2))), None);
    }

    #[test]
    fn a_killed_go_is_one_too() {
        let error = ProcessError::Signal {
            command: String::new(),
            signal: 9,
            output: crate::process::Output::default(),
        };
        let killed = Killed::find(&[], &error, (None, None), (Attempt::First, None));
        assert!(killed.is_some_and(|killed| killed.what == "go itself"));
    }
}
