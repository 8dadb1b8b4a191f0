//! The stage that lets the files of another repository name the new image.

use super::image::MadeImage;
use super::release_of;
use crate::commands::build::Made;
use crate::commands::prepare::Context;
use crate::failure::Failure;
use crate::gitops::{Checkout, Delivered, Deployment, Kind, Place, Until};
use crate::human::first;
use crate::manifest::GitopsSection;
use crate::oci::Digest;
use crate::process::Cancel;
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
    let done = plan.carry_out(until(section), &made.context.host, cancel)?;
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
    plan.ready(until(section), &context.host, cancel)?;
    Ok(())
}

/// What files should name.
fn named(project: &str, planned: &PlannedImage, digest: Digest) -> Deployment {
    Deployment {
        project: project.to_owned(),
        image: planned.name.clone(),
        tag: planned.lasting_tag().clone(),
        digest,
    }
}

/// What was done, in words.
pub(super) fn says(done: &Delivered) -> String {
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

pub(super) fn until(section: &GitopsSection) -> Until {
    match (section.commit, section.push) {
        (_, true) => Until::Push,
        (true, false) => Until::Commit,
        (false, false) => Until::Files,
    }
}

pub(super) fn places(section: &GitopsSection) -> Vec<Place> {
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
