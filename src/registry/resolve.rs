//! Reading back: which image a tag leads to.

use ureq::http::Method;

use super::auth::Purpose;
use super::client::{Client, refused};
use super::error::{Doing, RegistryError, RegistryFault};
use super::transport::Request;
use crate::oci::{Descriptor, Digest, Reference, Version, media_type};

/// The kinds of manifests that are understood.
const KINDS: [&str; 4] = [
    media_type::INDEX,
    media_type::MANIFEST,
    media_type::DOCKER_INDEX,
    media_type::DOCKER_MANIFEST,
];

/// What a registry has under a name.
pub(super) struct Found {
    pub(super) descriptor: Descriptor,
    pub(super) bytes: Vec<u8>,
}

impl Client {
    /// The digest of the image that a version of the repository is now.
    ///
    /// # Errors
    /// When there is none, or the registry can't be asked.
    pub fn resolve(&self, version: &Version) -> Result<Digest, RegistryError> {
        let found = self.manifest(version, Purpose::Pull);
        let missing = || RegistryFault::Missing {
            what: format!("image {version}"),
            said: super::Said::default(),
        };
        let found = found.and_then(|found| found.ok_or_else(missing));
        found
            .map(|found| found.descriptor.digest)
            .map_err(|fault| RegistryError {
                doing: Doing::Resolve,
                image: Reference {
                    repository: self.repository().clone(),
                    version: Some(version.clone()),
                },
                fault: Box::new(fault),
            })
    }

    /// What is there under a tag or a digest; none where there is nothing. Its digest is that of the bytes that came,
    /// whatever the registry says.
    pub(super) fn manifest(
        &self,
        version: &Version,
        purpose: Purpose,
    ) -> Result<Option<Found>, RegistryFault> {
        let what = "the question for a manifest";
        let request = Request::new(Method::GET, self.at(&format!("manifests/{version}")))
            .header("accept", KINDS.join(", "));
        let answer = self.insist(&request, purpose)?;
        match answer.status {
            200 => {}
            404 => return Ok(None),
            _ => return Err(refused(&answer, what)),
        }
        let kind = answer.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let descriptor = Descriptor::of(kind, &answer.body);
        let found = &descriptor.digest;
        let told = answer.header("docker-content-digest");
        let wanted = match version {
            Version::Digest(digest) => Some(digest.clone()),
            Version::Tag(_) => told.and_then(|told| told.parse().ok()),
        };
        match wanted {
            Some(wanted) if wanted != *found => Err(RegistryFault::Differs {
                wanted,
                found: found.clone(),
            }),
            _ => Ok(Some(Found {
                descriptor,
                bytes: answer.body,
            })),
        }
    }
}
