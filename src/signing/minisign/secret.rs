//! Secret keys, encrypted by a password or not.

use std::fmt;

use blake2::{Blake2b256, Blake2b512, Digest as _};
use data_encoding::BASE64;
use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use super::public::PublicKey;
use super::signature::{Method, Signature};
use super::{ED25519, KeyNumber, TrustedComment, base64_line, cost, taken};
use crate::secret::Secret;
use crate::signing::{KeyError, KeyFault, KeyText};

const SCRYPT: [u8; 2] = *b"Sc";
const NOT_ENCRYPTED: [u8; 2] = [0, 0];
const BLAKE2: [u8; 2] = *b"B2";

/// The part of a key that is encrypted: its number, the seed with the public key, and a checksum.
const SEALED: usize = 8 + 64 + 32;

/// A secret key, which signs.
pub struct SecretKey {
    number: KeyNumber,
    key: SigningKey,
}

impl SecretKey {
    /// The key in a text, decrypted by its password.
    ///
    /// # Errors
    /// When it is none, or the password is missing or another one.
    pub fn read(key: &KeyText, password: Option<&Secret>) -> Result<Self, KeyError> {
        let text = key.text.expose_text().unwrap_or_default();
        parse(text, password).map_err(|fault| fault.of(&key.source))
    }

    /// The key that its signatures are verified by.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::new(self.number, self.key.verifying_key())
    }

    /// The text of a signature over a file and a comment. The same key, file and comment give the same text.
    #[must_use]
    pub fn sign(&self, content: &[u8], comment: &TrustedComment) -> String {
        let own = self.key.sign(&Blake2b512::digest(content));
        let both = [&own.to_bytes(), comment.as_bytes()].concat();
        let signature = Signature {
            method: Method::Prehashed,
            number: self.number,
            own,
            comment: comment.clone(),
            both: self.key.sign(&both),
        };
        signature.text()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.number)
    }
}

/// How a key is encrypted: what stands before the part that is.
struct Envelope {
    sealing: Sealing,
    salt: [u8; 32],
    operations: u64,
    memory: u64,
}

/// Whether a key is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sealing {
    Password,
    Nothing,
}

fn parse(text: &str, password: Option<&Secret>) -> Result<SecretKey, KeyFault> {
    let bytes = BASE64.decode(base64_line(text).as_bytes());
    let bytes = bytes.map_err(|_| KeyFault::NotMinisign("it is not base64"))?;
    let bytes = Zeroizing::new(bytes);
    let (envelope, sealed) =
        split(&bytes).ok_or(KeyFault::NotMinisign("it is not the secret key of a pair"))?;
    let mut opened = Zeroizing::new(sealed);
    match envelope.sealing {
        Sealing::Nothing => key(&opened, Sealing::Nothing).ok_or(KeyFault::Damaged),
        Sealing::Password => {
            let stream = envelope.stream(password.ok_or(KeyFault::PasswordMissing)?)?;
            let pairs = opened.iter_mut().zip(stream.iter());
            pairs.for_each(|(byte, mask)| *byte ^= mask);
            key(&opened, Sealing::Password).ok_or(KeyFault::PasswordWrong)
        }
    }
}

/// The parts of a key; none where they are of other methods.
fn split(bytes: &[u8]) -> Option<(Envelope, [u8; SEALED])> {
    let (kind, rest) = taken::<2>(bytes)?;
    let (method, rest) = taken::<2>(rest)?;
    let (checksum, rest) = taken::<2>(rest)?;
    let (salt, rest) = taken::<32>(rest)?;
    let (operations, rest) = taken::<8>(rest)?;
    let (memory, rest) = taken::<8>(rest)?;
    let sealed: [u8; SEALED] = rest.try_into().ok()?;
    let sealing = match method {
        SCRYPT => Sealing::Password,
        NOT_ENCRYPTED => Sealing::Nothing,
        _ => return None,
    };
    let envelope = Envelope {
        sealing,
        salt,
        operations: u64::from_le_bytes(operations),
        memory: u64::from_le_bytes(memory),
    };
    (kind == ED25519 && checksum == BLAKE2).then_some((envelope, sealed))
}

impl Envelope {
    /// What the key is encrypted with, made from the password.
    fn stream(&self, password: &Secret) -> Result<Zeroizing<[u8; SEALED]>, KeyFault> {
        let params = cost::params(self.operations, self.memory).ok_or(KeyFault::Costly)?;
        let mut stream = Zeroizing::new([0; SEALED]);
        // A file or variable may end with a line end that nobody types.
        let line = password.expose();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        scrypt::scrypt(line, &self.salt, &params, stream.as_mut_slice())
            .map_err(|_| KeyFault::Costly)?;
        Ok(stream)
    }
}

/// The key in what is decrypted, if that is whole. minisign writes no checksum where it doesn't encrypt: there the public
/// key, which is made from the secret one, tells.
fn key(opened: &[u8; SEALED], sealing: Sealing) -> Option<SecretKey> {
    let (number, rest) = taken::<8>(opened)?;
    let (seed, rest) = taken::<32>(rest)?;
    let seed = Zeroizing::new(seed);
    let (public, checksum) = taken::<32>(rest)?;
    let key = SigningKey::from_bytes(&seed);
    let summed = Blake2b256::new()
        .chain_update(ED25519)
        .chain_update(number)
        .chain_update(seed.as_slice())
        .chain_update(public)
        .finalize();
    let has_none = sealing == Sealing::Nothing && checksum.iter().all(|byte| *byte == 0);
    let is_whole = has_none || summed.as_slice() == checksum;
    (is_whole && key.verifying_key().as_bytes() == &public).then_some(SecretKey {
        number: KeyNumber(number),
        key,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::failure::Failure as _;
    use crate::signing::minisign::UNTRUSTED;

    /// What a key file holds, encrypted with few operations where there is a password.
    pub(in crate::signing::minisign) fn file(seed: u8, password: Option<&str>) -> String {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let number = [seed; 8];
        let parts = [&number[..], &[seed; 32], key.verifying_key().as_bytes()].concat();
        let checksum = Blake2b256::new()
            .chain_update(ED25519)
            .chain_update(&parts)
            .finalize();
        let mut sealed = [parts, checksum.to_vec()].concat();
        let envelope = Envelope {
            sealing: Sealing::Password,
            salt: [9; 32],
            operations: 32_768,
            memory: 1 << 24,
        };
        let mut method = NOT_ENCRYPTED;
        if let Some(password) = password {
            method = SCRYPT;
            let stream = envelope.stream(&Secret::from(password)).unwrap();
            sealed
                .iter_mut()
                .zip(stream.iter())
                .for_each(|(byte, mask)| *byte ^= mask);
        }
        let (operations, memory) = (
            envelope.operations.to_le_bytes(),
            envelope.memory.to_le_bytes(),
        );
        let bytes = [
            &ED25519[..],
            &method,
            &BLAKE2,
            &envelope.salt,
            &operations,
            &memory,
            &sealed,
        ]
        .concat();
        format!("{UNTRUSTED}a secret key\n{}\n", BASE64.encode(&bytes))
    }

    fn text(text: &str) -> KeyText {
        KeyText {
            source: "minisign.key".parse().unwrap(),
            text: Secret::from(text),
            loose: None,
        }
    }

    pub(in crate::signing::minisign) fn secret_key(seed: u8) -> SecretKey {
        SecretKey::read(&text(&file(seed, None)), None).unwrap()
    }

    #[test]
    fn a_key_is_the_same_encrypted_and_not() {
        let plain = secret_key(1);
        let password = Secret::from("correct horse\n");
        let sealed = text(&file(1, Some("correct horse")));
        let opened = SecretKey::read(&sealed, Some(&password)).unwrap();
        assert_eq!(plain.public(), opened.public());
    }

    #[test]
    fn without_its_password_a_key_says_what_to_do() {
        let sealed = text(&file(1, Some("correct horse")));
        let missing = SecretKey::read(&sealed, None).unwrap_err();
        assert_eq!(missing.fault, KeyFault::PasswordMissing);
        assert!(missing.to_string().contains("`minisign.key`"), "{missing}");
        assert!(missing.hint().unwrap().contains("password"));
        let wrong = SecretKey::read(&sealed, Some(&Secret::from("battery"))).unwrap_err();
        assert_eq!(wrong.fault, KeyFault::PasswordWrong);
        assert!(!wrong.to_string().contains("battery"), "{wrong}");
    }

    #[test]
    fn a_damaged_key_is_none_whichever_byte_it_is() {
        let whole = BASE64
            .decode(base64_line(&file(1, None)).as_bytes())
            .unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            let read = SecretKey::read(&text(&BASE64.encode(&bytes)), None);
            // What a key that isn't encrypted says of its encryption means nothing.
            let means_nothing = (6..54).contains(&at);
            assert_eq!(read.is_ok(), means_nothing, "byte {at}");
        }
        for other in [
            "",
            "hello",
            "untrusted comment: x\n",
            "RWQ=",
            "-----BEGIN PRIVATE KEY-----",
        ] {
            let fault = SecretKey::read(&text(other), None).unwrap_err().fault;
            assert!(
                matches!(fault, KeyFault::NotMinisign(_)),
                "{other}: {fault}"
            );
        }
    }

    #[test]
    fn a_key_that_wants_all_memory_is_refused_before() {
        let mut bytes = BASE64
            .decode(base64_line(&file(1, Some("x"))).as_bytes())
            .unwrap();
        bytes[38..54].fill(0xff);
        let fault = SecretKey::read(&text(&BASE64.encode(&bytes)), Some(&Secret::from("x")));
        assert_eq!(fault.unwrap_err().fault, KeyFault::Costly);
    }
}
