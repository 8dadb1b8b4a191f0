//! The image in manifests of Kubernetes: each `image:` with its name, wherever it stands.

use super::deployment::{Before, Deployment};
use super::edits::Edits;
use super::fault::{Fault, Why};
use super::yaml::{Node, Value};

/// Changes all of them: to `NAME@DIGEST`, and where a tag stands, to `NAME:TAG@DIGEST`.
pub(super) fn change(
    edits: &mut Edits<'_>,
    documents: &mut [Node],
    release: &Deployment,
) -> Result<Before, Fault> {
    let name = release.image.to_string();
    let mut manifests = Manifests {
        edits,
        release,
        name,
        before: Before::default(),
        found: 0,
    };
    for document in documents {
        manifests.node(document)?;
    }
    if manifests.found == 0 {
        return Err(Why::NoImage(manifests.name).at(1));
    }
    Ok(manifests.before)
}

struct Manifests<'a, 'text> {
    edits: &'a mut Edits<'text>,
    release: &'a Deployment,
    name: String,
    before: Before,
    /// How many there are.
    found: usize,
}

impl Manifests<'_, '_> {
    fn node(&mut self, node: &mut Node) -> Result<(), Fault> {
        match &mut node.value {
            Value::Sequence(_, items) => items.iter_mut().try_for_each(|item| self.node(item)),
            Value::Mapping(_, entries) => {
                for (key, value) in entries {
                    if key.as_text() == Some("image") {
                        self.image(value)?;
                    }
                    self.node(value)?;
                }
                Ok(())
            }
            Value::Scalar(..) | Value::Alias(..) => Ok(()),
        }
    }

    fn image(&mut self, node: &mut Node) -> Result<(), Fault> {
        let (Value::Scalar(text, _) | Value::Alias(_, Some(text))) = &node.value else {
            return Ok(());
        };
        let Some(version) = text.strip_prefix(&self.name).and_then(Version::parse) else {
            return Ok(());
        };
        self.before.add_digest(version.digest);
        self.before.add_tag(version.tag);
        let tag = version.tag.map(|_| format!(":{}", self.release.tag));
        let tag = tag.unwrap_or_default();
        let text = format!("{}{tag}@{}", self.name, self.release.digest);
        self.found += 1;
        self.edits.set(node, &text, "image")
    }
}

/// What follows the name of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version<'a> {
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

impl<'a> Version<'a> {
    /// None where the name goes on.
    fn parse(text: &'a str) -> Option<Self> {
        let (tag, digest) = match text.split_once('@') {
            Some((tag, digest)) => (tag, Some(digest)),
            None => (text, None),
        };
        match tag.strip_prefix(':') {
            // What has a slash is the port of a registry, and the rest of another name.
            Some(tag) if !tag.contains('/') => Some(Self {
                tag: Some(tag),
                digest,
            }),
            None if tag.is_empty() => Some(Self { tag: None, digest }),
            _ => None,
        }
    }
}
