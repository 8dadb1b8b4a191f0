//! What is handed to the process that watches a run, and what it hands back.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Call, Observation, Served, Service, System};

/// What makes gobuildx such a process, in place of a verb.
pub const WATCH: &str = "watch-blank-system";

/// One run of the program.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    /// What keeps the program from the machine.
    pub(super) around: Around,
    /// The system that it believes to be on.
    pub(super) system: System,
    /// The words that start the program as a service, without arguments.
    pub(super) program: Vec<OsString>,
    /// What stands in the root, by name.
    pub(super) names: BTreeSet<String>,
    /// What is planted in the environment and in a file, and not to be seen.
    pub(super) canary: String,
    /// How long it may take.
    pub(super) time: Duration,
    /// How much of its output is kept.
    pub(super) output: usize,
    /// What it is called with.
    pub(super) work: Work,
}

/// What keeps a program from the machine.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Around {
    /// A sandbox that who watches starts.
    Sandbox {
        /// Its command, up to its own options.
        command: Vec<OsString>,
        /// Its options.
        options: Vec<OsString>,
        /// The network of the machine.
        network: OsString,
        /// The folders in memory that the program may write to, by their paths in the sandbox.
        folders: Vec<String>,
        /// How many files and folders each of them may have.
        entries: u64,
        /// The file that tells how many processes of the run the kernel ended for their memory; none where no
        /// control group limits them.
        kills: Option<PathBuf>,
    },
    /// A container in which who watches is, too.
    Container {
        /// The folders in memory that the program may write to, by their paths.
        folders: Vec<String>,
        /// What stands in `/etc`, by name.
        etc: BTreeSet<String>,
        /// Bytes of memory that a process may have.
        memory: u64,
        /// Threads that all may have.
        threads: u64,
    },
}

/// A call, and the words that start the program for it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Start {
    pub(super) program: Vec<OsString>,
    pub(super) call: Call,
}

/// What a run does.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Work {
    /// It is called, and ends.
    Call(Start),
    /// It serves while others ask it.
    Service {
        service: Service,
        /// The certificates that are trusted, as PEM.
        trusted: Option<String>,
        checks: Vec<Start>,
    },
}

/// What was seen.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Report {
    /// Of a call.
    Call(Observation),
    /// Of a service, and of what asked it.
    Service {
        service: Observation,
        served: Served,
        checks: Vec<Observation>,
    },
}
