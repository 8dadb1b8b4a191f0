//! Keys and signatures of minisign.
//!
//! Source: <https://jedisct1.github.io/minisign/>, its formats of signatures and keys.

mod comment;
mod cost;
mod public;
mod secret;
mod signature;

use std::fmt;

pub use comment::TrustedComment;
pub use public::PublicKey;
pub use secret::SecretKey;
pub use signature::{SignatureError, SignatureFault, is_as_written};

/// What is behind the name of a signed file.
pub const EXTENSION: &str = "minisig";

/// The method of keys, and of signatures over a whole file.
const ED25519: [u8; 2] = *b"Ed";

/// The method of signatures over the BLAKE2b-512 digest of a file.
const PREHASHED: [u8; 2] = *b"ED";

/// What stands before a comment that nothing signs.
const UNTRUSTED: &str = "untrusted comment: ";

/// What a pair of keys is called: eight bytes that are chosen when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyNumber([u8; 8]);

/// As minisign prints it.
impl fmt::Display for KeyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

/// The line behind the first comment, or the only one.
fn base64_line(text: &str) -> &str {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_comment = |line: &&str| line.starts_with(UNTRUSTED);
    lines.find(|line| !is_comment(line)).unwrap_or_default()
}

/// The first bytes, and those behind.
fn taken<const N: usize>(bytes: &[u8]) -> Option<([u8; N], &[u8])> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    Some((*first, rest))
}
