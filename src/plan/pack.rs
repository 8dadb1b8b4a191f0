//! Packing one verified binary, testing what came of it, and starting it once.

use serde::Serialize;

use super::command::{Arg, Base, CommandLine, Place, Tuning};
use super::inputs::Inputs;
use super::name::ArtifactPath;
use super::smoke::as_text;
use crate::manifest::Compress;
use crate::smoke::{CannotStart, Isolation, Means, Wanted};
use crate::target::{Goos, Target};
use crate::tools::bwrap::{APP, Bound, EMULATOR};
use crate::tools::upx::{self, Upx};

/// One binary to pack.
#[derive(Clone, Debug, Serialize)]
pub struct PackFile {
    /// The artifact.
    pub artifact: ArtifactPath,
    /// The packer with its version: another one makes other bytes.
    pub tool: String,
    /// Packs `from` into `to`, whose folder exists.
    #[serde(flatten)]
    pub command: CommandLine,
    /// Tests `to`.
    pub test: CommandLine,
    /// The verified file.
    pub from: Place,
    /// The packed file.
    pub to: Place,
    /// Starts both.
    pub trial: Trial,
    /// How much longer the packed file may take to start, in milliseconds.
    pub max_startup_ms: Option<u64>,
}

/// Both files are started the same way, and must end the same way.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// How that is done on this machine.
    pub tuning: TrialHere,
}

/// How a file is started on this machine, or why it isn't.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialHere {
    /// It is started.
    Started(Box<Starts>),
    /// It can't be, and why.
    NotStarted(#[serde(serialize_with = "as_text")] NotTried),
}

/// Why a packed file isn't started on this machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTried {
    /// It is for another system.
    #[error("only programs for Linux are tried when they are packed, and this is one for {0}")]
    OtherSystem(Goos),
    /// Nothing starts it.
    #[error(transparent)]
    CannotStart(#[from] CannotStart),
    /// What isolates programs here is something else.
    #[error("packed programs are started by `bwrap` (bubblewrap) only")]
    NoBubblewrap,
}

impl NotTried {
    /// Whether it stays so until another file appears, here or on PATH.
    #[must_use]
    pub fn shows_in_files(&self) -> bool {
        match self {
            Self::OtherSystem(_) => true,
            Self::CannotStart(why) => why.shows_in_files(),
            Self::NoBubblewrap => false,
        }
    }
}

/// The commands that start a file before and after it was packed.
#[derive(Clone, Debug, Serialize)]
pub struct Starts {
    /// What runs them, as people read it: `natively`, `with qemu-aarch64-static`.
    pub how: String,
    /// Starts the file as it was verified.
    pub unpacked: CommandLine,
    /// Starts the packed file.
    pub packed: CommandLine,
    /// Seconds after which the unpacked file counts as one that keeps running.
    pub seconds: u32,
    /// The same for the packed file, which has to unpack itself first; the emulator is slow.
    pub packed_seconds: u32,
    /// How often each is started to see how long that takes. An emulator's time tells nothing of that.
    pub timed_starts: u32,
}

/// What every program is started with: most print a line and end.
const ARGUMENT: &str = "--version";

/// So many starts of each give a median that one slow start doesn't move.
const TIMED_STARTS: u32 = 5;

/// What is done to one binary.
pub(super) fn pack_file(
    inputs: &Inputs<'_>,
    (compress, packer): (&Compress, &Upx),
    target: &Target,
    (artifact, from): (ArtifactPath, Place),
) -> PackFile {
    let to = Place::new(Base::Work, format!("packed/{artifact}"));
    let path = |place: &Place| Arg::Path(place.clone());
    let line = |argv| command_line(argv, inputs.inherit);
    PackFile {
        tool: packer.to_string(),
        command: line(upx::packing(
            &compress.options,
            target,
            path(&from),
            path(&to),
        )),
        test: line(upx::testing(path(&to))),
        trial: Trial {
            tuning: match trial(inputs, target, (&from, &to)) {
                Ok(starts) => TrialHere::Started(Box::new(starts)),
                Err(because) => TrialHere::NotStarted(because),
            },
        },
        max_startup_ms: compress
            .max_startup
            .map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
        artifact,
        from,
        to,
    }
}

fn trial(
    inputs: &Inputs<'_>,
    target: &Target,
    (unpacked, packed): (&Place, &Place),
) -> Result<Starts, NotTried> {
    if target.goos != Goos::Linux {
        return Err(NotTried::OtherSystem(target.goos));
    }
    let Means {
        runner, isolation, ..
    } = inputs.means(target, &Wanted::default())?;
    let Isolation::Bubblewrap(sandbox) = isolation else {
        return Err(NotTried::NoBubblewrap);
    };
    let start = |file: &Place| {
        let app = Bound {
            from: Arg::Path(file.clone()),
            to: APP,
        };
        let emulator = runner.emulator().map(|emulator| Bound {
            from: Arg::Text(emulator.program.to_string_lossy().into_owned()),
            to: EMULATOR,
        });
        let bound = emulator.into_iter().chain([app]);
        let words = sandbox.starting(bound, runner.words().chain([APP, ARGUMENT]));
        command_line(words, &[])
    };
    Ok(Starts {
        how: runner.to_string(),
        unpacked: start(unpacked),
        packed: start(packed),
        seconds: 10,
        packed_seconds: 60,
        timed_starts: match runner.emulator() {
            None => TIMED_STARTS,
            Some(_) => 0,
        },
    })
}

/// A command that runs in the folder for intermediate files.
fn command_line(argv: Vec<Arg>, inherit: &[String]) -> CommandLine {
    CommandLine {
        dir: Place::new(Base::Work, "."),
        argv,
        env: std::collections::BTreeMap::new(),
        tuning: Tuning {
            inherit: inherit
                .iter()
                .filter(|name| *name == "PATH")
                .cloned()
                .collect(),
            ..Tuning::default()
        },
    }
}
