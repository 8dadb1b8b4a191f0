//! What is written into files, and what was there before.

use std::collections::BTreeSet;

use super::edits::Edits;
use super::fault::Fault;
use super::values::ValuePath;
use super::{kustomization, manifest, values, yaml};
use crate::oci::{Digest, Repository, Tag};

/// An image as it was published, and as it is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The name of the project, as commits tell it.
    pub project: String,
    /// Where the image is.
    pub image: Repository,
    /// Its tag there, which is its version. It is written only where a tag stands already.
    pub tag: Tag,
    /// Which image it is.
    pub digest: Digest,
}

/// What kind of file names the image, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A `kustomization.yaml`.
    Kustomization,
    /// Manifests of Kubernetes.
    Manifest,
    /// The values of a Helm chart.
    Values {
        /// Where the digest is.
        digest: ValuePath,
        /// Where the tag is, if that is wanted.
        tag: Option<ValuePath>,
    },
}

/// What a file said of the image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The digests.
    pub digests: BTreeSet<Digest>,
    /// The tags.
    pub tags: BTreeSet<String>,
}

impl Before {
    /// Adds a digest, if it is one.
    pub(super) fn add_digest(&mut self, text: Option<&str>) {
        self.digests.extend(text.and_then(|text| text.parse().ok()));
    }

    pub(super) fn add_tag(&mut self, text: Option<&str>) {
        self.tags.extend(text.map(str::to_owned));
    }
}

/// A text with the release in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revised {
    /// The text.
    pub text: String,
    /// What it said before.
    pub before: Before,
}

/// Writes a release into the text of a file. All but the digest, and the tag where there is one, stays byte for byte.
///
/// # Errors
/// When the text isn't YAML, has no place for the image, or one that can't be changed without changing more.
pub fn revise(text: &str, kind: &Kind, release: &Deployment) -> Result<Revised, Fault> {
    let mut documents = yaml::parse(text)?;
    let mut edits = Edits::of(text);
    let before = match kind {
        Kind::Kustomization => kustomization::change(&mut edits, &mut documents, release)?,
        Kind::Manifest => manifest::change(&mut edits, &mut documents, release)?,
        Kind::Values { digest, tag } => {
            let paths = (digest, tag.as_ref());
            values::change(&mut edits, &mut documents, paths, release)?
        }
    };
    let text = edits.apply(&documents)?;
    Ok(Revised { text, before })
}

#[cfg(test)]
#[path = "deployment_tests.rs"]
mod tests;
