//! Pushes an image: each content before what leads to it, and tags last.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::PathBuf;

use ureq::http::Method;

use super::attach::{Attached, Attachment};
use super::auth::Purpose;
use super::client::{Client, refused};
use super::error::{Doing, RegistryError, RegistryFault};
use super::journal::Journal;
use super::transport::{Answer, Body, Request};
use super::upload::Upload;
use crate::oci::{Descriptor, Digest, Layout, Reference, Tag, Version};

/// Whether a tag may lead to another image than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// It leads to the newest, such as `latest`.
    Allowed,
    /// It is that of one version for all time.
    Refused,
}

/// A tag that an image gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedTag {
    /// The tag.
    pub tag: Tag,
    /// Whether it may be another image's before.
    pub moving: Moving,
}

/// What happens during a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// So much has to be looked at; the registry may have most of it.
    Begins {
        /// How many contents.
        blobs: usize,
        /// How many bytes.
        bytes: u64,
    },
    /// The registry has it already.
    Known(Descriptor),
    /// It is being sent; what is there may become less when a connection breaks.
    Sending {
        /// What is sent.
        blob: Descriptor,
        /// How many bytes are there or on their way.
        sent: u64,
    },
    /// It is there now.
    Sent(Descriptor),
}

/// An image that is in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The image, by its digest.
    pub image: Reference,
    /// Contents and manifests that were sent, without what the registry had already.
    pub sent: Vec<Digest>,
    /// The tags that didn't lead to it before.
    pub tagged: Vec<Tag>,
    /// The manifests of what is attached, in the order of the attachments.
    pub attached: Vec<Digest>,
}

impl Pushed {
    /// Whether anything is there now that wasn't before.
    #[must_use]
    pub fn is_news(&self) -> bool {
        !(self.sent.is_empty() && self.tagged.is_empty())
    }
}

/// A push of one image to one repository.
pub struct Push<'a> {
    /// Who talks to the repository.
    pub client: &'a Client,
    /// The image.
    pub layout: &'a Layout,
    /// The tags that it gets.
    pub tags: &'a [PushedTag],
    /// What is attached.
    pub attachments: &'a [Attachment],
    /// A file for what the next push has to know when this one is interrupted.
    pub journal: Option<PathBuf>,
}

impl Push<'_> {
    /// Sends what the registry hasn't yet.
    ///
    /// # Errors
    /// When the registry refuses or can't be reached; what was sent until then is not sent again.
    pub fn run(&self, on: &mut dyn FnMut(Event)) -> Result<Pushed, RegistryError> {
        let mut pushing = Pushing {
            client: self.client,
            journal: Journal::read(self.journal.clone()),
            sent: Vec::new(),
            on,
        };
        let pushed = pushing.run(self);
        pushed.map_err(|fault| RegistryError {
            doing: Doing::Push,
            image: self.name(),
            fault: Box::new(fault),
        })
    }

    /// The image as it is named where something fails.
    fn name(&self) -> Reference {
        let repository = self.client.repository().clone();
        let tag = self.tags.first().map(|one| Version::Tag(one.tag.clone()));
        let digest = || Version::Digest(self.layout.root().digest.clone());
        Reference {
            repository,
            version: Some(tag.unwrap_or_else(digest)),
        }
    }
}

/// A push on its way.
struct Pushing<'a> {
    client: &'a Client,
    journal: Journal,
    sent: Vec<Digest>,
    on: &'a mut dyn FnMut(Event),
}

impl Pushing<'_> {
    fn run(&mut self, push: &Push<'_>) -> Result<Pushed, RegistryFault> {
        let root = push.layout.root();
        let contents = push.layout.contents()?;
        self.check_tags(push.tags, &root.digest)?;
        (self.on)(Event::Begins {
            blobs: contents.blobs.len(),
            bytes: contents.blobs.iter().map(|blob| blob.size).sum(),
        });
        for blob in &contents.blobs {
            self.blob(blob, || Ok(push.layout.blob(blob)?))?;
        }
        for stored in &contents.manifests {
            self.manifest(&stored.descriptor, &stored.bytes)?;
        }
        let mut attached = Vec::new();
        for attachment in push.attachments {
            attached.push(self.attach(attachment)?);
        }
        let mut tagged = Vec::new();
        if let Some(stored) = contents.manifests.last() {
            for one in push.tags {
                if self.tag(one, root, &stored.bytes)? {
                    tagged.push(one.tag.clone());
                }
            }
        }
        let repository = self.client.repository().clone();
        Ok(Pushed {
            image: Reference::pinned(repository, root.digest.clone()),
            sent: std::mem::take(&mut self.sent),
            tagged,
            attached,
        })
    }

    /// Before anything is sent: no tag may be another image's that has to stay.
    fn check_tags(&self, tags: &[PushedTag], root: &Digest) -> Result<(), RegistryFault> {
        for one in tags.iter().filter(|one| one.moving == Moving::Refused) {
            self.tagged(one, root)?;
        }
        Ok(())
    }

    /// What a tag leads to now, unless that has to stay and is another image than this one.
    fn tagged(&self, one: &PushedTag, root: &Digest) -> Result<Option<Digest>, RegistryFault> {
        let version = Version::Tag(one.tag.clone());
        let found = self.client.manifest(&version, Purpose::Push)?;
        match found.map(|found| found.descriptor.digest) {
            Some(has) if has != *root && one.moving == Moving::Refused => {
                let tag = one.tag.clone();
                Err(RegistryFault::Taken { tag, has })
            }
            has => Ok(has),
        }
    }

    fn blob(
        &mut self,
        blob: &Descriptor,
        open: impl FnOnce() -> Result<File, RegistryFault>,
    ) -> Result<(), RegistryFault> {
        let path = format!("blobs/{}", blob.digest);
        if self.client.has(&path, "the question for a content")? {
            (self.on)(Event::Known(blob.clone()));
            return Ok(());
        }
        let upload = Upload {
            client: self.client,
            journal: &mut self.journal,
            blob,
            file: &open()?,
        };
        let on = &mut *self.on;
        upload.run(&mut |sent| {
            let blob = blob.clone();
            on(Event::Sending { blob, sent });
        })?;
        self.done(blob);
        Ok(())
    }

    fn done(&mut self, descriptor: &Descriptor) {
        self.sent.push(descriptor.digest.clone());
        (self.on)(Event::Sent(descriptor.clone()));
    }

    /// Sends a manifest under its digest.
    fn manifest(&mut self, descriptor: &Descriptor, bytes: &[u8]) -> Result<(), RegistryFault> {
        let version = Version::Digest(descriptor.digest.clone());
        if self.client.manifest(&version, Purpose::Push)?.is_some() {
            (self.on)(Event::Known(descriptor.clone()));
            return Ok(());
        }
        self.client
            .put_manifest(&version, &descriptor.media_type, bytes)?;
        self.done(descriptor);
        Ok(())
    }

    /// Whether the tag had to be set. Somebody else may have set it while contents were sent.
    fn tag(&self, one: &PushedTag, root: &Descriptor, bytes: &[u8]) -> Result<bool, RegistryFault> {
        if self.tagged(one, &root.digest)?.as_ref() == Some(&root.digest) {
            return Ok(false);
        }
        let version = Version::Tag(one.tag.clone());
        let kind = &root.media_type;
        self.client.put_manifest(&version, kind, bytes)?;
        Ok(true)
    }

    fn attach(&mut self, attachment: &Attachment) -> Result<Digest, RegistryFault> {
        let attached = attachment.attached();
        let attached = attached.map_err(|error| RegistryFault::File(error.into()))?;
        for (blob, bytes) in &attached.blobs {
            self.blob(blob, || file_of(bytes).map_err(RegistryFault::File))?;
        }
        self.put_attached(&attached)?;
        Ok(attached.descriptor.digest)
    }

    /// A registry that keeps what is attached says so when it gets it; for any other there is the index.
    fn put_attached(&mut self, attached: &Attached) -> Result<(), RegistryFault> {
        let descriptor = &attached.descriptor;
        let version = Version::Digest(descriptor.digest.clone());
        let is_new = self.client.manifest(&version, Purpose::Push)?.is_none();
        if !is_new && self.client.lists(attached)? {
            (self.on)(Event::Known(descriptor.clone()));
            return Ok(());
        }
        let kind = &descriptor.media_type;
        // What is there and listed nowhere is sent once more: only the answer to that tells whether the index is needed.
        let answer = self
            .client
            .put_manifest(&version, kind, &attached.manifest)?;
        if is_new {
            self.done(descriptor);
        }
        let kept = answer.header("oci-subject");
        if kept.is_some_and(|subject| subject == attached.subject.to_string()) {
            return Ok(());
        }
        self.client.index(attached)
    }
}

/// A file with these bytes, which is gone when nobody has it open.
fn file_of(bytes: &[u8]) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

impl Client {
    /// Puts a manifest under a tag or its digest.
    pub(super) fn put_manifest(
        &self,
        version: &Version,
        kind: &str,
        bytes: &[u8],
    ) -> Result<Answer, RegistryFault> {
        let request = Request::new(Method::PUT, self.at(&format!("manifests/{version}")))
            .header("content-type", kind)
            .body(Body::Bytes(bytes.to_vec()));
        let answer = self.insist(&request, Purpose::Push)?;
        if !answer.is_success() {
            return Err(refused(&answer, "a manifest"));
        }
        let told = answer.header("docker-content-digest");
        let told: Option<Digest> = told.and_then(|told| told.parse().ok());
        let wanted = Digest::of(bytes);
        match told {
            Some(found) if found != wanted => Err(RegistryFault::Differs { wanted, found }),
            _ => Ok(answer),
        }
    }
}
