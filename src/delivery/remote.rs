//! A release that is published: all that its checksums name, brought into a folder.
//!
//! A server may be anybody's: nothing is written outside of the folder, and there are limits. Where a key is named, the
//! signature is the first thing that has to hold.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use super::folder::{ARTIFACTS, CHECKSUMS, METADATA};
use super::records::{RecordError, checksums};
use super::signature::MINISIG;
use crate::archive::{MemberPath, ParseMemberPathError};
use crate::failure::{Exit, Failure};
use crate::fetch::{Address, Client, FetchError, Sink};
use crate::printable::printable;
use crate::signing::minisign::{PublicKey, SignatureError};

/// More bytes than any list of checksums has: 16 MiB.
const LONGEST_SUMS: u64 = 16 << 20;
/// More bytes than any signature has.
const LONGEST_SIGNATURE: u64 = 64 << 10;
/// More bytes than a file of a release has: 4 GiB.
const LONGEST_FILE: u64 = 4 << 30;
/// More bytes than a whole release has: 32 GiB.
const LONGEST_RELEASE: u64 = 32 << 30;
/// More files than a release has.
const MOST_FILES: usize = 10_000;

/// The records, which the checksums of mere builds don't name.
const RECORDS: [&str; 3] = [ARTIFACTS, METADATA, "release.json"];

/// Sees what comes.
pub trait Bringing {
    /// A file is asked for.
    fn gets(&mut self, path: &str);

    /// So many bytes of it came.
    fn comes(&mut self, bytes: u64);
}

/// Where a release is published.
#[derive(Clone, Copy)]
pub struct Remote<'a> {
    /// Who asks.
    pub client: &'a Client,
    /// The folder that has the checksums.
    pub address: &'a Address,
    /// The key that these have to be signed with.
    pub key: Option<&'a PublicKey>,
}

impl Remote<'_> {
    /// Brings all of it into a folder, which has to be empty. Files that the server doesn't have are left out.
    ///
    /// # Errors
    /// When there are no checksums, they aren't signed with the key, or something can't be had.
    pub fn bring(&self, folder: &Path, bringing: &mut dyn Bringing) -> Result<(), RemoteError> {
        if self.address.is_open() && self.key.is_none() {
            return Err(RemoteError::Open(self.address.clone()));
        }
        bringing.gets(CHECKSUMS);
        let sums = self.bytes(CHECKSUMS, LONGEST_SUMS)?;
        let sums = sums.ok_or_else(|| RemoteError::NoChecksums(self.address.clone()))?;
        bringing.gets(MINISIG);
        let signature = self.bytes(MINISIG, LONGEST_SIGNATURE)?;
        self.verify(&sums, signature.as_deref())?;
        let paths = paths(&String::from_utf8_lossy(&sums))?;
        write(folder, CHECKSUMS, &sums)?;
        if let Some(signature) = &signature {
            write(folder, MINISIG, signature)?;
        }
        let mut left = LONGEST_RELEASE;
        for path in &paths {
            bringing.gets(path.as_str());
            let got = self.file(folder, path, left, bringing)?;
            if got.is_none() && path.as_str() == ARTIFACTS {
                return Err(RemoteError::NoRecords(self.address.clone()));
            }
            left = left.saturating_sub(got.unwrap_or_default());
        }
        Ok(())
    }

    /// Nothing else is asked for before this holds.
    fn verify(&self, sums: &[u8], signature: Option<&[u8]>) -> Result<(), RemoteError> {
        let Some(key) = self.key else {
            return Ok(());
        };
        let signature = signature.ok_or_else(|| RemoteError::NotSigned(self.address.clone()))?;
        let signature = String::from_utf8_lossy(signature);
        key.verify((CHECKSUMS, sums), &signature)?;
        Ok(())
    }

    /// A small file; none where the server hasn't it.
    fn bytes(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        match self.client.bytes(&self.address.below(name), limit) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a file, and tells its length; none where the server hasn't it.
    fn file(
        &self,
        folder: &Path,
        path: &MemberPath,
        left: u64,
        bringing: &mut dyn Bringing,
    ) -> Result<Option<u64>, RemoteError> {
        let mut kept = Kept {
            file: create(folder, path.as_str())?,
            length: 0,
            bringing,
        };
        let address = self.address.below(path.as_str());
        match self.client.get(&address, left.min(LONGEST_FILE), &mut kept) {
            Ok(()) => Ok(Some(kept.length)),
            Err(error) if error.is_missing() => {
                drop(kept);
                let removed = fs::remove_file(folder.join(path.as_str()));
                removed.map_err(|error| io_error(path.as_str(), error))?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Writes what comes to a file, and tells how much.
struct Kept<'a> {
    file: File,
    length: u64,
    bringing: &'a mut dyn Bringing,
}

impl Sink for Kept<'_> {
    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        let count = bytes.len() as u64;
        self.length += count;
        self.bringing.comes(count);
        Ok(())
    }
}

/// What there is to get: the files that are named, none twice, and the records.
fn paths(sums: &str) -> Result<BTreeSet<MemberPath>, RemoteError> {
    let sums = checksums(sums).map_err(RemoteError::Checksums)?;
    if sums.len() > MOST_FILES {
        return Err(RemoteError::TooMany);
    }
    let names = sums.keys().copied().chain(RECORDS);
    let paths = names.map(|name| name.parse().map_err(RemoteError::Path));
    let paths: BTreeSet<MemberPath> = paths.collect::<Result<_, _>>()?;
    check(&paths)?;
    Ok(paths)
}

/// No file is at the place of another one, of a folder, or of the checksums: not even where letters of either case are the
/// same.
fn check(paths: &BTreeSet<MemberPath>) -> Result<(), RemoteError> {
    let lower = |path: &MemberPath| path.as_str().to_lowercase();
    let mut taken = BTreeSet::from([CHECKSUMS.to_owned(), MINISIG.to_owned()]);
    let clash = paths.iter().find(|path| !taken.insert(lower(path)));
    let is_folder = |path: &&MemberPath| {
        let lower = lower(path);
        let mut slashes = lower.match_indices('/');
        slashes.any(|(slash, _)| lower.get(..slash).is_some_and(|it| taken.contains(it)))
    };
    match clash.or_else(|| paths.iter().find(is_folder)) {
        Some(path) => Err(RemoteError::Clash(path.clone())),
        None => Ok(()),
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), RemoteError> {
    let written = create(folder, name)?.write_all(bytes);
    written.map_err(|error| io_error(name, error))
}

/// Nothing that is there already is written to: whatever the checksums name, they themselves stay what was verified.
fn create(folder: &Path, name: &str) -> Result<File, RemoteError> {
    let path = folder.join(name);
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| File::create_new(&path))
        .map_err(|error| io_error(name, error))
}

fn io_error(name: &str, error: io::Error) -> RemoteError {
    RemoteError::Io {
        name: name.to_owned(),
        error,
    }
}

/// Why a release can't be brought here.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// Anybody may change what comes.
    #[error("failed to verify {0}: what comes by http may be changed by anybody on the way")]
    Open(Address),
    /// Nothing says what there should be.
    #[error("failed to verify {0}: it has no checksums.txt")]
    NoChecksums(Address),
    /// Nothing says what the files are.
    #[error("failed to verify {0}: it has no artifacts.json")]
    NoRecords(Address),
    /// Nobody answers for them.
    #[error(
        "failed to verify {0}: it has no checksums.txt.minisig, so nobody answers for the checksums"
    )]
    NotSigned(Address),
    /// Somebody else does, or they were changed.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// They make no sense.
    #[error("failed to read the record `checksums.txt`: {0}")]
    Checksums(RecordError),
    /// They name what no folder can have.
    #[error("failed to get what checksums.txt names: {}", printable(&.0.to_string()))]
    Path(ParseMemberPathError),
    /// They name something else at the same place.
    #[error("failed to get what checksums.txt names: `{}` can't be beside another file that is named", printable(.0.as_str()))]
    Clash(MemberPath),
    /// They name too much.
    #[error("failed to get what checksums.txt names: there are more than {MOST_FILES} files")]
    TooMany,
    /// A file can't be had.
    #[error("failed to get the release: {0}")]
    Fetch(#[from] FetchError),
    /// A file can't be kept.
    #[error("failed to keep `{}` of the release: {error}", printable(.name))]
    Io {
        /// The file.
        name: String,
        /// What the system says.
        error: io::Error,
    },
}

impl Failure for RemoteError {
    fn exit(&self) -> Exit {
        match self {
            Self::Open(_) => Exit::Usage,
            Self::Fetch(FetchError::TooLarge { .. }) => Exit::Failed,
            Self::Fetch(error) => error.exit(),
            Self::Io { .. } => Exit::Environment,
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Signature(error) => return error.hint(),
            Self::Open(_) => "name the key that it is signed with (--key), or an https:// address",
            Self::NoChecksums(_) | Self::NoRecords(_) => {
                "name the folder that checksums.txt and artifacts.json of the release are in"
            }
            Self::NotSigned(_) => {
                "leave out --key to verify the rest; who published it isn't known then"
            }
            Self::Checksums(_) | Self::Path(_) | Self::Clash(_) | Self::TooMany => {
                "use nothing of this release: its checksums are not what gobuildx writes"
            }
            Self::Fetch(FetchError::TooLarge { .. }) => {
                "use nothing of this release: no file of one is so large"
            }
            Self::Fetch(FetchError::WebProxy { .. }) => "correct the variable, or unset it",
            Self::Fetch(_) => "try again when the server answers",
            Self::Io { .. } => {
                "make room among the temporary files, or set TMPDIR to a folder with more"
            }
        };
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(paths: &[&str]) -> String {
        let digest = "0".repeat(64);
        let lines = paths.iter().map(|path| format!("{digest}  {path}\n"));
        lines.collect()
    }

    #[test]
    fn what_is_named_and_the_records_are_asked_for_once() {
        let paths = paths(&sums(&["a/b", "release.json"])).unwrap();
        let paths: Vec<&str> = paths.iter().map(MemberPath::as_str).collect();
        let all = ["a/b", "artifacts.json", "metadata.json", "release.json"];
        assert_eq!(paths, all);
    }

    #[test]
    fn nothing_is_asked_for_that_lies_elsewhere_or_is_too_much() {
        for path in ["../a", "/a", "a/../../b", "C:\\a", "a\u{7}"] {
            let error = paths(&sums(&["fine", path])).unwrap_err();
            assert!(matches!(error, RemoteError::Path(_)), "{error}");
            assert_eq!(error.exit(), Exit::Failed);
        }
        for (one, other) in [
            ("checksums.txt", "a"),
            ("CHECKSUMS.TXT", "a"),
            ("checksums.txt.minisig", "a"),
            ("checksums.txt/a", "b"),
            ("a", "a/b"),
            ("a", "a-b/c"),
            ("a/b/c", "a"),
            ("a", "A"),
        ] {
            let found = paths(&sums(&[one, other]));
            if other == "a-b/c" {
                assert!(found.is_ok(), "{one} {other}");
                continue;
            }
            let error = found.unwrap_err();
            assert!(matches!(error, RemoteError::Clash(_)), "{error}");
            assert_eq!(error.exit(), Exit::Failed);
            assert!(error.hint().unwrap().starts_with("use nothing"));
        }
        let many: Vec<String> = (0..=MOST_FILES).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let error = paths(&sums(&many)).unwrap_err();
        assert!(matches!(error, RemoteError::TooMany), "{error}");
        assert!(paths(&sums(&many[1..])).is_ok());
    }

    #[test]
    fn what_was_verified_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), CHECKSUMS, b"verified").unwrap();
        let error = create(folder.path(), CHECKSUMS).unwrap_err();
        assert!(error.to_string().contains("`checksums.txt`"), "{error}");
        let kept = fs::read(folder.path().join(CHECKSUMS)).unwrap();
        assert_eq!(kept, b"verified");
    }
}
