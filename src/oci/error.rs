//! Why there is no image.

use std::io;
use std::path::PathBuf;

use super::{Digest, Extra, LayoutError, Platform};
use crate::atomic::PlaceError;
use crate::failure::{Exit, Failure};
use crate::process::Reason;

/// Why there is no image. Each message is complete.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// Nothing would be in it.
    #[error("failed to make the image: there is no program for it")]
    Empty,
    /// Two programs for one platform.
    #[error("failed to make the image: it has two programs for {0}")]
    Twice(Platform),
    /// A time that can't be written.
    #[error("failed to make the image: {0} seconds after 1970 is no time that an image can have")]
    Epoch(u64),
    /// Something that it needs isn't there.
    #[error(
        "failed to make the image for {platform}: its program needs {extra}, and there are none to put into it"
    )]
    NoMaterial {
        /// For what.
        platform: Platform,
        /// What is wanted.
        extra: Extra,
    },
    /// A file can't be read.
    #[error("failed to read `{}`: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Another program than the one that was proven.
    #[error(
        "failed to make the image: `{}` is not what was verified: it has the digest {found}, not {expected}",
        path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// The digest of what was verified.
        expected: Digest,
        /// That of what is there.
        found: Digest,
    },
    /// The image can't be written.
    #[error("failed to write the image: {0}")]
    Write(io::Error),
    /// A file of it can't be put in its place.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// What was written can't be read again.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// Everything is being stopped.
    #[error("failed to make the image: {0}")]
    Cancelled(Reason),
}

impl Failure for ImageError {
    fn exit(&self) -> Exit {
        match self {
            Self::Cancelled(reason) => (*reason).into(),
            Self::Empty | Self::Twice(_) | Self::Epoch(_) => Exit::Usage,
            Self::Changed { .. } => Exit::Failed,
            Self::Layout(error) => error.exit(),
            Self::NoMaterial { .. } | Self::Read { .. } | Self::Write(_) | Self::Place(_) => {
                Exit::Environment
            }
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoMaterial { extra, .. } => extra
                .line()
                .map(|line| format!("write `{line}` below [embed] in the manifest")),
            Self::Changed { .. } => {
                Some("build it again: nothing but what was verified gets into an image".to_owned())
            }
            Self::Layout(error) => error.hint(),
            _ => None,
        }
    }
}
