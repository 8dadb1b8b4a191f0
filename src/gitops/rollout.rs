//! What a release changes in a checkout, before anything is changed.

use std::path::Path;

use super::checkout::{Checkout, Found, Place};
use super::deployment::{Deployment, Kind, revise};
use super::error::GitopsError;
use super::fault::Fault;

/// What a release changes in a checkout.
#[derive(Clone, Debug)]
pub struct Rollout<'a> {
    pub(super) checkout: &'a Checkout,
    pub(super) release: Deployment,
    /// All files, in the order of the places; each once.
    pub(super) files: Vec<File>,
}

/// A file that names the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub(super) found: Found,
    /// What it is, for each place that it has.
    kinds: Vec<Kind>,
    pub(super) old: String,
    pub(super) new: String,
}

impl File {
    /// Its path from the checkout, with slashes.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.found.name
    }

    /// Whether the release isn't in it yet.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.old != self.new
    }

    /// Another text of it with a release.
    pub(super) fn with(&self, text: &str, release: &Deployment) -> Result<String, Fault> {
        self.kinds.iter().try_fold(text.to_owned(), |text, kind| {
            Ok(revise(&text, kind, release)?.text)
        })
    }
}

impl Checkout {
    /// What a release changes. Reads only.
    ///
    /// # Errors
    /// When a file isn't there, or can't be changed: then none is.
    pub fn plan(&self, places: &[Place], release: &Deployment) -> Result<Rollout<'_>, GitopsError> {
        let mut files: Vec<File> = Vec::new();
        for place in places {
            let found = self.find(place)?;
            let known = files.iter_mut().find(|file| file.found == found);
            let old = match &known {
                Some(file) => file.new.clone(),
                None => found.text()?,
            };
            let revised =
                revise(&old, &place.kind, release).map_err(|fault| GitopsError::Fault {
                    path: found.path.clone(),
                    fault,
                })?;
            match known {
                Some(file) => {
                    file.new = revised.text;
                    file.kinds.push(place.kind.clone());
                }
                None => files.push(File {
                    found,
                    kinds: vec![place.kind.clone()],
                    old,
                    new: revised.text,
                }),
            }
        }
        Ok(Rollout {
            checkout: self,
            release: release.clone(),
            files,
        })
    }
}

impl Rollout<'_> {
    /// Where the files are.
    #[must_use]
    pub fn checkout(&self) -> &Path {
        self.checkout.path()
    }

    /// All files that name the image.
    #[must_use]
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Those in which the release isn't yet.
    pub fn changed(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.changes())
    }
}
