//! git: the commit that artifacts are tied to, and the state of the tree as Go counts it.

use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};
use crate::host::Environment;
use crate::process::{Cancel, Command, ProcessError};

/// What git says of the repository that a folder is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The top folder of the work tree.
    pub root: PathBuf,
    /// The commit that is checked out; none before the first one.
    pub head: Option<Head>,
    /// Whether anything differs from the commit; untracked files count, as in Go's stamp.
    pub modified: bool,
}

/// The commit that is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The whole hash.
    pub commit: String,
    /// When it was committed, in seconds since 1970.
    pub time: u64,
    /// The nearest `v…` tag at or before it.
    pub tag: Option<String>,
}

/// Variables that git needs to behave for us as it does for Go.
const PASSED: &[&str] = &[
    "HOME",
    "PATH",
    "XDG_CONFIG_HOME",
    "USERPROFILE",
    "SYSTEMROOT",
];

/// Reads the state of the repository that `dir` is in; none where there is no repository.
///
/// # Errors
/// When there is a repository but git is missing or refuses to read it.
pub fn repository(
    dir: &Path,
    env: &Environment,
    cancel: &Cancel,
) -> Result<Option<Repository>, GitError> {
    if !dir.ancestors().any(|folder| folder.join(".git").exists()) {
        return Ok(None);
    }
    let git = Git { dir, env, cancel };
    let root = PathBuf::from(git.line(&["rev-parse", "--show-toplevel"])?);
    let git = Git { dir: &root, ..git };
    let modified = !git.output(&["status", "--porcelain"])?.trim().is_empty();
    Ok(Some(Repository {
        head: git.head()?,
        modified,
        root: root.clone(),
    }))
}

/// A folder to run git in.
#[derive(Clone, Copy)]
struct Git<'a> {
    dir: &'a Path,
    env: &'a Environment,
    cancel: &'a Cancel,
}

impl Git<'_> {
    fn head(&self) -> Result<Option<Head>, GitError> {
        // A repository without a commit has nothing to tie an artifact to; that is no failure.
        if self
            .output(&["rev-parse", "--verify", "--quiet", "HEAD"])
            .is_err()
        {
            return Ok(None);
        }
        let line = self.line(&[
            "-c",
            "log.showSignature=false",
            "log",
            "-1",
            "--format=%H:%ct",
        ])?;
        let Some((commit, time)) = line.split_once(':') else {
            return Err(GitError::Output(line));
        };
        let Ok(time) = time.parse() else {
            return Err(GitError::Output(line));
        };
        let tag = self.line(&["describe", "--tags", "--abbrev=0", "--match", "v*"]);
        Ok(Some(Head {
            commit: commit.to_owned(),
            time,
            tag: tag.ok().filter(|tag| !tag.is_empty()),
        }))
    }

    fn line(&self, args: &[&str]) -> Result<String, GitError> {
        Ok(self.output(args)?.trim_end().to_owned())
    }

    fn output(&self, args: &[&str]) -> Result<String, GitError> {
        // fsmonitor would run a program that the repository names.
        let mut command = Command::new("git")
            .args(["-c", "core.fsmonitor=false", "--no-optional-locks"])
            .args(args)
            .dir(self.dir)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C");
        for (name, value) in self.env.only(PASSED).iter() {
            command = command.env(name, value);
        }
        for (name, value) in self.env.with_prefix("GIT_CONFIG_") {
            command = command.env(name, value);
        }
        match command.run(self.cancel) {
            Ok(output) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            Err(ProcessError::NotFound { .. }) => Err(GitError::Missing(self.dir.to_owned())),
            Err(error) if error.to_string().contains("dubious ownership") => {
                Err(GitError::DubiousOwnership(self.dir.to_owned()))
            }
            Err(error) => Err(GitError::Process(error)),
        }
    }
}

/// Why the repository can't be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is a repository, but no git.
    #[error("failed to find git on PATH, but `{}` is in a git repository", .0.display())]
    Missing(PathBuf),
    /// The repository belongs to another user.
    #[error("failed to read the git repository of `{}`: it belongs to another user (\"dubious ownership\")", .0.display())]
    DubiousOwnership(PathBuf),
    /// git failed.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// git printed something else than it should.
    #[error("failed to read what git printed: `{0}` is no commit")]
    Output(String),
}

impl Failure for GitError {
    fn exit(&self) -> Exit {
        match self {
            Self::Process(error) => error.exit(),
            _ => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        let instead = "or set `vcs = false` in [build] to leave the commit out of the binaries";
        match self {
            Self::Missing(_) => Some(format!("install git, {instead}")),
            Self::DubiousOwnership(dir) => Some(format!(
                "run `git config --global --add safe.directory {}`, {instead}",
                dir.display()
            )),
            Self::Process(_) | Self::Output(_) => None,
        }
    }
}
