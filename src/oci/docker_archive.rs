//! The image for one platform as a tar, for `docker load`, `podman load` and `ctr image import`.
//!
//! It is two formats in one, as `docker save` writes it: the `manifest.json` that Docker has always read, and the
//! layout of OCI that newer ones prefer; both lead to the same files. Only one platform is in it, since most of what
//! loads such a tar takes no more.
//!
//! Source: Docker image specification v1.2, "Combined Image JSON + Filesystem Changeset Format".

use std::io::{self, Write};

use serde::Serialize;

use super::build::blob_path;
use super::layout::{mark, named};
use super::manifest::to_json;
use super::{Annotations, Descriptor, ImageError, Index, Layout, Platform, Reference, Version};
use crate::archive::Tar;
use crate::atomic::Mode;

/// The full name of an image, as containerd reads it.
const FULL_NAME: &str = "io.containerd.image.name";

/// One image of `manifest.json`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Loaded {
    config: String,
    repo_tags: Vec<String>,
    layers: Vec<String>,
}

/// Writes the tar. Its entries have the time `epoch`: seconds since 1970.
///
/// # Errors
/// When the layout has nothing for the platform, or the system refuses.
pub fn docker_archive<W: Write>(
    layout: &Layout,
    platform: &Platform,
    name: &Reference,
    (epoch, out): (u64, W),
) -> Result<W, ImageError> {
    let (descriptor, manifest) = layout.manifest(platform)?;
    let loaded = Loaded {
        config: blob_path(&manifest.config),
        repo_tags: tags(name),
        layers: manifest.layers.iter().map(blob_path).collect(),
    };
    let index = Index::new(vec![root(&descriptor, name)], Annotations::new());
    let (mark_name, mark) = mark();
    let texts = [
        ("index.json", to_json(&index)),
        ("manifest.json", to_json(&[loaded])),
        (mark_name, mark),
    ];
    let mut tar = Tar::new(out, epoch);
    let mut blobs: Vec<&Descriptor> = manifest.layers.iter().collect();
    blobs.extend([&manifest.config, &descriptor]);
    blobs.sort_by_key(|blob| blob.digest.hex());
    for blob in blobs {
        let file = layout.blob(blob)?;
        append(&mut tar, &blob_path(blob), blob.size, file)?;
    }
    for (name, text) in texts {
        let text = text.map_err(|error| ImageError::Write(error.into()))?;
        append(&mut tar, name, text.len() as u64, text.as_slice())?;
    }
    tar.finish().map_err(ImageError::Write)
}

fn append<W: Write>(
    tar: &mut Tar<W>,
    path: &str,
    size: u64,
    bytes: impl io::Read,
) -> Result<(), ImageError> {
    let path = path.parse();
    let path = path.map_err(|error| ImageError::Write(io::Error::other(error)))?;
    tar.file(&path, Mode::Record, size, bytes)
        .map_err(ImageError::Write)
}

/// The names that the image gets.
fn tags(name: &Reference) -> Vec<String> {
    match name.version {
        Some(Version::Tag(_)) => vec![name.to_string()],
        Some(Version::Digest(_)) | None => Vec::new(),
    }
}

/// What leads to the image, by its name.
fn root(manifest: &Descriptor, name: &Reference) -> Descriptor {
    let annotations = match &name.version {
        Some(Version::Tag(tag)) => {
            let mut annotations = named(tag.as_str());
            annotations.insert(FULL_NAME.to_owned(), name.to_string());
            annotations
        }
        Some(Version::Digest(_)) | None => Annotations::new(),
    };
    Descriptor {
        annotations,
        ..manifest.clone()
    }
}
