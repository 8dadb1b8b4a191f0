//! The commits since the last version.

use std::path::Path;

use super::{Git, GitError, newest};
use crate::host::Host;
use crate::process::Cancel;

/// The most commits that are listed.
const MOST: usize = 1000;

/// What came since the last version, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The tag of the last version: of the one before, where a version is checked out. None before the first one.
    pub since: Option<String>,
    /// The commits, without those that only merge others.
    pub commits: Vec<Commit>,
    /// Whether these are all.
    pub end: End,
}

/// A commit, as its author tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The whole hash.
    pub hash: String,
    /// The first paragraph of the message, in one line. May be empty.
    pub subject: String,
    /// The rest of the message.
    pub body: String,
}

/// Where a list of commits ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// At the last version, or the first commit.
    Whole,
    /// Where a shallow clone ends: what is older isn't there.
    Shallow,
    /// There are more than are listed.
    Limit,
}

/// Lists what came since the last version. That of a release is the one before it that was a release, too, not one of
/// its candidates.
///
/// # Errors
/// When git is missing or refuses to read the repository, or nothing is committed.
pub fn history(top: &Path, host: &Host, cancel: &Cancel) -> Result<History, GitError> {
    let git = Git::of(top, host, cancel)?;
    let since = git.last_version()?;
    let mut commits = git.commits_since(since.as_deref())?;
    let is_limited = commits.len() > MOST;
    commits.truncate(MOST);
    let end = if is_limited {
        End::Limit
    } else if git.ends_shallow(since.as_deref())? {
        End::Shallow
    } else {
        End::Whole
    };
    Ok(History {
        since,
        commits,
        end,
    })
}

impl Git<'_> {
    fn last_version(&self) -> Result<Option<String>, GitError> {
        let here = self.tags_at("HEAD")?;
        let mut excluded: Vec<String> = here.lines().map(str::to_owned).collect();
        if newest(&here).is_some_and(|tag| !tag.contains('-')) {
            excluded.push("*-*".to_owned());
        }
        self.tag_but(&excluded)
    }

    fn commits_since(&self, tag: Option<&str>) -> Result<Vec<Commit>, GitError> {
        let most = format!("--max-count={}", MOST + 1);
        let range = range(tag);
        let listed = self.output(&[
            "-c",
            "log.showSignature=false",
            "log",
            "-z",
            "--no-merges",
            "--no-color",
            "--encoding=UTF-8",
            "--format=%H%n%s%n%b",
            &most,
            "--end-of-options",
            &range,
            "--",
        ])?;
        let records = listed.split('\0').filter(|record| !record.is_empty());
        records.map(commit).collect()
    }

    /// Whether the list reaches a commit whose parents a shallow clone hasn't.
    fn ends_shallow(&self, tag: Option<&str>) -> Result<bool, GitError> {
        if self.line(&["rev-parse", "--is-shallow-repository"])? != "true" {
            return Ok(false);
        }
        let file = self.line(&["rev-parse", "--git-path", "shallow"])?;
        // Whoever deepens the clone meanwhile removes the file.
        let last = std::fs::read_to_string(self.dir.join(file)).unwrap_or_default();
        let range = range(tag);
        let listed = self.output(&["rev-list", "--end-of-options", &range, "--"])?;
        let last: Vec<&str> = last.lines().collect();
        Ok(listed.lines().any(|commit| last.contains(&commit)))
    }
}

fn range(tag: Option<&str>) -> String {
    tag.map_or_else(|| "HEAD".to_owned(), |tag| format!("refs/tags/{tag}..HEAD"))
}

fn commit(record: &str) -> Result<Commit, GitError> {
    let parts = record.split_once('\n').and_then(|(hash, rest)| {
        let (subject, body) = rest.split_once('\n')?;
        Some((hash, subject, body))
    });
    let Some((hash, subject, body)) = parts else {
        return Err(GitError::Output(record.to_owned()));
    };
    Ok(Commit {
        hash: hash.to_owned(),
        subject: subject.to_owned(),
        body: body.trim_end().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_a_hash_a_subject_and_a_body_that_may_be_empty() {
        let read = commit("abc\nfix: x\nwhy\n\nBREAKING CHANGE: y\n\n").unwrap();
        assert_eq!(read.hash, "abc");
        assert_eq!(read.subject, "fix: x");
        assert_eq!(read.body, "why\n\nBREAKING CHANGE: y");
        let empty = commit("abc\n\n").unwrap();
        assert_eq!((empty.subject.as_str(), empty.body.as_str()), ("", ""));
        assert!(commit("abc").is_err());
    }
}
