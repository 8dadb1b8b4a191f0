//! What somebody knows who gets a release from elsewhere, and what there is to say of its signatures.

use crate::signing::{PublicKey, minisign};

/// What is known beside the release itself.
#[derive(Clone, Debug, Default)]
pub struct Consumer {
    /// The key that the checksums have to be signed with.
    pub key: Option<minisign::PublicKey>,
    /// The keys, one of which has to have signed the provenance.
    pub provenance_keys: Vec<PublicKey>,
    /// Whether modes of files say anything.
    pub modes: Modes,
}

/// Whether files have the modes that they were built with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Modes {
    /// As far as nobody changed them.
    #[default]
    Kept,
    /// They came from a server, which tells none.
    Lost,
}

/// A file by which somebody answers for a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    /// The file.
    pub file: String,
    /// What it is worth here.
    pub standing: Standing,
}

/// What a signature is worth here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    Verified {
        /// The key that it is by.
        key: String,
    },
    /// It doesn't hold, which is a fault.
    Refused,
    /// Nobody said by which key it should be.
    KeyNotNamed,
    /// Another program made it, and only that can tell.
    Foreign,
    /// There is none in the file.
    Unsigned,
}

impl Standing {
    /// The word for it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Verified { .. } => "verified",
            Self::Refused => "refused",
            Self::KeyNotNamed | Self::Foreign => "not-checked",
            Self::Unsigned => "unsigned",
        }
    }
}

/// Why a signature isn't what it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignatureFlaw {
    /// A key is named, and there is no signature.
    Absent {
        /// What it should be of.
        of: &'static str,
    },
    /// It isn't by the key, or not of this file.
    Refused(String),
    /// It is, and was made for something else.
    Elsewhere {
        /// What it says that it is of.
        signed: String,
        /// What it should say.
        expected: String,
    },
}

impl std::fmt::Display for SignatureFlaw {
    /// It follows the name of the file.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent { of } => write!(f, "is missing, so nobody answers for {of}"),
            Self::Refused(why) => write!(f, "doesn't hold by the key that is named: {why}"),
            Self::Elsewhere { signed, expected } => {
                write!(f, "is a signature of {signed}, and not of {expected}")
            }
        }
    }
}
