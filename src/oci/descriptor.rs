//! What leads from one content to another.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Digest, Platform};

/// What annotations are: names, dotted as domains are, and texts.
pub type Annotations = BTreeMap<String, String>;

/// The kinds of content.
///
/// Source: OCI image specification v1.1, `media-types.md`.
pub mod media_type {
    /// Which manifest is for which platform.
    pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    /// What an image for one platform consists of.
    pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    /// How an image is started.
    pub const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
    /// Files, as a tar in gzip.
    pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
    /// `{}`, where a manifest needs a content and has none.
    pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";
    /// Which manifest is for which platform, as Docker writes it.
    pub const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
    /// What an image for one platform consists of, as Docker writes it.
    pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
}

/// A content: what kind it is, how long, and its digest.
///
/// Source: OCI image specification v1.1, `descriptor.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// Its kind.
    pub media_type: String,
    /// Its digest.
    pub digest: Digest,
    /// Its length in bytes.
    pub size: u64,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// The kind of what is attached, of a manifest of such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// What is said of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: Annotations,
}

impl Descriptor {
    /// That of these bytes.
    #[must_use]
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self::new(media_type, Digest::of(bytes), bytes.len() as u64)
    }

    /// That of a content whose digest and length are known.
    #[must_use]
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest,
            size,
            platform: None,
            artifact_type: None,
            annotations: Annotations::new(),
        }
    }
}
