//! The stage that makes the files of a release.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::image::MadeImage;
use super::keys::Keys;
use super::pipeline::Pipeline;
use super::{bills, image, paths, provenance, release_of};
use crate::atomic::{Mode, OutputFolder};
use crate::attest::{SIGNED, UNSIGNED};
use crate::changelog::markdown;
use crate::commands::build::Made;
use crate::commands::hooks;
use crate::commands::prepare::Unreadable;
use crate::delivery::SCHEMA;
use crate::failure::Failure;
use crate::human::counted;
use crate::plan::{Artifact, Base, Place, signing_program};
use crate::process::Cancel;
use crate::progress::{Observer, Spinner};
use crate::release::{
    FileKind, PackageError, Packaging, ReleasePlan, ReleaseRecord, ReleasedFile, ReleasedImage,
};
use crate::report::{self, RELEASE};
use crate::target::Goos;
use crate::tools::git::history;

/// The commits since the last version.
pub(super) const CHANGELOG: &str = "CHANGELOG.md";
/// Where files of a release are made.
const FOLDER: &str = "release";

/// Makes all files of a release, and the records that name them.
pub(super) fn package(
    made: &Made,
    release: &ReleasePlan,
    keys: &Keys,
    (pipeline, cancel): (&mut Pipeline, &Cancel),
) -> Result<(Option<MadeImage>, String), Box<dyn Failure>> {
    let spinner = Spinner::start("Packing the release");
    let work = made.dist.work().join(FOLDER);
    fs::create_dir_all(&work).map_err(|error| PackageError::Io {
        name: RELEASE.to_owned(),
        error,
    })?;
    let out = unlinked(made.dist.folder())?;
    let mut packaging = Packaging {
        out: &out,
        work: &work,
        epoch: release_of(made).epoch,
        cores: made.prepared.cores as usize,
        signed: BTreeMap::new(),
        cancel,
    };
    announce(made, release)?;
    packaging.signed = signed(made, cancel)?;
    pipeline.files = packaging.universals(&release.universals)?;
    let archives = packaging.archives(&release.archives)?;
    let bills = bills::all(made, release);
    pipeline.files.extend(archives);
    pipeline
        .files
        .extend(bills::write(&bills, release, &packaging)?);
    pipeline.files.extend(changelog(made, &packaging, cancel)?);
    let section = made.context.manifest.release.image.as_ref();
    let image = section
        .zip(release.image.as_ref())
        .map(|(section, planned)| {
            image::make(made, section, (planned, &bills), (&packaging, cancel))
        });
    let image = image.transpose()?;
    if let Some(image) = &image {
        pipeline.files.extend(image.files.iter().cloned());
    }
    let provenance = provenance::write(made, &pipeline.files, keys, &packaging, cancel)?;
    pipeline.files.push(provenance);
    drop(spinner);
    record(made, (release, image.as_ref()), &packaging, pipeline)?;
    Ok((image, says(&pipeline.files)))
}

/// The output folder where it really is: it may be behind a link, and no file of it may.
fn unlinked(folder: &OutputFolder) -> Result<OutputFolder, Box<dyn Failure>> {
    let path = folder.path();
    let path = fs::canonicalize(path).map_err(|error| Unreadable::new(path, error))?;
    Ok(OutputFolder::create(path)?)
}

/// What is going to lie in the folder is listed first: a run that is killed leaves nothing that the next one
/// wouldn't remove.
fn announce(made: &Made, release: &ReleasePlan) -> Result<(), Box<dyn Failure>> {
    let universals = release.universals.iter().map(|one| one.path.clone());
    let archives = release.archives.iter().map(|one| one.name.clone());
    let bills = release.bills.iter().map(|one| one.name.clone());
    let programs = release.image.iter().flat_map(|image| &image.programs);
    let tars = programs.map(|program| program.tar.clone());
    let folder = format!("{}/", image::LAYOUT);
    let own = [
        RELEASE,
        CHANGELOG,
        image::DOCKERFILE,
        SIGNED,
        UNSIGNED,
        &folder,
    ]
    .map(str::to_owned);
    let all = universals
        .chain(archives)
        .chain(bills)
        .chain(tars)
        .chain(own);
    made.dist.announce(&all.collect())?;
    Ok(())
}

/// The commits since the last version, where that is wanted and there is a repository.
fn changelog(
    made: &Made,
    packaging: &Packaging<'_>,
    cancel: &Cancel,
) -> Result<Option<ReleasedFile>, Box<dyn Failure>> {
    let repository = made.prepared.project.repository.as_ref();
    let repository = repository.filter(|repository| repository.head.is_some());
    let (true, Some(repository)) = (made.context.manifest.release.changelog, repository) else {
        return Ok(None);
    };
    let history = history(&repository.root, &made.context.host, cancel)?;
    let text = markdown(&release_of(made).version, &history);
    let kind = FileKind::Changelog;
    Ok(Some(packaging.write(
        CHANGELOG,
        kind,
        text.as_bytes(),
        Mode::Record,
    )?))
}

/// The copies of macOS programs that commands of the manifest have signed, by the artifacts' paths.
fn signed(made: &Made, cancel: &Cancel) -> Result<BTreeMap<String, PathBuf>, Box<dyn Failure>> {
    let manifest = &made.context.manifest;
    let mut copies = BTreeMap::new();
    if manifest.release.sign.macos.is_empty() {
        return Ok(copies);
    }
    let is_meant = |artifact: &&Artifact| {
        artifact.target.goos == Goos::Darwin && !artifact.buildmode.is_library()
    };
    for artifact in made.prepared.plan.artifacts.iter().filter(is_meant) {
        let copy = Place::new(Base::Work, format!("{FOLDER}/signed/{}", artifact.path));
        let path = made.session.path(&copy);
        let from = made.dist.folder().path().join(artifact.path.as_str());
        let io = |error| PackageError::Io {
            name: artifact.path.to_string(),
            error,
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io)?;
        }
        fs::copy(&from, &path).map_err(io)?;
        Mode::Executable.set(&path).map_err(io)?;
        let hooks = signing_program(manifest, release_of(made), artifact, &copy);
        let runs = hooks::run_all(&hooks, &made.session, cancel, &mut Unheard);
        runs.ended(cancel)?;
        copies.insert(artifact.path.to_string(), path);
    }
    Ok(copies)
}

/// Nobody hears what signs each of many programs, unless it fails.
struct Unheard;

impl Observer for Unheard {
    fn event(&mut self, _: &crate::exec::Event<'_>) {}

    fn end(&mut self, _: &report::RunReport) {}
}

/// Writes what the release has, and the checksums of all of it.
fn record(
    made: &Made,
    (plan, image): (&ReleasePlan, Option<&MadeImage>),
    packaging: &Packaging<'_>,
    pipeline: &mut Pipeline,
) -> Result<(), Box<dyn Failure>> {
    pipeline.files.sort();
    let release = release_of(made);
    let record = ReleaseRecord {
        schema: SCHEMA,
        project: release.project.clone(),
        version: release.version.clone(),
        files: pipeline.files.clone(),
        signed: packaging.signed_copies()?,
        image: plan
            .image
            .as_ref()
            .zip(image)
            .map(|(planned, made)| ReleasedImage {
                name: planned.name.to_string(),
                tags: planned.tags().map(|tag| tag.tag.to_string()).collect(),
                digest: made.image.index.digest.clone(),
            }),
    };
    made.dist.announce(&paths(pipeline))?;
    report::write_release(packaging.out, &record, &made.ended.report.artifacts)?;
    Ok(())
}

/// How many of each kind there are.
fn says(files: &[ReleasedFile]) -> String {
    let mut kinds: BTreeMap<FileKind, usize> = BTreeMap::new();
    for file in files {
        *kinds.entry(file.kind).or_default() += 1;
    }
    let kinds = kinds.iter().map(|(kind, number)| {
        let (one, several) = kind.words();
        counted(*number, one, several)
    });
    kinds.collect::<Vec<_>>().join(", ")
}
