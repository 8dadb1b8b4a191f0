//! Hashes of the tree, as RFC 6962 makes them.

use std::fmt;

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

/// How many bytes a hash has.
pub(super) const LENGTH: usize = 32;

/// The hash of a record, or of a part of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash(pub [u8; LENGTH]);

impl Hash {
    /// That of a record: no part of the tree has the same.
    #[must_use]
    pub fn of_record(bytes: &[u8]) -> Self {
        Self(
            Sha256::new()
                .chain_update([0])
                .chain_update(bytes)
                .finalize()
                .into(),
        )
    }

    /// That of two parts side by side.
    #[must_use]
    pub fn of_parts(left: Self, right: Self) -> Self {
        let hasher = Sha256::new().chain_update([1]);
        Self(
            hasher
                .chain_update(left.0)
                .chain_update(right.0)
                .finalize()
                .into(),
        )
    }

    /// That of a tree without records.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// From its text, in base64.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}
