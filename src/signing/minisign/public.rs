//! Public keys.

use std::fmt;
use std::str::FromStr;

use blake2::{Blake2b512, Digest as _};
use data_encoding::BASE64;
use ed25519_dalek::VerifyingKey;

use super::signature::{Method, Signature, SignatureError, SignatureFault};
use super::{ED25519, KeyNumber, TrustedComment, UNTRUSTED, base64_line, taken};
use crate::signing::{KeyError, KeyFault, KeyText};

/// A public key, which verifies. It is written as minisign does: 56 letters, the first of which are `RW`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    number: KeyNumber,
    key: VerifyingKey,
}

impl PublicKey {
    pub(super) fn new(number: KeyNumber, key: VerifyingKey) -> Self {
        Self { number, key }
    }

    /// The key in a text: a file of minisign, or its second line.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(key: &KeyText) -> Result<Self, KeyError> {
        let text = key.text.expose_text().unwrap_or_default();
        text.parse()
            .map_err(|fault: KeyFault| fault.of(&key.source))
    }

    /// What the pair of keys is called.
    #[must_use]
    pub fn number(&self) -> KeyNumber {
        self.number
    }

    /// The file of the key, as minisign writes it.
    #[must_use]
    pub fn to_file(&self) -> String {
        format!("{UNTRUSTED}minisign public key {}\n{self}\n", self.number)
    }

    /// What a signature says with a file, if it is of that file and this key.
    ///
    /// # Errors
    /// When it isn't.
    pub fn verify(
        &self,
        (file, content): (&str, &[u8]),
        signature: &str,
    ) -> Result<TrustedComment, SignatureError> {
        let verified = signature
            .parse()
            .and_then(|signature| self.check(content, signature));
        verified.map_err(|fault| SignatureError {
            file: file.to_owned(),
            fault,
        })
    }

    fn check(
        &self,
        content: &[u8],
        signature: Signature,
    ) -> Result<TrustedComment, SignatureFault> {
        if signature.number != self.number {
            return Err(SignatureFault::OtherKey {
                signed_by: signature.number,
                expected: self.number,
            });
        }
        let is_own = |message: &[u8], signature| self.key.verify_strict(message, signature).is_ok();
        let is_signed = match signature.method {
            Method::Prehashed => is_own(&Blake2b512::digest(content), &signature.own),
            Method::Whole => is_own(content, &signature.own),
        };
        if !is_signed {
            return Err(SignatureFault::OtherContent);
        }
        let both = [&signature.own.to_bytes(), signature.comment.as_bytes()].concat();
        if is_own(&both, &signature.both) {
            Ok(signature.comment)
        } else {
            Err(SignatureFault::OtherComment)
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&ED25519[..], &self.number.0, self.key.as_bytes()].concat();
        f.write_str(&BASE64.encode(&bytes))
    }
}

impl FromStr for PublicKey {
    type Err = KeyFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = BASE64.decode(base64_line(text).as_bytes());
        let bytes = bytes.map_err(|_| KeyFault::NotMinisign("it is not base64"))?;
        parse(&bytes).ok_or(KeyFault::NotMinisign("it is not the public key of a pair"))
    }
}

fn parse(bytes: &[u8]) -> Option<PublicKey> {
    let (kind, rest) = taken::<2>(bytes)?;
    let (number, rest) = taken::<8>(rest)?;
    let key = VerifyingKey::from_bytes(rest.try_into().ok()?).ok()?;
    (kind == ED25519).then_some(PublicKey::new(KeyNumber(number), key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::minisign::secret::tests::secret_key;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let key = secret_key(1).public();
        assert_eq!(key.to_string().parse(), Ok(key.clone()));
        assert_eq!(key.to_file().parse(), Ok(key.clone()));
        assert!(key.to_string().starts_with("RW") && key.to_string().len() == 56);
        for text in ["", "RWQ=", "hello!", "untrusted comment: only"] {
            let fault = text.parse::<PublicKey>().unwrap_err();
            assert!(matches!(fault, KeyFault::NotMinisign(_)), "{text}");
        }
    }
}
