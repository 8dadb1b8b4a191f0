//! Keys of Ed25519, as `openssl genpkey -algorithm ed25519` writes them.
//!
//! Source: RFC 8410, sections 4 and 7; RFC 5958 for the form with both keys.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{KeyError, KeyFault, KeyText, pem};
use crate::digest::hex;

/// What stands before the 32 bytes of a private key, up to the length of all and the version: the object identifier
/// 1.3.101.112 and two octet strings, one in the other. DER knows one way to write it.
const PRIVATE: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// What stands before the 32 bytes of a public key.
const PUBLIC: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

const PUBLIC_LABEL: &str = "PUBLIC KEY";

/// A private key, which signs.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key in a text: PKCS#8 as PEM, not encrypted.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(key: &KeyText) -> Result<Self, KeyError> {
        let text = key.text.expose_text().unwrap_or_default();
        Self::parse(text).map_err(|fault| fault.of(&key.source))
    }

    fn parse(text: &str) -> Result<Self, KeyFault> {
        let der = pem::decoded(text, "PRIVATE KEY")?;
        // A sequence, its length, and the version: 0, or 1 with the public key behind.
        let [0x30, _, 0x02, 0x01, 0x00 | 0x01, rest @ ..] = der.as_slice() else {
            return Err(KeyFault::NotEd25519);
        };
        let rest = rest.strip_prefix(PRIVATE).ok_or(KeyFault::NotEd25519)?;
        let (seed, _) = rest.split_first_chunk::<32>().ok_or(KeyFault::NotEd25519)?;
        let seed = Zeroizing::new(*seed);
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&seed)))
    }

    /// The key that its signatures are verified by.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The signature of a message: always the same.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public().id())
    }
}

/// A public key, which verifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key in a text: `SubjectPublicKeyInfo` as PEM.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(key: &KeyText) -> Result<Self, KeyError> {
        let text = key.text.expose_text().unwrap_or_default();
        Self::parse(text).map_err(|fault| fault.of(&key.source))
    }

    fn parse(text: &str) -> Result<Self, KeyFault> {
        let der = pem::decoded(text, PUBLIC_LABEL)?;
        let bytes = der.strip_prefix(PUBLIC).ok_or(KeyFault::NotEd25519)?;
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| KeyFault::NotEd25519)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyFault::NotEd25519)?;
        Ok(Self(key))
    }

    /// The key as PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encoded(&self.der(), PUBLIC_LABEL)
    }

    fn der(&self) -> Vec<u8> {
        [PUBLIC, self.0.as_bytes()].concat()
    }

    /// What the key is called: SHA-256 of its `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId(hex(&Sha256::digest(self.der())))
    }

    /// Whether a signature is of this message, and of this key.
    #[must_use]
    pub fn is_signature(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

/// What a key is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyId(String);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::secret::Secret;

    /// The example of RFC 8410, section 10.3, in both forms, and its public key.
    pub(crate) const PRIVATE_PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    const BOTH_PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n\
        Z9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PRIVATE KEY-----\n";
    const PUBLIC_PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

    pub(crate) fn text(text: &str) -> KeyText {
        KeyText {
            source: "key.pem".parse().unwrap(),
            text: Secret::from(text),
            loose: None,
        }
    }

    #[test]
    fn the_keys_of_the_standard_are_read_in_all_their_forms() {
        let public = PublicKey::read(&text(PUBLIC_PEM)).unwrap();
        for private in [PRIVATE_PEM, BOTH_PEM] {
            let key = SigningKey::read(&text(private)).unwrap();
            assert_eq!(key.public(), public);
        }
        assert_eq!(public.to_pem(), PUBLIC_PEM);
    }

    #[test]
    fn a_signature_is_always_the_same_and_of_one_message_and_key() {
        let key = SigningKey::read(&text(PRIVATE_PEM)).unwrap();
        let signature = key.sign(b"message");
        assert_eq!(signature, key.sign(b"message"));
        assert!(key.public().is_signature(b"message", &signature));
        assert!(!key.public().is_signature(b"massage", &signature));
        assert!(!key.public().is_signature(b"message", &signature[..63]));
        let other = SigningKey(ed25519_dalek::SigningKey::from_bytes(&[7; 32]));
        assert!(!other.public().is_signature(b"message", &signature));
    }

    #[test]
    fn what_is_no_key_says_where_it_is_and_what_to_do() {
        for (pem, says) in [
            ("hello", "not in the format PEM"),
            (
                PUBLIC_PEM,
                "of the kind `PUBLIC KEY`, and not `PRIVATE KEY`",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----",
                "another method",
            ),
        ] {
            let error = SigningKey::read(&text(pem)).unwrap_err();
            let message = error.to_string();
            assert!(
                message.starts_with("failed to use the key from `key.pem`: "),
                "{message}"
            );
            assert!(message.contains(says), "{message}");
            let hint = crate::failure::Failure::hint(&error).unwrap();
            assert!(hint.contains("openssl genpkey"), "{hint}");
        }
    }

    #[test]
    fn a_private_key_does_not_print() {
        let key = SigningKey::read(&text(PRIVATE_PEM)).unwrap();
        let shown = format!("{key:?}");
        assert_eq!(shown, format!("SigningKey({})", key.public().id()));
    }
}
