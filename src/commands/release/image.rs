//! The container image of a release: a layout, and a tar for each platform.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;

use super::bills::{Bills, record};
use super::{dockerfile, release_of};
use crate::atomic::{Mode, OutputFolder};
use crate::audit::Licence;
use crate::commands::build::Made;
use crate::commands::prepare::Unreadable;
use crate::console::{self, NOTE};
use crate::embed::bundle;
use crate::failure::Failure;
use crate::manifest::ImageSection;
use crate::oci::{
    Blueprint, Extra, Image, Labels, Layout, Materials, Part, Port, Reference, docker_archive,
    wanted,
};
use crate::printable::printable;
use crate::process::Cancel;
use crate::release::{
    FileKind, PackageError, Packaging, PlannedImage, PlannedProgram, ReleasedFile,
};
use crate::secret::is_called_secret;
use crate::verify::Finding;

/// The folder of the layout, in the output folder.
pub(super) const LAYOUT: &str = "oci";

/// How others make the image from the sources.
pub(super) const DOCKERFILE: &str = "Dockerfile";

/// An image that was made.
pub(super) struct MadeImage {
    /// Where it lies.
    pub(super) layout: Layout,
    /// What it consists of.
    pub(super) image: Image,
    /// All files of it in the output folder.
    pub(super) files: Vec<ReleasedFile>,
}

/// Makes the image.
pub(super) fn make(
    made: &Made,
    section: &ImageSection,
    (planned, bills): (&PlannedImage, &Bills),
    (packaging, cancel): (&Packaging<'_>, &Cancel),
) -> Result<MadeImage, Box<dyn Failure>> {
    let blueprint = blueprint(made, section, (planned, bills))?;
    let materials = materials(made, &blueprint, cancel)?;
    let folder = packaging.out.create_dir(LAYOUT)?;
    let folder = OutputFolder::create(folder)?;
    let (layout, image) = Layout::write(&blueprint, &materials, &folder, cancel)?;
    let mut files = Vec::new();
    below(folder.path(), LAYOUT, &mut |path, name| {
        files.push(packaging.told(path, name, FileKind::Image)?);
        Ok(())
    })?;
    files.extend(tars(made, planned, packaging, &layout)?);
    if let Some(text) = dockerfile::text(made, section, (planned, &blueprint)) {
        let kind = FileKind::Dockerfile;
        files.push(packaging.write(DOCKERFILE, kind, text.as_bytes(), Mode::Record)?);
    }
    Ok(MadeImage {
        layout,
        image,
        files,
    })
}

/// What an image has, everybody has who may pull it.
fn tell_secrets(section: &ImageSection) {
    let named = section.env.iter();
    for (name, _) in named.filter(|(name, value)| is_called_secret(name) && !value.is_empty()) {
        console::err(&format!(
            "{NOTE}Note:{NOTE:#} `{name}` in `env` of `[release.image]` is in the image, for everybody who gets it: is it a secret?"
        ));
    }
}

fn blueprint(
    made: &Made,
    section: &ImageSection,
    (planned, bills): (&PlannedImage, &Bills),
) -> Result<Blueprint, Box<dyn Failure>> {
    tell_secrets(section);
    let release = release_of(made);
    let parts = planned.programs.iter().map(|one| part(made, section, one));
    let licences = planned.programs.first().and_then(|one| {
        let bill = bills.get(&one.artifact)?;
        let main = bill.modules.as_ref()?.main.as_ref()?.path.clone();
        match bill.licences.get(&main)? {
            Licence::Known(ids) => Some(ids.join(" AND ")),
            _ => None,
        }
    });
    let labels = section.labels.iter().map(|(name, template)| {
        let value = template.render(|variable| release.value(variable).unwrap_or_default());
        (name.clone(), value)
    });
    Ok(Blueprint {
        program: planned.program.clone(),
        tag: planned.tag.tag.clone(),
        args: section.args.clone(),
        env: section.env.clone(),
        ports: section.expose.iter().copied().map(Port::tcp).collect(),
        user: section.user,
        labels: Labels {
            title: Some(planned.binary.clone()),
            version: Some(release.version.clone()),
            // What differs from a commit isn't that commit.
            revision: release.commit.clone().filter(|_| !release.modified),
            licenses: licences,
            others: labels.collect(),
        },
        epoch: release.epoch,
        parts: parts.collect::<Result<_, _>>()?,
    })
}

/// The findings of a program that its image has something for.
pub(super) fn findings(section: &ImageSection, found: &[Finding]) -> Vec<Finding> {
    let mut findings = found.to_vec();
    findings.retain(|finding| !section.allow.iter().any(|allow| allow.is_about(finding)));
    findings
}

/// The program for one platform, with what its findings want.
fn part(
    made: &Made,
    section: &ImageSection,
    program: &PlannedProgram,
) -> Result<Part, Box<dyn Failure>> {
    let path = program.artifact.as_str();
    let record = record(made, path);
    let io = |why: &str| PackageError::Io {
        name: path.to_owned(),
        error: std::io::Error::other(why.to_owned()),
    };
    let record = record.ok_or_else(|| io("nothing is recorded of it"))?;
    let wanted = wanted(&findings(section, &record.findings));
    let waived = section.allow.iter().map(|allow| {
        let rule = allow.rule.value;
        let mut found = record.findings.iter();
        if found.any(|finding| allow.is_about(finding)) {
            format!("it has nothing for {rule}: {}", printable(&allow.reason))
        } else {
            format!("nothing of {rule} was found that `allow` could be about")
        }
    });
    for note in wanted.unmet.iter().cloned().chain(waived) {
        console::err(&format!("{NOTE}Note:{NOTE:#} the image of {path}: {note}"));
    }
    Ok(Part {
        platform: program.platform.clone(),
        program: made.dist.folder().path().join(path),
        digest: record.sha256.clone().into(),
        extras: wanted.extras,
    })
}

/// What extras are made of: certificates that are pinned, and the time zones of the Go that built.
fn materials(
    made: &Made,
    blueprint: &Blueprint,
    cancel: &Cancel,
) -> Result<Materials, Box<dyn Failure>> {
    let wanted: BTreeSet<&Extra> = blueprint
        .parts
        .iter()
        .flat_map(|part| &part.extras)
        .collect();
    let ca_roots = if wanted.contains(&Extra::CaRoots) {
        let sets = made.context.image_roots(cancel)?;
        sets.values()
            .next()
            .map(|set| bundle(&set.roots).into_bytes())
    } else {
        None
    };
    let zone_info = if wanted.contains(&Extra::ZoneInfo) {
        let goroot = made.context.goroot(&release_of(made).go, cancel)?;
        let zones = goroot.join("lib/time/zoneinfo.zip");
        Some(fs::read(&zones).map_err(|error| Unreadable::new(&zones, error))?)
    } else {
        None
    };
    Ok(Materials {
        ca_roots,
        zone_info,
    })
}

/// A tar for each platform, for engines that load one.
fn tars(
    made: &Made,
    planned: &PlannedImage,
    packaging: &Packaging<'_>,
    layout: &Layout,
) -> Result<Vec<ReleasedFile>, Box<dyn Failure>> {
    let name = Reference::tagged(planned.name.clone(), planned.tag.tag.clone());
    let epoch = release_of(made).epoch;
    let programs = planned.programs.iter();
    let mut files = Vec::new();
    for program in programs {
        let tar = program.tar.as_str();
        let path = packaging.work.join(tar);
        let io = |error| PackageError::Io {
            name: tar.to_owned(),
            error,
        };
        let file = File::create_new(&path).map_err(io)?;
        docker_archive(layout, &program.platform, &name, (epoch, file))?;
        files.push(packaging.place(&path, tar, FileKind::Image, Mode::Record)?);
    }
    Ok(files)
}

/// Hands over each file below a folder, with its path in the output folder.
fn below(
    folder: &Path,
    name: &str,
    found: &mut dyn FnMut(&Path, &str) -> Result<(), PackageError>,
) -> Result<(), PackageError> {
    let io = |error| PackageError::Io {
        name: name.to_owned(),
        error,
    };
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let inside = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().map_err(io)?.is_dir() {
            below(&entry.path(), &inside, found)?;
        } else {
            found(&entry.path(), &inside)?;
        }
    }
    Ok(())
}
