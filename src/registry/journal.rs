//! Uploads that were begun: the next push goes on where one was interrupted.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::atomic;
use crate::oci::{Digest, Repository};

/// More than any journal has.
const LARGEST: u64 = 1 << 20;

/// Where uploads go on, by what is sent where. It is only a help: whatever can't be read or written of it is begun
/// again.
#[derive(Debug, Default)]
pub(super) struct Journal {
    file: Option<PathBuf>,
    begun: BTreeMap<String, String>,
}

impl Journal {
    /// The one in a file, which may not be there.
    pub(super) fn read(file: Option<PathBuf>) -> Self {
        let small = |file: &PathBuf| {
            let metadata = fs::symlink_metadata(file).ok()?;
            (metadata.is_file() && metadata.len() <= LARGEST).then(|| fs::read(file).ok())?
        };
        let text = file.as_ref().and_then(small);
        let begun = text.and_then(|text| serde_json::from_slice(&text).ok());
        Self {
            begun: begun.unwrap_or_default(),
            file,
        }
    }

    /// Where the upload of a content goes on.
    pub(super) fn place(&self, repository: &Repository, digest: &Digest) -> Option<&str> {
        let place = self.begun.get(&key(repository, digest));
        place.map(String::as_str)
    }

    /// Notes where it goes on.
    pub(super) fn note(&mut self, repository: &Repository, digest: &Digest, place: &str) {
        self.begun.insert(key(repository, digest), place.to_owned());
        self.write();
    }

    /// Forgets it.
    pub(super) fn forget(&mut self, repository: &Repository, digest: &Digest) {
        if self.begun.remove(&key(repository, digest)).is_some() {
            self.write();
        }
    }

    fn write(&self) {
        let Some(file) = &self.file else {
            return;
        };
        if self.begun.is_empty() {
            let _ = fs::remove_file(file);
        } else if let Ok(text) = serde_json::to_vec(&self.begun) {
            // Addresses of uploads may be as good as a password.
            let _ = atomic::replace_private(file, &text);
        }
    }
}

fn key(repository: &Repository, digest: &Digest) -> String {
    format!("{repository}@{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_is_known_until_it_is_forgotten() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("uploads.json");
        let read = || Journal::read(Some(file.clone()));
        let repository: Repository = "registry.example/app".parse().unwrap();
        let digest = Digest::of(b"x");
        read().note(&repository, &digest, "https://registry.example/u/1");
        let mut journal = read();
        let place = Some("https://registry.example/u/1");
        assert_eq!(journal.place(&repository, &digest), place);
        assert_eq!(journal.place(&repository, &Digest::of(b"y")), None);
        journal.forget(&repository, &digest);
        assert_eq!(read().place(&repository, &digest), None);
        assert!(!file.exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_where_uploads_go_on() {
        use std::os::unix::fs::PermissionsExt as _;
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("uploads.json");
        fs::write(&file, "{}").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let repository: Repository = "registry.example/app".parse().unwrap();
        let place = "https://registry.example/u/1?signed=1";
        Journal::read(Some(file.clone())).note(&repository, &Digest::of(b"x"), place);
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_journal_that_cant_be_read_is_an_empty_one() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("uploads.json");
        fs::write(&file, "{").unwrap();
        let repository: Repository = "registry.example/app".parse().unwrap();
        let journal = Journal::read(Some(file));
        assert_eq!(journal.place(&repository, &Digest::of(b"x")), None);
        assert_eq!(
            Journal::read(None).place(&repository, &Digest::of(b"x")),
            None
        );
    }
}
