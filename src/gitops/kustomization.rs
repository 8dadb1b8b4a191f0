//! The image in a `kustomization.yaml`: `images: [{name, newName, newTag, digest}]`.
//!
//! The result is that of `kustomize edit set image NAME=*@DIGEST`, or `NAME=*:TAG@DIGEST` where a tag stands already.
//!
//! Source: `kustomize/commands/edit/set/setimage.go` and `api/types/image.go` of `sigs.k8s.io/kustomize`.

use super::deployment::{Before, Deployment};
use super::edits::Edits;
use super::fault::{Fault, Why};
use super::yaml::{Node, Value};

const KEY: &str = "images";

/// Changes the entries of the image, or adds one.
pub(super) fn change(
    edits: &mut Edits<'_>,
    documents: &mut [Node],
    release: &Deployment,
) -> Result<Before, Fault> {
    let count = documents.len();
    let [root] = documents else {
        return Err(Why::Documents(count).at(1));
    };
    let Value::Mapping(_, entries) = &mut root.value else {
        return Err(Why::NoMapping("the document".to_owned()).at(root.line));
    };
    let mut entries = entries.iter_mut();
    let images = entries.find(|(key, _)| key.as_text() == Some(KEY));
    let mut before = Before::default();
    let (name, digest) = (release.image.to_string(), release.digest.to_string());
    let added = [("name", name.as_str()), ("digest", digest.as_str())];
    let Some((key, images)) = images else {
        edits.add_list(root, KEY, &added)?;
        return Ok(before);
    };
    if images.is_empty() {
        let key = key.clone();
        let indent = edits.indent_of_lists(root);
        if let Some(images) = root.get_mut(KEY) {
            edits.fill_list((images, &key), indent, &added);
        }
        return Ok(before);
    }
    let Value::Sequence(_, items) = &mut images.value else {
        return Err(Why::NoList(KEY.to_owned()).at(images.line));
    };
    let mut is_there = false;
    for item in items {
        if is_of(item, &name)? {
            is_there = true;
            change_entry(edits, item, release, &mut before)?;
        }
    }
    if !is_there {
        edits.add_item((images, key), &added)?;
    }
    Ok(before)
}

/// Whether an entry is of the image: what it replaces, or what it replaces that by.
fn is_of(item: &Node, name: &str) -> Result<bool, Fault> {
    let Value::Mapping(..) = item.value else {
        let why = match item.value {
            Value::Alias(..) => Why::Shared("an image".to_owned()),
            _ => Why::NoMapping("an image".to_owned()),
        };
        return Err(why.at(item.line));
    };
    if item.get("<<").is_some() {
        return Err(Why::Shared("an image".to_owned()).at(item.line));
    }
    let has = |key| item.get(key).and_then(Node::as_text) == Some(name);
    Ok(has("name") || has("newName"))
}

fn change_entry(
    edits: &mut Edits<'_>,
    entry: &mut Node,
    release: &Deployment,
    before: &mut Before,
) -> Result<(), Fault> {
    if let Some(tag) = entry.get_mut("newTag") {
        before.add_tag(tag.as_text());
        edits.set(tag, release.tag.as_str(), "newTag")?;
    }
    let digest = release.digest.to_string();
    match entry.get_mut("digest") {
        Some(node) => {
            before.add_digest(node.as_text());
            edits.set(node, &digest, "digest")
        }
        None => edits.add_key(entry, "digest", &digest),
    }
}
