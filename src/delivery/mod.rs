//! What lies in an output folder, held against its records. Nothing is written there; `remote.rs` brings a published
//! release into a folder of the run's own first.
//!
//! Records and files may have been changed by anybody: a path that leads out of the folder is a
//! fault and is never followed.

mod claims;
mod consumer;
mod contents;
mod coverage;
#[cfg(test)]
mod fixture;
mod folder;
mod judgement;
mod mode;
mod provenance;
mod records;
mod release;
mod released;
mod remote;
mod signature;
mod stray;
mod walk;

pub use claims::Comparison;
pub use consumer::{Consumer, Modes, SignatureFlaw, Standing, Voucher};
pub use coverage::{Coverage, Expected};
pub use folder::{Delivery, DeliveryError, Report, open, open_as};
pub use mode::{Mode, Risk};
pub use records::{RecordError, RecordedArtifact, Records, SCHEMA};
pub use release::{Author, Difference, Metadata};
pub use remote::{Bringing, Remote, RemoteError};

/// What is wrong with one file, or with what the records say of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The path as the records have it.
    pub path: String,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// It isn't there.
    Missing,
    /// It is something else than was recorded.
    Altered,
    /// It is a link or a folder, or can't be read.
    NoFile(String),
    /// The path leads out of the folder.
    Outside,
    /// Two records don't say the same of it.
    Contradiction {
        /// The one that says something else, or nothing.
        record: &'static str,
        /// The one that it is held against.
        against: &'static str,
    },
    /// It is a program, and nobody may start it.
    NotExecutable {
        /// What may be done with it.
        mode: Mode,
    },
    /// It was recorded, and its mode gives away what no build gives.
    UnsafeMode {
        /// What may be done with it.
        mode: Mode,
        /// Why that is too much.
        risk: Risk,
    },
    /// It is a record, and of another release than the others.
    OtherRelease(Difference),
    /// A record says something of it that isn't so.
    Misrecorded(Comparison),
    /// It is a program, a script that may be started, a library or a link, and no record names it.
    Unrecorded,
    /// It is a folder that can't be looked into.
    Closed(String),
    /// A key is named, and what it should have signed isn't as it should be.
    Signature(SignatureFlaw),
    /// It is no archive or no statement, whatever its name says.
    Unreadable(String),
    /// It is an archive, and holds a program, a library or a header that no record knows: its path in it.
    Contained(String),
}

impl FaultKind {
    /// The word for it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Altered => "altered",
            Self::NoFile(_) => "no-file",
            Self::Outside => "outside",
            Self::Contradiction { .. } => "contradiction",
            Self::NotExecutable { .. } => "not-executable",
            Self::UnsafeMode { .. } => "unsafe-mode",
            Self::OtherRelease(_) => "other-release",
            Self::Misrecorded(_) => "misrecorded",
            Self::Unrecorded => "unrecorded",
            Self::Closed(_) => "closed",
            Self::Signature(_) => "signature",
            Self::Unreadable(_) => "unreadable",
            Self::Contained(_) => "contained",
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = &self.path;
        match &self.kind {
            FaultKind::Missing => write!(f, "`{path}` is missing"),
            FaultKind::Altered => write!(f, "`{path}` is not the file that was recorded"),
            FaultKind::NoFile(why) => write!(f, "`{path}` can't be read as a file: {why}"),
            FaultKind::Outside => write!(f, "`{path}` leads out of the folder"),
            FaultKind::Contradiction { record, against } => {
                write!(f, "{record} and {against} don't say the same of `{path}`")
            }
            FaultKind::NotExecutable { mode } => {
                write!(f, "nobody may start `{path}`: its mode is {mode}")
            }
            FaultKind::UnsafeMode { mode, risk } => {
                let risk = match risk {
                    Risk::Borrowed => "gives its owner's or group's rights to whoever starts it",
                    Risk::Writable => "may be changed by anybody",
                };
                write!(f, "`{path}` {risk}: its mode is {mode}")
            }
            FaultKind::OtherRelease(difference) => {
                write!(f, "`{path}` is of another release: {difference}")
            }
            FaultKind::Misrecorded(comparison) => {
                write!(f, "`{path}` is not what was recorded: {comparison}")
            }
            FaultKind::Unrecorded => {
                write!(
                    f,
                    "no record names `{path}`, which could be delivered all the same"
                )
            }
            FaultKind::Closed(why) => {
                write!(
                    f,
                    "`{path}` can't be looked into, so what lies there isn't known: {why}"
                )
            }
            FaultKind::Signature(flaw) => write!(f, "`{path}` {flaw}"),
            FaultKind::Unreadable(why) => {
                write!(f, "`{path}` is not what its name says: {why}")
            }
            FaultKind::Contained(member) => {
                write!(
                    f,
                    "`{path}` holds `{member}`, a program or library that no record knows"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests;
