//! The digest of a module's files, as go.sum has it.
//!
//! Source: `Hash1` in `golang.org/x/mod/sumdb/dirhash`. go checks a module when it is fetched; what
//! lies in the module cache since then is checked here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

use crate::digest::hex;

/// The digest of the files in a folder, which is what `name@version` is unpacked to.
///
/// # Errors
/// When a file can't be read.
pub(super) fn module_sum(folder: &Path, name_and_version: &str) -> io::Result<String> {
    let mut digests = BTreeMap::new();
    add(folder, name_and_version, &mut digests)?;
    Ok(sum_of_digests(&digests))
}

/// The digest of files with these names, each with its SHA-256 in hexadecimal digits.
#[must_use]
pub fn sum_of_digests(digests: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for (name, digest) in digests {
        let _ = writeln!(text, "{digest}  {name}");
    }
    format!("h1:{}", BASE64.encode(&Sha256::digest(text)))
}

fn add(folder: &Path, name: &str, digests: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            add(&entry.path(), &name, digests)?;
        } else {
            digests.insert(name, hex(&Sha256::digest(fs::read(entry.path())?)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_every_name_counts() {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir(temp.path().join("b")).unwrap();
        fs::write(temp.path().join("a.go"), "package a\n").unwrap();
        fs::write(temp.path().join("b/b.go"), "package b\n").unwrap();
        let sum = |name: &str| module_sum(temp.path(), name).unwrap();
        let first = sum("example.com/a@v1.0.0");
        // What dirhash.HashDir of Go says of the same files.
        assert_eq!(first, "h1:cHbZnl+noeCmSasDgJ1bGOuhmFKYfC2EMFYS3i4nMr0=");
        assert_ne!(sum("example.com/a@v1.0.1"), first);
        fs::write(temp.path().join("b/b.go"), "package c\n").unwrap();
        assert_ne!(sum("example.com/a@v1.0.0"), first);
    }
}
