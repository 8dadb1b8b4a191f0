//! Envelopes: what is signed, with its type and its signatures.
//!
//! Source: <https://github.com/secure-systems-lab/dsse>, `protocol.md` and `envelope.md` of version 1.

use data_encoding::{BASE64, BASE64URL};
use serde::{Deserialize, Serialize};

use super::statement::StatementFault;
use super::{Statement, StatementError};
use crate::failure::{Exit, Failure};
use crate::printable::printable;
use crate::signing::{PublicKey, SigningKey};

/// The type of statements of in-toto.
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A signed statement, which isn't verified yet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<Signed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Signed {
    /// Tells which key may have made it, and proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keyid: Option<String>,
    sig: String,
}

impl Envelope {
    /// Signs a statement. The same statement and key give the same envelope.
    ///
    /// # Errors
    /// None that depend on the statement.
    pub fn sign(statement: &Statement, key: &SigningKey) -> Result<Self, StatementError> {
        let payload = statement.to_json()?;
        let signature = key.sign(&signed_bytes(PAYLOAD_TYPE, &payload));
        Ok(Self {
            payload: BASE64.encode(&payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: vec![Signed {
                keyid: Some(key.public().id().to_string()),
                sig: BASE64.encode(&signature),
            }],
        })
    }

    /// The line of [`super::SIGNED`].
    ///
    /// # Errors
    /// None that depend on the envelope.
    pub fn to_line(&self) -> Result<String, StatementError> {
        let json = serde_json::to_string(self).map_err(StatementError::Json)?;
        Ok(format!("{json}\n"))
    }

    /// The statement in a file of envelopes, which has to have one, if one of these keys signed it; and which one.
    ///
    /// # Errors
    /// When it isn't signed by any of them, or says something else.
    pub fn verify(
        (file, text): (&str, &str),
        keys: &[PublicKey],
    ) -> Result<(Statement, PublicKey), EnvelopeError> {
        verified(text, keys).map_err(|fault| EnvelopeError {
            file: file.to_owned(),
            fault,
        })
    }

    /// The statement in a file of envelopes, which has to have one, whoever signed it.
    ///
    /// # Errors
    /// When there is none in it.
    pub fn statement((file, text): (&str, &str)) -> Result<Statement, EnvelopeError> {
        let read = || {
            let (_, payload) = opened(text)?;
            Ok(Statement::parse(&payload)?)
        };
        read().map_err(|fault| EnvelopeError {
            file: file.to_owned(),
            fault,
        })
    }
}

/// The envelope in a text, and what it holds.
fn opened(text: &str) -> Result<(Envelope, Vec<u8>), EnvelopeFault> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return Err(EnvelopeFault::Lines);
    };
    let envelope: Envelope = serde_json::from_str(line)?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(EnvelopeFault::Type(envelope.payload_type));
    }
    let payload = decoded(&envelope.payload).ok_or(EnvelopeFault::Base64)?;
    Ok((envelope, payload))
}

fn verified(text: &str, keys: &[PublicKey]) -> Result<(Statement, PublicKey), EnvelopeFault> {
    let (envelope, payload) = opened(text)?;
    let signatures = envelope.signatures.iter();
    let signatures: Option<Vec<_>> = signatures.map(|signed| decoded(&signed.sig)).collect();
    let signatures = signatures.ok_or(EnvelopeFault::Base64)?;
    if signatures.is_empty() {
        return Err(EnvelopeFault::NotSigned);
    }
    let message = signed_bytes(PAYLOAD_TYPE, &payload);
    let signer = keys.iter().find(|key| {
        signatures
            .iter()
            .any(|signature| key.is_signature(&message, signature))
    });
    // Nothing in it is read before.
    match signer {
        Some(key) => Ok((Statement::parse(&payload)?, key.clone())),
        None => Err(fault(&envelope, keys)),
    }
}

/// Why no signature is one of these keys.
fn fault(envelope: &Envelope, keys: &[PublicKey]) -> EnvelopeFault {
    let expected: Vec<String> = keys.iter().map(|key| key.id().to_string()).collect();
    let named = envelope
        .signatures
        .iter()
        .filter_map(|signed| signed.keyid.clone().filter(|id| !id.is_empty()));
    let named: Vec<String> = named.collect();
    if named.is_empty() {
        EnvelopeFault::NoKey
    } else if named.iter().any(|id| expected.contains(id)) {
        EnvelopeFault::OtherContent
    } else {
        EnvelopeFault::OtherKey { named, expected }
    }
}

/// Writers use either alphabet.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    BASE64
        .decode(bytes)
        .or_else(|_| BASE64URL.decode(bytes))
        .ok()
}

/// What is signed: the type and the content, each with its length before, so that neither can be taken for the other.
fn signed_bytes(kind: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// An envelope doesn't hold.
#[derive(Debug, thiserror::Error)]
#[error("failed to verify the provenance in `{}`: {fault}", printable(file))]
pub struct EnvelopeError {
    /// The file.
    pub file: String,
    /// Why not.
    pub fault: EnvelopeFault,
}

/// Why an envelope doesn't hold.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeFault {
    /// There is not one line.
    #[error("it has to be one envelope, on one line")]
    Lines,
    /// It isn't written as one.
    #[error("it is no envelope: {0}")]
    Json(#[from] serde_json::Error),
    /// Something else is in it.
    #[error("it holds `{}`, and not a statement of in-toto", printable(.0))]
    Type(String),
    /// Its content or a signature isn't base64.
    #[error("its content or a signature is not base64")]
    Base64,
    /// Nobody signed it.
    #[error("it is not signed")]
    NotSigned,
    /// Others signed it.
    #[error("it is signed by the key {}, and not by {}", printable(&.named.join(", ")), .expected.join(", "))]
    OtherKey {
        /// The keys that signatures name.
        named: Vec<String>,
        /// The keys that are trusted.
        expected: Vec<String>,
    },
    /// It doesn't say who signed it, and none of the keys did, or not this content.
    #[error("none of the keys signed this content")]
    NoKey,
    /// What is in it isn't what was signed.
    #[error("its content is not what was signed")]
    OtherContent,
    /// What was signed is something else.
    #[error(transparent)]
    Statement(#[from] StatementFault),
}

impl Failure for EnvelopeError {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        let hint = match &self.fault {
            EnvelopeFault::OtherKey { .. } => {
                "name the key that the release is signed with, if you trust that one"
            }
            EnvelopeFault::OtherContent | EnvelopeFault::NoKey => {
                "use nothing of this release, and get it again from where it was published"
            }
            _ => "get the file again from where the release is",
        };
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::statement::tests::statement;
    use super::*;
    use crate::signing::tests::{PRIVATE_PEM, text};

    const OTHER_PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIAbRMUoTT/Hxg7ZwcL1upxVtj3kuUd2bZkY7vDkBx6Zk\n\
        -----END PRIVATE KEY-----\n";

    fn key() -> SigningKey {
        SigningKey::read(&text(PRIVATE_PEM)).unwrap()
    }

    fn line() -> String {
        Envelope::sign(&statement(), &key())
            .unwrap()
            .to_line()
            .unwrap()
    }

    fn verify(line: &str) -> Result<Statement, EnvelopeError> {
        let verified = Envelope::verify(("provenance.intoto.jsonl", line), &[key().public()]);
        verified.map(|(statement, _)| statement)
    }

    #[test]
    fn what_is_signed_has_its_type_and_lengths() {
        // The example of the protocol's own text.
        assert_eq!(
            signed_bytes("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn an_envelope_is_always_the_same_and_brings_the_statement() {
        assert_eq!(line(), line());
        assert_eq!(line().lines().count(), 1);
        assert_eq!(verify(&line()).unwrap(), statement());
        let url = line()
            .replace('+', "-")
            .replace('/', "_")
            .replace("application_vnd.in-toto-json", PAYLOAD_TYPE);
        assert_eq!(verify(&url).unwrap(), statement());
    }

    #[test]
    fn what_does_not_hold_names_the_file_and_why() {
        let unsigned = Envelope {
            signatures: Vec::new(),
            ..Envelope::sign(&statement(), &key()).unwrap()
        };
        let other_type = line().replace("in-toto", "in-foto");
        let own_id = key().public().id().to_string();
        let other_key = line()
            .replace(&own_id, "somebody")
            .replace("\"sig\":\"", "\"sig\":\"AAAA");
        for (text, says) in [
            (String::new(), "one envelope, on one line"),
            (line().repeat(2), "one envelope, on one line"),
            ("{}".to_owned(), "it is no envelope"),
            (unsigned.to_line().unwrap(), "it is not signed"),
            (other_type, "and not a statement of in-toto"),
            (other_key, "by the key somebody, and not by"),
        ] {
            let error = verify(&text).unwrap_err();
            assert!(
                error.to_string().contains("`provenance.intoto.jsonl`"),
                "{error}"
            );
            assert!(error.to_string().contains(says), "{error}");
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn the_key_that_signed_it_is_told() {
        let other = SigningKey::read(&text(OTHER_PEM)).unwrap().public();
        let keys = [other, key().public()];
        let (_, signer) = Envelope::verify(("p", &line()), &keys).unwrap();
        assert_eq!(signer.id(), key().public().id());
    }

    #[test]
    fn an_envelope_that_names_no_key_holds_or_is_by_none_of_them() {
        for id in [None, Some(String::new())] {
            let mut envelope = Envelope::sign(&statement(), &key()).unwrap();
            envelope.signatures[0].keyid = id;
            assert_eq!(verify(&envelope.to_line().unwrap()).unwrap(), statement());
            let mut payload = statement().to_json().unwrap();
            payload.push(b' ');
            envelope.payload = BASE64.encode(&payload);
            let error = verify(&envelope.to_line().unwrap()).unwrap_err();
            assert!(
                error
                    .to_string()
                    .ends_with("none of the keys signed this content"),
                "{error}"
            );
            assert!(error.hint().unwrap().starts_with("use nothing of this"));
        }
    }

    #[test]
    fn without_keys_nothing_is_believed() {
        let error = Envelope::verify(("p", &line()), &[]).unwrap_err();
        assert!(
            matches!(error.fault, EnvelopeFault::OtherKey { .. }),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn no_flipped_bit_of_the_content_holds(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let mut envelope = Envelope::sign(&statement(), &key()).unwrap();
            let mut payload = statement().to_json().unwrap();
            let at = at.index(payload.len());
            payload[at] ^= 1 << bit;
            envelope.payload = BASE64.encode(&payload);
            let error = verify(&envelope.to_line().unwrap()).unwrap_err();
            prop_assert!(matches!(error.fault, EnvelopeFault::OtherContent), "{}", error);
        }
    }
}
