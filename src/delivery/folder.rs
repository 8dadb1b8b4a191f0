//! Reads the folder: its records, the digests of its files, and what else lies in it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use super::mode::forbidding;
use super::records::{
    RecordError, RecordedArtifact, Records, checksums, contradictions, misreported,
};
use super::release::{Release, strangers};
use super::stray::{Stray, stray};
use super::{Fault, FaultKind};
use crate::exec::hash;
use crate::failure::{Exit, Failure};

/// More bytes than any record has: 64 MiB.
const LONGEST: u64 = 64 << 20;

/// Files of gobuildx itself, which no record names.
const OWN: &[&str] = &[
    ".gitignore",
    "artifacts.json",
    "checksums.txt",
    "metadata.json",
    REPORT,
];
/// The record that says again what `artifacts.json` says.
pub(super) const REPORT: &str = "report.json";
const PRIVATE: &str = ".gobuildx";

/// Folders within folders that are looked into for files that no record names.
const DEPTH: usize = 8;

/// A folder, as far as its records and the bytes of its files say.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// `artifacts.json`.
    pub records: Records,
    /// What is wrong, sorted by path.
    pub faults: Vec<Fault>,
    /// Other files that no record names, sorted: no programs and no libraries.
    pub extra: Vec<String>,
}

impl Delivery {
    /// What is wrong with the files of an artifact: the first of it.
    #[must_use]
    pub fn fault_of(&self, artifact: &RecordedArtifact) -> Option<&Fault> {
        let paths: Vec<&str> = artifact.files().map(|(path, _)| path).collect();
        let mut faults = self.faults.iter();
        faults.find(|fault| paths.contains(&fault.path.as_str()))
    }
}

/// Reads a folder.
///
/// # Errors
/// When it has no records, or they can't be read.
pub fn open(folder: &Path) -> Result<Delivery, DeliveryError> {
    if !folder.is_dir() {
        return Err(DeliveryError::NoFolder(folder.to_owned()));
    }
    let path = folder.join("artifacts.json");
    let text = read(&path)?.ok_or_else(|| DeliveryError::NoRecords(folder.to_owned()))?;
    let records = Records::parse(&text).map_err(unreadable(&path))?;
    if records.artifacts.is_empty() {
        return Err(DeliveryError::Nothing(folder.to_owned()));
    }
    let path = folder.join("checksums.txt");
    let sums = read(&path)?.unwrap_or_default();
    let sums = checksums(&sums).map_err(unreadable(&path))?;
    let files = records.files();
    let mut faults = contradictions("checksums.txt", &files, &sums);
    faults.extend(among_records(folder, &records, &text)?);
    let more = sums.iter().filter(|(path, _)| !files.contains_key(*path));
    let all = files.iter().chain(more);
    faults.extend(all.filter_map(|(path, digest)| {
        let kind = compare(folder, path, digest)?;
        Some(Fault {
            path: (*path).to_owned(),
            kind,
        })
    }));
    let stopped = not_executable(folder, &records, &faults);
    faults.extend(stopped);
    let named: BTreeSet<&str> = files.keys().chain(sums.keys()).copied().collect();
    let mut extra = Vec::new();
    list(folder, "", DEPTH, &mut |path| {
        if named.contains(path) || OWN.contains(&path) {
            return;
        }
        let path = path.to_owned();
        match stray(&folder.join(&path)) {
            Stray::Deliverable => faults.push(Fault {
                path,
                kind: FaultKind::Unrecorded,
            }),
            Stray::Other => extra.push(path),
        }
    });
    extra.sort();
    faults.sort();
    Ok(Delivery {
        records,
        faults,
        extra,
    })
}

fn unreadable(path: &Path) -> impl FnOnce(RecordError) -> DeliveryError {
    let path = path.to_owned();
    move |error| DeliveryError::Record { path, error }
}

/// What other records say in another way than `artifacts.json`, whose text this is. They may be absent.
fn among_records(
    folder: &Path,
    records: &Records,
    artifacts: &str,
) -> Result<Vec<Fault>, DeliveryError> {
    let mut faults = Vec::new();
    let mut releases = vec![("artifacts.json", Release::of(records))];
    for name in ["metadata.json", REPORT] {
        let path = folder.join(name);
        let Some(text) = read(&path)? else {
            continue;
        };
        let release = Release::parse(&text).map_err(unreadable(&path))?;
        releases.push((name, release));
        if name == REPORT {
            faults.extend(misreported(artifacts, &text).map_err(unreadable(&path))?);
        }
    }
    faults.extend(strangers(&releases));
    Ok(faults)
}

/// The programs that nobody may start, among those that are what was recorded.
fn not_executable(folder: &Path, records: &Records, faults: &[Fault]) -> Vec<Fault> {
    let artifacts = records.artifacts.iter();
    let sound = artifacts.filter(|one| faults.iter().all(|fault| fault.path != one.path));
    let started = sound.filter(|one| one.is_started_by_mode());
    let stopped = started.filter_map(|RecordedArtifact { path, .. }| {
        Some(Fault {
            path: path.clone(),
            kind: FaultKind::NotExecutable {
                mode: forbidding(&folder.join(path))?,
            },
        })
    });
    stopped.collect()
}

/// What is wrong with a file.
fn compare(folder: &Path, path: &str, digest: &str) -> Option<FaultKind> {
    let inside = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !inside || path.is_empty() {
        return Some(FaultKind::Outside);
    }
    let mut above = Path::new(path).ancestors().skip(1);
    if above.any(|above| above != Path::new("") && folder.join(above).is_symlink()) {
        return Some(FaultKind::NoFile("its folder is a link".to_owned()));
    }
    match hash(&folder.join(path)) {
        Ok(found) if found.sha256 == digest => None,
        Ok(_) => Some(FaultKind::Altered),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(FaultKind::Missing),
        Err(error) => Some(FaultKind::NoFile(error.to_string())),
    }
}

/// Names every file below a folder; links are named, not followed.
fn list(root: &Path, below: &str, depth: usize, name: &mut impl FnMut(&str)) {
    let Ok(entries) = fs::read_dir(root.join(below)) else {
        return;
    };
    for entry in entries.flatten() {
        let file = entry.file_name();
        let file = file.to_string_lossy();
        if below.is_empty() && file == PRIVATE {
            continue;
        }
        let path = if below.is_empty() {
            file.into_owned()
        } else {
            format!("{below}/{file}")
        };
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth > 0 {
            list(root, &path, depth - 1, name);
        } else {
            name(&path);
        }
    }
}

/// The text of a record; none if it isn't there.
fn read(path: &Path) -> Result<Option<String>, DeliveryError> {
    let unreadable = |error| DeliveryError::Read {
        path: path.to_owned(),
        error,
    };
    match path.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        Ok(meta) if !meta.is_file() || meta.len() > LONGEST => {
            return Err(unreadable(std::io::Error::new(
                std::io::ErrorKind::InvalidInput,
                "it is no regular file of an ordinary length",
            )));
        }
        Ok(_) => {}
    }
    let mut text = String::new();
    let mut file = fs::File::open(path).map_err(unreadable)?.take(LONGEST);
    file.read_to_string(&mut text).map_err(unreadable)?;
    Ok(Some(text))
}

/// Why a folder can't be held against its records.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// There is none.
    #[error("failed to verify `{}`: there is no such folder", .0.display())]
    NoFolder(PathBuf),
    /// It has no records.
    #[error("failed to verify `{}`: it has no artifacts.json", .0.display())]
    NoRecords(PathBuf),
    /// Its records name nothing.
    #[error("failed to verify `{}`: its records name no artifact, so there is nothing to verify", .0.display())]
    Nothing(PathBuf),
    /// A file can't be read.
    #[error("failed to read `{}`: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A record makes no sense.
    #[error("failed to read the record `{}`: {error}", .path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: RecordError,
    },
}

impl Failure for DeliveryError {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoFolder(_) | Self::NoRecords(_) => {
                "name an output folder of gobuildx, or make one: gobuildx build --matrix".to_owned()
            }
            Self::Nothing(_) => "build again, and look at what failed".to_owned(),
            Self::Record {
                error: RecordError::Newer { .. },
                ..
            } => "update gobuildx, or verify with the one that built it".to_owned(),
            Self::Read { .. } | Self::Record { .. } => {
                "build again: the folder's records don't say what is in it".to_owned()
            }
        })
    }
}
