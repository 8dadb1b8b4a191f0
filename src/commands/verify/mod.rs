//! `gobuildx verify`: an output folder, or a published release, held against its records, its signatures and policies.

mod keys;
mod place;

use std::path::Path;

use self::place::Place;

use super::examine::{ExamineError, Opened};
use super::manifest_file;
use crate::cli::{FindingsFormat, VerifyArgs};
use crate::console::{self, BAD, GOOD, NOTE};
use crate::delivery::{self, Coverage, Delivery, Expected, Metadata, RecordedArtifact};
use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::human::counted;
use crate::manifest::Manifest;
use crate::plan;
use crate::process::{Cancel, Reason};
use crate::report::{DeliveredRecord, DeliveryReport, Examined, PolicySource};
use crate::verify::{Policy, PolicyName, Stamp};

pub(super) fn run(args: &VerifyArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let manifest_file = match args.address() {
        // What is published somewhere needn't be of the project that somebody is in.
        Some(_) => args.manifest.as_deref().map(|file| host.cwd.join(file)),
        None => manifest_file::find(args.manifest.as_deref(), &host),
    };
    let consumer = keys::consumer(args, &host)?;
    let written = match &manifest_file {
        Some(file) => Written::Manifest(Box::new(manifest_file::read(Some(file), &host)?)),
        None => Written::Records,
    };
    let policies = Policies {
        named: args.policy,
        written,
    };
    let beside = (manifest_file.as_deref(), &host);
    let place = Place::of(args, beside, &consumer, cancel)?;
    let delivery = delivery::open_as(&consumer, place.folder())?;
    let artifacts = delivery.records.artifacts.iter();
    if let Some(policy) = args.policy
        && !artifacts.clone().any(|one| policy.fits(one.target.goos))
    {
        let place = place.name();
        return Err(NothingFits { place, policy }.into());
    }
    let coverage = coverage(args, &delivery, &policies.written)?;
    let examined = artifacts.map(|artifact| match cancel.reason() {
        Some(reason) => Err(Stopped(reason)),
        None => Ok(examined(place.folder(), &delivery, artifact, &policies)),
    });
    let examined = examined.collect::<Result<_, _>>()?;
    let report = DeliveryReport::new(&delivery, policies.source(), coverage, examined);
    // The records may hold as much as the report does, and all of it is in there.
    drop(delivery);
    let exit = if report.is_sound() {
        Exit::Success
    } else {
        Exit::Failed
    };
    match args.output.format {
        FindingsFormat::Human => tell(&report, exit)?,
        FindingsFormat::Json => console::deliver_json(&report)?,
        FindingsFormat::Sarif => {
            let sarif = report.sarif(&place.name());
            console::deliver_json(&sarif.document(exit))?;
        }
    }
    Ok(exit)
}

/// Where policies come from: a named one holds for all programs that it is about.
struct Policies {
    named: Option<PolicyName>,
    written: Written,
}

/// Where policies are written down.
enum Written {
    Manifest(Box<Manifest>),
    Records,
}

impl Policies {
    fn source(&self) -> PolicySource {
        match (self.named, &self.written) {
            (Some(named), _) => PolicySource::CommandLine(named),
            (None, Written::Manifest(_)) => PolicySource::Manifest,
            (None, Written::Records) => PolicySource::Records,
        }
    }

    fn of(&self, artifact: &RecordedArtifact) -> Policy {
        let written = self.written_for(artifact);
        match self.named.filter(|one| one.fits(artifact.target.goos)) {
            // What is allowed and denied is about the program, whatever it is held against.
            Some(name) => Policy { name, ..written },
            None => written,
        }
    }

    fn written_for(&self, artifact: &RecordedArtifact) -> Policy {
        match &self.written {
            Written::Manifest(manifest) => manifest.gate(&artifact.binary, &artifact.cell()),
            Written::Records => artifact.policy(),
        }
    }
}

/// The policy that was named says nothing about any of the artifacts.
#[derive(Debug, thiserror::Error)]
#[error("failed to hold `{}` against {policy}: none of its artifacts is for such a system", .place)]
struct NothingFits {
    place: String,
    policy: PolicyName,
}

impl Failure for NothingFits {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        Some("name another policy, or none to take those of the manifest".to_owned())
    }
}

/// All was stopped.
#[derive(Debug, thiserror::Error)]
#[error("failed to verify the release: {0}")]
struct Stopped(Reason);

impl Failure for Stopped {
    fn exit(&self) -> Exit {
        self.0.into()
    }
}

/// What is missing or too much; none where no manifest says what there should be.
fn coverage(
    args: &VerifyArgs,
    delivery: &Delivery,
    written: &Written,
) -> Result<Option<Coverage>, Box<dyn Failure>> {
    let Written::Manifest(manifest) = written else {
        return if args.targets.is_empty() && args.binaries.is_empty() {
            Ok(None)
        } else {
            Err(NothingAsked.into())
        };
    };
    let selection = plan::select_among(manifest.cells.clone(), &args.targets)?;
    let expected = Expected {
        manifest,
        cells: &selection.cells,
        binaries: &args.binaries,
    };
    Ok(Some(Coverage::of(&delivery.records, &expected)))
}

/// Part of what a manifest asks for was named, and there is no manifest.
#[derive(Debug, thiserror::Error)]
#[error("failed to find a manifest, which --target and --binary are about")]
struct NothingAsked;

impl Failure for NothingAsked {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("name it with --manifest, or leave these out".to_owned())
    }
}

/// What is to be said of an artifact.
fn examined(
    folder: &Path,
    delivery: &Delivery,
    artifact: &RecordedArtifact,
    policies: &Policies,
) -> Examined {
    let policy = policies.of(artifact);
    if let Some(fault) = delivery.fault_of(artifact) {
        return DeliveredRecord::faulty(artifact, policy.name, fault).into();
    }
    held(folder, delivery, artifact, &policy).unwrap_or_else(|error| {
        DeliveredRecord::unreadable(artifact, policy.name, error.to_string()).into()
    })
}

/// An artifact whose bytes are as recorded, held against its record and the policy.
fn held(
    folder: &Path,
    delivery: &Delivery,
    artifact: &RecordedArtifact,
    policy: &Policy,
) -> Result<Examined, ExamineError> {
    let opened = Opened::read(&folder.join(&artifact.path))?;
    let stamp = delivery.metadata.as_ref();
    let stamp = stamp.map_or(Stamp::None, Metadata::stamp);
    let faults = artifact.misrecorded(&opened.facts, &stamp);
    if let Some(fault) = faults.first() {
        // Where the record is wrong about the system, no rule applies: the fault is told.
        let inspection = opened.judged(Some(policy), None).ok();
        let record = DeliveredRecord::misrecorded(artifact, policy.name, fault, inspection);
        return Ok(Examined { record, faults });
    }
    if artifact.is_packed() {
        return Ok(DeliveredRecord::packed(artifact, policy.name).into());
    }
    let expectation = artifact.expectation(&opened.facts);
    let inspection = opened.judged(Some(policy), expectation.as_ref())?;
    let faults = artifact.misjudged(&inspection.verification, delivery.author());
    Ok(match faults.first() {
        Some(fault) => Examined {
            record: DeliveredRecord::misrecorded(artifact, policy.name, fault, Some(inspection)),
            faults,
        },
        None => DeliveredRecord::read(artifact, inspection).into(),
    })
}

/// The table on stdout, and what is to be said about it on stderr.
fn tell(report: &DeliveryReport, exit: Exit) -> Result<(), Box<dyn Failure>> {
    console::deliver(&report.table().fitted(console::width()))?;
    for failure in report.failures() {
        console::error(&failure, None);
    }
    for hint in report.hints() {
        console::err(&format!("{NOTE}help:{NOTE:#} {hint}"));
    }
    for note in report.notes() {
        console::err(&format!("{NOTE}Note:{NOTE:#} {note}"));
    }
    let (style, word) = match exit {
        Exit::Success => (GOOD, "Done:"),
        _ => (BAD, "Failed:"),
    };
    let faults = match report.faults.len() {
        0 => String::new(),
        number => format!("{}; ", counted(number, "fault", "faults")),
    };
    console::err(&format!(
        "{style}{word}{style:#} {faults}{} of {} artifacts are as recorded and pass: {}",
        report.sound(),
        report.artifacts.len(),
        report.release()
    ));
    Ok(())
}
