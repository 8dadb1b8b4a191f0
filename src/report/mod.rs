//! What a run leaves behind: records of the artifacts, a report of the run, and a summary.

mod artifacts;
mod audit;
mod caveat;
mod checksums;
mod delivery;
mod difference;
mod explain;
mod explanation;
mod failure;
mod fate;
mod inspection;
mod metadata;
mod notes;
mod page;
mod planned;
mod reasons;
mod run;
mod sarif;
mod smoke;
mod summary;

pub use artifacts::{
    ArtifactRecord, ArtifactsFile, HeaderRecord, Packed, artifact_records, placed,
};
pub use audit::AuditReport;
use checksums::{checksums, sums};
pub use delivery::{DeliveredRecord, DeliveryReport, Examined, PolicySource};
pub use explain::explanations;
pub use explanation::{
    Binary, Catalogue, Confirmation, LogRecord, SymptomRecord, catalogue_text, log_text,
    subject_text, symptom_text,
};
pub use failure::describe;
pub use inspection::{Explanations, Extent, FileRecord, Human, Inspection};
pub use metadata::metadata;
pub use planned::PlannedRecord;
pub use reasons::reasons;
pub use run::{HookReport, RunReport, StepOutcome, StepReport, TrialReport, message};
pub use sarif::{Level, Sarif, ScanRule};
pub use smoke::{Answer, Believed, Dimensions, SmokeRecord, smoke_text};
pub use summary::{summary_rows, summary_table, unchanged_table};

use serde::Serialize;

use crate::atomic::{Mode, OutputFolder, PlaceError};
use crate::exec::hash;
use crate::plan::Plan;
use crate::release::ReleaseRecord;

/// The record of a release.
pub const RELEASE: &str = "release.json";

/// Writes the records of what is in the output folder now; all are functions of the artifacts.
///
/// # Errors
/// When a file can't be written.
pub fn write_records(
    folder: &OutputFolder,
    plan: &Plan,
    records: &[ArtifactRecord],
) -> Result<(), PlaceError> {
    // An empty list is none to `sha256sum -c --strict`.
    if !records.is_empty() {
        let sums = checksums(sums(records));
        folder.write("checksums.txt", sums.as_bytes(), Mode::Record)?;
    }
    write_json(folder, "metadata.json", &metadata(plan))?;
    write_json(folder, "artifacts.json", &ArtifactsFile::new(plan, records))
}

/// Writes the record of a release, and anew the checksums: of its files, the binaries, and the records of both.
///
/// # Errors
/// When a file can't be written or read.
pub fn write_release(
    folder: &OutputFolder,
    release: &ReleaseRecord,
    records: &[ArtifactRecord],
) -> Result<(), PlaceError> {
    write_json(folder, RELEASE, release)?;
    let mut of_records = Vec::new();
    for name in ["artifacts.json", "metadata.json", RELEASE] {
        let path = folder.path().join(name);
        let digest = hash(&path).map_err(|error| PlaceError::Io {
            action: "read",
            path,
            error,
        })?;
        of_records.push((name, digest.sha256));
    }
    let of_records = of_records.iter().map(|(name, sum)| (*name, sum.as_str()));
    let files = release.files.iter();
    let files = files.map(|file| (file.path.as_str(), file.sha256.as_str()));
    let sums = checksums(sums(records).chain(files).chain(of_records));
    folder.write("checksums.txt", sums.as_bytes(), Mode::Record)?;
    Ok(())
}

/// Writes the report of the run, which names durations and whatever else is of this machine: for machines, and
/// as a page for people.
///
/// # Errors
/// When a file can't be written.
pub fn write_report(folder: &OutputFolder, report: &RunReport) -> Result<(), PlaceError> {
    write_json(folder, "report.json", report)?;
    let page = page::page(report);
    folder.write("report.html", page.as_bytes(), Mode::Record)?;
    Ok(())
}

/// A value as indented JSON with a newline at the end, put into the folder.
fn write_json(folder: &OutputFolder, name: &str, value: &impl Serialize) -> Result<(), PlaceError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| PlaceError::Io {
        action: "write",
        path: folder.path().join(name),
        error: error.into(),
    })?;
    bytes.push(b'\n');
    folder.write(name, &bytes, Mode::Record)?;
    Ok(())
}
