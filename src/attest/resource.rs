//! What a build takes in.
//!
//! Source: in-toto attestation framework v1, `ResourceDescriptor` and `DigestSet`.

use std::collections::BTreeMap;
use std::str::FromStr;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use crate::digest::{Sha256Hex, hex};

/// Something that a build takes in, told from others by its digest where it has one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Resource {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its digests, by method.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digest: BTreeMap<String, String>,
    /// What else there is to know.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Resource {
    /// The commit of the sources. An address is written without user and password, and left out where it is a place on
    /// this machine.
    #[must_use]
    pub fn commit(commit: &str, remote: Option<&str>) -> Self {
        Self {
            name: Some("source".to_owned()),
            uri: remote.and_then(git_uri),
            digest: BTreeMap::from([("gitCommit".to_owned(), commit.to_owned())]),
            annotations: BTreeMap::new(),
        }
    }

    /// The same, but for files that aren't in the commit.
    #[must_use]
    pub fn without(mut self, files: &str) -> Self {
        self.annotations
            .insert("gobuildx:not-in-commit".to_owned(), files.to_owned());
        self
    }

    /// Sources that differ from a commit: no digest tells what they are.
    #[must_use]
    pub fn modified(commit: &str, remote: Option<&str>) -> Self {
        let annotation = ("gobuildx:differs-from".to_owned(), commit.to_owned());
        Self {
            digest: BTreeMap::new(),
            annotations: BTreeMap::from([annotation]),
            ..Self::commit(commit, remote)
        }
    }

    /// A Go toolchain, such as `go1.26.8`, with the digest of its go command.
    #[must_use]
    pub fn go_toolchain(name: &str, program: &Sha256Hex) -> Self {
        Self {
            name: Some(name.to_owned()),
            digest: BTreeMap::from([("sha256".to_owned(), program.to_string())]),
            ..Self::default()
        }
    }

    /// A module of Go, with its checksum in go.sum where it has one.
    #[must_use]
    pub fn module(path: &str, version: &str, sum: Option<&DirHash>) -> Self {
        Self {
            uri: Some(crate::sbom::Purl::module(path, Some(version)).to_string()),
            digest: sum.map(DirHash::digest).into_iter().collect(),
            ..Self::default()
        }
    }

    /// A C toolchain: what tells it from others are the versions of its programs.
    #[must_use]
    pub fn c_toolchain(name: &str, versions: BTreeMap<String, String>) -> Self {
        Self {
            name: Some(name.to_owned()),
            annotations: versions,
            ..Self::default()
        }
    }
}

/// The address of a repository as in-toto and SPDX write it; none for a folder of this machine.
fn git_uri(remote: &str) -> Option<String> {
    let (scheme, rest) = if let Some((scheme, rest)) = remote.split_once("://") {
        (scheme, rest.to_owned())
    } else {
        // host:path is how ssh has it, unless a slash comes first: then it is a path.
        let parts = remote.split_once(':');
        // One letter is a drive of Windows.
        let is_host = |host: &str| host.len() > 1 && !host.contains('/');
        let (host, path) = parts.filter(|(host, _)| is_host(host))?;
        ("ssh", format!("{host}/{}", path.trim_start_matches('/')))
    };
    if !matches!(scheme, "https" | "http" | "ssh" | "git") {
        return None;
    }
    let rest = rest.split(['?', '#']).next()?;
    let (authority, path) = rest.split_once('/')?;
    let host = authority
        .rsplit('@')
        .next()
        .filter(|host| !host.is_empty())?;
    Some(format!("git+{scheme}://{host}/{path}"))
}

/// A checksum of Go's: of a list of files with their digests (`h1:`).
///
/// Source: `golang.org/x/mod/sumdb/dirhash`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirHash(Vec<u8>);

/// A text that is no checksum of Go's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no checksum of Go's: `h1:` and 32 bytes in base64")]
pub struct ParseDirHashError(String);

impl FromStr for DirHash {
    type Err = ParseDirHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("h1:");
        let bytes = digits.and_then(|digits| BASE64.decode(digits.as_bytes()).ok());
        let bytes = bytes.filter(|bytes| bytes.len() == 32);
        bytes
            .map(Self)
            .ok_or_else(|| ParseDirHashError(text.to_owned()))
    }
}

impl DirHash {
    /// In-toto has it in hexadecimal digits.
    fn digest(&self) -> (String, String) {
        ("dirHash".to_owned(), hex(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_user_and_no_password() {
        for (remote, uri) in [
            (
                "https://example.com/a/b.git",
                Some("git+https://example.com/a/b.git"),
            ),
            (
                "https://user:hunter2@example.com/a/b",
                Some("git+https://example.com/a/b"),
            ),
            (
                "https://example.com/a?token=hunter2#x",
                Some("git+https://example.com/a"),
            ),
            (
                "https://a@b@example.com:8443/a",
                Some("git+https://example.com:8443/a"),
            ),
            (
                "git@example.com:a/b.git",
                Some("git+ssh://example.com/a/b.git"),
            ),
            ("C:/work/m", None),
            (
                "ssh://git@example.com/a/b",
                Some("git+ssh://example.com/a/b"),
            ),
            ("/home/me/repository", None),
            ("./a:b/c", None),
            ("file:///home/me/repository", None),
            ("https://", None),
        ] {
            assert_eq!(git_uri(remote).as_deref(), uri, "{remote}");
        }
    }

    #[test]
    fn a_checksum_of_go_is_in_digits() {
        let sum: DirHash = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
            .parse()
            .unwrap();
        let module = Resource::module("example.com/m", "v1.0.0", Some(&sum));
        assert_eq!(
            module.digest["dirHash"],
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for text in [
            "",
            "h1:",
            "h1:AAAA",
            "h2:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        ] {
            assert!(text.parse::<DirHash>().is_err(), "{text}");
        }
    }
}
