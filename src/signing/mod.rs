//! Keys and signatures: where keys come from, Ed25519 for provenance, minisign for checksums.
//!
//! Signatures of Ed25519 depend on the key and the bytes alone, so the same release is signed by the same bytes. Only
//! `source.rs` reads anything; all else is pure.

mod ed25519;
mod fault;
pub mod minisign;
mod pem;
mod source;

pub use ed25519::{KeyId, PublicKey, SigningKey};
pub use fault::{KeyError, KeyFault};
pub use source::{KeySource, KeyText, LooseKey, ParseKeySourceError, ReadKeyError};

#[cfg(test)]
pub(crate) use ed25519::tests;
