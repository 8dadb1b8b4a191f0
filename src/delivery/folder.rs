//! Reads the folder: its records, the digests of its files, and what else lies in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use super::claims::Comparison;
use super::consumer::{Consumer, Modes, Voucher};
use super::contents::contents;
use super::mode;
use super::provenance::{Described, provenance};
use super::records::{
    RecordError, RecordedArtifact, Records, checksums, contradictions, misreported,
};
use super::release::{Author, Metadata, Release, strangers};
use super::released::{RELEASE, Released};
use super::signature::{is_signature, signatures};
use super::stray::{Stray, stray};
use super::walk::{Found, walk};
use super::{Fault, FaultKind};
use crate::digest::Sha256Hex;
use crate::exec::hash;
use crate::failure::{Exit, Failure};

/// More bytes than any record has: 64 MiB.
const LONGEST: u64 = 64 << 20;

/// Files of gobuildx itself, which no record names.
const OWN: &[&str] = &[
    ".gitignore",
    ARTIFACTS,
    CHECKSUMS,
    METADATA,
    RELEASE,
    // It says for people what the others say, and nothing goes by it.
    "report.html",
    REPORT,
];
/// What was built.
pub(super) const ARTIFACTS: &str = "artifacts.json";
/// The record that says again what `artifacts.json` says.
pub(super) const REPORT: &str = "report.json";
pub(super) const METADATA: &str = "metadata.json";
/// The digests of all files that are delivered.
pub(super) const CHECKSUMS: &str = "checksums.txt";
const PRIVATE: &str = ".gobuildx";

/// A folder, as far as its records and the bytes of its files say.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// `artifacts.json`.
    pub records: Records,
    /// What is wrong, sorted by path.
    pub faults: Vec<Fault>,
    /// Other files that no record names, sorted: no programs and no libraries.
    pub extra: Vec<String>,
    /// `metadata.json`, if there is one.
    pub metadata: Option<Metadata>,
    /// `report.json`, if there is one.
    pub report: Option<Report>,
    /// Who answers for it: nobody where that wasn't asked.
    pub vouchers: Vec<Voucher>,
    /// Whether modes of files were looked at.
    pub modes: Modes,
}

/// The report of the run: it says the same as `artifacts.json`, or that is a fault.
#[derive(Clone, Copy, Debug)]
pub struct Report;

impl Delivery {
    /// What is wrong with the files of an artifact: the first of it.
    #[must_use]
    pub fn fault_of(&self, artifact: &RecordedArtifact) -> Option<&Fault> {
        let paths: Vec<&str> = artifact.files().map(|file| file.path).collect();
        let mut faults = self.faults.iter();
        faults.find(|fault| paths.contains(&fault.path.as_str()))
    }

    /// Which gobuildx wrote the records.
    #[must_use]
    pub fn author(&self) -> Author {
        let metadata = self.metadata.as_ref();
        metadata.map_or(Author::ThisRelease, Metadata::author)
    }
}

/// Reads a folder: its records, and the bytes of its files.
///
/// # Errors
/// When it has no records, or they can't be read.
pub fn open(folder: &Path) -> Result<Delivery, DeliveryError> {
    Opening::of(folder)?.delivery(Modes::Kept)
}

/// Reads a folder as somebody does who got it from elsewhere: who answers for it, and what is in its archives, too.
///
/// # Errors
/// When it has no records, or they can't be read.
pub fn open_as(consumer: &Consumer, folder: &Path) -> Result<Delivery, DeliveryError> {
    let opening = Opening::of(folder)?;
    let mut delivery = opening.delivery(consumer.modes)?;
    let sums = opening.sums()?;
    let version = delivery.records.version.as_str();
    let signed = signatures(folder, &opening.sums, version, consumer.key.as_ref())?;
    let metadata = delivery.metadata.as_ref();
    let described = Described {
        sums: &sums,
        version,
        plan: metadata.and_then(|metadata| metadata.plan.as_deref()),
    };
    let stated = provenance(folder, &described, &consumer.provenance_keys)?;
    let known = delivery.records.digests();
    let known: BTreeSet<&Sha256Hex> = known.chain(opening.released.programs()).collect();
    let is_sound = |path: &&str| delivery.faults.iter().all(|fault| fault.path != **path);
    let archives = opening.released.archives().filter(is_sound);
    let contained = contents(folder, archives, &known);
    for vouched in [signed, stated] {
        delivery.vouchers.extend(vouched.vouchers);
        delivery.faults.extend(vouched.faults);
    }
    delivery.faults.extend(contained);
    delivery.faults.sort();
    Ok(delivery)
}

/// The texts of the records that say which files there are.
struct Opening<'a> {
    folder: &'a Path,
    /// `artifacts.json`
    artifacts: String,
    /// `checksums.txt`
    sums: String,
    released: Released,
}

impl<'a> Opening<'a> {
    fn of(folder: &'a Path) -> Result<Self, DeliveryError> {
        if !folder.is_dir() {
            return Err(DeliveryError::NoFolder(folder.to_owned()));
        }
        let artifacts = read(&folder.join(ARTIFACTS))?;
        Ok(Self {
            folder,
            artifacts: artifacts.ok_or_else(|| DeliveryError::NoRecords(folder.to_owned()))?,
            sums: read(&folder.join(CHECKSUMS))?.unwrap_or_default(),
            released: Released::read(folder)?,
        })
    }

    fn sums(&self) -> Result<BTreeMap<&str, String>, DeliveryError> {
        checksums(&self.sums).map_err(unreadable(&self.folder.join(CHECKSUMS)))
    }

    fn delivery(&self, modes: Modes) -> Result<Delivery, DeliveryError> {
        let folder = self.folder;
        let path = folder.join(ARTIFACTS);
        let records = Records::parse(&self.artifacts).map_err(unreadable(&path))?;
        if records.artifacts.is_empty() {
            return Err(DeliveryError::Nothing(folder.to_owned()));
        }
        let sums = self.sums()?;
        let files = records.files();
        let of_artifacts = self.released.leave_out(&sums);
        let both = (CHECKSUMS, ARTIFACTS);
        let mut faults = contradictions(both, &files, &of_artifacts);
        faults.extend(self.released.contradictions(&sums));
        let mut others = others(folder, &records, &self.artifacts)?;
        others.faults.extend(self.released.strange(&records));
        faults.extend(others.faults);
        faults.extend(self.altered(&records, &sums));
        if modes == Modes::Kept {
            let of_mode = of_modes(folder, &records, &faults);
            faults.extend(of_mode);
        }
        let named: BTreeSet<&Path> = files.keys().chain(sums.keys()).map(Path::new).collect();
        let (strays, mut extra) = unnamed(folder, &named);
        faults.extend(strays);
        extra.sort();
        faults.sort();
        Ok(Delivery {
            records,
            faults,
            extra,
            metadata: others.metadata,
            report: others.report,
            vouchers: Vec::new(),
            modes,
        })
    }

    /// The files that aren't what was recorded.
    fn altered(&self, records: &Records, sums: &BTreeMap<&str, String>) -> Vec<Fault> {
        let mut sizes = records.sizes();
        sizes.extend(self.released.sizes());
        let files = records.files();
        let more = sums.iter().filter(|(path, _)| !files.contains_key(*path));
        let all = files.iter().chain(more);
        all.filter_map(|(path, digest)| {
            let kind = compare(self.folder, path, digest, sizes.get(path).copied())?;
            Some(Fault {
                path: (*path).to_owned(),
                kind,
            })
        })
        .collect()
    }
}

pub(super) fn unreadable(path: &Path) -> impl FnOnce(RecordError) -> DeliveryError {
    let path = path.to_owned();
    move |error| DeliveryError::Record { path, error }
}

/// The records besides `artifacts.json`, which may be absent.
#[derive(Default)]
struct Others {
    metadata: Option<Metadata>,
    report: Option<Report>,
    /// What they say in another way.
    faults: Vec<Fault>,
}

/// Reads them, and holds them against `artifacts.json`, whose text this is.
fn others(folder: &Path, records: &Records, artifacts: &str) -> Result<Others, DeliveryError> {
    let mut others = Others::default();
    let mut releases = vec![(ARTIFACTS, Release::of(records))];
    for name in [METADATA, REPORT] {
        let path = folder.join(name);
        let Some(text) = read(&path)? else {
            continue;
        };
        let release = Release::parse(&text).map_err(unreadable(&path))?;
        releases.push((name, release));
        if name == REPORT {
            let misreported = misreported(artifacts, &text).map_err(unreadable(&path))?;
            others.faults.extend(misreported);
            others.report = Some(Report);
        } else {
            others.metadata = Some(Metadata::parse(&text).map_err(unreadable(&path))?);
        }
    }
    others.faults.extend(strangers(&releases));
    Ok(others)
}

/// What lies there and no record names: what could be delivered or hides that, and other files.
fn unnamed(folder: &Path, named: &BTreeSet<&Path>) -> (Vec<Fault>, Vec<String>) {
    // Nothing has a digest of what is made of the digests.
    let is_signature = |path: &Path| is_signature(&path.to_string_lossy());
    let is_own = |path: &Path| is_signature(path) || OWN.iter().any(|own| path == Path::new(own));
    let is_private = |path: &Path| path == Path::new(PRIVATE);
    let (mut faults, mut extra) = (Vec::new(), Vec::new());
    walk(folder, is_private, &mut |path, found| {
        let told = || path.to_string_lossy().into_owned();
        let kind = match found {
            Found::Closed(error) => FaultKind::Closed(error.to_string()),
            Found::File if named.contains(path) => return,
            // Not even under the name of a record.
            Found::File => match stray(&folder.join(path)) {
                Stray::Deliverable => FaultKind::Unrecorded,
                Stray::Other => {
                    extra.extend((!is_own(path)).then(told));
                    return;
                }
            },
        };
        faults.push(Fault { path: told(), kind });
    });
    (faults, extra)
}

/// What the modes of files forbid or give away, among those that are what was recorded.
fn of_modes(folder: &Path, records: &Records, faults: &[Fault]) -> Vec<Fault> {
    let of_file = |artifact: &RecordedArtifact, path: &str| {
        let mode = mode::of(&folder.join(path))?;
        let is_started = path == artifact.path && artifact.is_started_by_mode();
        match mode.risk() {
            Some(risk) => Some(FaultKind::UnsafeMode { mode, risk }),
            None if is_started && !mode.may_be_started() => Some(FaultKind::NotExecutable { mode }),
            None => None,
        }
    };
    let artifacts = records.artifacts.iter();
    let files = artifacts.flat_map(|one| one.files().map(move |file| (one, file.path)));
    let sound = files.filter(|(_, path)| faults.iter().all(|fault| fault.path != *path));
    let wrong = sound.filter_map(|(artifact, path)| {
        Some(Fault {
            path: path.to_owned(),
            kind: of_file(artifact, path)?,
        })
    });
    wrong.collect()
}

/// What is wrong with a file.
fn compare(folder: &Path, path: &str, digest: &str, size: Option<u64>) -> Option<FaultKind> {
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
        Ok(found) if found.sha256.as_str() == digest => {
            let size = size.filter(|size| *size != found.size)?;
            Some(FaultKind::Misrecorded(Comparison::of_size(
                size, found.size,
            )))
        }
        Ok(_) => Some(FaultKind::Altered),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(FaultKind::Missing),
        Err(error) => Some(FaultKind::NoFile(error.to_string())),
    }
}

/// The text of a record; none if it isn't there.
pub(super) fn read(path: &Path) -> Result<Option<String>, DeliveryError> {
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
