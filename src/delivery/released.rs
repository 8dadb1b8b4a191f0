//! `release.json`, held against the checksums: what a release has besides the binaries.

use std::collections::BTreeMap;
use std::path::Path;

use super::folder::{DeliveryError, read, unreadable};
use super::records::{Records, of_this_version};
use super::{Fault, FaultKind};
use crate::digest::Sha256Hex;
use crate::release::{FileKind, ReleaseRecord, ReleasedFile};

/// The record of a release.
pub(super) const RELEASE: &str = "release.json";
/// The records that the checksums of a release have, too.
pub(super) const SUMMED: [&str; 3] = ["artifacts.json", "metadata.json", RELEASE];

/// What was released; nothing where only binaries were built.
#[derive(Clone, Debug, Default)]
pub(super) struct Released(Option<ReleaseRecord>);

impl Released {
    /// Reads the record, if there is one.
    pub(super) fn read(folder: &Path) -> Result<Self, DeliveryError> {
        let path = folder.join(RELEASE);
        let Some(text) = read(&path)? else {
            return Ok(Self::default());
        };
        let record = of_this_version(&text).map_err(unreadable(&path))?;
        Ok(Self(Some(record)))
    }

    /// Every file with its digest.
    fn files(&self) -> BTreeMap<&str, &str> {
        let files = self.0.iter().flat_map(|record| &record.files);
        files
            .map(|file| (file.path.as_str(), file.sha256.as_str()))
            .collect()
    }

    /// How long every file is.
    pub(super) fn sizes(&self) -> impl Iterator<Item = (&str, u64)> {
        let files = self.0.iter().flat_map(|record| &record.files);
        files.map(|file| (file.path.as_str(), file.size))
    }

    /// Its archives.
    pub(super) fn archives(&self) -> impl Iterator<Item = &str> {
        let archives = self.of_kind(FileKind::Archive);
        archives.map(|file| file.path.as_str())
    }

    /// The digests of programs that are no artifacts: made of two, or signed after they were built.
    pub(super) fn programs(&self) -> impl Iterator<Item = &Sha256Hex> {
        let universals = self.of_kind(FileKind::Universal);
        let universals = universals.map(|file| &file.sha256);
        let signed = self.0.iter().flat_map(|record| &record.signed);
        universals.chain(signed.map(|copy| &copy.sha256))
    }

    fn of_kind(&self, kind: FileKind) -> impl Iterator<Item = &ReleasedFile> {
        let files = self.0.iter().flat_map(|record| &record.files);
        files.filter(move |file| file.kind == kind)
    }

    /// The checksums of everything else.
    pub(super) fn leave_out<'a>(
        &self,
        sums: &BTreeMap<&'a str, String>,
    ) -> BTreeMap<&'a str, String> {
        let files = self.files();
        let is_of_release =
            |path: &str| self.0.is_some() && (SUMMED.contains(&path) || files.contains_key(path));
        let others = sums.iter().filter(|(path, _)| !is_of_release(path));
        others.map(|(path, sum)| (*path, sum.clone())).collect()
    }

    /// What the checksums say in another way, or not at all.
    pub(super) fn contradictions(&self, sums: &BTreeMap<&str, String>) -> Vec<Fault> {
        let fault = |path: &str| Fault {
            path: path.to_owned(),
            kind: FaultKind::Contradiction {
                record: "checksums.txt",
                against: RELEASE,
            },
        };
        let files = self.files();
        let differing = files
            .iter()
            .filter(|(path, sum)| sums.get(**path).map(String::as_str) != Some(**sum));
        let unsummed = SUMMED
            .iter()
            .filter(|name| self.0.is_some() && !sums.contains_key(**name));
        differing
            .map(|(path, _)| fault(path))
            .chain(unsummed.map(|name| fault(name)))
            .collect()
    }

    /// The record, where it is of another release than the binaries.
    pub(super) fn strange(&self, records: &Records) -> Option<Fault> {
        let record = self.0.as_ref()?;
        let same = (&record.project, &record.version) == (&records.project, &records.version);
        (!same).then(|| Fault {
            path: RELEASE.to_owned(),
            kind: FaultKind::Contradiction {
                record: RELEASE,
                against: "artifacts.json",
            },
        })
    }
}
