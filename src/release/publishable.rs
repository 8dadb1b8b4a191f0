//! What may be published: a version has to say which sources it is.

use std::path::PathBuf;

use crate::failure::{Exit, Failure};
use crate::printable::printable_path;
use crate::tools::git::Repository;

/// Why nothing of these sources may be published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpublishable {
    /// There is no commit.
    #[error(
        "failed to publish: the sources are in no repository with a commit, so nobody could tell what was built"
    )]
    NoCommit,
    /// The tree differs from the commit.
    #[error("failed to publish: files differ from the commit {commit}, or aren't in it")]
    Modified {
        /// The commit.
        commit: String,
    },
    /// A file that archives get is none of the commit's.
    #[error(
        "failed to publish: `{}` of `files` isn't in the commit",
        printable_path(path)
    )]
    Untracked {
        /// The file.
        path: PathBuf,
    },
    /// Git was told not to look at a file.
    #[error(
        "failed to publish: git was told to take `{}` for unchanged, so nobody knows whether it is",
        printable_path(path)
    )]
    Unwatched {
        /// The file.
        path: PathBuf,
    },
    /// A part is asked for.
    #[error("failed to publish: --target and --binary leave out what belongs to the release")]
    Part,
    /// Older commits are missing.
    #[error(
        "failed to publish: the clone is shallow, so its last version may be another than the real one"
    )]
    Shallow,
}

impl Failure for Unpublishable {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoCommit => "commit the sources first",
            Self::Modified { .. } => {
                "`git status` shows them; commit them, or name them in .gitignore. Without --publish, \
                 a release can be made of any tree"
            }
            Self::Unwatched { .. } => {
                "run `git update-index --no-assume-unchanged --no-skip-worktree` with it, and commit \
                 what it is"
            }
            Self::Untracked { .. } => "commit it, or name what is committed in `files`",
            Self::Part => {
                "publish all of it: the version's tag is that of one image for all time. To \
                 publish less, name less in the matrix or in `match` of [release.image]"
            }
            Self::Shallow => "run `git fetch --unshallow --tags`",
        };
        Some(hint.to_owned())
    }
}

/// Whether what is made of these sources may leave the machine.
///
/// # Errors
/// When their version wouldn't say which sources they are.
pub fn publishable(repository: Option<&Repository>) -> Result<(), Unpublishable> {
    let head = repository.and_then(|repository| Some((repository, repository.head.as_ref()?)));
    let Some((repository, head)) = head else {
        return Err(Unpublishable::NoCommit);
    };
    if repository.modified {
        let commit = head.commit.clone();
        return Err(Unpublishable::Modified { commit });
    }
    if head.shallow {
        return Err(Unpublishable::Shallow);
    }
    Ok(())
}
