//! The hash of a toolchain's zip, read without unpacking it: what it holds is looked at by name first.
//!
//! Source: `HashZip` in `golang.org/x/mod/sumdb/dirhash`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;
use zip::result::ZipError;

use super::toolchain::{MODULE, Toolchain, VERSION};
use crate::archive::Limits;
use crate::digest::hex;
use crate::embed::sum_of_digests;
use crate::process::{Cancel, Reason};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// Why a file isn't the zip of a toolchain. It finishes "it ".
#[derive(Debug, thiserror::Error)]
pub enum ZipFault {
    /// Cut, or no zip.
    #[error("is no whole zip: {0}")]
    Damaged(ZipError),
    /// A file of it can't be read.
    #[error("is damaged: `{name}`: {error}")]
    Unreadable {
        /// The file.
        name: String,
        /// What is wrong with it.
        error: io::Error,
    },
    /// Another toolchain.
    #[error("holds {got}, and not {wanted}")]
    Other {
        /// What it holds.
        got: String,
        /// What it should hold.
        wanted: Toolchain,
    },
    /// Something else.
    #[error("holds `{0}`, which is no file of a toolchain")]
    Foreign(String),
    /// Nothing.
    #[error("holds nothing")]
    Empty,
    /// Neither a file nor a folder.
    #[error("holds `{0}`, which is a link")]
    Link(String),
    /// Two files of one name.
    #[error("holds two files of one name")]
    Twice,
    /// More than there may be.
    #[error("holds more than {0} bytes")]
    TooLarge(u64),
    /// More files than there may be.
    #[error("holds more than {0} files")]
    TooMany(usize),
    /// Everything is being stopped.
    #[error("isn't read any more: {0}")]
    Cancelled(Reason),
}

/// The hash of a zip, `h1:…`, which holds files of this toolchain and nothing else.
///
/// # Errors
/// When it holds something else, or can't be read.
pub fn zip_sum(
    file: File,
    toolchain: &Toolchain,
    limits: Limits,
    cancel: &Cancel,
) -> Result<String, ZipFault> {
    let mut archive = ZipArchive::new(file).map_err(ZipFault::Damaged)?;
    check_names(&archive, toolchain, limits)?;
    let mut digests = BTreeMap::new();
    let mut left = limits.bytes;
    for index in 0..archive.len() {
        if let Some(reason) = cancel.reason() {
            return Err(ZipFault::Cancelled(reason));
        }
        let entry = archive.by_index(index).map_err(ZipFault::Damaged)?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.is_symlink() || !(entry.is_file() || entry.is_dir()) {
            return Err(ZipFault::Link(name));
        }
        let hashed = hashed(entry.take(left.saturating_add(1)));
        let (digest, read) = hashed.map_err(|error| ZipFault::Unreadable {
            name: name.clone(),
            error,
        })?;
        let rest = left.checked_sub(read);
        left = rest.ok_or(ZipFault::TooLarge(limits.bytes))?;
        digests.insert(name, digest);
    }
    Ok(sum_of_digests(&digests))
}

/// The digest of a file, and how many bytes it has.
fn hashed(mut bytes: impl Read) -> io::Result<(String, u64)> {
    let mut hasher = Sha256::new();
    let mut count = 0;
    let mut chunk = vec![0; CHUNK];
    loop {
        match bytes.read(&mut chunk) {
            Ok(0) => return Ok((hex(&hasher.finalize()), count)),
            Ok(read) => {
                hasher.update(chunk.get(..read).unwrap_or_default());
                count += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Looks at what the zip says that it holds, before anything of it is read.
fn check_names(
    archive: &ZipArchive<File>,
    toolchain: &Toolchain,
    limits: Limits,
) -> Result<(), ZipFault> {
    if archive.has_duplicate_names() {
        return Err(ZipFault::Twice);
    }
    if archive.len() > limits.files {
        return Err(ZipFault::TooMany(limits.files));
    }
    if archive.is_empty() {
        return Err(ZipFault::Empty);
    }
    let prefix = toolchain.prefix();
    let others = format!("{MODULE}@{VERSION}");
    for name in archive.file_names() {
        let name = name.map_err(ZipFault::Damaged)?;
        let name = name.as_ref();
        if let Some(path) = name.strip_prefix(&prefix) {
            let is_below = !path
                .split('/')
                .any(|part| part.is_empty() || part.starts_with(".."));
            if !is_below || path.contains(['\\', '\n']) {
                return Err(ZipFault::Foreign(name.to_owned()));
            }
            continue;
        }
        let other = name
            .strip_prefix(&others)
            .and_then(|rest| rest.split('/').next());
        return Err(match other {
            Some(other) => ZipFault::Other {
                got: other.to_owned(),
                wanted: toolchain.clone(),
            },
            None => ZipFault::Foreign(name.to_owned()),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{Goarch, Goos};
    use std::io::{Seek as _, Write as _};
    use zip::write::SimpleFileOptions;

    const LIMITS: Limits = Limits {
        bytes: 1000,
        files: 4,
    };

    fn toolchain() -> Toolchain {
        Toolchain {
            version: "1.26.8".parse().unwrap(),
            goos: Goos::Linux,
            goarch: Goarch::Amd64,
        }
    }

    fn zip(files: &[(&str, &[u8])]) -> File {
        let mut writer = zip::ZipWriter::new(tempfile::tempfile().unwrap());
        for (name, bytes) in files {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
        let mut file = writer.finish().unwrap();
        file.rewind().unwrap();
        file
    }

    fn sum(file: File) -> Result<String, String> {
        zip_sum(file, &toolchain(), LIMITS, &Cancel::new()).map_err(|error| error.to_string())
    }

    fn own(path: &str) -> String {
        format!("{}{path}", toolchain().prefix())
    }

    #[test]
    fn the_hash_is_that_of_names_and_bytes_in_the_order_of_names() {
        let (a, b) = (own("a"), own("b/c"));
        let one = sum(zip(&[(&a, b"1"), (&b, b"2")])).unwrap();
        let other_order = sum(zip(&[(&b, b"2"), (&a, b"1")])).unwrap();
        assert_eq!(one, other_order);
        assert!(one.starts_with("h1:"), "{one}");
        assert_ne!(one, sum(zip(&[(&a, b"1"), (&b, b"3")])).unwrap());
    }

    #[test]
    fn what_is_no_toolchain_is_refused_by_its_names() {
        let said = |name: &str| sum(zip(&[(&own("VERSION"), b""), (name, b"")])).unwrap_err();
        let other = "golang.org/toolchain@v0.0.1-go1.26.8.linux-arm64/VERSION";
        assert_eq!(
            said(other),
            "holds go1.26.8.linux-arm64, and not go1.26.8.linux-amd64"
        );
        for name in [
            "VERSION",
            "/etc/passwd",
            &own("../../x"),
            &own("a/../b"),
            &own("a//b"),
            &own("a\\b"),
        ] {
            assert!(
                said(name).contains("which is no file of a toolchain"),
                "{name}"
            );
        }
        assert_eq!(sum(zip(&[])).unwrap_err(), "holds nothing");
    }

    #[test]
    fn more_than_there_may_be_is_refused() {
        let large = vec![0; 1001];
        let error = sum(zip(&[(&own("a"), &large)])).unwrap_err();
        assert_eq!(error, "holds more than 1000 bytes");
        let names: Vec<String> = (0..5).map(|number| own(&number.to_string())).collect();
        let files: Vec<(&str, &[u8])> = names
            .iter()
            .map(|name| (name.as_str(), b"".as_slice()))
            .collect();
        assert_eq!(sum(zip(&files)).unwrap_err(), "holds more than 4 files");
    }

    #[test]
    fn a_zip_that_is_cut_or_damaged_is_told_of() {
        let mut file = zip(&[(&own("a"), &[7; 500])]);
        file.set_len(60).unwrap();
        assert!(sum(file).unwrap_err().contains("is no whole zip"));
        file = zip(&[(&own("a"), b"some bytes that are stored")]);
        let at = 30 + own("a").len() as u64 + 3;
        file.seek(io::SeekFrom::Start(at)).unwrap();
        file.write_all(&[0xff, 0xff]).unwrap();
        file.rewind().unwrap();
        let error = sum(file).unwrap_err();
        assert!(error.contains("is damaged"), "{error}");
    }

    #[test]
    fn a_link_is_refused() {
        let mut writer = zip::ZipWriter::new(tempfile::tempfile().unwrap());
        writer
            .add_symlink(own("bin/go"), "/bin/sh", SimpleFileOptions::default())
            .unwrap();
        let mut file = writer.finish().unwrap();
        file.rewind().unwrap();
        assert!(sum(file).unwrap_err().ends_with("which is a link"));
    }
}
