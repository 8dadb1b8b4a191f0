//! What names content: the hash of its bytes.
//!
//! Source: OCI image specification v1.1, `descriptor.md`, "Digests". Only SHA-256 is written and read here.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize, de};
use sha2::{Digest as _, Sha256};

use crate::digest::Sha256Hex;

const ALGORITHM: &str = "sha256:";

/// The SHA-256 of a content, written `sha256:` and 64 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(Sha256Hex);

impl Digest {
    /// That of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256Hex::of(bytes))
    }

    /// Its 64 digits.
    #[must_use]
    pub fn hex(&self) -> &str {
        self.0.as_str()
    }
}

impl From<Sha256Hex> for Digest {
    fn from(digits: Sha256Hex) -> Self {
        Self(digits)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ALGORITHM}{}", self.0)
    }
}

/// Why a text is no digest. It finishes "… is no digest: ".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it isn't `sha256:` and 64 digits from 0 to f")]
pub struct ParseDigestError;

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, ParseDigestError> {
        let digits = text.strip_prefix(ALGORITHM).ok_or(ParseDigestError)?;
        digits.parse().map(Self).map_err(|_| ParseDigestError)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Passes bytes on, and knows their digest and number.
pub struct Hashing<T> {
    inner: T,
    hasher: Sha256,
    size: u64,
}

impl<T> Hashing<T> {
    /// Before any byte.
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            hasher: Sha256::new(),
            size: 0,
        }
    }

    /// All that came through.
    pub fn finish(self) -> Hashed<T> {
        Hashed {
            inner: self.inner,
            digest: Digest(Sha256Hex::finished(self.hasher)),
            size: self.size,
        }
    }

    fn count(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
    }
}

/// What came through a [`Hashing`].
pub struct Hashed<T> {
    /// Where it went, or came from.
    pub inner: T,
    /// Its digest.
    pub digest: Digest,
    /// How many bytes it has.
    pub size: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.count(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_digest_is_written_as_it_is_read() {
        assert_eq!(Digest::of(b"").to_string(), EMPTY);
        assert_eq!(EMPTY.parse(), Ok(Digest::of(b"")));
    }

    #[test]
    fn only_64_small_digits_of_sha256_are_a_digest() {
        let upper = EMPTY.to_uppercase();
        for text in [
            "",
            "sha256:",
            EMPTY.trim_end_matches('5'),
            &upper,
            "sha512:aa",
            &format!("{EMPTY}0"),
        ] {
            assert_eq!(text.parse::<Digest>(), Err(ParseDigestError), "{text}");
        }
        assert!(
            "sha256:../../../../../../../../../../../../../../../../../../../../../../x"
                .parse::<Digest>()
                .is_err()
        );
    }

    #[test]
    fn what_passes_is_hashed_on_either_way() {
        let mut read = Hashing::new(&b"some bytes"[..]);
        let mut written = Hashing::new(Vec::new());
        io::copy(&mut read, &mut written).unwrap();
        let (read, written) = (read.finish(), written.finish());
        assert_eq!(read.digest, Digest::of(b"some bytes"));
        assert_eq!(written.digest, read.digest);
        assert_eq!(
            (written.inner.as_slice(), written.size),
            (&b"some bytes"[..], 10)
        );
    }
}
