//! What an image consists of, by platform, and how it is started.
//!
//! Source: OCI image specification v1.1: `config.md`, `manifest.md`, `image-index.md`, `image-layout.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::descriptor::media_type;
use super::{Annotations, Descriptor, Digest};

/// The version of the schema of manifests and indexes. There is no other.
const SCHEMA: u8 = 2;

/// How an image for one platform is started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// When it was made, as RFC 3339 writes it.
    pub created: String,
    /// The CPU.
    pub architecture: String,
    /// The operating system.
    pub os: String,
    /// The kind of CPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The process.
    pub config: Execution,
    /// Its files.
    pub rootfs: RootFs,
    /// How each layer came about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<History>,
}

/// The process that an image becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Execution {
    /// The numbers of its user and group.
    pub user: String,
    /// The ports that it listens at, such as `8080/tcp`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[expect(
        clippy::zero_sized_map_values,
        reason = "a set would be written as an array, where the format has an object"
    )]
    pub exposed_ports: BTreeMap<String, Nothing>,
    /// Its variables, as `NAME=value`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// The program, and its first arguments.
    pub entrypoint: Vec<String>,
    /// More arguments, which whoever starts the image may replace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cmd: Vec<String>,
    /// Where it starts.
    pub working_dir: String,
    /// What is said of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// `{}`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nothing {}

/// The files of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootFs {
    /// `layers`
    #[serde(rename = "type")]
    pub kind: String,
    /// The digests of the tars, before they are packed.
    pub diff_ids: Vec<Digest>,
}

/// How a layer came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// When, as RFC 3339 writes it.
    pub created: String,
    /// By what.
    pub created_by: String,
}

/// What an image for one platform consists of, or what is attached to one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// 2
    pub schema_version: u8,
    /// Its own kind.
    pub media_type: String,
    /// The kind of what is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// How it is started.
    pub config: Descriptor,
    /// Its files.
    pub layers: Vec<Descriptor>,
    /// What it is attached to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    /// What is said of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: Annotations,
}

impl Manifest {
    /// One of these contents.
    #[must_use]
    pub fn new(config: Descriptor, layers: Vec<Descriptor>, annotations: Annotations) -> Self {
        Self {
            schema_version: SCHEMA,
            media_type: media_type::MANIFEST.to_owned(),
            artifact_type: None,
            config,
            layers,
            subject: None,
            annotations,
        }
    }
}

/// Which manifest is for which platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// 2
    pub schema_version: u8,
    /// Its own kind.
    #[serde(default = "index_kind")]
    pub media_type: String,
    /// The manifests.
    pub manifests: Vec<Descriptor>,
    /// What is said of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: Annotations,
}

/// The kind of an index that doesn't say it, as version 1.0 of the specification allowed.
fn index_kind() -> String {
    media_type::INDEX.to_owned()
}

impl Index {
    /// One of these manifests.
    #[must_use]
    pub fn new(manifests: Vec<Descriptor>, annotations: Annotations) -> Self {
        Self {
            schema_version: SCHEMA,
            media_type: media_type::INDEX.to_owned(),
            manifests,
            annotations,
        }
    }
}

/// The bytes that a value is stored as: always the same of the same value.
///
/// # Errors
/// None that these types could cause.
pub(crate) fn to_json<T: Serialize>(value: &T) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_written_as_the_specification_has_it() {
        let config = Descriptor::of(media_type::CONFIG, b"{}");
        let layer = Descriptor::of(media_type::LAYER, b"layer");
        let manifest = Manifest::new(config.clone(), vec![layer], Annotations::new());
        let json = String::from_utf8(to_json(&manifest).unwrap()).unwrap();
        let start = format!(
            r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{}","size":2}},"layers":["#,
            config.digest
        );
        assert!(json.starts_with(&start), "{json}");
        assert_eq!(serde_json::from_str::<Manifest>(&json).unwrap(), manifest);
    }

    #[test]
    fn an_index_without_its_kind_is_one() {
        let index: Index = serde_json::from_str(r#"{"schemaVersion":2,"manifests":[]}"#).unwrap();
        assert_eq!(index, Index::new(Vec::new(), Annotations::new()));
    }
}
