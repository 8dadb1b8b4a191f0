//! Why a release isn't in a checkout.

use std::io;
use std::path::PathBuf;

use super::fault::{Fault, Why};
use crate::atomic::CreateError;
use crate::failure::{Exit, Failure};
use crate::printable::printable;
use crate::tools::git::GitError;

/// Why a release isn't in a checkout. Where nothing else is said, all files are as they were.
#[derive(Debug, thiserror::Error)]
pub enum GitopsError {
    /// There is no such folder.
    #[error("failed to open the checkout `{}`: {error}", path.display())]
    NoCheckout {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A path isn't one of a file in the checkout.
    #[error("failed to write the release into `{}`: {why}", path.display())]
    Path {
        /// The path, with that of the checkout.
        path: PathBuf,
        /// What is wrong with it.
        why: NoFile,
    },
    /// A file can't be read.
    #[error("failed to read `{}`: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file can't be changed.
    #[error("failed to write the release into `{}:{}`: {}", path.display(), fault.line, printable(&fault.to_string()))]
    Fault {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: Fault,
    },
    /// A file isn't what it was when it was read.
    #[error("failed to write the release into `{}`: the file was changed meanwhile", .0.display())]
    Changed(PathBuf),
    /// A file can't be written.
    #[error(transparent)]
    Write(#[from] CreateError),
    /// git failed.
    #[error("{0}")]
    Git(#[from] GitError),
    /// There is something that a commit would leave behind.
    #[error("failed to commit in the checkout `{}`: something else is staged there", .0.display())]
    Staged(PathBuf),
    /// Files have changes that aren't the release's.
    #[error("failed to commit in the checkout `{}`: {} has changes that aren't committed, or isn't tracked at all", checkout.display(), printable(&files.join(", ")))]
    Unsettled {
        /// The checkout.
        checkout: PathBuf,
        /// The files.
        files: Vec<String>,
    },
    /// Nothing says where to push to.
    #[error("failed to push the checkout `{}`: no branch with an upstream is checked out", .0.display())]
    NoUpstream(PathBuf),
    /// There are commits of others, which nobody wanted to be pushed.
    #[error("failed to push the checkout `{}`: the commit {hash} (\"{}\") isn't pushed either, and isn't of this release", checkout.display(), printable(subject))]
    Foreign {
        /// The checkout.
        checkout: PathBuf,
        /// The commit.
        hash: String,
        /// Its subject.
        subject: String,
    },
    /// The commit is made, and isn't at the server.
    #[error("failed to push the checkout `{}`: {error}", checkout.display())]
    Push {
        /// The checkout.
        checkout: PathBuf,
        /// What git said.
        error: String,
    },
    /// It failed, and what was written till then can't be put back.
    #[error("{error}; {} has the new image and can't be put back", listed(left))]
    Left {
        /// Why it failed.
        error: Box<GitopsError>,
        /// The files, and why each stays.
        left: Vec<(PathBuf, CreateError)>,
    },
    /// The version was never in these files, as far as their history tells.
    #[error("failed to find the version {version} in the history of the checkout `{}`", checkout.display())]
    NoFormer {
        /// The checkout.
        checkout: PathBuf,
        /// The version.
        version: String,
        /// Whether the history is that of a shallow clone.
        shallow: Shallow,
    },
    /// Files had different images of one version.
    #[error("failed to find the image of {version}: the commit {hash} of the checkout `{}` has several", checkout.display())]
    Several {
        /// The checkout.
        checkout: PathBuf,
        /// The version.
        version: String,
        /// The commit.
        hash: String,
    },
}

fn listed(left: &[(PathBuf, CreateError)]) -> String {
    let files = left
        .iter()
        .map(|(path, why)| format!("`{}` ({why})", path.display()));
    let files: Vec<String> = files.collect();
    files.join(", ")
}

/// Whether the whole history is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shallow {
    /// It is a shallow clone.
    Yes,
    /// All is there.
    No,
}

/// What a path is in place of one of a file in the checkout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoFile {
    /// It leads out.
    #[error("it lies outside of the checkout")]
    Outside,
    /// It leads to git's own files.
    #[error("it is git's own")]
    OfGit,
    /// There is something else, or nothing.
    #[error("it is no file")]
    NoFile,
    /// It isn't a text.
    #[error("it is not UTF-8")]
    NoText,
    /// It is larger than any such file.
    #[error("it has more than 16 MiB")]
    Large,
    /// The folder has no kustomization.
    #[error("there is no kustomization.yaml, kustomization.yml or Kustomization in it")]
    NoKustomization,
    /// The folder has several.
    #[error("there are several of kustomization.yaml, kustomization.yml and Kustomization in it")]
    Kustomizations,
}

impl Failure for GitopsError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoCheckout { .. } | Self::Read { .. } => Exit::Environment,
            Self::Write(error) => error.exit(),
            Self::Left { error, .. } => error.exit(),
            Self::Git(error) => error.exit(),
            Self::Path { .. } => Exit::Manifest,
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoCheckout { .. } => {
                "clone the repository there, or name another folder as `checkout` in [release.gitops]"
            }
            Self::Path { .. } => "name files below the checkout in [release.gitops]",
            Self::Fault { fault, .. } if matches!(fault.why, Why::NoImage(_)) => {
                "compare it with `name` in [release.image], or remove the file from [release.gitops]"
            }
            Self::Changed(_) => "run it again",
            Self::Left { .. } => "put these files back yourself, or run it again when that works",
            Self::Git(error) => return error.remedy(),
            Self::Staged(_) | Self::Unsettled { .. } => {
                "commit or stash it first, or set `commit = false` in [release.gitops]"
            }
            Self::NoUpstream(_) => {
                "check out a branch, and set its upstream by `git branch --set-upstream-to`"
            }
            Self::Foreign { .. } => "push it yourself, or take it back",
            Self::Push { .. } => {
                "the commit is made: mend what git tells, and run it again, or push it by `git push`"
            }
            Self::NoFormer {
                shallow: Shallow::Yes,
                ..
            } => "the clone is shallow: `git fetch --unshallow` brings what is older",
            Self::NoFormer { .. } => "the registry may have a tag of that version",
            Self::Several { .. } => {
                "name the image, too: `gobuildx release rollback VERSION@sha256:…`"
            }
            Self::Fault { .. } | Self::Read { .. } | Self::Write(_) => return None,
        };
        Some(hint.to_owned())
    }
}
