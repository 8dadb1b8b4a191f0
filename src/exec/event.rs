//! What happens while a plan is run, and how its steps end.

use std::collections::{BTreeMap, BTreeSet};

use borsh::{BorshDeserialize, BorshSerialize};

use super::full::FullDisk;
use super::{HookError, Killed};
use serde::Serialize;

use crate::archive::{PackError, ParseMemberPathError};
use crate::digest::Sha256Hex;
use crate::failure::{Exit, Failure};
use crate::host::HostError;
use crate::human;
use crate::inspect::LinkedModules;
use crate::plan::{Occasion, StepId};
use crate::process::{Footprint, ProcessError};
use crate::reproduce::{Difference, LineDifference};
use crate::smoke::{Judged, RootError, SmokeError, Smoked};
use crate::tools::bwrap::Ending;
use crate::verify::{RuleId, Verification, Weight};

/// Something that happened to a step.
#[derive(Debug)]
pub enum Event<'a> {
    /// It started.
    Started {
        /// The step.
        step: &'a StepId,
    },
    /// It got further.
    Progress {
        /// The step.
        step: &'a StepId,
        /// How far it is.
        progress: Progress,
    },
    /// It is a hook, whose command is about to be run.
    Hook {
        /// The step, or the name of a hook of the whole run.
        step: &'a StepId,
        /// When it runs.
        occasion: &'a Occasion,
        /// The command as a shell would take it.
        command: &'a str,
    },
    /// A hook wrote a line.
    Output {
        /// The step.
        step: &'a StepId,
        /// The line as it came: what it holds may steer a terminal.
        line: &'a str,
    },
    /// Something that it ran was killed, so it will be done again, alone.
    Again {
        /// The step.
        step: &'a StepId,
        /// What was killed.
        killed: &'a Killed,
    },
    /// It ended, or it will never start.
    Finished {
        /// The step.
        step: &'a StepId,
        /// How it ended.
        outcome: &'a Outcome,
    },
}

/// How far a compilation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many packages have to be compiled.
    Total(usize),
    /// One more package is being compiled.
    Compiling,
}

/// How a step ended.
#[derive(Debug)]
pub struct Outcome {
    /// What came of it.
    pub end: End,
    /// Whether it was done in this run.
    pub origin: Origin,
    /// Milliseconds from the start of the run to the start of the step.
    pub started_ms: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What was killed when it was tried first, not alone.
    pub killed: Option<Killed>,
}

/// Where the end of a step comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// This run.
    #[default]
    Run,
    /// An earlier one, since nothing that decides it has changed.
    Kept,
}

impl Outcome {
    /// That of a step which an earlier run has done.
    #[must_use]
    pub fn kept(done: Done) -> Self {
        Self {
            end: End::Done(done),
            origin: Origin::Kept,
            started_ms: 0,
            duration_ms: 0,
            killed: None,
        }
    }
}

/// What came of a step.
#[derive(Debug)]
pub enum End {
    /// It did what it should.
    Done(Done),
    /// It failed.
    Failed(Box<StepFailure>),
    /// It was never started: a step that it needs, maybe through others, failed.
    Skipped {
        /// The step that failed.
        because: StepId,
    },
    /// It was not started, or was ended, because the run stopped.
    Stopped,
}

/// What a step brought.
#[derive(Clone, Debug)]
pub enum Done {
    /// go compiled the group.
    Compiled(Compiled),
    /// The compiled file is where go would have put it.
    Restored,
    /// The sources are copied.
    Copied {
        /// How many files they are.
        files: usize,
    },
    /// Two builds made the same bytes.
    Reproduced,
    /// The gate let the binary through.
    Verified(Box<Verified>),
    /// The binary is packed, and runs as far as it could be tried.
    Packed(PackedFile),
    /// The program did on a blank system what was asked of it, or wasn't run.
    Smoked(Smoked),
    /// The artifact is in its place.
    Placed(Placed),
    /// The user's own command did what it should.
    HookRan,
}

/// What go compiled.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// How many packages were compiled.
    pub packages: usize,
    /// The files that it made, in the order of the programs.
    pub files: Vec<FileDigest>,
    /// How much memory go took, with all that it started, where that was seen.
    pub memory: Option<Footprint>,
}

/// What tells two builds of an artifact apart.
#[derive(Clone, Debug, Serialize)]
pub struct Unlike {
    /// The binaries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary: Option<Difference>,
    /// The headers of a library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<LineDifference>,
}

/// What the gate found in a binary.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug)]
pub struct Verified {
    /// The verdict with its findings.
    pub verification: Verification,
    /// The rules whose findings the policy denies.
    pub denied: BTreeSet<RuleId>,
    /// The version of Go in its build information.
    pub go: Option<String>,
    /// The modules that it is linked from; none where it has no build information.
    pub modules: Option<LinkedModules>,
    /// The dynamic loader that starts it.
    pub interpreter: Option<String>,
    /// The libraries that it needs.
    pub needed: Vec<String>,
    /// Where its bytes go; none where its functions can't be read.
    pub weight: Option<Weight>,
}

/// A packed file.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq)]
pub struct PackedFile {
    /// The packer with its version.
    pub tool: String,
    /// Bytes of the unpacked file.
    pub size_before: u64,
    /// Bytes of the packed file.
    pub size_after: u64,
    /// Whether it was started.
    pub tried: Tried,
}

/// Whether a packed file was started, and how it ended: as the unpacked one did.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It was.
    Started {
        /// `natively`, or with which emulator.
        how: String,
        /// How both files ended.
        ending: Ending,
        /// How long it takes, where this machine tells.
        startup: Option<Startup>,
    },
    /// It wasn't, and why.
    NotStarted(String),
}

/// Why a program isn't known to run on a blank system.
#[derive(Debug, thiserror::Error)]
pub enum SmokeFailure {
    /// It didn't do what was asked of it.
    #[error("it failed on a blank system")]
    Failed(Box<Judged>),
    /// It can't be run here, and has to be.
    #[error("it can't be run here: {0}")]
    NotRun(String),
    /// The archive has no program, or several.
    #[error("its archive has not one program")]
    NoProgram,
    /// Its name can't be in an archive.
    #[error("its name can't be in an archive: {0}")]
    Name(ParseMemberPathError),
    /// It can't be packed.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// There is no blank system.
    #[error(transparent)]
    Root(#[from] RootError),
    /// Nothing watches it: gobuildx itself can't be had.
    #[error(transparent)]
    OwnProgram(#[from] HostError),
    /// It can't be tested.
    #[error(transparent)]
    Test(#[from] SmokeError),
}

impl Tried {
    /// How long both take to start, where that was measured.
    #[must_use]
    pub fn startup(&self) -> Option<Startup> {
        match self {
            Self::Started { startup, .. } => *startup,
            Self::NotStarted(_) => None,
        }
    }
}

/// How long a program takes from its start to its end, with the sandbox around it: medians.
#[derive(BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Startup {
    /// Microseconds of the unpacked file.
    pub unpacked_us: u64,
    /// Microseconds of the packed file.
    pub packed_us: u64,
}

impl Startup {
    /// Microseconds that packing costs.
    #[must_use]
    pub fn cost_us(self) -> u64 {
        self.packed_us.saturating_sub(self.unpacked_us)
    }
}

/// An artifact in its place.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The binary.
    pub file: FileDigest,
    /// The header of a library that exports something to C.
    pub header: Option<FileDigest>,
}

/// What tells a file from others.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq)]
pub struct FileDigest {
    /// Bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Sha256Hex,
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum StepFailure {
    /// go build failed.
    #[error("failed to compile {subject}")]
    Compile {
        /// What was compiled.
        subject: String,
        /// go's own messages.
        messages: Vec<String>,
        /// The command for a shell.
        by_hand: String,
        /// How the process ended.
        error: ProcessError,
        /// What was killed.
        killed: Option<Killed>,
        /// The disks that were full.
        full: Vec<FullDisk>,
    },
    /// A file can't be copied for the second build.
    #[error("failed to copy `{}` for the second build: {error}", .path.display())]
    Copy {
        /// The file or folder.
        path: std::path::PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// go build failed the second time.
    #[error("failed to compile {subject} a second time, from a copy of its sources")]
    Recompile {
        /// What was compiled.
        subject: String,
        /// go's own messages.
        messages: Vec<String>,
        /// How the process ended.
        error: ProcessError,
        /// What was killed.
        killed: Option<Killed>,
        /// The disks that were full.
        full: Vec<FullDisk>,
    },
    /// Two builds made other bytes.
    #[error("failed to reproduce {artifact}: two builds of it differ")]
    Differs {
        /// The path of the artifact.
        artifact: String,
        /// What tells them apart.
        unlike: Unlike,
        /// Where the files are now.
        kept: Vec<Result<std::path::PathBuf, crate::atomic::PlaceError>>,
    },
    /// The gate refused the binary.
    #[error("failed to verify {artifact}")]
    Gate {
        /// The path of the artifact.
        artifact: String,
        /// What the gate found.
        verification: Verification,
        /// Where the file is now.
        kept: Result<std::path::PathBuf, crate::atomic::PlaceError>,
    },
    /// The binary can't be packed so that it runs.
    #[error("failed to pack {artifact}: {reason}")]
    Pack {
        /// The path of the artifact.
        artifact: String,
        /// What is in the way.
        reason: PackFailure,
    },
    /// The program isn't known to run on a blank system.
    #[error("failed to smoke-test {artifact}: {reason}")]
    Smoke {
        /// The path of the artifact.
        artifact: String,
        /// What is in the way.
        reason: SmokeFailure,
    },
    /// The file can't be read as an executable.
    #[error("failed to inspect {artifact}: {error}")]
    Inspect {
        /// The path of the artifact.
        artifact: String,
        /// What is wrong with it.
        error: crate::inspect::InspectError,
    },
    /// The binary can't be opened.
    #[error(transparent)]
    Open(#[from] crate::mapped::OpenError),
    /// A file can't be read.
    #[error("failed to read `{}`: {error}", .path.display())]
    Read {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The code of the step has a fault; what it says about it went to stderr.
    #[error("failed to run {step}: this is a fault of gobuildx, please report it")]
    Panicked {
        /// The step.
        step: StepId,
    },
    /// The system gives no thread for the step.
    #[error("failed to start a thread: {error}")]
    Thread {
        /// What the system says.
        error: std::io::Error,
    },
    /// A file can't be put into its place.
    #[error(transparent)]
    Place(#[from] crate::atomic::PlaceError),
    /// A hook failed.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// An artifact is not any more what was verified.
    #[error("failed to keep {artifact} as it was verified: a hook changed it, so it is removed")]
    Altered {
        /// The path of the artifact.
        artifact: String,
    },
}

impl StepFailure {
    /// What was killed, which made the step fail.
    #[must_use]
    pub fn killed(&self) -> Option<&Killed> {
        match self {
            Self::Compile { killed, .. } | Self::Recompile { killed, .. } => killed.as_ref(),
            _ => None,
        }
    }
}

impl Failure for StepFailure {
    fn exit(&self) -> Exit {
        match self {
            Self::Hook(error) => error.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Hook(error) => error.hint(),
            _ => None,
        }
    }
}

/// Why a binary can't be packed so that it runs.
#[derive(Debug, thiserror::Error)]
pub enum PackFailure {
    /// The packer says that it can't, or that it would be no use.
    #[error("{tool} says `{complaint}`")]
    Refused {
        /// The packer.
        tool: String,
        /// What it says.
        complaint: String,
    },
    /// The packer exits with 0, and there is no packed file.
    #[error("{tool} reported success but wrote no file")]
    NoFile {
        /// The packer.
        tool: String,
    },
    /// Packing makes it larger.
    #[error("it has {before} bytes, and packed it would have {after}")]
    Larger {
        /// Bytes of the unpacked file.
        before: u64,
        /// Bytes of the packed file.
        after: u64,
    },
    /// The packed file fails the packer's own test.
    #[error("the packed file fails the packer's test: {0}")]
    Test(ProcessError),
    /// The packed file ends otherwise than the unpacked one.
    #[error("started {how} with `--version`, the unpacked file {before}, the packed one {after}")]
    EndsDifferently {
        /// `natively`, or with which emulator.
        how: String,
        /// The end of the unpacked file.
        before: Ending,
        /// The end of the packed file.
        after: Ending,
        /// The last lines that the packed file wrote to stderr.
        said: Vec<String>,
    },
    /// It takes too long to start.
    #[error(
        "packed it takes {} longer to start, and `max_startup` is {}",
        human::time(.startup.cost_us() / 1000),
        human::time(*.limit_ms)
    )]
    Slow {
        /// How long both take.
        startup: Startup,
        /// How much more it may be, in milliseconds.
        limit_ms: u64,
    },
    /// The packer can't be run, or ends oddly.
    #[error(transparent)]
    Process(ProcessError),
    /// The folder of the packed file can't be made.
    #[error("the folder `{}` can't be made: {error}", .path.display())]
    Folder {
        /// The folder.
        path: std::path::PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file can't be read.
    #[error("`{}` can't be read: {error}", .path.display())]
    Read {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

/// How every step ended.
pub type Outcomes = BTreeMap<StepId, Outcome>;
