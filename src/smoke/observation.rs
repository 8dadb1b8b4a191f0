//! What was seen of a program that ran.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Farewell;
use crate::process::Output;
use crate::tools::bwrap::Ending;

/// All that was seen of a program that was tested, in the order in which it ran; a service comes before
/// the checks that asked it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// Each run of the program.
    pub runs: Vec<Ran>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// What it was for.
    pub part: Part,
    /// What was seen.
    pub observation: Observation,
}

/// What a run was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// The first call.
    First,
    /// To serve.
    Service(Served),
    /// The check of this number.
    Check(usize),
}

/// What was seen of a service besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// After which time it was well; none if it never was.
    pub well_after: Option<Duration>,
    /// What came of asking it last, if that told that it isn't well.
    pub last_answer: Option<Unwell>,
    /// How it was told to end, if it was.
    pub told_to_end: Option<Farewell>,
}

/// What a service answered that isn't well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unwell {
    /// The status, or why there is no answer.
    pub why: String,
    /// What it said about it, as much as is kept.
    pub body: String,
}

impl From<String> for Unwell {
    fn from(why: String) -> Self {
        let body = String::new();
        Self { why, body }
    }
}

impl From<io::Error> for Unwell {
    fn from(error: io::Error) -> Self {
        error.to_string().into()
    }
}

/// How a program ended, and what it wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// How it ended.
    pub ending: Ending,
    /// What it wrote, as much as is kept.
    pub output: Output,
    /// Why it was never started, in the words of the sandbox or of the emulator in it.
    pub refusal: Option<String>,
    /// From start to end, with the sandbox around it.
    pub time: Duration,
    /// Processes that the kernel ended meanwhile, since all together had more memory than they may have.
    pub ended_for_memory: u64,
    /// The names of the processes that it left behind.
    pub left: Vec<String>,
    /// The files that it was to make, and didn't.
    pub unmade: Vec<Unmade>,
    /// The folders that had no room for more in the end.
    pub full: Vec<Full>,
    /// Whether it was kept from the machine.
    pub isolated: Isolated,
    /// What it had although nobody granted it: a container has more than a blank system.
    pub ungranted: Vec<String>,
}

/// A file that a program was to make, and didn't.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unmade {
    /// It isn't there.
    Absent(String),
    /// It was there before the program was started.
    ThereBefore(String),
}

/// A folder that had no room for more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Full {
    /// The folder.
    pub folder: String,
    /// What it had no more of.
    pub of: Room,
}

/// What a folder has some room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Room {
    /// Bytes.
    Bytes,
    /// Files and folders.
    Entries,
}

/// Whether a program was kept from the machine, as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Isolated {
    /// Its root held what was put there and nothing else, its processes, users, mounts and network were its own, and
    /// what was planted around it wasn't there.
    Yes,
    /// It had something of the machine.
    No(String),
    /// It was never there to be looked at.
    Unseen,
}

impl Observation {
    /// Why the sandbox itself failed, before it came to the program.
    #[must_use]
    pub fn sandbox_failure(&self) -> Option<&str> {
        let why = self.refusal.as_deref()?;
        let is_sandbox = self.output.stderr.starts_with(b"bwrap: ");
        (is_sandbox && !why.starts_with("execvp ")).then_some(why)
    }

    /// A run of which nobody could tell more than that it took too long.
    pub(super) fn lost(time: Duration) -> Self {
        Self {
            ending: Ending::Running,
            output: Output::default(),
            refusal: None,
            time,
            ended_for_memory: 0,
            left: Vec::new(),
            unmade: Vec::new(),
            full: Vec::new(),
            isolated: Isolated::Unseen,
            ungranted: Vec::new(),
        }
    }
}

impl Tested {
    /// Why nothing is said about the program: it wasn't isolated, or the sandbox itself failed.
    #[must_use]
    pub fn not_isolated(&self) -> Option<&str> {
        let all = self.runs.iter().map(|run| &run.observation);
        let mut all = all.filter_map(|seen| match (&seen.isolated, seen.ending) {
            (Isolated::No(why), _) => Some(why.as_str()),
            (Isolated::Unseen, Ending::Exited(0)) => Some("nobody saw what it could see"),
            (Isolated::Yes | Isolated::Unseen, _) => seen.sandbox_failure(),
        });
        all.next()
    }

    /// What the program had although nobody granted it.
    #[must_use]
    pub fn ungranted(&self) -> BTreeSet<&str> {
        let all = self.runs.iter().flat_map(|run| &run.observation.ungranted);
        all.map(String::as_str).collect()
    }

    /// How long all runs took.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.runs.iter().map(|run| run.observation.time).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::bwrap::refusal;

    fn observation(stderr: &str) -> Observation {
        let output = Output {
            stdout: Vec::new(),
            stderr: stderr.into(),
        };
        let ending = Ending::Exited(1);
        Observation {
            refusal: refusal(ending, &output),
            ending,
            output,
            ..Observation::lost(Duration::ZERO)
        }
    }

    #[test]
    fn a_sandbox_that_fails_says_nothing_about_the_program() {
        let sandbox = observation("bwrap: Creating new namespace failed\n");
        assert_eq!(
            sandbox.sandbox_failure(),
            Some("Creating new namespace failed")
        );
        for program in [
            "bwrap: execvp /server: No such file or directory\n",
            "emulator: Could not open '/lib/ld-musl-aarch64.so.1'\n",
            "usage: server\n",
        ] {
            assert_eq!(observation(program).sandbox_failure(), None, "{program}");
        }
    }

    #[test]
    fn what_saw_the_machine_was_not_isolated() {
        let seen = Observation {
            isolated: Isolated::No("it has a variable of the machine".to_owned()),
            ..Observation::lost(Duration::ZERO)
        };
        let ran = |observation| Ran {
            part: Part::First,
            observation,
        };
        let mut tested = Tested {
            runs: vec![ran(Observation::lost(Duration::ZERO))],
        };
        assert_eq!(tested.not_isolated(), None);
        tested.runs.push(ran(seen));
        assert_eq!(
            tested.not_isolated(),
            Some("it has a variable of the machine")
        );
    }
}
