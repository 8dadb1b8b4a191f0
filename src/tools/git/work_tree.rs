//! A work tree that gets a commit.
//!
//! No hook runs, though a user may have some: what they would do is nothing that gobuildx was told of, and they belong
//! into another environment. What git itself is configured to do is done, such as signing.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use super::{Git, GitError};
use crate::host::Host;
use crate::process::{Cancel, Command, ProcessError};

/// How long git may take, with whom it asks for a signature.
const COMMIT_TIME: Duration = Duration::from_mins(2);

/// How long git may take with a server.
const PUSH_TIME: Duration = Duration::from_mins(5);

/// The most commits that are looked through.
const MOST: &str = "--max-count=1000";

/// The folder of a work tree, or one in it. Paths of files are relative to it.
pub struct WorkTree<'a> {
    git: Git<'a>,
}

/// Where a branch is pushed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// The name of the remote repository.
    pub remote: String,
    /// The branch there: `refs/heads/main`.
    pub branch: String,
}

/// A commit that changed files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The whole hash.
    pub hash: String,
    /// The first paragraph of the message, in one line.
    pub subject: String,
}

impl<'a> WorkTree<'a> {
    /// The work tree that a folder is in.
    ///
    /// # Errors
    /// When git is missing, or says that it is none.
    pub fn of(dir: &'a Path, host: &'a Host, cancel: &'a Cancel) -> Result<Self, GitError> {
        let git = Git::of(dir, host, cancel)?;
        git.line(&["rev-parse", "--show-toplevel"])?;
        Ok(Self { git })
    }

    /// Whether anything is staged, which a commit would leave behind.
    ///
    /// # Errors
    /// When git fails.
    pub fn has_staged(&self) -> Result<bool, GitError> {
        let staged = self
            .git
            .output(&["diff", "--cached", "--name-only", "-z"])?;
        Ok(!staged.is_empty())
    }

    /// Which of these files aren't as the last commit has them: what is changed in them, and those it doesn't have.
    ///
    /// # Errors
    /// When git fails.
    pub fn unsettled(&self, files: &[&str]) -> Result<Vec<String>, GitError> {
        let list = |args: &[&str]| {
            let args: Vec<&str> = ["--literal-pathspecs"]
                .iter()
                .chain(args)
                .chain(files)
                .copied()
                .collect();
            self.git.output(&args)
        };
        let tracked = list(&["ls-files", "-z", "--"])?;
        let tracked: Vec<&str> = tracked.split('\0').collect();
        let changed = list(&["diff", "--name-only", "--relative", "-z", "HEAD", "--"])?;
        let changed: Vec<&str> = changed.split('\0').collect();
        let unsettled = files
            .iter()
            .filter(|file| changed.contains(file) || !tracked.contains(file));
        Ok(unsettled.map(|file| (*file).to_owned()).collect())
    }

    /// Commits these files, and nothing else, and returns the hash.
    ///
    /// # Errors
    /// When git fails: it knows no author, or can't sign.
    pub fn commit(&self, files: &[&str], message: &str) -> Result<String, GitError> {
        let message = format!("--message={message}");
        let commit = [
            "--literal-pathspecs",
            "commit",
            "--quiet",
            "--cleanup=whitespace",
            "--only",
            &message,
            "--",
        ];
        let args = commit.iter().chain(files);
        self.git.run(&self.acting(args).timeout(COMMIT_TIME))?;
        self.git.line(&["rev-parse", "HEAD"])
    }

    /// Where the branch that is checked out is pushed to; none where that isn't configured.
    ///
    /// # Errors
    /// When git fails.
    pub fn upstream(&self) -> Result<Option<Upstream>, GitError> {
        let branch = self
            .git
            .answer(&["symbolic-ref", "--quiet", "--short", "HEAD"])?;
        let Some(branch) = branch else {
            return Ok(None);
        };
        let configured = |key: &str| {
            let key = format!("branch.{branch}.{key}");
            self.git.answer(&["config", "--get", &key])
        };
        let (remote, branch) = (configured("remote")?, configured("merge")?);
        let upstream = remote.zip(branch);
        Ok(upstream.map(|(remote, branch)| Upstream { remote, branch }))
    }

    /// The commits that the remote repository lacks, as far as is known here, the newest first.
    ///
    /// # Errors
    /// When git fails.
    pub fn unpushed(&self) -> Result<Vec<Version>, GitError> {
        self.versions("@{upstream}..HEAD", &[])
    }

    /// Pushes what is checked out to its branch in the remote repository. Never forces anything.
    ///
    /// # Errors
    /// When git fails: the server refuses it, or can't be reached.
    pub fn push(&self, upstream: &Upstream) -> Result<(), GitError> {
        let branch = format!("HEAD:{}", upstream.branch);
        let push = [
            "push",
            "--quiet",
            "--no-follow-tags",
            "--recurse-submodules=no",
        ];
        let place = ["--end-of-options", &upstream.remote, &branch];
        let mut command = self.acting(push.iter().chain(&place)).timeout(PUSH_TIME);
        let own = ["GIT_SSH", "GIT_SSH_COMMAND"];
        let has_own = own.iter().any(|name| self.git.env.get(name).is_some());
        if !has_own
            && self
                .git
                .answer(&["config", "--get", "core.sshCommand"])?
                .is_none()
        {
            // Nobody is there to be asked for a password.
            command = command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
        }
        self.git.run(&command).map(|_| ())
    }

    /// The commits that changed any of these files, the newest first.
    ///
    /// # Errors
    /// When git fails.
    pub fn history(&self, files: &[&str]) -> Result<Vec<Version>, GitError> {
        self.versions("HEAD", files)
    }

    /// Whether older commits may be missing: a shallow clone.
    ///
    /// # Errors
    /// When git fails.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        Ok(self.git.line(&["rev-parse", "--is-shallow-repository"])? == "true")
    }

    /// The text of a file as a commit has it; none where it hasn't.
    ///
    /// # Errors
    /// When git can't be run.
    pub fn text(&self, commit: &str, file: &str) -> Result<Option<String>, GitError> {
        let blob = format!("{commit}:./{file}");
        match self.git.output(&["cat-file", "blob", &blob]) {
            Ok(text) => Ok(Some(text)),
            Err(GitError::Process(ProcessError::Exit { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn versions(&self, range: &str, files: &[&str]) -> Result<Vec<Version>, GitError> {
        let log = [
            "-c",
            "log.showSignature=false",
            "--literal-pathspecs",
            "log",
            "-z",
            "--no-color",
            "--encoding=UTF-8",
            "--format=%H%n%s",
            MOST,
            "--end-of-options",
            range,
            "--",
        ];
        let args: Vec<&str> = log.iter().chain(files).copied().collect();
        let listed = self.git.output(&args)?;
        let records = listed.split('\0').filter(|record| !record.is_empty());
        let versions = records.map(|record| {
            let (hash, subject) = record.split_once('\n').unwrap_or((record, ""));
            Version {
                hash: hash.to_owned(),
                subject: subject.to_owned(),
            }
        });
        Ok(versions.collect())
    }

    /// A command that changes something. It has the user's environment, since whatever signs or asks a server is
    /// configured there, but for what would lead git elsewhere.
    fn acting<'b>(&self, args: impl Iterator<Item = &'b &'b str>) -> Command {
        let mut command = Command::new(&self.git.program);
        for setting in [
            // These would run programs that the repository names.
            "core.fsmonitor=false",
            "core.hooksPath=/dev/null",
            "gc.auto=0",
            "maintenance.auto=false",
        ] {
            command = command.args(["-c", setting]);
        }
        for (name, value) in self.git.env.iter().filter(|(name, _)| is_passed(name)) {
            command = command.env(name, value);
        }
        command
            .args(args)
            .dir(self.git.dir)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
    }
}

/// Whether git gets a variable when it acts: of its own only those that say who acts and how servers are reached.
fn is_passed(name: &OsStr) -> bool {
    const PREFIXES: &[&str] = &[
        "GIT_ASKPASS",
        "GIT_AUTHOR_",
        "GIT_COMMITTER_",
        "GIT_CONFIG_",
        "GIT_HTTP_",
        "GIT_PROXY_",
        "GIT_SSH",
        "GIT_SSL_",
    ];
    let name = name.to_string_lossy();
    !name.starts_with("GIT_") || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_environment_leads_git_elsewhere() {
        for name in [
            "HOME",
            "GNUPGHOME",
            "GIT_AUTHOR_NAME",
            "GIT_SSH_COMMAND",
            "GIT_CONFIG_COUNT",
        ] {
            assert!(is_passed(OsStr::new(name)), "{name}");
        }
        for name in [
            "GIT_DIR",
            "GIT_WORK_TREE",
            "GIT_INDEX_FILE",
            "GIT_NAMESPACE",
            "GIT_TRACE",
        ] {
            assert!(!is_passed(OsStr::new(name)), "{name}");
        }
    }
}
