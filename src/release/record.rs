//! `release.json`: the files of a release besides the binaries, the same on every machine.

use serde::{Deserialize, Serialize};

use crate::digest::Sha256Hex;
use crate::oci::Digest;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseRecord {
    /// The version of the format.
    pub schema: u32,
    /// The project's name.
    pub project: String,
    /// The version.
    pub version: String,
    /// What was made, sorted by path.
    pub files: Vec<ReleasedFile>,
    /// Copies of programs that are signed, which only archives and universal programs have; sorted by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<SignedCopy>,
    /// The image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ReleasedImage>,
}

/// One file of a release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReleasedFile {
    /// Where it lies, relative to the record.
    pub path: String,
    /// What it is.
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Sha256Hex,
}

/// A copy of an artifact that a command of the manifest has signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SignedCopy {
    /// The path of the artifact, which is as it was built.
    pub path: String,
    /// Bytes of the copy.
    pub size: u64,
    /// The digest of the copy's bytes.
    pub sha256: Sha256Hex,
}

/// What a file of a release is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// Programs to unpack.
    Archive,
    /// A macOS program for both kinds of cores.
    Universal,
    /// A bill of materials.
    Sbom,
    /// The commits since the last version.
    Changelog,
    /// What the image consists of, or holds it whole.
    Image,
    /// How the image is made by others.
    Dockerfile,
    /// How the release was made.
    Provenance,
}

impl FileKind {
    /// The words for one of them, and for several.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Archive => ("archive", "archives"),
            Self::Universal => ("universal program", "universal programs"),
            Self::Sbom => ("bill of materials", "bills of materials"),
            Self::Changelog => ("changelog", "changelogs"),
            Self::Image => ("file of the image", "files of the image"),
            Self::Dockerfile => ("Dockerfile", "Dockerfiles"),
            Self::Provenance => ("statement of provenance", "statements of provenance"),
        }
    }
}

/// The image of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedImage {
    /// Registry and repository.
    pub name: String,
    /// What it is called there.
    pub tags: Vec<String>,
    /// Its digest.
    pub digest: Digest,
}
