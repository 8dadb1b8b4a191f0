//! The stage that lets the files of another repository name the new image, and the way back.

use std::path::Path;

use super::image::MadeImage;
use super::release_of;
use crate::cli::RollbackArgs;
use crate::commands::build::Made;
use crate::commands::manifest_file;
use crate::commands::prepare::{Context, Unreadable, prepare};
use crate::console::{self, GOOD, NOTE};
use crate::failure::{Exit, Failure};
use crate::gitops::{
    Checkout, Delivered, Deployment, Extent, GitopsError, Kind, Place, Rollout, Wanted,
};
use crate::host::Host;
use crate::human::first;
use crate::manifest::{GitopsSection, Manifest};
use crate::oci::{Digest, Repository, Tag, Version};
use crate::printable::printable;
use crate::process::Cancel;
use crate::registry::Client;
use crate::release::PlannedImage;

/// Writes the image's digest into the files of the checkout.
pub(super) fn update(
    made: &Made,
    section: &GitopsSection,
    (planned, image): (&PlannedImage, &MadeImage),
    cancel: &Cancel,
) -> Result<((), String), Box<dyn Failure>> {
    let checkout = Checkout::open(&made.context.root.join(&section.checkout))?;
    let digest = image.image.index.digest.clone();
    let release = named(&release_of(made).project, planned, digest);
    let places = places(section);
    let plan = checkout.plan(&places, &release)?;
    let done = plan.carry_out(extent(section), &made.context.host, cancel)?;
    Ok(((), says(&done)))
}

/// Whether the checkout takes a release, whatever the digest is that its files should name.
pub(super) fn check(
    (context, project): (&Context, &str),
    section: &GitopsSection,
    planned: &PlannedImage,
    cancel: &Cancel,
) -> Result<(), Box<dyn Failure>> {
    let checkout = Checkout::open(&context.root.join(&section.checkout))?;
    let release = named(project, planned, Digest::of(&[]));
    let places = places(section);
    let plan = checkout.plan(&places, &release)?;
    plan.ready(extent(section), &context.host, cancel)?;
    Ok(())
}

/// What files should name.
fn named(project: &str, planned: &PlannedImage, digest: Digest) -> Deployment {
    Deployment {
        project: project.to_owned(),
        image: planned.name.clone(),
        tag: planned.tag.tag.clone(),
        digest,
    }
}

/// What was done, in words.
fn says(done: &Delivered) -> String {
    let files = match done.written.as_slice() {
        [] => "the files named it already".to_owned(),
        files => format!("{} changed", first(3, files)),
    };
    let commit = done.commit.as_ref();
    let commit = commit.map(|commit| {
        let short = commit.get(..7).unwrap_or(commit);
        format!(", commit {short}")
    });
    let pushed = done
        .pushed
        .as_ref()
        .map(|to| format!(", pushed to {}", to.remote));
    format!(
        "{files}{}{}",
        commit.unwrap_or_default(),
        pushed.unwrap_or_default()
    )
}

fn extent(section: &GitopsSection) -> Extent {
    match (section.commit, section.push) {
        (_, true) => Extent::Push,
        (true, false) => Extent::Commit,
        (false, false) => Extent::Files,
    }
}

fn places(section: &GitopsSection) -> Vec<Place> {
    let place = |path: &String, kind| Place {
        path: path.clone(),
        kind,
    };
    let kustomizations = section.kustomizations.iter();
    let kustomizations = kustomizations.map(|path| place(path, Kind::Kustomization));
    let manifests = section
        .manifests
        .iter()
        .map(|path| place(path, Kind::Manifest));
    let values = section.values.iter().map(|values| {
        let kind = Kind::Values {
            digest: values.digest.clone(),
            tag: values.tag.clone(),
        };
        place(&values.file, kind)
    });
    kustomizations.chain(manifests).chain(values).collect()
}

/// `gobuildx release rollback`
pub(super) fn rollback(args: &RollbackArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let file = manifest_file::find(args.manifest.as_deref(), &host);
    let manifest = manifest_file::read(file.as_deref(), &host)?;
    let root = file.as_deref().and_then(Path::parent).unwrap_or(&host.cwd);
    let root = std::fs::canonicalize(root).map_err(|error| Unreadable::new(root, error))?;
    let (section, image) = deployed(&manifest)?;
    let tag: Tag = args
        .version
        .replace(['+', '~'], "_")
        .parse()
        .map_err(|_| RollbackError::Version(args.version.clone()))?;
    let wanted = Wanted {
        project: project(&manifest, args, cancel)?,
        image,
        tag,
    };
    let checkout = Checkout::open(&root.join(&section.checkout))?;
    let places = places(section);
    let release = former(&checkout, &places, &wanted, &host, cancel)?;
    let plan = checkout.plan(&places, &release)?;
    if args.dry_run {
        foretell(&plan, &release)?;
        return Ok(Exit::Success);
    }
    let done = plan.carry_out(extent(section), &host, cancel)?;
    console::err(&format!(
        "{GOOD}Done:{GOOD:#} {}@{} is {} again: {}",
        release.image,
        release.digest,
        printable(&args.version),
        printable(&says(&done))
    ));
    Ok(Exit::Success)
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
fn deployed(manifest: &Manifest) -> Result<(&GitopsSection, Repository), RollbackError> {
    let release = &manifest.release;
    let image = release.image.as_ref().and_then(|image| image.name.as_ref());
    match (&release.gitops, image) {
        (Some(section), Some(image)) => Ok((section, image.value.clone())),
        _ => Err(RollbackError::Nothing),
    }
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
            let client = Client::new(&wanted.image, host, cancel);
            let digest = client.resolve(&Version::Tag(wanted.tag.clone()))?;
            Ok(wanted.with(digest))
        }
        Err(error) => Err(error.into()),
    }
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
}

impl Failure for RollbackError {
    fn exit(&self) -> Exit {
        match self {
            Self::Nothing => Exit::Manifest,
            Self::Version(_) => Exit::Usage,
        }
    }
}
