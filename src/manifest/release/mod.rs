//! `[release]`: what is made of the binaries for others to take, and where it goes.

mod files;
mod gitops;
mod image;
mod sign;
mod steps;

pub use gitops::{GitopsSection, HelmValues};
pub use image::ImageSection;
pub use sign::SignSection;
pub use steps::StepsSection;

#[cfg(test)]
pub(super) use gitops::VALUES;
pub(super) use gitops::{KEYS as GITOPS, VALUES_NEED};
pub(super) use image::KEYS as IMAGE;
pub(super) use sign::KEYS as SIGN;
pub(super) use steps::KEYS as STEPS;

use super::diagnostic::Located;
use super::reader::{Reader, Table};
use crate::archive::Format;

pub(super) const KEYS: &[&str] = &[
    "archives",
    "bundle",
    "files",
    "universal",
    "sbom",
    "changelog",
    "sign",
    "image",
    "steps",
    "gitops",
];
pub(super) const ARCHIVES: &[(&str, Format)] = &[
    ("tar.gz", Format::TarGz),
    ("tar.zst", Format::TarZst),
    ("zip", Format::Zip),
];
pub(super) const SBOMS: &[(&str, SbomFormat)] = &[
    ("cyclonedx", SbomFormat::CycloneDx),
    ("spdx", SbomFormat::Spdx),
];
pub(super) const BUNDLES: &[(&str, Bundle)] =
    &[("target", Bundle::Target), ("binary", Bundle::Binary)];

/// `[release]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseSection {
    /// `archives`: the formats that are packed; none means what is usual on the target.
    pub archives: Option<Vec<Format>>,
    /// `bundle`: what shares an archive.
    pub bundle: Bundle,
    /// `files`: names and globs of what goes into each archive beside the programs, from the manifest's folder.
    pub files: Vec<Located<String>>,
    /// `universal`: whether macOS programs for both kinds of cores are put into one file, too.
    pub universal: bool,
    /// `sbom`: the formats of the bill of materials.
    pub sbom: Vec<SbomFormat>,
    /// `changelog`: whether the commits since the last version are listed.
    pub changelog: bool,
    /// `[release.sign]`
    pub sign: SignSection,
    /// `[release.image]`
    pub image: Option<ImageSection>,
    /// `[release.steps]`
    pub steps: StepsSection,
    /// `[release.gitops]`
    pub gitops: Option<GitopsSection>,
    /// How much of it is wanted.
    pub extent: Extent,
}

impl Default for ReleaseSection {
    fn default() -> Self {
        Self {
            archives: None,
            bundle: Bundle::default(),
            files: Vec::new(),
            universal: false,
            sbom: SBOMS.iter().map(|(_, format)| *format).collect(),
            changelog: true,
            sign: SignSection::default(),
            image: None,
            steps: StepsSection::default(),
            gitops: None,
            extent: Extent::Everything,
        }
    }
}

/// A format of the bill of materials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SbomFormat {
    /// `"cyclonedx"`
    CycloneDx,
    /// `"spdx"`
    Spdx,
}

impl SbomFormat {
    /// How names of such files end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::CycloneDx => "cdx.json",
            Self::Spdx => "spdx.json",
        }
    }
}

impl ReleaseSection {
    /// The same for the image alone: nothing else is made.
    #[must_use]
    pub fn image_alone(self) -> Self {
        Self {
            archives: Some(Vec::new()),
            files: Vec::new(),
            universal: false,
            sbom: Vec::new(),
            changelog: false,
            extent: Extent::Image,
            ..self
        }
    }
}

/// How much a release is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All that the manifest says.
    #[default]
    Everything,
    /// The image and what it takes.
    Image,
}

/// What shares an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bundle {
    /// `"target"`: all programs of a target.
    #[default]
    Target,
    /// `"binary"`: nothing, so each program has its own.
    Binary,
}

pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>) -> ReleaseSection {
    let mut section = ReleaseSection::default();
    let Some(table) = read.section(root, "release", KEYS) else {
        return section;
    };
    if let Some(entry) = table.entry("archives") {
        section.archives = Some(read.words(&entry, ARCHIVES));
    }
    if let Some(entry) = table.entry("bundle") {
        section.bundle = read.word(&entry, BUNDLES).unwrap_or_default();
    }
    if let Some(entry) = table.entry("files") {
        let patterns = read.distinct(&entry).unwrap_or_default();
        let patterns = patterns
            .iter()
            .filter_map(|pattern| files::pattern(read, pattern));
        section.files = patterns.collect();
    }
    if let Some(entry) = table.entry("universal") {
        section.universal = read.boolean(&entry).unwrap_or_default();
    }
    if let Some(entry) = table.entry("sbom") {
        section.sbom = read.words(&entry, SBOMS);
    }
    if let Some(entry) = table.entry("changelog") {
        section.changelog = read.boolean(&entry).unwrap_or(true);
    }
    if let Some(entry) = table.entry("sign") {
        section.sign = sign::read(read, &entry);
    }
    let image = table.entry("image");
    section.image = image.as_ref().and_then(|entry| image::read(read, entry));
    if let Some(entry) = table.entry("steps") {
        section.steps = steps::read(read, &entry);
    }
    let gitops = table.entry("gitops");
    let gitops = gitops.map(|entry| (entry.span.clone(), gitops::read(read, &entry)));
    if let Some((span, gitops)) = gitops {
        if image.is_none() {
            gitops::without_image(read, &span);
        }
        section.gitops = gitops;
    }
    section
}
