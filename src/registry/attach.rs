//! What is said about an image, kept beside it: lists of parts, provenance, signatures.
//!
//! Source: OCI image specification v1.1, `manifest.md`, "Guidelines for Artifact Usage"; OCI distribution
//! specification v1.1, "Pushing Manifests with Subject" and "Referrers Tag Schema".

use serde_json::Value;
use ureq::http::Method;

use super::auth::Purpose;
use super::client::Client;
use super::error::RegistryFault;
use super::transport::Request;
use crate::oci::{
    Annotations, Descriptor, Digest, Index, Manifest, Tag, Version, media_type, to_json,
};

/// The kinds of what can be attached, as those who look for it name them.
pub mod kind {
    /// A list of parts by `CycloneDX`.
    pub const CYCLONEDX: &str = "application/vnd.cyclonedx+json";
    /// A list of parts by SPDX.
    pub const SPDX: &str = "application/spdx+json";
    /// A statement of in-toto, not signed.
    pub const IN_TOTO: &str = "application/vnd.in-toto+json";
    /// A statement of in-toto in a signed envelope.
    pub const DSSE: &str = "application/vnd.dsse.envelope.v1+json";
}

/// `{}`: the configuration of what has none.
const NOTHING: &[u8] = b"{}";

/// Something that is attached to an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// What it is about: the image, or that for one platform.
    pub subject: Descriptor,
    /// What it is, such as [`kind::SPDX`].
    pub kind: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What is said of it.
    pub annotations: Annotations,
}

/// An attachment as a registry has it.
pub(super) struct Attached {
    /// What its manifest leads to, with the bytes of each.
    pub(super) blobs: Vec<(Descriptor, Vec<u8>)>,
    /// What leads to the manifest.
    pub(super) descriptor: Descriptor,
    pub(super) manifest: Vec<u8>,
    /// What it is attached to.
    pub(super) subject: Digest,
}

impl Attachment {
    pub(super) fn attached(&self) -> serde_json::Result<Attached> {
        let config = Descriptor::of(media_type::EMPTY, NOTHING);
        let content = Descriptor::of(&self.kind, &self.bytes);
        let subject = Descriptor::new(
            &self.subject.media_type,
            self.subject.digest.clone(),
            self.subject.size,
        );
        let mut manifest = Manifest::new(
            config.clone(),
            vec![content.clone()],
            self.annotations.clone(),
        );
        manifest.artifact_type = Some(self.kind.clone());
        manifest.subject = Some(subject);
        let bytes = to_json(&manifest)?;
        let mut descriptor = Descriptor::of(media_type::MANIFEST, &bytes);
        descriptor.artifact_type = Some(self.kind.clone());
        descriptor.annotations = self.annotations.clone();
        Ok(Attached {
            blobs: vec![(config, NOTHING.to_vec()), (content, self.bytes.clone())],
            descriptor,
            manifest: bytes,
            subject: self.subject.digest.clone(),
        })
    }
}

/// The tag under which an index leads to what is attached, where a registry doesn't keep that itself.
fn referrers_tag(subject: &Digest) -> Result<Tag, RegistryFault> {
    let tag = format!("sha256-{}", subject.hex());
    tag.parse().map_err(|_| RegistryFault::Answer {
        what: INDEXING,
        why: "is not known: there is no tag for it",
    })
}

const INDEXING: &str = "the question for the index of what is attached";
/// How often the index is written when others write it, too.
const TRIES: usize = 3;

impl Client {
    /// Whether the registry lists it as attached: itself, or in the index.
    pub(super) fn lists(&self, attached: &Attached) -> Result<bool, RegistryFault> {
        let is_ours = |one: &Descriptor| one.digest == attached.descriptor.digest;
        let path = format!("referrers/{}", attached.subject);
        let request = Request::new(Method::GET, self.at(&path));
        // Whoever has no such list may answer in any way.
        let own = match self.insist(&request, Purpose::Push) {
            Ok(answer) if answer.status == 200 => {
                serde_json::from_slice::<Index>(&answer.body).ok()
            }
            Ok(_) | Err(RegistryFault::Unauthorized { .. }) => None,
            Err(fault) => return Err(fault),
        };
        if own.is_some_and(|own| own.manifests.iter().any(is_ours)) {
            return Ok(true);
        }
        let version = Version::Tag(referrers_tag(&attached.subject)?);
        Ok(self.referrers(&version)?.has(&attached.descriptor))
    }

    /// Notes in the index what is attached, beside what others have noted there.
    pub(super) fn index(&self, attached: &Attached) -> Result<(), RegistryFault> {
        let tag = referrers_tag(&attached.subject)?;
        let version = Version::Tag(tag);
        for _ in 0..TRIES {
            let index = self.referrers(&version)?;
            if index.has(&attached.descriptor) {
                return Ok(());
            }
            let bytes = index.with(&attached.descriptor);
            let bytes = bytes.map_err(|error| RegistryFault::File(error.into()))?;
            self.put_manifest(&version, media_type::INDEX, &bytes)?;
        }
        // The loop ends with a look, unless somebody else was faster each time.
        let is_there = self.referrers(&version)?.has(&attached.descriptor);
        is_there.then_some(()).ok_or(RegistryFault::Answer {
            what: INDEXING,
            why: "is each time another one: somebody else writes it, too",
        })
    }

    fn referrers(&self, version: &Version) -> Result<Referrers, RegistryFault> {
        let Some(found) = self.manifest(version, Purpose::Push)? else {
            return Ok(Referrers::default());
        };
        Referrers::parse(&found.bytes).map_err(|_| RegistryFault::Answer {
            what: INDEXING,
            why: "is no index",
        })
    }
}

/// The index of what is attached, with all that others have written into it, whether it is known here or not.
#[derive(Default)]
struct Referrers {
    manifests: Vec<Descriptor>,
    /// None where there is no index yet.
    index: Option<Value>,
}

impl Referrers {
    fn parse(bytes: &[u8]) -> serde_json::Result<Self> {
        let index: Index = serde_json::from_slice(bytes)?;
        Ok(Self {
            manifests: index.manifests,
            index: Some(serde_json::from_slice(bytes)?),
        })
    }

    fn has(&self, descriptor: &Descriptor) -> bool {
        let mut manifests = self.manifests.iter();
        manifests.any(|one| one.digest == descriptor.digest)
    }

    /// The bytes of the index with one more.
    fn with(self, descriptor: &Descriptor) -> serde_json::Result<Vec<u8>> {
        let fresh = || serde_json::to_value(Index::new(Vec::new(), Annotations::new()));
        let mut index = self.index.map_or_else(fresh, Ok)?;
        let manifests = index.get_mut("manifests").and_then(Value::as_array_mut);
        if let Some(manifests) = manifests {
            manifests.push(serde_json::to_value(descriptor)?);
        }
        to_json(&index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_others_wrote_keeps_what_is_not_known_here() {
        let theirs = serde_json::json!({
            "schemaVersion": 2,
            "artifactType": "application/x-theirs",
            "manifests": [{
                "mediaType": media_type::MANIFEST,
                "digest": Digest::of(b"theirs"),
                "size": 6,
                "urls": ["https://store.example/x"],
                "data": "dGhlaXJz",
            }],
            "x-more": { "a": [1.5, null] },
        });
        let referrers = Referrers::parse(theirs.to_string().as_bytes()).unwrap();
        let ours = Descriptor::of(media_type::MANIFEST, b"ours");
        assert!(!referrers.has(&ours));
        let bytes = referrers.with(&ours).unwrap();
        assert!(Referrers::parse(&bytes).unwrap().has(&ours));
        let mut index: Value = serde_json::from_slice(&bytes).unwrap();
        index["manifests"].as_array_mut().unwrap().pop();
        assert_eq!(index, theirs);
    }

    #[test]
    fn the_first_index_is_one_as_the_specification_has_it() {
        let ours = Descriptor::of(media_type::MANIFEST, b"ours");
        let bytes = Referrers::default().with(&ours).unwrap();
        let index: Index = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(index, Index::new(vec![ours], Annotations::new()));
    }

    #[test]
    fn an_attachment_leads_to_its_subject_and_says_what_it_is() {
        let subject = Descriptor::of(media_type::INDEX, b"index");
        let attachment = Attachment {
            subject: subject.clone(),
            kind: kind::SPDX.to_owned(),
            bytes: b"{\"spdxVersion\":\"SPDX-2.3\"}".to_vec(),
            annotations: Annotations::new(),
        };
        let attached = attachment.attached().unwrap();
        let manifest: Manifest = serde_json::from_slice(&attached.manifest).unwrap();
        assert_eq!(manifest.subject, Some(subject.clone()));
        assert_eq!(manifest.artifact_type.as_deref(), Some(kind::SPDX));
        assert_eq!(manifest.config.media_type, media_type::EMPTY);
        assert_eq!(
            manifest.config.digest.hex(),
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
        assert_eq!(manifest.layers[0].media_type, kind::SPDX);
        assert_eq!(attached.descriptor.digest, Digest::of(&attached.manifest));
        assert_eq!(
            referrers_tag(&subject.digest).unwrap().as_str(),
            format!("sha256-{}", subject.digest.hex())
        );
    }
}
