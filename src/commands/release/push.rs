//! The stage that sends the image to its registry.

use std::fs;

use super::image::MadeImage;
use super::release_of;
use crate::attest::SIGNED;
use crate::cli::{Detail, MessageFormat, OutputArgs};
use crate::commands::build::Made;
use crate::commands::prepare::Unreadable;
use crate::console;
use crate::digest::Sha256Hex;
use crate::failure::{Exit, Failure};
use crate::human::{counted, size};
use crate::manifest::SbomFormat;
use crate::oci::Annotations;
use crate::printable::printable;
use crate::process::Cancel;
use crate::registry::{Attachment, Client, Event, Moving, Push, PushedTag, Waiting, kind};
use crate::release::{FileKind, PlannedImage, ReleasePlan, ReleasedFile};

/// What the next push has to know when this one is interrupted.
const JOURNAL: &str = ".gobuildx/push.json";

/// Sends the image, what is known of it, and its tags.
pub(super) fn push(
    made: &Made,
    (release, planned, image): (&ReleasePlan, &PlannedImage, &MadeImage),
    files: &[ReleasedFile],
    output: &OutputArgs,
    cancel: &Cancel,
) -> Result<((), String), Box<dyn Failure>> {
    let is_told = output.message_format == MessageFormat::Human && output.detail() != Detail::Quiet;
    let client = Client::new(&planned.name, &made.context.host, cancel);
    let registry = planned.name.registry().to_string();
    let client = client.on_waiting(move |waiting| {
        if is_told {
            console::err(&waits(&registry, waiting));
        }
    });
    let attachments = attachments(made, (release, image), files)?;
    let tags: Vec<PushedTag> = planned.tags().cloned().collect();
    let push = Push {
        client: &client,
        layout: &image.layout,
        tags: &tags,
        attachments: &attachments,
        journal: Some(made.dist.folder().path().join(JOURNAL)),
    };
    let pushed = push.run(&mut |event| {
        if is_told {
            tell(&event, planned);
        }
    })?;
    let first = &planned.tag.tag;
    let says = if pushed.is_news() {
        let sent = counted(pushed.sent.len(), "content", "contents");
        format!(
            "{}:{first} is {}, {sent} sent",
            planned.name, image.image.index.digest
        )
    } else {
        format!("{}:{first} was there already", planned.name)
    };
    let moved = tags
        .iter()
        .filter(|one| one.moving == Moving::Allowed && pushed.tagged.contains(&one.tag));
    let moved = moved.map(|one| format!("; {} leads to it now", one.tag));
    Ok(((), says + &moved.collect::<String>()))
}

fn waits(registry: &str, waiting: &Waiting) -> String {
    let Waiting { why, pause } = waiting;
    let seconds = pause.as_secs();
    printable(&format!("  Waiting {seconds} s for {registry}: {why}"))
}

fn tell(event: &Event, planned: &PlannedImage) {
    let line = match event {
        Event::Begins { blobs, bytes } => {
            let what = counted(*blobs, "content", "contents");
            format!("  Pushing {}: {what}, {}", planned.name, size(*bytes))
        }
        Event::Sent(blob) => format!("     Sent {} ({})", blob.digest, size(blob.size)),
        Event::Known(_) | Event::Sending { .. } => return,
    };
    console::err(&line);
}

/// The bills of materials of each platform's program, and the provenance of all.
fn attachments(
    made: &Made,
    (release, image): (&ReleasePlan, &MadeImage),
    files: &[ReleasedFile],
) -> Result<Vec<Attachment>, Box<dyn Failure>> {
    let Some(planned) = &release.image else {
        return Ok(Vec::new());
    };
    let folder = made.dist.folder().path();
    let read = |name: &str| -> Result<Vec<u8>, Box<dyn Failure>> {
        let path = folder.join(name);
        let bytes = fs::read(&path).map_err(|error| Unreadable::new(&path, error))?;
        let digest = Sha256Hex::of(&bytes);
        let is_released = |file: &&ReleasedFile| file.path == name && file.sha256 == digest;
        match files.iter().find(is_released) {
            Some(_) => Ok(bytes),
            None => Err(Changed(name.to_owned()).into()),
        }
    };
    let annotations = |name: &str| {
        let title = ("org.opencontainers.image.title".to_owned(), name.to_owned());
        let created = "org.opencontainers.image.created".to_owned();
        Annotations::from([title, (created, release_of(made).date())])
    };
    let mut attachments = Vec::new();
    for program in &planned.programs {
        let (subject, _) = image.layout.manifest(&program.platform)?;
        let of_it = release.bills.iter();
        for bill in of_it.filter(|bill| bill.artifact == program.artifact) {
            let kind = match bill.format {
                SbomFormat::CycloneDx => kind::CYCLONEDX,
                SbomFormat::Spdx => kind::SPDX,
            };
            attachments.push(Attachment {
                subject: subject.clone(),
                kind: kind.to_owned(),
                bytes: read(&bill.name)?,
                annotations: annotations(&bill.name),
            });
        }
    }
    let statements = files
        .iter()
        .filter(|file| file.kind == FileKind::Provenance);
    for statement in statements {
        let name = statement.path.as_str();
        let kind = if name == SIGNED {
            kind::DSSE
        } else {
            kind::IN_TOTO
        };
        attachments.push(Attachment {
            subject: image.image.index.clone(),
            kind: kind.to_owned(),
            bytes: read(name)?,
            annotations: annotations(name),
        });
    }
    Ok(attachments)
}

/// A file that isn't any more what was made and signed.
#[derive(Debug, thiserror::Error)]
#[error("failed to push: `{}` changed after it was made", printable(.0))]
struct Changed(String);

impl Failure for Changed {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        Some("see whether a command of [release.sign] writes to it, and release anew".to_owned())
    }
}
