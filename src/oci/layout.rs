//! Images as folders: content by its digest, and an index that leads to it.
//!
//! Source: OCI image specification v1.1, `image-layout.md`.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::build::{self, blob_path};
use super::descriptor::media_type;
use super::manifest::to_json;
use super::{
    Annotations, Blueprint, Descriptor, Digest, Hashing, Image, ImageError, Index, Manifest,
    Materials, Platform,
};
use crate::atomic::{Mode, OutputFolder};
use crate::failure::{Exit, Failure};
use crate::process::Cancel;

/// The file that makes a folder a layout.
const MARK: &str = "oci-layout";
/// The file that leads to the images.
const INDEX: &str = "index.json";
const BLOBS: &str = "blobs/sha256";
/// How the names of files start that are still being written.
pub(super) const TEMPORARY: &str = ".gobuildx-";
/// The tag of an image in the index.
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// More than any manifest: registries take 4 MiB.
const LARGEST: u64 = 4 << 20;

/// What the mark says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    image_layout_version: String,
}

impl Default for Mark {
    fn default() -> Self {
        Self {
            image_layout_version: "1.0.0".to_owned(),
        }
    }
}

/// A folder with one image.
#[derive(Clone, Debug)]
pub struct Layout {
    folder: PathBuf,
    /// What leads to the image.
    root: Descriptor,
}

/// A manifest or an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What leads to it.
    pub descriptor: Descriptor,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What an image consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Layers and configurations, each once.
    pub blobs: Vec<Descriptor>,
    /// What leads to them: each after all that it leads to, the image itself last.
    pub manifests: Vec<Stored>,
}

/// Why an image can't be read from a folder.
#[derive(Debug, thiserror::Error)]
#[error("failed to read the image in `{}`: {fault}", folder.display())]
pub struct LayoutError {
    /// The folder.
    pub folder: PathBuf,
    /// What is wrong.
    pub fault: LayoutFault,
}

/// What is wrong with a folder that should hold an image.
#[derive(Debug, thiserror::Error)]
pub enum LayoutFault {
    /// A file can't be read.
    #[error("`{name}`: {error}")]
    Read {
        /// The file, as seen from the folder.
        name: String,
        /// What the system said.
        error: io::Error,
    },
    /// A file isn't what it should be.
    #[error("`{name}` is not as it should be: {error}")]
    Json {
        /// The file, as seen from the folder.
        name: String,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// Not one image.
    #[error("`{INDEX}` leads to {0} images, where one is wanted")]
    Images(usize),
    /// Not what its name says.
    #[error("`{name}` was changed: it is not the content that its name says")]
    Changed {
        /// The file, as seen from the folder.
        name: String,
    },
    /// Too much.
    #[error("`{name}` is larger than what it should be")]
    TooLarge {
        /// The file, as seen from the folder.
        name: String,
    },
    /// A kind that isn't known.
    #[error("it leads to a content of the kind `{0}`, which images don't consist of")]
    Kind(String),
    /// Not there.
    #[error("it has nothing for {0}")]
    Platform(Platform),
}

impl Failure for LayoutError {
    fn exit(&self) -> Exit {
        match self.fault {
            LayoutFault::Platform(_) => Exit::Usage,
            LayoutFault::Read { .. } => Exit::Environment,
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self.fault {
            LayoutFault::Platform(_) => None,
            _ => Some("make the image again".to_owned()),
        }
    }
}

impl Layout {
    /// Makes the image of a blueprint in a folder, in which nothing else should lie. Who reads it meanwhile sees the
    /// image that was there before, and in the end the new one; what only the former one had is removed.
    ///
    /// # Errors
    /// When a program isn't what was proven, something is missing, or the system refuses.
    pub fn write(
        blueprint: &Blueprint,
        materials: &Materials,
        into: &OutputFolder,
        cancel: &Cancel,
    ) -> Result<(Self, Image), ImageError> {
        let image = build::make(blueprint, materials, into, cancel)?;
        let mut root = image.index.clone();
        root.annotations = named(blueprint.tag.as_str());
        let write = |name: &str, bytes: serde_json::Result<Vec<u8>>| {
            let bytes = bytes.map_err(|error| ImageError::Write(error.into()))?;
            into.write(name, &bytes, Mode::Record)
                .map_err(ImageError::from)
        };
        write(MARK, to_json(&Mark::default()))?;
        let index = Index::new(vec![root], Annotations::new());
        write(INDEX, to_json(&index))?;
        let layout = Self::open(into.path())?;
        layout.sweep()?;
        Ok((layout, image))
    }

    /// Reads what leads to the image in a folder.
    ///
    /// # Errors
    /// When there isn't exactly one, or it can't be read.
    pub fn open(folder: &Path) -> Result<Self, LayoutError> {
        let failed = |fault| LayoutError {
            folder: folder.to_owned(),
            fault,
        };
        let read = |name: &str| read(folder, name).map_err(failed);
        let _: Mark = parsed(MARK, &read(MARK)?).map_err(failed)?;
        let index: Index = parsed(INDEX, &read(INDEX)?).map_err(failed)?;
        match <[Descriptor; 1]>::try_from(index.manifests) {
            Ok([root]) => Ok(Self {
                folder: folder.to_owned(),
                root,
            }),
            Err(all) => Err(failed(LayoutFault::Images(all.len()))),
        }
    }

    /// What leads to the image: its digest is that of the image.
    #[must_use]
    pub fn root(&self) -> &Descriptor {
        &self.root
    }

    /// The tag that the image has in the layout.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.root.annotations.get(REF_NAME).map(String::as_str)
    }

    /// All that the image consists of. Manifests are read, and hold what their digests say.
    ///
    /// # Errors
    /// When one can't be read, or isn't what it should be.
    pub fn contents(&self) -> Result<Contents, LayoutError> {
        self.collected().map_err(|fault| self.failed(fault))
    }

    /// The manifest for a platform, and what leads to it.
    ///
    /// # Errors
    /// When there is none, or it can't be read.
    pub fn manifest(&self, platform: &Platform) -> Result<(Descriptor, Manifest), LayoutError> {
        let root = self
            .stored(&self.root)
            .map_err(|fault| self.failed(fault))?;
        let find = || {
            let index: Index = parsed(&blob_path(&self.root), &root.bytes)?;
            let mut manifests = index.manifests.into_iter();
            let found = manifests.find(|one| one.platform.as_ref() == Some(platform));
            let found = found.ok_or_else(|| LayoutFault::Platform(platform.clone()))?;
            let manifest = parsed(&blob_path(&found), &self.stored(&found)?.bytes)?;
            Ok((found, manifest))
        };
        find().map_err(|fault| self.failed(fault))
    }

    /// The bytes of a blob, which are those that its digest says.
    ///
    /// # Errors
    /// When they aren't, or can't be read.
    pub fn blob(&self, descriptor: &Descriptor) -> Result<File, LayoutError> {
        let name = blob_path(descriptor);
        let open = || {
            let mut hashing = Hashing::new(File::open(self.folder.join(&name))?);
            io::copy(&mut hashing, &mut io::sink())?;
            let mut hashed = hashing.finish();
            hashed.inner.rewind()?;
            Ok((hashed.inner, hashed.digest, hashed.size))
        };
        match open() {
            Ok((file, digest, size)) if is(descriptor, &digest, size) => Ok(file),
            Ok(_) => Err(self.failed(LayoutFault::Changed { name })),
            Err(error) => Err(self.failed(LayoutFault::Read { name, error })),
        }
    }

    /// A manifest or an index, which holds what its digest says.
    ///
    /// # Errors
    /// When it doesn't, or can't be read.
    pub(super) fn stored(&self, descriptor: &Descriptor) -> Result<Stored, LayoutFault> {
        let name = blob_path(descriptor);
        let bytes = read(&self.folder, &name)?;
        if !is(descriptor, &Digest::of(&bytes), bytes.len() as u64) {
            return Err(LayoutFault::Changed { name });
        }
        let descriptor = descriptor.clone();
        Ok(Stored { descriptor, bytes })
    }

    fn collected(&self) -> Result<Contents, LayoutFault> {
        let root = self.stored(&self.root)?;
        let mut contents = Contents {
            blobs: Vec::new(),
            manifests: Vec::new(),
        };
        match self.root.media_type.as_str() {
            media_type::INDEX => {
                let index: Index = parsed(&blob_path(&self.root), &root.bytes)?;
                for descriptor in &index.manifests {
                    contents.add(self.stored(descriptor)?)?;
                }
                contents.manifests.push(root);
            }
            _ => contents.add(root)?,
        }
        Ok(contents)
    }

    /// Removes what doesn't belong to the image: blobs of former ones, and what a run that was killed has left.
    fn sweep(&self) -> Result<(), ImageError> {
        let contents = self.contents()?;
        let manifests = contents.manifests.iter().map(|stored| &stored.descriptor);
        let all = contents.blobs.iter().chain(manifests);
        let kept: BTreeSet<&str> = all.map(|descriptor| descriptor.digest.hex()).collect();
        for path in files_in(&self.folder.join(BLOBS)).map_err(ImageError::Write)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !kept.contains(name.as_ref()) {
                fs::remove_file(&path).map_err(ImageError::Write)?;
            }
        }
        for path in files_in(&self.folder).map_err(ImageError::Write)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(TEMPORARY) {
                fs::remove_file(&path).map_err(ImageError::Write)?;
            }
        }
        Ok(())
    }

    fn failed(&self, fault: LayoutFault) -> LayoutError {
        LayoutError {
            folder: self.folder.clone(),
            fault,
        }
    }
}

impl Contents {
    fn add(&mut self, stored: Stored) -> Result<(), LayoutFault> {
        if stored.descriptor.media_type != media_type::MANIFEST {
            return Err(LayoutFault::Kind(stored.descriptor.media_type));
        }
        let manifest: Manifest = parsed(&blob_path(&stored.descriptor), &stored.bytes)?;
        for blob in manifest.layers.into_iter().chain([manifest.config]) {
            if !self.blobs.iter().any(|known| known.digest == blob.digest) {
                self.blobs.push(blob);
            }
        }
        self.manifests.push(stored);
        Ok(())
    }
}

/// The annotations that name an image in a layout.
pub(super) fn named(tag: &str) -> Annotations {
    [(REF_NAME.to_owned(), tag.to_owned())].into()
}

/// The mark of a layout.
pub(super) fn mark() -> (&'static str, serde_json::Result<Vec<u8>>) {
    (MARK, to_json(&Mark::default()))
}

fn is(descriptor: &Descriptor, digest: &Digest, size: u64) -> bool {
    (&descriptor.digest, descriptor.size) == (digest, size)
}

fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?;
    let files = entries.filter_map(|entry| match entry {
        Ok(entry) if entry.path().is_dir() => None,
        entry => Some(entry.map(|entry| entry.path())),
    });
    files.collect()
}

/// The bytes of a file, of which there aren't more than any manifest has.
fn read(folder: &Path, name: &str) -> Result<Vec<u8>, LayoutFault> {
    let failed = |error| LayoutFault::Read {
        name: name.to_owned(),
        error,
    };
    let mut bytes = Vec::new();
    let file = File::open(folder.join(name)).map_err(failed)?;
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        let name = name.to_owned();
        return Err(LayoutFault::TooLarge { name });
    }
    Ok(bytes)
}

fn parsed<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, LayoutFault> {
    serde_json::from_slice(bytes).map_err(|error| LayoutFault::Json {
        name: name.to_owned(),
        error,
    })
}
