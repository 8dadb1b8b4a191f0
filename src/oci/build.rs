//! Makes an image of a blueprint: layers, configurations, manifests, an index.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::descriptor::media_type;
use super::layer::{self, Layer};
use super::layout::TEMPORARY;
use super::manifest::to_json;
use super::{
    Annotations, Blueprint, Descriptor, Execution, History, ImageConfig, ImageError, Index,
    Manifest, Materials, Nothing, Part, Platform, Port, RootFs,
};
use crate::atomic::{Mode, OutputFolder};
use crate::process::Cancel;

/// An image that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The index of all platforms: its digest is that of the image.
    pub index: Descriptor,
    /// What was made for each platform, in the order of the platforms.
    pub platforms: Vec<Built>,
}

/// The image for one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The platform.
    pub platform: Platform,
    /// Its manifest.
    pub manifest: Descriptor,
    /// Its configuration.
    pub config: Descriptor,
    /// Its files.
    pub layer: Descriptor,
    /// How long its tar is when unpacked.
    pub unpacked: u64,
}

impl Built {
    /// How many bytes a registry sends for it.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.manifest.size + self.config.size + self.layer.size
    }
}

/// Where blobs lie in a layout.
///
/// Source: OCI image specification v1.1, `image-layout.md`.
pub(super) fn blob_path(descriptor: &Descriptor) -> String {
    format!("blobs/sha256/{}", descriptor.digest.hex())
}

/// A blueprint that is being followed.
struct Making<'a> {
    blueprint: &'a Blueprint,
    materials: &'a Materials,
    into: &'a OutputFolder,
    created: String,
    annotations: Annotations,
}

/// Writes the blobs of an image into a layout, and returns what leads to them.
pub(super) fn make(
    blueprint: &Blueprint,
    materials: &Materials,
    into: &OutputFolder,
    cancel: &Cancel,
) -> Result<Image, ImageError> {
    check(blueprint)?;
    let created = created(blueprint.epoch).ok_or(ImageError::Epoch(blueprint.epoch))?;
    let making = Making {
        annotations: blueprint.labels.annotations(&created),
        blueprint,
        materials,
        into,
        created,
    };
    let mut parts: Vec<&Part> = blueprint.parts.iter().collect();
    parts.sort_by(|one, other| one.platform.cmp(&other.platform));
    let mut platforms = Vec::new();
    for part in parts {
        if let Some(reason) = cancel.reason() {
            return Err(ImageError::Cancelled(reason));
        }
        platforms.push(making.part(part)?);
    }
    let manifests = platforms.iter().map(|built| Descriptor {
        platform: Some(built.platform.clone()),
        ..built.manifest.clone()
    });
    let index = Index::new(manifests.collect(), making.annotations.clone());
    let index = making.json(media_type::INDEX, &index)?;
    Ok(Image { index, platforms })
}

fn check(blueprint: &Blueprint) -> Result<(), ImageError> {
    let mut platforms = BTreeSet::new();
    for part in &blueprint.parts {
        if !platforms.insert(&part.platform) {
            return Err(ImageError::Twice(part.platform.clone()));
        }
    }
    if platforms.is_empty() {
        return Err(ImageError::Empty);
    }
    Ok(())
}

/// A time as RFC 3339 writes it, in UTC.
pub(super) fn created(epoch: u64) -> Option<String> {
    let seconds = i64::try_from(epoch).ok()?;
    Some(Timestamp::from_second(seconds).ok()?.to_string())
}

impl Making<'_> {
    fn part(&self, part: &Part) -> Result<Built, ImageError> {
        let layer = self.layer(part)?;
        let config = self.json(media_type::CONFIG, &self.config(part, &layer))?;
        let unpacked = layer.unpacked;
        let layer = Descriptor::new(media_type::LAYER, layer.digest, layer.size);
        let annotations = self.annotations.clone();
        let manifest = Manifest::new(config.clone(), vec![layer.clone()], annotations);
        Ok(Built {
            platform: part.platform.clone(),
            manifest: self.json(media_type::MANIFEST, &manifest)?,
            config,
            layer,
            unpacked,
        })
    }

    fn layer(&self, part: &Part) -> Result<Layer, ImageError> {
        let user = self.blueprint.user;
        let files = self.materials.files(&part.extras, user);
        let files = files.map_err(|extra| ImageError::NoMaterial {
            platform: part.platform.clone(),
            extra,
        })?;
        let mut file = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempfile_in(self.into.path())
            .map_err(ImageError::Write)?;
        let name = &self.blueprint.program;
        let layer = layer::write(name, part, &files, (self.blueprint.epoch, &mut file))?;
        self.place(file, &layer)?;
        Ok(layer)
    }

    fn place(&self, file: NamedTempFile, layer: &Layer) -> Result<(), ImageError> {
        let blob = Descriptor::new(media_type::LAYER, layer.digest.clone(), layer.size);
        let path = file.into_temp_path();
        self.into.place(&path, blob_path(&blob), Mode::Record)?;
        // It has another name by now.
        let _ = path.keep();
        Ok(())
    }

    fn json<T: serde::Serialize>(&self, kind: &str, value: &T) -> Result<Descriptor, ImageError> {
        let bytes = to_json(value).map_err(|error| ImageError::Write(error.into()))?;
        let blob = Descriptor::of(kind, &bytes);
        self.into.write(blob_path(&blob), &bytes, Mode::Record)?;
        Ok(blob)
    }

    fn config(&self, part: &Part, layer: &Layer) -> ImageConfig {
        let blueprint = self.blueprint;
        let Platform {
            architecture,
            os,
            variant,
        } = part.platform.clone();
        let history = History {
            created: self.created.clone(),
            created_by: "gobuildx".to_owned(),
        };
        ImageConfig {
            created: self.created.clone(),
            architecture,
            os,
            variant,
            config: Execution {
                user: blueprint.user.to_string(),
                exposed_ports: blueprint.ports.iter().copied().map(exposed).collect(),
                env: variables(blueprint, part),
                entrypoint: vec![blueprint.program.path()],
                cmd: blueprint.args.clone(),
                working_dir: "/".to_owned(),
                labels: self.annotations.clone(),
            },
            rootfs: RootFs {
                kind: "layers".to_owned(),
                diff_ids: vec![layer.diff_id.clone()],
            },
            history: vec![history],
        }
    }
}

fn exposed(port: Port) -> (String, Nothing) {
    (port.to_string(), Nothing {})
}

/// Those of the extras, which the blueprint's own go before, sorted.
fn variables(blueprint: &Blueprint, part: &Part) -> Vec<String> {
    let of_extras = part.extras.iter().filter_map(|extra| extra.variable());
    let of_extras = of_extras.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut all: BTreeMap<String, String> = of_extras.collect();
    all.extend(blueprint.env.clone());
    all.into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}
