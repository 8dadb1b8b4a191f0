//! `init`: a first manifest for the modules of a folder.
//!
//! `layout` finds the modules and `ask` what go says of their programs; `draft` decides what
//! the manifest says, and `text` writes it down. The last two are pure.

mod ask;
mod cells;
mod draft;
mod go_vars;
mod layout;
mod names;
mod program;
mod shipping;
mod text;

use std::path::{Path, PathBuf};

pub use ask::{Answers, Asking, ask, default_targets};
pub use cells::Axes;
pub use draft::{Draft, GoName, Matrix, Reason, Section, draft};
pub use go_vars::string_variables;
pub use layout::{Join, Layout, find};
pub use program::{CParts, Program, SourceVariable, Stamp};
pub use text::text;

use crate::atomic::CreateError;
use crate::failure::{Exit, Failure};
use crate::go_toolchain::GoToolchainError;
use crate::manifest::Rejected;
use crate::shell_word::shell_word;
use crate::tools::go::GoError;

/// Why there is no manifest.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is one already.
    #[error("failed to write `{}`: it exists already", .0.display())]
    Exists(PathBuf),
    /// There is no go.mod or go.work.
    #[error("failed to find a Go module in `{}` or below", .folder.display())]
    NoModule {
        /// Where it was looked for.
        folder: PathBuf,
        /// A folder above that has a go.mod.
        above: Option<PathBuf>,
    },
    /// There are only libraries.
    #[error("failed to find a program to build: no main package in {} builds for Linux, macOS or Windows", modules(.0))]
    NoProgram(Vec<String>),
    /// go failed.
    #[error(transparent)]
    Go(#[from] GoError),
    /// No toolchain fits.
    #[error(transparent)]
    Toolchain(#[from] GoToolchainError),
    /// The file can't be written.
    #[error(transparent)]
    Create(CreateError),
    /// What was written is no manifest: a fault of gobuildx.
    #[error("failed to write a manifest: what would be written isn't one\n{0}")]
    Refused(Rejected),
}

impl From<CreateError> for InitError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Exists(path) => Self::Exists(path),
            CreateError::Io { .. } => Self::Create(error),
        }
    }
}

fn modules(dirs: &[String]) -> String {
    match dirs {
        [dir] if dir == "." => "this module".to_owned(),
        [dir] => format!("the module {dir}"),
        dirs => format!("{} modules", dirs.len()),
    }
}

impl Failure for InitError {
    fn exit(&self) -> Exit {
        match self {
            Self::Exists(_) => Exit::Usage,
            Self::NoModule { .. } | Self::NoProgram(_) => Exit::Manifest,
            Self::Go(error) => error.exit(),
            Self::Toolchain(error) => error.exit(),
            Self::Create(error) => error.exit(),
            Self::Refused(_) => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Exists(_) => Some(
                "remove it to start anew, name another file with --manifest, or see what would be \
                 written with --dry-run"
                    .to_owned(),
            ),
            Self::NoModule { above, .. } => Some(match above {
                Some(above) => format!(
                    "the module is above: run it in `{}`",
                    shell_word(above.as_os_str())
                ),
                None => "run it in the folder that has the go.mod, or the go.work".to_owned(),
            }),
            Self::NoProgram(_) => Some(
                "a library has nothing to build; a program for another platform, or behind a tag, \
                 needs a manifest by hand: README.md says how"
                    .to_owned(),
            ),
            Self::Go(error) => error.hint(),
            Self::Toolchain(error) => error.hint(),
            Self::Create(error) => error.hint(),
            Self::Refused(_) => Some("please report this, with the folders' names".to_owned()),
        }
    }
}

/// The name of a folder, as far as it is text.
#[must_use]
pub fn folder_name(folder: &Path) -> Option<&str> {
    folder.file_name()?.to_str()
}
