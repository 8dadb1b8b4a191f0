//! Signed notes: a text, an empty line, and lines with signatures.
//!
//! Source: `golang.org/x/mod/sumdb/note`.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// The one kind of signature that there is.
const ED25519: u8 = 1;
/// How the lines of signatures start.
const SIGNED_BY: &str = "— ";
/// More lines than that nobody signs.
const MOST_SIGNATURES: usize = 100;

/// Who signs, and the key to check that: `name+hash+key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    hash: u32,
    key: VerifyingKey,
}

impl VerifierKey {
    /// The name of the signer.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What tells the key from others of the same name.
    #[must_use]
    pub fn hash(&self) -> u32 {
        self.hash
    }

    /// The text of a note that this key has signed.
    ///
    /// # Errors
    /// When it is no note, or isn't signed by this key.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Malformed);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let end = note.len() - signatures.len() - 1;
        let text = note.get(..end).filter(|_| !text.is_empty());
        let text = text.ok_or(NoteError::Malformed)?;
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        if lines.split('\n').count() > MOST_SIGNATURES {
            return Err(NoteError::Malformed);
        }
        for line in lines.split('\n') {
            let line = line.strip_prefix(SIGNED_BY).ok_or(NoteError::Malformed)?;
            let (name, signature) = line.split_once(' ').ok_or(NoteError::Malformed)?;
            let signature = BASE64
                .decode(signature.as_bytes())
                .map_err(|_| NoteError::Malformed)?;
            let (hash, signature) = signature.split_first_chunk().ok_or(NoteError::Malformed)?;
            if name == self.name && u32::from_be_bytes(*hash) == self.hash {
                let signature = Signature::from_slice(signature);
                let checked = signature.and_then(|it| self.key.verify_strict(text.as_bytes(), &it));
                return match checked {
                    Ok(()) => Ok(text),
                    Err(_) => Err(NoteError::Wrong(self.name.clone())),
                };
            }
        }
        Err(NoteError::Unsigned(self.to_string()))
    }
}

/// The name and the hash, which people compare.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}", self.name, self.hash)
    }
}

/// Why a text is no key. It finishes "… is no key: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseKeyError {
    /// Not the three parts.
    #[error("a key is `name+hash+key`")]
    Form,
    /// The hash of another one.
    #[error("its hash is that of another name or key")]
    Hash,
    /// Another kind of signature.
    #[error("it isn't an Ed25519 key")]
    Kind,
}

impl FromStr for VerifierKey {
    type Err = ParseKeyError;

    fn from_str(text: &str) -> Result<Self, ParseKeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(ParseKeyError::Form);
        };
        let is_plain = !name.is_empty() && !name.chars().any(char::is_whitespace);
        let is_hash = hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_plain || !is_hash {
            return Err(ParseKeyError::Form);
        }
        let hash = u32::from_str_radix(hash, 16).map_err(|_| ParseKeyError::Form)?;
        let bytes = BASE64
            .decode(key.as_bytes())
            .map_err(|_| ParseKeyError::Form)?;
        if hash != key_hash(name, &bytes) {
            return Err(ParseKeyError::Hash);
        }
        let key = match bytes.split_first() {
            Some((&ED25519, key)) => VerifyingKey::try_from(key).ok(),
            _ => None,
        };
        Ok(Self {
            name: name.to_owned(),
            hash,
            key: key.ok_or(ParseKeyError::Kind)?,
        })
    }
}

/// The first bytes of the hash of a name and a key, of which the first byte is its kind.
pub(super) fn key_hash(name: &str, key: &[u8]) -> u32 {
    let hasher = Sha256::new().chain_update(name).chain_update("\n");
    let [a, b, c, d, ..]: [u8; 32] = hasher.chain_update(key).finalize().into();
    u32::from_be_bytes([a, b, c, d])
}

/// Why a note isn't believed. It finishes "it ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a note at all.
    #[error("is no signed note")]
    Malformed,
    /// Nobody has signed it who counts.
    #[error("isn't signed by {0}")]
    Unsigned(String),
    /// The signature is of another text or by another key.
    #[error("has a wrong signature of {0}")]
    Wrong(String),
}
