//! The way back: the files of another repository name a former image again.

use std::path::Path;

use super::gitops::{places, says, until};
use crate::cli::RollbackArgs;
use crate::commands::manifest_file;
use crate::commands::prepare::{Unreadable, prepare};
use crate::console::{self, GOOD, NOTE};
use crate::failure::{Exit, Failure};
use crate::gitops::{Checkout, Deployment, GitopsError, Place, Rollout, Wanted};
use crate::host::Host;
use crate::manifest::{GitopsSection, ImageSection, Manifest};
use crate::oci::{Digest, Repository, Version};
use crate::printable::printable;
use crate::process::Cancel;
use crate::registry::Client;
use crate::release::{moves, tag_of_version};

/// `gobuildx release rollback`
pub(super) fn rollback(args: &RollbackArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let file = manifest_file::find(args.manifest.as_deref(), &host);
    let manifest = manifest_file::read(file.as_deref(), &host)?;
    let root = file.as_deref().and_then(Path::parent).unwrap_or(&host.cwd);
    let root = std::fs::canonicalize(root).map_err(|error| Unreadable::new(root, error))?;
    let (section, (image, name)) = deployed(&manifest)?;
    let (version, digest) = version_of(&args.version)?;
    let project = project(&manifest, args, cancel)?;
    if moves(&image.tags, &project, version) {
        return Err(RollbackError::Moves(args.version.clone()).into());
    }
    let wanted = Wanted {
        tag: tag_of_version(&image.tags, &project, version)
            .map_err(|_| RollbackError::Version(args.version.clone()))?,
        project,
        image: name,
    };
    let checkout = Checkout::open(&root.join(&section.checkout))?;
    let places = places(section);
    let release = match digest {
        Some(digest) => there(&wanted, &Version::Digest(digest), &host, cancel)?,
        None => former(&checkout, &places, &wanted, &host, cancel)?,
    };
    let plan = checkout.plan(&places, &release)?;
    if args.dry_run {
        foretell(&plan, &release)?;
        return Ok(Exit::Success);
    }
    let done = plan.carry_out(until(section), &host, cancel)?;
    console::err(&format!(
        "{GOOD}Done:{GOOD:#} {}@{} is {} again: {}",
        release.image,
        release.digest,
        printable(&args.version),
        printable(&says(&done))
    ));
    Ok(Exit::Success)
}

/// The version, and its image where that is named, too: `v1.0.0@sha256:…`.
fn version_of(text: &str) -> Result<(&str, Option<Digest>), RollbackError> {
    let Some((version, digest)) = text.split_once('@') else {
        return Ok((text, None));
    };
    let digest = digest.parse();
    let digest = digest.map_err(|_| RollbackError::Digest(text.to_owned()))?;
    Ok((version, Some(digest)))
}

/// The name by which commits tell the project: the manifest's, else the one that a release would have.
fn project(
    manifest: &Manifest,
    args: &RollbackArgs,
    cancel: &Cancel,
) -> Result<String, Box<dyn Failure>> {
    match &manifest.project.name {
        Some(name) => Ok(name.value.clone()),
        None => Ok(prepare(&args.selection(), cancel)?.plan.release.project),
    }
}

/// What says which image runs, and what the image is called.
fn deployed(
    manifest: &Manifest,
) -> Result<(&GitopsSection, (&ImageSection, Repository)), RollbackError> {
    let release = &manifest.release;
    let image = release.image.as_ref();
    let image = image.map(|image| (image, image.name.value.clone()));
    release
        .gitops
        .as_ref()
        .zip(image)
        .ok_or(RollbackError::Nothing)
}

/// The image that a version was: what the checkout's history says, else the registry.
fn former(
    checkout: &Checkout,
    places: &[Place],
    wanted: &Wanted,
    host: &Host,
    cancel: &Cancel,
) -> Result<Deployment, Box<dyn Failure>> {
    match checkout.former(places, wanted, host, cancel) {
        Ok(former) => Ok(former),
        Err(error @ GitopsError::NoFormer { .. }) => {
            console::err(&format!(
                "{NOTE}Note:{NOTE:#} {error}; its registry is asked"
            ));
            there(wanted, &Version::Tag(wanted.tag.clone()), host, cancel)
        }
        Err(error) => Err(error.into()),
    }
}

/// The image that the registry has.
fn there(
    wanted: &Wanted,
    version: &Version,
    host: &Host,
    cancel: &Cancel,
) -> Result<Deployment, Box<dyn Failure>> {
    let client = Client::new(&wanted.image, host, cancel);
    Ok(wanted.with(client.resolve(version)?))
}

/// What would change.
fn foretell(plan: &Rollout<'_>, release: &Deployment) -> Result<(), Box<dyn Failure>> {
    let lines = plan.files().iter().map(|file| {
        let word = if file.changes() { "changes" } else { "stays" };
        printable(&format!("{}: {word}", file.name())) + "\n"
    });
    let lines: String = lines.collect();
    console::deliver(&format!("{}@{}\n{lines}", release.image, release.digest))?;
    Ok(())
}

/// Why there is nothing to go back to.
#[derive(Debug, thiserror::Error)]
enum RollbackError {
    /// Nothing says which image runs.
    #[error("failed to roll back: the manifest has no `[release.gitops]` with `[release.image]`")]
    Nothing,
    /// No version.
    #[error("failed to roll back: `{}` can't be a version of an image", printable(.0))]
    Version(String),
    /// A tag that the newest image has.
    #[error("failed to roll back: `{}` moves on with each release, so it names no former one", printable(.0))]
    Moves(String),
    /// No digest.
    #[error("failed to roll back: what follows the `@` of `{}` isn't `sha256:` and 64 digits from 0 to f", printable(.0))]
    Digest(String),
}

impl Failure for RollbackError {
    fn exit(&self) -> Exit {
        match self {
            Self::Nothing => Exit::Manifest,
            Self::Version(_) | Self::Moves(_) | Self::Digest(_) => Exit::Usage,
        }
    }
}
