//! Signatures, and why one doesn't hold.

use std::str::FromStr;

use data_encoding::BASE64;

use super::{ED25519, KeyNumber, PREHASHED, TrustedComment, UNTRUSTED, taken};
use crate::failure::{Exit, Failure};
use crate::printable::printable;

/// What stands before the comment that is signed.
pub(super) const TRUSTED: &str = "trusted comment: ";

/// A signature that is read, and not yet verified.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub(super) method: Method,
    pub(super) number: KeyNumber,
    /// Of the file.
    pub(super) own: ed25519_dalek::Signature,
    pub(super) comment: TrustedComment,
    /// Of the first signature with the comment.
    pub(super) both: ed25519_dalek::Signature,
}

/// What of a file is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Its digest.
    Prehashed,
    /// All of its bytes: minisign did so before version 0.8, and does with `-l`.
    Whole,
}

impl FromStr for Signature {
    type Err = SignatureFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut lines = text.lines();
        let mut line = |what| lines.next().ok_or(SignatureFault::Malformed(what));
        let untrusted = line("it has no first line")?;
        if !untrusted.starts_with(UNTRUSTED) {
            return Err(SignatureFault::Malformed("its first line is no comment"));
        }
        let (method, number, own) = own(line("it has no second line")?)
            .ok_or(SignatureFault::Malformed("its second line is no signature"))?;
        let comment = line("it has no third line")?.strip_prefix(TRUSTED);
        let comment = comment.ok_or(SignatureFault::Malformed("its third line is no comment"))?;
        let both = decoded(line("it has no fourth line")?)
            .and_then(|bytes| ed25519_dalek::Signature::from_slice(&bytes).ok())
            .ok_or(SignatureFault::Malformed("its fourth line is no signature"))?;
        if lines.any(|line| !line.trim().is_empty()) {
            return Err(SignatureFault::Malformed("it has more than four lines"));
        }
        Ok(Self {
            method,
            number,
            own,
            comment: TrustedComment::read(comment),
            both,
        })
    }
}

impl Signature {
    /// The text of it, as gobuildx writes that.
    pub(super) fn text(&self) -> String {
        let method = match self.method {
            Method::Prehashed => PREHASHED,
            Method::Whole => ED25519,
        };
        let signature = [&method[..], &self.number.0, &self.own.to_bytes()].concat();
        format!(
            "{UNTRUSTED}signature by gobuildx, key {}\n{}\n{TRUSTED}{}\n{}\n",
            self.number,
            BASE64.encode(&signature),
            self.comment,
            BASE64.encode(&self.both.to_bytes()),
        )
    }
}

/// Whether gobuildx wrote a text of a signature, and each byte of it is as it was written: nothing signs its first line.
/// What others write isn't known, so that is taken for whole.
#[must_use]
pub fn is_as_written(text: &str) -> bool {
    let Ok(signature) = text.parse::<Signature>() else {
        return false;
    };
    let is_own = signature.comment.field("version").is_some();
    !is_own || text.replace("\r\n", "\n") == signature.text()
}

fn decoded(line: &str) -> Option<Vec<u8>> {
    BASE64.decode(line.trim_end().as_bytes()).ok()
}

fn own(line: &str) -> Option<(Method, KeyNumber, ed25519_dalek::Signature)> {
    let bytes = decoded(line)?;
    let (method, rest) = taken::<2>(&bytes)?;
    let (number, rest) = taken::<8>(rest)?;
    let method = match method {
        PREHASHED => Method::Prehashed,
        ED25519 => Method::Whole,
        _ => return None,
    };
    let signature = ed25519_dalek::Signature::from_slice(rest).ok()?;
    Some((method, KeyNumber(number), signature))
}

/// A signature doesn't hold.
#[derive(Debug, thiserror::Error)]
#[error("failed to verify `{}` by its signature: {fault}", printable(file))]
pub struct SignatureError {
    /// The file that is signed.
    pub file: String,
    /// Why not.
    pub fault: SignatureFault,
}

/// Why a signature doesn't hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// It isn't written as minisign does.
    #[error("that is none of minisign: {0}")]
    Malformed(&'static str),
    /// Another key has made it.
    #[error("it is by the key {signed_by}, and not by {expected}")]
    OtherKey {
        /// The number in the signature.
        signed_by: KeyNumber,
        /// That of the key.
        expected: KeyNumber,
    },
    /// The file isn't what was signed, or the signature is changed.
    #[error("the file is not the one that was signed")]
    OtherContent,
    /// The file is, but not the comment.
    #[error("the comment in the signature is not the one that was signed")]
    OtherComment,
}

impl Failure for SignatureError {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        let hint = match &self.fault {
            SignatureFault::Malformed(_) => "get the signature again from where the release is",
            SignatureFault::OtherKey { .. } => {
                "name the key that the release is signed with, if you trust that one"
            }
            SignatureFault::OtherContent | SignatureFault::OtherComment => {
                "use nothing of this release, and get it again from where it was published"
            }
        };
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::signing::minisign::secret::tests::secret_key;

    const CONTENT: &[u8] = b"0000  hello\n";

    fn signed() -> String {
        let comment = TrustedComment::of("checksums.txt", "v1.2.3", 1_700_000_000);
        secret_key(1).sign(CONTENT, &comment)
    }

    fn fault(content: &[u8], signature: &str, seed: u8) -> Option<SignatureFault> {
        let key = secret_key(seed).public();
        key.verify(("checksums.txt", content), signature)
            .err()
            .map(|error| error.fault)
    }

    #[test]
    fn a_signature_is_always_the_same_and_brings_its_comment() {
        assert_eq!(signed(), signed());
        let key = secret_key(1).public();
        let comment = key.verify(("checksums.txt", CONTENT), &signed()).unwrap();
        assert_eq!(comment.field("file"), Some("checksums.txt"));
        assert_eq!(comment.field("version"), Some("v1.2.3"));
    }

    #[test]
    fn a_signature_is_of_one_file_one_comment_and_one_key() {
        assert_eq!(fault(CONTENT, &signed(), 1), None);
        assert_eq!(
            fault(b"0001  hello\n", &signed(), 1),
            Some(SignatureFault::OtherContent)
        );
        let other = signed().replace("v1.2.3", "v1.2.4");
        assert_eq!(
            fault(CONTENT, &other, 1),
            Some(SignatureFault::OtherComment)
        );
        assert!(matches!(
            fault(CONTENT, &signed(), 2),
            Some(SignatureFault::OtherKey { .. })
        ));
    }

    #[test]
    fn the_line_that_nothing_signs_is_known_where_gobuildx_wrote_it() {
        assert!(is_as_written(&signed()));
        assert!(is_as_written(&signed().replace('\n', "\r\n")));
        let other = signed().replace("by gobuildx", "by goblins");
        assert_eq!(fault(CONTENT, &other, 1), None, "nothing signs it");
        assert!(!is_as_written(&other));
        assert!(!is_as_written(signed().trim_end()));
        assert!(!is_as_written("no signature"));
        let by_hand = TrustedComment::read("by hand");
        let by_hand = secret_key(1).sign(CONTENT, &by_hand);
        assert!(is_as_written(
            &by_hand.replace("by gobuildx", "from minisign")
        ));
    }

    #[test]
    fn what_does_not_hold_names_the_file_and_what_to_do() {
        let key = secret_key(1).public();
        let error = key
            .verify(("checksums.txt", b"other"), &signed())
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("failed to verify `checksums.txt`"),
            "{error}"
        );
        assert!(error.hint().unwrap().contains("get it again"));
        let error = secret_key(2)
            .public()
            .verify(("checksums.txt", CONTENT), &signed())
            .unwrap_err();
        assert!(error.to_string().contains("0101010101010101"), "{error}");
        assert!(error.to_string().contains("0202020202020202"), "{error}");
    }

    #[test]
    fn every_line_has_to_be_there_and_no_other() {
        let lines: Vec<String> = signed().lines().map(|line| format!("{line}\n")).collect();
        for count in 0..4 {
            let part = lines[..count].concat();
            assert!(matches!(
                fault(CONTENT, &part, 1),
                Some(SignatureFault::Malformed(_))
            ));
        }
        let more = format!("{}more\n", signed());
        assert!(matches!(
            fault(CONTENT, &more, 1),
            Some(SignatureFault::Malformed(_))
        ));
        let windows = signed().replace('\n', "\r\n");
        assert_eq!(fault(CONTENT, &windows, 1), None);
    }

    proptest! {
        #[test]
        fn no_flipped_bit_holds(at in 0_usize..400, bit in 0_u8..7) {
            let whole = signed();
            // Nothing signs the first line.
            let first = whole.find('\n').unwrap() + 1;
            let at = first + at % (whole.len() - first - 1);
            let mut bytes = whole.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let text = String::from_utf8(bytes).unwrap();
            // A line end in another place may be one that counts for nothing.
            prop_assume!(text.lines().map(str::trim_end).ne(whole.lines().map(str::trim_end)));
            prop_assert!(fault(CONTENT, &text, 1).is_some(), "{}", text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "((un)?trusted comment: |[A-Za-z0-9+/=]{0,9}|\n){0,9}") {
            prop_assert!(fault(CONTENT, &text, 1).is_some());
        }
    }
}
