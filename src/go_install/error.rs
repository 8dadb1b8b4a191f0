//! Why a toolchain isn't installed.

use std::io;
use std::path::PathBuf;

use super::toolchain::Toolchain;
use super::zip_sum::ZipFault;
use crate::archive::UnpackError;
use crate::atomic::LockError;
use crate::failure::{Exit, Failure};
use crate::fetch::{Address, End, FetchError, GaveUp, ParseGoproxyError};
use crate::go_version::GoVersion;
use crate::process::Reason;
use crate::sumdb::{LookupError, TreeError};

/// Why a toolchain isn't installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// Go has no name for this machine.
    #[error("failed to tell which {} runs on this machine", .0.toolchain())]
    NoMachine(GoVersion),
    /// Nothing says where caches lie.
    #[error("failed to find a folder to install to: nothing says where yours are")]
    NoCache,
    /// Nobody to ask.
    #[error("failed to find a module proxy to get Go from: GOPROXY is not set")]
    NoProxy {
        /// Go's file of settings.
        file: Option<PathBuf>,
    },
    /// GOPROXY can't be followed.
    #[error("failed to read GOPROXY: it {0}")]
    Goproxy(ParseGoproxyError),
    /// GOSUMDB can't be followed. The reason finishes "it should be ".
    #[error("failed to read GOSUMDB: it should be {0}")]
    Gosumdb(String),
    /// Nobody vouches for it.
    #[error(
        "failed to prove what {0} is: GOSUMDB=off turns Go's checksum database off, and no lock file pins it"
    )]
    Unvouched(Toolchain),
    /// The database can't be found.
    #[error("failed to ask the checksum database {name}: {error}")]
    NoDatabase {
        /// Its name.
        name: String,
        /// What happened.
        error: FetchError,
    },
    /// The database can't be asked, or isn't believed.
    #[error(
        "failed to prove what {toolchain} is by the checksum database {name}, asked at {at}: {error}"
    )]
    Database {
        /// What was asked about.
        toolchain: Toolchain,
        /// The name of the database.
        name: String,
        /// Where it was asked.
        at: Address,
        /// What happened.
        error: Box<LookupError<FetchError>>,
    },
    /// What is remembered of the database makes no sense.
    #[error("failed to read `{}`, the newest tree of the checksum database that was seen: {error}", .file.display())]
    Remembered {
        /// The file.
        file: PathBuf,
        /// What is wrong with it. It finishes "it ".
        error: TreeError,
    },
    /// The lock file says something else than the database, or than what is installed.
    #[error(
        "failed to take {toolchain} as the lock file pins it: {pinned} is pinned, and {who} {other}"
    )]
    Pinned {
        /// The toolchain.
        toolchain: Toolchain,
        /// The pinned hash.
        pinned: String,
        /// Who says otherwise.
        who: &'static str,
        /// The other hash.
        other: String,
    },
    /// No proxy has it.
    #[error("failed to get {toolchain}{}", told(.gave_up))]
    Proxies {
        /// What was asked for.
        toolchain: Toolchain,
        /// What happened.
        gave_up: GaveUp,
    },
    /// What came isn't it.
    #[error("failed to take what came from {address} for {toolchain}: it {fault}")]
    Zip {
        /// What was asked for.
        toolchain: Toolchain,
        /// Where it came from.
        address: Box<Address>,
        /// What it is.
        fault: ZipFault,
    },
    /// What came has another hash.
    #[error("failed to take what came from {}", .0)]
    Sum(Box<WrongSum>),
    /// It can't be unpacked.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// Another install can't be waited for.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The system refuses.
    #[error("failed to {action} `{}`: {error}", .path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Everything is being stopped.
    #[error("failed to install {0}: {1}")]
    Cancelled(Toolchain, Reason),
}

/// A hash, and the one that it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{address} for {toolchain}: its hash is not the one that {by} has\n  expected {expected}\n  got      {got}"
)]
pub struct WrongSum {
    /// What was asked for.
    pub toolchain: Toolchain,
    /// Where it came from.
    pub address: Address,
    /// Who vouches.
    pub by: String,
    /// The hash that it should have.
    pub expected: String,
    /// The hash that it has.
    pub got: String,
}

/// How the proxies answered.
fn told(gave_up: &GaveUp) -> String {
    let asked = match &gave_up.error {
        Some(error) => format!(": {error}"),
        None => String::new(),
    };
    let end = match gave_up.end {
        End::Proxies => "",
        End::Direct => {
            ": next in GOPROXY is `direct`, and only Go itself can build a module from its repository"
        }
        End::Off => ": next in GOPROXY is `off`, so nobody else may be asked",
    };
    format!("{asked}{end}")
}

impl InstallError {
    /// What a failed lookup is, when it was only stopped.
    fn stopped(&self) -> Option<Reason> {
        match self {
            Self::Database { error, .. } => match error.as_ref() {
                LookupError::Source(FetchError::Cancelled(reason)) => Some(*reason),
                _ => None,
            },
            Self::Cancelled(_, reason)
            | Self::NoDatabase {
                error: FetchError::Cancelled(reason),
                ..
            }
            | Self::Proxies {
                gave_up:
                    GaveUp {
                        error: Some(FetchError::Cancelled(reason)),
                        ..
                    },
                ..
            }
            | Self::Zip {
                fault: ZipFault::Cancelled(reason),
                ..
            } => Some(*reason),
            _ => None,
        }
    }
}

impl Failure for InstallError {
    fn exit(&self) -> Exit {
        match (self, self.stopped()) {
            (_, Some(reason)) => reason.into(),
            (Self::Lock(error), None) => error.exit(),
            (Self::Pinned { .. }, None) => Exit::Manifest,
            _ => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoMachine(_) => "get Go for it from https://go.dev/doc/install/source".to_owned(),
            Self::NoCache => "set GOBUILDX_CACHE to a folder of yours, or HOME".to_owned(),
            Self::NoProxy { file } => no_proxy(file.as_ref()),
            Self::Goproxy(_) => {
                "write it as Go wants it: addresses with `,` between them".to_owned()
            }
            Self::Gosumdb(_) => "unset GOSUMDB to ask Go's own checksum database".to_owned(),
            Self::Unvouched(toolchain) => format!(
                "unset GOSUMDB, or pin it where the database can be asked: `gobuildx toolchains install \
                 go@{} --lock` writes the lock file beside the manifest",
                toolchain.version
            ),
            Self::NoDatabase { .. } => {
                "GOPROXY names who is asked first, GOSUMDB may name another place: \
                 GOSUMDB='sum.golang.org https://…'"
                    .to_owned()
            }
            Self::Database { error, .. } => match error.as_ref() {
                LookupError::Source(FetchError::Missing(_)) => {
                    "the database doesn't know it: is there such a release?".to_owned()
                }
                LookupError::Source(_) => "try again, or ask another proxy: GOPROXY".to_owned(),
                _ => "nothing was installed; ask another proxy, and tell who runs this one"
                    .to_owned(),
            },
            Self::Remembered { .. } => {
                "remove it if nobody else can have written it; then the next tree is believed"
                    .to_owned()
            }
            Self::Pinned { .. } => {
                "see who changed the lock file, and which of both is right".to_owned()
            }
            Self::Proxies { toolchain, gave_up } if gave_up.is_missing() => match gave_up.end {
                End::Proxies => format!(
                    "is there a Go {} for {}/{}? Some proxies don't hand out toolchains: name another in GOPROXY",
                    toolchain.version, toolchain.goos, toolchain.goarch
                ),
                End::Direct | End::Off => {
                    "name a module proxy first: export GOPROXY=https://…".to_owned()
                }
            },
            Self::Proxies { .. } => "try again, or name another proxy in GOPROXY".to_owned(),
            Self::Zip { .. } | Self::Sum(_) => {
                "nothing was unpacked; try again, or name another proxy in GOPROXY".to_owned()
            }
            Self::Io { .. } => "set GOBUILDX_CACHE to a folder that you may write to".to_owned(),
            Self::Unpack(error) => return error.help().map(str::to_owned),
            Self::Lock(_) | Self::Cancelled(..) => return None,
        })
    }
}

/// The very line that names a proxy.
fn no_proxy(file: Option<&PathBuf>) -> String {
    let line = if cfg!(windows) {
        "set GOPROXY=https://…"
    } else {
        "export GOPROXY=https://…"
    };
    let file = file.map(|file| format!(", or a line `GOPROXY=https://…` in `{}`", file.display()));
    format!(
        "name the module proxy that you use: `{line}`{}",
        file.unwrap_or_default()
    )
}
