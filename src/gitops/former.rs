//! Which image a former version was, by the history of the files that named it.

use std::collections::BTreeSet;

use super::checkout::{Checkout, Place};
use super::deployment::{Deployment, revise};
use super::error::{GitopsError, Shallow};
use crate::host::Host;
use crate::oci::{Digest, Repository, Tag};
use crate::process::Cancel;
use crate::tools::git::{Version, WorkTree};

/// An image of which only the digest isn't known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The name of the project, as commits tell it.
    pub project: String,
    /// Where the image is.
    pub image: Repository,
    /// The version.
    pub tag: Tag,
}

impl Wanted {
    /// The release that this is with a digest.
    #[must_use]
    pub fn with(&self, digest: Digest) -> Deployment {
        Deployment {
            project: self.project.clone(),
            image: self.image.clone(),
            tag: self.tag.clone(),
            digest,
        }
    }
}

impl Checkout {
    /// Finds a version in the history of the places: the newest commit that a release of that version made, else the newest
    /// in which a tag of that version stands. What the files have there is the image.
    ///
    /// # Errors
    /// When there is no such commit among the last 1000 of these files, or its files have several images.
    pub fn former(
        &self,
        places: &[Place],
        wanted: &Wanted,
        host: &Host,
        cancel: &Cancel,
    ) -> Result<Deployment, GitopsError> {
        let tree = WorkTree::of(self.path(), host, cancel)?;
        let mut files = Vec::new();
        for place in places {
            files.push((self.find(place)?.name, place));
        }
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let history = tree.history(&names)?;
        // Any digest does: what is read is what there was before it.
        let release = wanted.with(Digest::of(&[]));
        let past = Past {
            tree: &tree,
            files: &files,
            release: &release,
        };
        let subject = release.subject();
        let by_subject = history
            .iter()
            .filter(|version| version.subject == subject)
            .map(|version| (version, Which::All));
        let by_tag = history.iter().map(|version| (version, Which::OfTag));
        for (version, which) in by_subject.chain(by_tag) {
            let digests = past.digests(version, which)?;
            if !digests.is_empty() {
                return self.only(version, digests, wanted);
            }
        }
        Err(GitopsError::NoFormer {
            checkout: self.path().to_owned(),
            version: wanted.tag.to_string(),
            shallow: if tree.is_shallow()? {
                Shallow::Yes
            } else {
                Shallow::No
            },
        })
    }

    /// The one image of a version.
    fn only(
        &self,
        commit: &Version,
        digests: BTreeSet<Digest>,
        wanted: &Wanted,
    ) -> Result<Deployment, GitopsError> {
        let mut digests = digests.into_iter();
        match (digests.next(), digests.next()) {
            (Some(digest), None) => Ok(wanted.with(digest)),
            _ => Err(GitopsError::Several {
                checkout: self.path().to_owned(),
                version: wanted.tag.to_string(),
                hash: commit.hash.clone(),
            }),
        }
    }
}

/// Which images of a commit count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// All.
    All,
    /// Those of files that have the tag.
    OfTag,
}

/// What files were.
struct Past<'a> {
    tree: &'a WorkTree<'a>,
    files: &'a [(String, &'a Place)],
    release: &'a Deployment,
}

impl Past<'_> {
    /// The digests that the files of a commit have. What can't be read says nothing.
    fn digests(&self, version: &Version, which: Which) -> Result<BTreeSet<Digest>, GitopsError> {
        let mut digests = BTreeSet::new();
        for (name, place) in self.files {
            let Some(text) = self.tree.text(&version.hash, name)? else {
                continue;
            };
            let Ok(revised) = revise(&text, &place.kind, self.release) else {
                continue;
            };
            let has_tag = revised.before.tags.contains(self.release.tag.as_str());
            if which == Which::All || has_tag {
                digests.extend(revised.before.digests);
            }
        }
        Ok(digests)
    }
}
