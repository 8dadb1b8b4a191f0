//! Puts a release into the files of a checkout, and commits and pushes it where that is wanted.

use super::deployment::Deployment;
use super::error::GitopsError;
use super::rollout::{File, Rollout};
use crate::atomic;
use crate::host::Host;
use crate::process::Cancel;
use crate::tools::git::{GitError, Upstream, WorkTree};

/// The last commit of what is checked out.
const HEAD: &str = "HEAD";

/// How far a deployment goes; each step has those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// Files are written.
    Files,
    /// And committed.
    Commit,
    /// And pushed to the upstream of the branch.
    Push,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The files that were written, by their paths from the checkout. None where the release was there already.
    pub written: Vec<String>,
    /// The hash of the commit, if one was made.
    pub commit: Option<String>,
    /// Where it was pushed to, if anything was.
    pub pushed: Option<Upstream>,
}

impl Rollout<'_> {
    /// Does what is planned. Where nothing has to be changed, nothing is committed; what an earlier run has written and
    /// not committed is committed, and a commit that it could not push is pushed.
    ///
    /// # Errors
    /// When the checkout isn't ready for a commit, or a file, git or the server fails. Files are as they were then, unless
    /// the commit is made already.
    pub fn carry_out(
        &self,
        until: Until,
        host: &Host,
        cancel: &Cancel,
    ) -> Result<Delivered, GitopsError> {
        if until == Until::Files {
            return Ok(Delivered {
                written: self.write()?,
                commit: None,
                pushed: None,
            });
        }
        let tree = WorkTree::of(self.checkout(), host, cancel)?;
        let (files, upstream) = self.checked(&tree, until)?;
        let written = self.write()?;
        let commit = self.commit(&tree, &files)?;
        let pushed = upstream.map(|upstream| self.push(&tree, upstream));
        Ok(Delivered {
            written,
            commit,
            pushed: pushed.transpose()?.flatten(),
        })
    }

    /// Whether the checkout takes it that far. Reads only.
    ///
    /// # Errors
    /// When a commit would have more than what is planned, or can't be pushed.
    pub fn ready(&self, until: Until, host: &Host, cancel: &Cancel) -> Result<(), GitopsError> {
        if until != Until::Files {
            let tree = WorkTree::of(self.checkout(), host, cancel)?;
            self.checked(&tree, until)?;
        }
        Ok(())
    }

    /// The files that a commit would have, and where it would be pushed to.
    fn checked(
        &self,
        tree: &WorkTree<'_>,
        until: Until,
    ) -> Result<(Vec<&File>, Option<Upstream>), GitopsError> {
        let files = self.uncommitted(tree)?;
        if !files.is_empty() && tree.has_staged()? {
            return Err(GitopsError::Staged(self.checkout().to_owned()));
        }
        let upstream = match until {
            Until::Push => Some(self.upstream(tree)?),
            Until::Files | Until::Commit => None,
        };
        Ok((files, upstream))
    }

    /// The files that don't have the release in the last commit. A run that was killed may have written some of them; any
    /// other change isn't the release's.
    fn uncommitted(&self, tree: &WorkTree<'_>) -> Result<Vec<&File>, GitopsError> {
        let mut files = Vec::new();
        let mut others: Vec<&str> = Vec::new();
        for file in &self.files {
            let committed = tree.text(HEAD, file.name())?;
            let wanted = committed
                .as_deref()
                .and_then(|text| file.with(text, &self.release).ok());
            let has_it = wanted.is_some() && wanted == committed;
            if has_it && !file.changes() {
                continue;
            }
            if wanted.as_ref() != Some(&file.new) {
                others.push(file.name());
            }
            if !has_it {
                files.push(file);
            }
        }
        let unsettled = if others.is_empty() {
            Vec::new()
        } else {
            tree.unsettled(&others)?
        };
        if unsettled.is_empty() {
            return Ok(files);
        }
        Err(GitopsError::Unsettled {
            checkout: self.checkout().to_owned(),
            files: unsettled,
        })
    }

    /// Where to push to, if nothing of others would be pushed along.
    fn upstream(&self, tree: &WorkTree<'_>) -> Result<Upstream, GitopsError> {
        let checkout = || self.checkout().to_owned();
        let upstream = tree.upstream()?;
        let upstream = upstream.ok_or_else(|| GitopsError::NoUpstream(checkout()))?;
        let subject = self.release.subject();
        let unpushed = tree.unpushed()?;
        match unpushed.into_iter().find(|of| of.subject != subject) {
            Some(foreign) => Err(GitopsError::Foreign {
                checkout: checkout(),
                hash: foreign.hash,
                subject: foreign.subject,
            }),
            None => Ok(upstream),
        }
    }

    fn write(&self) -> Result<Vec<String>, GitopsError> {
        let mut written: Vec<&File> = Vec::new();
        for file in self.changed() {
            let is_same = file.found.text().is_ok_and(|text| text == file.old);
            let result = if is_same {
                atomic::rewrite(&file.found.path, file.new.as_bytes()).map_err(GitopsError::from)
            } else {
                Err(GitopsError::Changed(file.found.path.clone()))
            };
            if let Err(error) = result {
                return Err(restored(&written, error));
            }
            written.push(file);
        }
        Ok(written.iter().map(|file| file.name().to_owned()).collect())
    }

    fn commit(&self, tree: &WorkTree<'_>, files: &[&File]) -> Result<Option<String>, GitopsError> {
        if files.is_empty() {
            return Ok(None);
        }
        let names: Vec<&str> = files.iter().map(|file| file.name()).collect();
        let committed = tree.commit(&names, &self.release.message());
        committed
            .map(Some)
            .map_err(|error| restored(&self.changed().collect::<Vec<_>>(), error.into()))
    }

    /// Pushes what the server lacks.
    fn push(
        &self,
        tree: &WorkTree<'_>,
        upstream: Upstream,
    ) -> Result<Option<Upstream>, GitopsError> {
        if tree.unpushed()?.is_empty() {
            return Ok(None);
        }
        tree.push(&upstream).map_err(|error| match error {
            GitError::Process(_) => GitopsError::Push {
                checkout: self.checkout().to_owned(),
                error: without_users(&error.to_string()),
            },
            error => error.into(),
        })?;
        Ok(Some(upstream))
    }
}

/// Puts back what files held. What can't be put back stays as the release has it, which is a whole file, too.
fn restored(files: &[&File], error: GitopsError) -> GitopsError {
    let mut left = Vec::new();
    for file in files {
        let path = &file.found.path;
        if let Err(why) = atomic::rewrite(path, file.old.as_bytes()) {
            left.push((path.clone(), why));
        }
    }
    if left.is_empty() {
        return error;
    }
    GitopsError::Left {
        error: Box::new(error),
        left,
    }
}

impl Deployment {
    /// The first line of the commit, by which a rollback finds it.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("{} {}", self.project, self.tag)
    }

    fn message(&self) -> String {
        format!("{}\n\n{}@{}\n", self.subject(), self.image, self.digest)
    }
}

/// The text without users and passwords in its addresses, which git repeats where a server refuses it.
fn without_users(text: &str) -> String {
    let mut parts = text.split("://");
    let mut safe = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c == '/' || c.is_whitespace() || "'\"`".contains(c));
        let (authority, rest) = part.split_at(end.unwrap_or(part.len()));
        let host = authority.rsplit('@').next().unwrap_or_default();
        safe.push_str("://");
        safe.push_str(host);
        safe.push_str(rest);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_without_users() {
        for (text, safe) in [
            (
                "to https://u:p@h.example/x: no",
                "to https://h.example/x: no",
            ),
            ("'https://token@h.example'", "'https://h.example'"),
            (
                "ssh://git@h:22/x https://a:b@c@d/",
                "ssh://h:22/x https://d/",
            ),
            ("git@h.example:x a@b", "git@h.example:x a@b"),
        ] {
            assert_eq!(without_users(text), safe);
        }
    }
}
